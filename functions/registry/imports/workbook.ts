import {
  directoryBytes,
  type PackageEntry,
  packageEntries,
} from '../../filing/documents/package-directory.ts';
import { fileFault } from './file-fault.ts';
import { gather, readPart } from './package-part.ts';
import type { SourceFile } from './sheet-row.ts';
import { attributeOf, unescaped } from './xml-tags.ts';

/** Bytes that a part may unpack to: it is held in memory. */
const megabyte = 1000 ** 2;
const limits = { small: 20 * megabyte, texts: 300 * megabyte };

/** A workbook whose sheet can be read. */
export interface Workbook {
  readonly sheet: PackageEntry;
  readonly texts: readonly string[];
  /** Of each cell style, whether it shows a number as a date. */
  readonly dates: readonly boolean[];
  readonly daysFrom1904: boolean;
}

/**
 * Opens a workbook at one of its sheets.
 * @param sheetName the first visible sheet when it is left out.
 * @throws FileFault when it is not a workbook, has no such sheet or cannot be read.
 */
export async function openWorkbook(file: SourceFile, sheetName: string | undefined): Promise<Workbook> {
  const tail = await gather(await file.read(Math.max(0, file.bytes - directoryBytes)));
  const entries = packageEntries(tail, file.bytes);
  const main = entries?.get('xl/workbook.xml');
  if (!entries || !main) {
    throw fileFault('not-xlsx', {
      zh: '不是可读取的 XLSX 工作簿（加密文件和 .xls 请另存为 .xlsx）',
      en: 'not an XLSX workbook that can be read; save encrypted files and .xls as .xlsx',
    });
  }
  const sheets: { name: string; id: string; hidden: boolean }[] = [];
  let daysFrom1904 = false;
  await readPart(file, main, limits.small, {
    open: (name, attributes) => {
      if (name === 'workbookPr') daysFrom1904 = /^(1|true)$/.test(attributeOf(attributes, 'date1904') ?? '');
      if (name !== 'sheet') return;
      sheets.push({
        name: attributeOf(attributes, 'name') ?? '',
        id: attributeOf(attributes, 'id') ?? '',
        hidden: (attributeOf(attributes, 'state') ?? 'visible') !== 'visible',
      });
    },
  });
  const wanted = sheets.find(({ name, hidden }) => (sheetName === undefined ? !hidden : name === sheetName));
  const relations = await relationsOf(file, entries);
  const sheet = wanted && entries.get(relations.get(wanted.id) ?? '');
  if (!sheet) {
    const names = sheets.map(({ name }) => name).join('、');
    throw fileFault('sheet', {
      zh: `没有该工作表；现有：${names}`,
      en: `no such sheet; there are: ${names}`,
    });
  }
  return {
    sheet,
    daysFrom1904,
    texts: await textsOf(file, entries),
    dates: await dateStylesOf(file, entries),
  };
}

type Entries = ReadonlyMap<string, PackageEntry>;

/** Names of the parts by the ids that the workbook uses for them. */
async function relationsOf(file: SourceFile, entries: Entries): Promise<Map<string, string>> {
  const relations = new Map<string, string>();
  await readPart(file, entries.get('xl/_rels/workbook.xml.rels'), limits.small, {
    open: (name, attributes) => {
      if (name !== 'Relationship') return;
      const target = (attributeOf(attributes, 'Target') ?? '').toLowerCase();
      relations.set(
        attributeOf(attributes, 'Id') ?? '',
        target.startsWith('/') ? target.slice(1) : `xl/${target}`,
      );
    },
  });
  return relations;
}

async function textsOf(file: SourceFile, entries: Entries): Promise<string[]> {
  const texts: string[] = [];
  let [text, taking, inPhonetic] = ['', false, false];
  await readPart(file, entries.get('xl/sharedstrings.xml'), limits.texts, {
    open: (name) => {
      if (name === 'si') text = '';
      else if (name === 'rPh') inPhonetic = true;
      else if (name === 't') taking = !inPhonetic;
    },
    text: (piece) => {
      if (taking) text += piece;
    },
    close: (name) => {
      if (name === 't') taking = false;
      else if (name === 'rPh') inPhonetic = false;
      else if (name === 'si') texts.push(unescaped(text));
    },
  });
  return texts;
}

/** Number formats that are dates without being written out (ECMA-376 part 1, 18.8.30, those of East Asia included). */
const dateFormats = new Set([
  ...[14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36],
  ...[50, 51, 52, 53, 54, 57, 58],
]);

async function dateStylesOf(file: SourceFile, entries: Entries): Promise<boolean[]> {
  const custom = new Set<number>();
  const styles: boolean[] = [];
  let inCells = false;
  await readPart(file, entries.get('xl/styles.xml'), limits.small, {
    open: (name, attributes) => {
      const format = Number(attributeOf(attributes, 'numFmtId') ?? 0);
      if (name === 'cellXfs') inCells = true;
      else if (name === 'numFmt' && isDateFormat(attributeOf(attributes, 'formatCode') ?? ''))
        custom.add(format);
      else if (name === 'xf' && inCells) styles.push(dateFormats.has(format) || custom.has(format));
    },
    close: (name) => {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return styles;
}

/** Whether a format has years or days outside of its quoted texts and colours. */
function isDateFormat(code: string): boolean {
  return /[yd]/i.test(code.replace(/"[^"]*"|\[[^\]]*\]|\\./g, ''));
}
