import {
  directoryBytes,
  type PackageEntry,
  packageEntries,
} from '../../filing/documents/package-directory.ts';
import { type Bilingual, quoted } from '../../shared/text.ts';
import { FileFault, fileFault, type RowFault } from './file-fault.ts';
import { headBytes, kindOf, nameOfKind } from './file-kind.ts';
import { builtInFormat, formatOf, type NumberFormat } from './number-format.ts';
import { gather, parse, readPart, unpack } from './package-part.ts';
import { type Entries, type Relation, relationsOf } from './package-relations.ts';
import type { SheetChoice, SourceFile } from './sheet-row.ts';
import { attributeOf, unescaped, XmlTags } from './xml-tags.ts';

/** Bytes that a part may unpack to: it is held in memory. */
const megabyte = 1000 ** 2;
const limits = { small: 20 * megabyte, texts: 300 * megabyte, sheet: 4000 * megabyte };

/** A workbook whose sheets can be read. */
export interface Workbook {
  readonly sheets: readonly PackageEntry[];
  readonly texts: readonly string[];
  /** Of each cell style, how it shows a number. */
  readonly formats: readonly NumberFormat[];
  readonly daysFrom1904: boolean;
}

interface Sheet {
  readonly name: string;
  readonly isHidden: boolean;
  readonly entry: PackageEntry | undefined;
}

/**
 * Opens a workbook at some of its sheets. Its parts are found as it says itself, whatever they are called.
 * @param choice.names the sheets that are asked for; without them, the only visible one that holds something.
 * @param warn is told of sheets that hold something and are not read.
 * @throws FileFault when it is not a workbook, has no such sheet, has several to choose from, or cannot be read.
 */
export async function openWorkbook(
  file: SourceFile,
  choice: Pick<SheetChoice, 'names' | 'ignored'>,
  warn: (fault: RowFault) => void,
): Promise<Workbook> {
  const entries = await entriesOf(file);
  const main = await mainPart(file, entries);
  const entry = entries.get(main);
  if (!entry) throw notWorkbook(otherPackage(entries));
  const relations = await relationsOf(file, entries, main);
  const { sheets, daysFrom1904 } = await sheetsOf(file, entry, entries, relations);
  const partOf = (kind: string, usual: string) =>
    entries.get(relations.find((relation) => relation.kind === kind)?.part ?? usual);
  const texts = await textsOf(file, partOf('sharedStrings', 'xl/sharedstrings.xml'));
  const filled: Sheet[] = [];
  for (const sheet of sheets) {
    if (sheets.length === 1 || (await holdsSomething(file, sheet.entry, texts))) filled.push(sheet);
  }
  return {
    sheets: chooseSheets(sheets, filled, choice, warn),
    daysFrom1904,
    texts,
    formats: await formatsOf(file, partOf('styles', 'xl/styles.xml')),
  };
}

async function entriesOf(file: SourceFile): Promise<Entries> {
  const head = await gather(await file.read(0, Math.min(file.bytes, headBytes)));
  const kind = await kindOf(file, head);
  if (kind === 'empty') throw notWorkbook({ zh: '是空文件', en: 'empty' });
  if (kind === 'text' || kind === 'utf-16') {
    throw notWorkbook({
      zh: '是文本（如 CSV）：请以 .csv 导入',
      en: 'text, as CSV is: import it under .csv',
    });
  }
  const tail = await gather(await file.read(Math.max(0, file.bytes - directoryBytes)));
  const entries = packageEntries(tail, file.bytes);
  if (entries) return entries;
  const broken = { zh: '已损坏或不完整', en: 'broken or cut off' };
  throw notWorkbook(kind === 'package' ? broken : (nameOfKind(kind) ?? broken));
}

/** The part that the package says to be its document; workbooks usually call it `xl/workbook.xml`. */
async function mainPart(file: SourceFile, entries: Entries): Promise<string> {
  const relations = await relationsOf(file, entries, '');
  return (
    relations.find(({ kind, part }) => kind === 'officeDocument' && isWorkbook(part))?.part ??
    'xl/workbook.xml'
  );
}

/** Documents of other programs have another part: it is named in `otherPackage`. */
function isWorkbook(part: string): boolean {
  return !/^(?:word|ppt)\/|\.bin$/.test(part);
}

function otherPackage(entries: Entries): Bilingual {
  const has = (start: string) => [...entries.keys()].some((name) => name.startsWith(start));
  if (has('xl/workbook.bin'))
    return {
      zh: '是二进制工作簿（.xlsb）：请另存为 .xlsx',
      en: 'a binary workbook (.xlsb): save it as .xlsx',
    };
  if (has('word/'))
    return { zh: '是 Word 文档（.docx），不是工作簿', en: 'a Word document (.docx), not a workbook' };
  if (has('ppt/'))
    return { zh: '是演示文稿（.pptx），不是工作簿', en: 'a presentation (.pptx), not a workbook' };
  if (has('content.xml'))
    return {
      zh: '是 OpenDocument 文件（.ods 等）：请另存为 .xlsx',
      en: 'an OpenDocument file (.ods or the like): save it as .xlsx',
    };
  return { zh: '是 ZIP 包，其中没有工作簿', en: 'a ZIP package without a workbook in it' };
}

function notWorkbook(what: Bilingual): FileFault {
  return fileFault('not-xlsx', {
    zh: `不是可读取的 XLSX 工作簿：文件${what.zh}`,
    en: `not an XLSX workbook that can be read: the file is ${what.en}`,
  });
}

async function sheetsOf(
  file: SourceFile,
  main: PackageEntry,
  entries: Entries,
  relations: readonly Relation[],
): Promise<{ sheets: Sheet[]; daysFrom1904: boolean }> {
  const byId = new Map(relations.map((relation) => [relation.id, relation]));
  const sheets: Sheet[] = [];
  let daysFrom1904 = false;
  await readPart(file, main, limits.small, {
    open: (name, attributes) => {
      if (name === 'workbookPr') daysFrom1904 = /^(1|true)$/.test(attributeOf(attributes, 'date1904') ?? '');
      if (name !== 'sheet') return;
      const relation = byId.get(attributeOf(attributes, 'id') ?? '');
      // Charts and macros stand among the sheets too, and hold no table.
      if (/^(?:chart|dialog)sheet$|^xlMacrosheet$/.test(relation?.kind ?? '')) return;
      sheets.push({
        name: attributeOf(attributes, 'name') ?? '',
        isHidden: (attributeOf(attributes, 'state') ?? 'visible') !== 'visible',
        entry: entries.get(relation?.part ?? ''),
      });
    },
  });
  return { sheets, daysFrom1904 };
}

/** The sheets that are asked for, or the one that there is no doubt about. */
function chooseSheets(
  sheets: readonly Sheet[],
  filled: readonly Sheet[],
  { names, ignored = [] }: Pick<SheetChoice, 'names' | 'ignored'>,
  warn: (fault: RowFault) => void,
): PackageEntry[] {
  const isIgnored = ({ name }: Sheet) => ignored.some((one) => foldName(one) === foldName(name));
  const shown = filled.filter((sheet) => !sheet.isHidden && !isIgnored(sheet));
  const chosen =
    names.length === 0
      ? [shown[0] ?? sheets.find(({ isHidden }) => !isHidden)]
      : names.map((wanted) => sheets.find(({ name }) => foldName(name) === foldName(wanted)));
  const entries = chosen.map((sheet) => sheet?.entry);
  if (entries.some((entry) => entry === undefined)) {
    const there = quoted(sheets.map(({ name }) => name));
    throw fileFault('sheet', {
      zh: `没有该工作表；现有：${there.zh}`,
      en: `no such sheet; there are: ${there.en}`,
    });
  }
  if (names.length === 0 && shown.length > 1) throw severalSheets(shown);
  // Of a list in several sheets, one that was added is a part of it, or else is to be ignored by name.
  const added = shown.filter((sheet) => !chosen.includes(sheet));
  if (names.length > 1 && added.length > 0) throw severalSheets(added);
  const others = filled.filter((sheet) => !chosen.includes(sheet) && !isIgnored(sheet));
  if (others.length > 0) warn(unreadSheets(others));
  const hidden = chosen.flatMap((sheet) => (sheet?.isHidden ? [sheet] : []));
  if (hidden.length > 0) warn(hiddenSheets(hidden));
  return entries.flatMap((entry) => entry ?? []);
}

/** Spreadsheet programs tell names of sheets apart by more than case and blanks around them. */
function foldName(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}

function namesOf(sheets: readonly Sheet[]): { zh: string; en: string } {
  const words = sheets.map(({ name, isHidden }) => {
    const { zh, en } = quoted([name]);
    return isHidden ? { zh: `${zh}（隐藏）`, en: `${en} (hidden)` } : { zh, en };
  });
  return { zh: words.map(({ zh }) => zh).join('、'), en: words.map(({ en }) => en).join(', ') };
}

function severalSheets(sheets: readonly Sheet[]): FileFault {
  const { zh, en } = namesOf(sheets);
  return fileFault('sheets', {
    zh: `有多个工作表有内容：${zh}。请指明要导入哪一个（“sheet”），其余可再次导入`,
    en: `several sheets hold something: ${en}. Say which one to import (sheet); the others can be imported after it`,
  });
}

function unreadSheets(sheets: readonly Sheet[]): RowFault {
  const { zh, en } = namesOf(sheets);
  return {
    row: 1,
    column: '',
    rule: 'sheets',
    severity: 'warning',
    messages: { zh: `未读取的工作表：${zh}`, en: `sheets that are not read: ${en}` },
  };
}

function hiddenSheets(sheets: readonly Sheet[]): RowFault {
  const { zh, en } = namesOf(sheets);
  return {
    ...{ row: 1, column: '', rule: 'hidden-sheets', severity: 'warning' },
    messages: { zh: `已读取隐藏的工作表：${zh}`, en: `hidden sheets that are read: ${en}` },
  };
}

/** Whether any cell of a sheet holds a value: programs leave empty sheets behind the first one. */
async function holdsSomething(
  file: SourceFile,
  entry: PackageEntry | undefined,
  texts: readonly string[],
): Promise<boolean> {
  if (!entry) return false;
  let [isShared, inValue, isFound] = [false, false, false];
  const tags = new XmlTags({
    open: (name, attributes) => {
      if (name === 'c') isShared = attributeOf(attributes, 't') === 's';
      inValue = name === 'v' || name === 't';
    },
    close: () => {},
    text: (text) => {
      const value = isShared ? (texts[Number(text)] ?? '') : text;
      if (inValue && value.trim() !== '') isFound = true;
    },
  });
  try {
    for await (const { text } of unpack(file, entry, limits.sheet)) {
      parse(tags, text);
      if (isFound) return true;
    }
  } catch (error) {
    // A broken sheet is refused when it is the one to be read.
    if (!(error instanceof FileFault)) throw error;
  }
  return false;
}

async function textsOf(file: SourceFile, entry: PackageEntry | undefined): Promise<string[]> {
  const texts: string[] = [];
  let [text, taking, inPhonetic] = ['', false, false];
  await readPart(file, entry, limits.texts, {
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

async function formatsOf(file: SourceFile, entry: PackageEntry | undefined): Promise<NumberFormat[]> {
  const written = new Map<number, NumberFormat>();
  const formats: NumberFormat[] = [];
  let inCells = false;
  await readPart(file, entry, limits.small, {
    open: (name, attributes) => {
      const id = Number(attributeOf(attributes, 'numFmtId') ?? 0);
      if (name === 'cellXfs') inCells = true;
      else if (name === 'numFmt') written.set(id, formatOf(attributeOf(attributes, 'formatCode') ?? ''));
      else if (name === 'xf' && inCells) formats.push(written.get(id) ?? builtInFormat(id));
    },
    close: (name) => {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return formats;
}
