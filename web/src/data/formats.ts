import type { Bilingual } from '../../../functions/shared/text.ts';

/** Media types of files as people call them. */
const names: Readonly<Record<string, string>> = {
  'application/pdf': 'PDF',
  'application/ofd': 'OFD',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'Excel (XLSX)',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'Word (DOCX)',
  'image/jpeg': 'JPG',
  'image/png': 'PNG',
};

/** Endings of files whose media type a browser may not know. */
const endings: Readonly<Record<string, string>> = { 'application/ofd': '.ofd' };

export function formatWords(formats: readonly string[]): Bilingual {
  const known = formats.map((format) => names[format] ?? format);
  return { zh: known.join('、'), en: known.join(', ') };
}

/** What a file field takes. */
export function acceptOf(formats: readonly string[]): string {
  return formats.flatMap((format) => [format, ...(endings[format] ? [endings[format]] : [])]).join(',');
}

/** The media type of a file: where a browser knows none, its ending tells. */
export function mediaTypeOf(file: File): string {
  if (file.type !== '') return file.type;
  const ending = file.name.slice(file.name.lastIndexOf('.')).toLowerCase();
  return Object.entries(endings).find(([, one]) => one === ending)?.[0] ?? 'application/octet-stream';
}
