import { unguarded } from '../../shared/csv.ts';
import { isAscii, isMangled, looksLikeBig5 } from '../../shared/decode-text.ts';
import { type Bilingual, quoted } from '../../shared/text.ts';
import { CsvRecords, type Delimiter } from './csv-records.ts';
import { type FileFault, fileFault } from './file-fault.ts';
import { headBytes, kindOf, nameOfKind } from './file-kind.ts';
import { headingsIn, rowsBeforeHeadings } from './headings.ts';
import type { Mapping } from './mapping.ts';
import { gather } from './package-part.ts';
import type { Place, SourceFile } from './sheet-row.ts';

/** How a CSV file is written. */
export interface CsvForm {
  readonly encoding: Mapping['encoding'];
  readonly delimiter: Delimiter;
  /** Where its first row begins: behind a mark, and a line that names the delimiter. */
  readonly start: Place;
}

const delimiters: readonly Delimiter[] = [',', '\t', ';'];
const encodingNames: Readonly<Record<Mapping['encoding'], string>> = { 'utf-8': 'UTF-8', gb18030: 'GB18030' };

/**
 * Tells by the beginning of a file how it is written. A mark of UTF-8 counts before what the mapping says; without one the
 * mapping's encoding counts, unless every text in the file speaks against it. The delimiter is the one that a line `sep=`
 * names, or else the one by which the most headings of the mapping are found.
 * @param known the headings that the mapping names.
 * @throws FileFault when the file is no CSV, or in another encoding than the mapping says.
 */
export async function csvForm(
  file: SourceFile,
  mapping: Pick<Mapping, 'encoding' | 'headerRow'>,
  known: readonly string[],
): Promise<CsvForm> {
  const head = await gather(await file.read(0, Math.min(file.bytes, headBytes)));
  const kind = await kindOf(file, head);
  if (kind === 'utf-16') throw utf16Fault();
  const name = kind === 'package' ? workbookName : nameOfKind(kind);
  if (name)
    throw fileFault('not-csv', { zh: `不是 CSV：文件${name.zh}`, en: `not CSV: the file is ${name.en}` });
  const hasMark = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
  const text = Buffer.from(head).toString('latin1', hasMark ? 3 : 0);
  const encoding = hasMark ? 'utf-8' : mapping.encoding;
  const [separatorLine = '', named] = /^"?sep=(.)"?(?:\r\n|\n|\r)/i.exec(text) ?? [];
  if (named !== undefined && !delimiters.includes(named as Delimiter)) throw delimiterFault(named);
  const start = { row: named === undefined ? 0 : 1, offset: (hasMark ? 3 : 0) + separatorLine.length };
  const table = text.slice(separatorLine.length);
  const headerRow = mapping.headerRow - start.row;
  const delimiter = (named as Delimiter | undefined) ?? delimiterOf(table, encoding, headerRow, known);
  if (!hasMark) {
    const likely = likelyEncoding(table);
    if (likely !== 'utf-8' && looksLikeBig5(Buffer.from(table, 'latin1'))) throw big5Fault();
    if (likely !== undefined && likely !== encoding) {
      const rows = rowsAt(table, delimiter, headerRow).map((cells) => cells.map(decoderOf(likely)));
      const found = rows.map((cells) =>
        headingsIn(
          cells.map((cell) => cell ?? ''),
          known,
        ),
      );
      throw otherEncodingFault(encoding, likely, rows[found.indexOf(Math.max(...found))] ?? []);
    }
  }
  return { encoding, delimiter, start };
}

/**
 * Decodes a cell that holds one byte a character, and takes away the space around it and what keeps a spreadsheet from
 * taking it for a number or a formula; undefined when it is no text of the
 * encoding, or text of UTF-8 in a file that is said to be in another one.
 */
export function decoderOf(encoding: Mapping['encoding']): (cell: string) => string | undefined {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  return (cell) => {
    if (isAscii(cell)) return plainCell(cell);
    const bytes = Buffer.from(cell, 'latin1');
    if (encoding !== 'utf-8' && isSurelyUtf8(bytes)) return undefined;
    try {
      const text = decoder.decode(bytes);
      return isMangled(text) ? undefined : plainCell(text);
    } catch {
      return undefined;
    }
  };
}

/** A cell without blanks, a Ctrl-Z or zeros around it, which end files of old programs, and without its guard. */
function plainCell(cell: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
  const text = cell.replace(/[\x00\x1a]+$/, '').trim();
  return /^="([^"]*)"$/.exec(text)?.[1]?.trim() ?? unguarded(text).replace(/^'(?=\d)/, '');
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Whether bytes are text of UTF-8 with a character of three bytes or more, as Chinese has them: text in another encoding
 * is valid UTF-8 by chance now and then, but hardly ever in this way.
 */
function isSurelyUtf8(bytes: Uint8Array): boolean {
  return /[\u0800-\u{10ffff}]/u.test(utf8Of(bytes) ?? '');
}

/** Four letters in a row, or one beside a letter of ASCII, of the alphabets that UTF-8 writes with two bytes. */
const foreignWord = /[\u00c0-\u07ff]{4}|[A-Za-z][\u00c0-\u024f]|[\u00c0-\u024f][A-Za-z]/u;

function utf8Of(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The encoding that every text of a file speaks for; undefined when they disagree, or none speaks for one. */
function likelyEncoding(text: string): Mapping['encoding'] | undefined {
  const decode = decoderOf('gb18030');
  // The last piece may be cut off.
  const pieces = text.split(/[,;\t\r\n"]/).slice(0, text.length < headBytes - 3 ? undefined : -1);
  const found = new Set<Mapping['encoding']>();
  for (const piece of pieces) {
    if (isAscii(piece)) continue;
    const bytes = Buffer.from(piece, 'latin1');
    const asUtf8 = utf8Of(bytes);
    if (isSurelyUtf8(bytes) || foreignWord.test(asUtf8 ?? '')) found.add('utf-8');
    else if (asUtf8 === undefined && decode(piece) !== undefined) found.add('gb18030');
    if (found.size === 2) return undefined;
  }
  return [...found][0];
}

/** @throws FileFault where only another character than those that are read stands between the headings. */
function delimiterOf(
  text: string,
  encoding: Mapping['encoding'],
  headerRow: number,
  known: readonly string[],
): Delimiter {
  const decode = decoderOf(encoding);
  let best: { delimiter: Delimiter; found: number; cells: number } | undefined;
  for (const delimiter of delimiters) {
    const rows = rowsAt(text, delimiter, headerRow).map((cells) => cells.map((cell) => decode(cell) ?? ''));
    const found = Math.max(0, ...rows.map((cells) => headingsIn(cells, known)));
    const cells = rows[0]?.length ?? 0;
    const isBetter = !best || found > best.found || (found === best.found && cells > best.cells);
    if (isBetter) best = { delimiter, found, cells };
  }
  const { delimiter, found } = best ?? { delimiter: ',', found: 0 };
  if (found === 0) {
    const lines = rowsAt(text, delimiter, headerRow).map((cells) => decode(cells.join(delimiter)) ?? '');
    const other = otherDelimiters.find((one) => lines.some((line) => headingsIn(line.split(one), known) > 1));
    if (other !== undefined) throw delimiterFault(other);
  }
  return delimiter;
}

const otherDelimiters = ['|', '，', '；', '^', '~'];

/** The cells of the first rows that stand at a line or behind it. */
function rowsAt(text: string, delimiter: Delimiter, headerRow: number): (readonly string[])[] {
  const records = new CsvRecords(delimiter);
  try {
    return [...records.write(text), ...records.end()]
      .filter(({ line, cells }) => line + 1 >= headerRow && cells.some((cell) => cell.trim() !== ''))
      .slice(0, rowsBeforeHeadings + 1)
      .map(({ cells }) => cells);
  } catch {
    return [];
  }
}

const workbookName: Bilingual = {
  zh: '是 ZIP 包（如 .xlsx 工作簿）：工作簿请以 .xlsx 导入',
  en: 'a ZIP package, as .xlsx workbooks are: import a workbook under .xlsx',
};

function utf16Fault(): FileFault {
  return fileFault('utf-16', {
    zh: '文件编码为 UTF-16（“Unicode 文本”）：请另存为“CSV UTF-8（逗号分隔）”',
    en: 'the file is in UTF-16 ("Unicode text"): save it as "CSV UTF-8 (comma delimited)"',
  });
}

function big5Fault(): FileFault {
  return fileFault('encoding', {
    zh: '文件编码应为 Big5（繁体中文），不支持：请另存为“CSV UTF-8（逗号分隔）”',
    en: 'the file looks like Big5 (traditional Chinese), which is not read: save it as "CSV UTF-8 (comma delimited)"',
  });
}

function delimiterFault(named: string): FileFault {
  return fileFault('delimiter', {
    zh: `不支持的分隔符“${named}”：可用逗号、分号或制表符`,
    en: `the delimiter "${named}" is not read: commas, semicolons and tabs are`,
  });
}

function otherEncodingFault(
  declared: Mapping['encoding'],
  likely: Mapping['encoding'],
  headings: readonly (string | undefined)[],
): FileFault {
  const shown = quoted(
    headings.filter((heading) => heading !== undefined).filter((heading) => heading !== ''),
  );
  const [said, is] = [encodingNames[declared], encodingNames[likely]];
  return fileFault('encoding', {
    zh: `按 ${said} 读取，但文件应为 ${is}；按 ${is} 读到的表头：${shown.zh || '无'}。请在列映射中将“encoding”设为“${likely}”，或另存为 ${said}`,
    en: `to be read as ${said}, but the file looks like ${is}; headings by ${is}: ${shown.en || 'none'}. Set encoding to ${likely} in the mapping, or save it as ${said}`,
  });
}
