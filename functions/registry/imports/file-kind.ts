import type { Bilingual } from '../../shared/text.ts';
import { gather } from './package-part.ts';
import type { SourceFile } from './sheet-row.ts';

/** What a file is by its bytes, whatever it is called. */
export type FileKind = 'empty' | 'text' | 'utf-16' | 'package' | FileName;
type FileName =
  | 'html'
  | 'xml-spreadsheet'
  | 'xml'
  | 'rtf'
  | 'pdf'
  | 'archive'
  | 'old-workbook'
  | 'encrypted'
  | 'ole'
  | 'binary';

/** Bytes at the beginning that are looked at. */
export const headBytes = 262_144;

/** What files are called that are no table of awards, and what to do about them. */
const names: Readonly<Record<FileName, Bilingual>> = {
  html: {
    zh: '是网页（HTML），不是表格：请在电子表格软件中打开后另存为 .xlsx 或 CSV UTF-8',
    en: 'a web page (HTML), not a table: open it in a spreadsheet program and save it as .xlsx or CSV UTF-8',
  },
  'xml-spreadsheet': {
    zh: '是“XML 电子表格 2003”：请另存为 .xlsx',
    en: 'an "XML Spreadsheet 2003": save it as .xlsx',
  },
  xml: { zh: '是 XML 文件，不是表格', en: 'an XML file, not a table' },
  rtf: { zh: '是 RTF 文档，不是表格', en: 'an RTF document, not a table' },
  pdf: { zh: '是 PDF 文件，不是表格', en: 'a PDF file, not a table' },
  archive: { zh: '是压缩包：请解压后导入其中的文件', en: 'an archive: unpack it and import the file in it' },
  'old-workbook': {
    zh: '是旧格式工作簿（.xls）：请另存为 .xlsx',
    en: 'a workbook of the old kind (.xls): save it as .xlsx',
  },
  encrypted: {
    zh: '是加密的工作簿：请取消密码后重新保存',
    en: 'an encrypted workbook: take the password away and save it again',
  },
  ole: {
    zh: '是旧格式的 Office 文件，不是 .xlsx 工作簿',
    en: 'an Office file of the old kind, not an .xlsx workbook',
  },
  binary: { zh: '不是文本也不是工作簿', en: 'neither text nor a workbook' },
};

/** What a file of this kind is called, for whoever has to save it in another way; undefined for text and packages. */
export function nameOfKind(kind: FileKind): Bilingual | undefined {
  return kind in names ? names[kind as FileName] : undefined;
}

/** Tells by its first bytes, and by the directory of the old Office files, what a file is. */
export async function kindOf(file: SourceFile, head: Uint8Array): Promise<FileKind> {
  if (head.byteLength === 0) return 'empty';
  const starts = (...bytes: readonly number[]) => bytes.every((byte, index) => head[index] === byte);
  if (starts(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1)) return compoundKind(file, head);
  if (starts(0x50, 0x4b, 0x03, 0x04) || starts(0x50, 0x4b, 0x05, 0x06)) return 'package';
  if (starts(0x52, 0x61, 0x72, 0x21) || starts(0x37, 0x7a, 0xbc, 0xaf) || starts(0x1f, 0x8b)) {
    return 'archive';
  }
  if (isUtf16(head)) return 'utf-16';
  const text = Buffer.from(head.subarray(0, 4096)).toString('latin1');
  if (text.slice(0, 1024).includes('%PDF-')) return 'pdf';
  if (text.startsWith('{\\rtf')) return 'rtf';
  const markup = /^(?:\xef\xbb\xbf)?\s*<[!?a-z]/i.exec(text);
  if (markup) return markupKind(text);
  return isBinary(head) ? 'binary' : 'text';
}

function markupKind(text: string): FileKind {
  if (/urn:schemas-microsoft-com:office:spreadsheet/i.test(text) && !/<html/i.test(text)) {
    return 'xml-spreadsheet';
  }
  if (/<(?:!doctype\s+html|html|head|body|table|meta|style|script|div|title)\b/i.test(text)) return 'html';
  return /^(?:\xef\xbb\xbf)?\s*<\?xml/i.test(text) ? 'xml' : 'text';
}

/** UTF-16 with its mark, or with so many zeros on one side that it is nothing else: Chinese has some on the other. */
function isUtf16(head: Uint8Array): boolean {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) return true;
  const zeros = [0, 0];
  for (const [at, byte] of head.subarray(0, 4096).entries()) {
    if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  }
  const [fewer = 0, more = 0] = zeros.sort((a, b) => a - b);
  return more >= 4 && more > 8 * fewer;
}

/** Control characters that no text has, more of them than a program leaves by mistake; zeros at the end fill a disk's block. */
function isBinary(head: Uint8Array): boolean {
  const end = head.findLastIndex((byte) => byte !== 0) + 1;
  const controls = head
    .subarray(0, end)
    .filter((byte) => byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d) && byte !== 0x1a);
  return end === 0 || controls.length * 100 > end;
}

/** What stands in a compound file, by the names in the first sectors of its directory ([MS-CFB]). */
async function compoundKind(file: SourceFile, head: Uint8Array): Promise<FileKind> {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (view.byteLength < 52) return 'ole';
  const sector = 1 << Math.min(16, view.getUint16(30, true));
  const from = (view.getUint32(48, true) + 1) * sector;
  if (from >= file.bytes) return 'ole';
  const directory = await gather(await file.read(from, Math.min(file.bytes, from + 4 * sector)));
  const entries = Buffer.from(directory).toString('utf16le');
  if (entries.includes('EncryptedPackage')) return 'encrypted';
  return /Workbook|Book/.test(entries) ? 'old-workbook' : 'ole';
}
