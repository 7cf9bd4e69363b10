import { pipeline, Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import {
  directoryBytes,
  type PackageEntry,
  packageEntries,
} from '../../filing/documents/package-directory.ts';
import { tooManyColumns } from './csv-rows.ts';
import { FileFault, fileFault, type RowFault } from './file-fault.ts';
import { columnLimit, type Place, type SheetRow, type SourceFile } from './sheet-row.ts';
import { attributeOf, type TagHandler, unescaped, XmlTags } from './xml-tags.ts';

const megabyte = 1000 * 1000;

/** Bytes that a part may unpack to: texts are held in memory, rows go by. */
const limits = { small: 20 * megabyte, texts: 300 * megabyte, rows: 4000 * megabyte };
const largestNumber = 1e15;

/** A workbook whose sheet can be read. */
interface Workbook {
  readonly entries: ReadonlyMap<string, PackageEntry>;
  readonly sheet: PackageEntry;
  readonly texts: readonly string[];
  /** Of each cell style, whether it shows a number as a date. */
  readonly dates: readonly boolean[];
  readonly daysFrom1904: boolean;
}

/**
 * Rows of a sheet of an XLSX workbook, read as they are unpacked. Formulas are never evaluated: the stored results
 * count, and are marked. Numbers are given with the 15 digits that spreadsheets show, dates as `YYYY-MM-DD`. Of merged
 * cells the first one holds the value; where they are is told at the end.
 * @param sheetName the first sheet when it is left out.
 * @param warn takes what is found beside the rows.
 * @throws FileFault when it is not such a workbook, or unpacks to more than what can be read.
 */
export async function* readXlsxRows(
  file: SourceFile,
  sheetName: string | undefined,
  from: Place,
  warn: (fault: RowFault) => void,
): AsyncGenerator<SheetRow> {
  const book = await openWorkbook(file, sheetName);
  const rows: Omit<SheetRow, 'next'>[] = [];
  const reader = new SheetReader(book, from.row, rows, warn);
  let offset = 0;
  for await (const { text, packed } of unpack(file, book.sheet, limits.rows)) {
    parse(reader.tags, text);
    offset = Math.min(file.bytes, packed);
    for (const row of rows.splice(0)) yield { ...row, next: { row: row.row, offset } };
  }
}

class SheetReader implements TagHandler {
  readonly tags = new XmlTags(this);
  readonly #book: Workbook;
  readonly #after: number;
  readonly #rows: Omit<SheetRow, 'next'>[];
  readonly #warn: (fault: RowFault) => void;
  #row = 0;
  #cells: string[] = [];
  #formulas: number[] = [];
  #column = -1;
  #type = 'n';
  #style = 0;
  #value = '';
  #isFormula = false;
  #taking = false;
  #inPhonetic = false;

  constructor(
    book: Workbook,
    after: number,
    rows: Omit<SheetRow, 'next'>[],
    warn: (fault: RowFault) => void,
  ) {
    this.#book = book;
    this.#after = after;
    this.#rows = rows;
    this.#warn = warn;
  }

  open(name: string, attributes: string): void {
    if (name === 'row') {
      this.#row = Number(attributeOf(attributes, 'r') ?? this.#row + 1);
      this.#cells = [];
      this.#formulas = [];
      this.#column = -1;
    } else if (name === 'mergeCell') this.#merged(attributeOf(attributes, 'ref') ?? '');
    else if (this.#row <= this.#after) return;
    else if (name === 'c') {
      const reference = attributeOf(attributes, 'r');
      this.#column = reference === undefined ? this.#column + 1 : columnOf(reference);
      if (this.#column >= columnLimit) throw tooManyColumns(this.#row, this.#column + 1);
      this.#type = attributeOf(attributes, 't') ?? 'n';
      this.#style = Number(attributeOf(attributes, 's') ?? 0);
      this.#value = '';
      this.#isFormula = false;
    } else if (name === 'f') this.#isFormula = true;
    else if (name === 'rPh') this.#inPhonetic = true;
    else if (name === 'v' || name === 't') this.#taking = !this.#inPhonetic;
  }

  text(text: string): void {
    if (this.#taking) this.#value += text;
  }

  close(name: string): void {
    if (name === 'v' || name === 't') this.#taking = false;
    else if (name === 'rPh') this.#inPhonetic = false;
    else if (name === 'row') this.#endRow();
    else if (name === 'c' && this.#row > this.#after) {
      while (this.#cells.length < this.#column) this.#cells.push('');
      this.#cells[this.#column] = this.#read().trim();
      if (this.#isFormula) this.#formulas.push(this.#column);
    }
  }

  #endRow(): void {
    if (this.#row <= this.#after || this.#cells.every((cell) => cell === '')) return;
    this.#rows.push({
      row: this.#row,
      cells: this.#cells,
      ...(this.#formulas.length > 0 && { formulas: this.#formulas }),
    });
  }

  #read(): string {
    const value = unescaped(this.#value);
    switch (this.#type) {
      case 's':
        return this.#book.texts[Number(value)] ?? '';
      case 'b':
        return value === '1' ? 'TRUE' : 'FALSE';
      case 'd':
        return value.slice(0, 10);
      case 'n':
        return this.#number(value);
      default:
        return value;
    }
  }

  #number(text: string): string {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value)) return text;
    if (this.#book.dates[this.#style]) return dateOf(value, this.#book.daysFrom1904) ?? text;
    // A longer number has lost digits already when it was typed in: what is left of it must not look like one.
    return Math.abs(value) < largestNumber
      ? plain(value)
      : text.includes('E')
        ? text
        : value.toExponential(14);
  }

  #merged(reference: string): void {
    const [first = '', last = ''] = reference.split(':');
    const row = Number(/\d+/.exec(last)?.[0] ?? 0);
    if (row <= 1) return;
    this.#warn({
      row: Number(/\d+/.exec(first)?.[0] ?? 0),
      column: reference,
      rule: 'merged-cells',
      severity: 'warning',
      messages: {
        zh: `合并单元格 ${reference}：只有左上角单元格有值，其余视为空`,
        en: `merged cells ${reference}: the first one holds the value, the others are read as empty`,
      },
    });
  }
}

/** A number with at most 15 digits, without an exponent. */
function plain(value: number): string {
  const text = String(Number(value.toPrecision(15)));
  return text.includes('e')
    ? Number(value.toPrecision(15))
        .toFixed(15)
        .replace(/\.?0+$/, '')
    : text;
}

/** The date of a day number, or undefined where there is none. */
function dateOf(days: number, from1904: boolean): string | undefined {
  // Spreadsheets count a 29 February 1900 that was none; before it the numbers are one day off.
  const base = from1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, days < 60 ? 31 : 30);
  const date = new Date(base + Math.floor(days) * 86_400_000);
  return days >= 1 && date.getUTCFullYear() <= 9999 ? date.toISOString().slice(0, 10) : undefined;
}

/** Index of the column in a cell's reference, e.g. 27 for AB3. */
function columnOf(reference: string): number {
  let column = 0;
  for (const letter of /^[A-Z]{1,3}/.exec(reference)?.[0] ?? 'A')
    column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

async function openWorkbook(file: SourceFile, sheetName: string | undefined): Promise<Workbook> {
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
    entries,
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

async function readPart(
  file: SourceFile,
  entry: PackageEntry | undefined,
  limit: number,
  handler: Partial<TagHandler>,
): Promise<void> {
  if (!entry) return;
  const nothing = () => {};
  const tags = new XmlTags({ open: nothing, close: nothing, text: nothing, ...handler });
  for await (const { text } of unpack(file, entry, limit)) parse(tags, text);
}

function parse(tags: XmlTags, text: string): void {
  try {
    tags.write(text);
  } catch (error) {
    throw error instanceof FileFault ? error : broken(error);
  }
}

const localHeaderBytes = 30;

/** The text of a part as it is unpacked, with the place in the file up to which it was read. */
async function* unpack(
  file: SourceFile,
  entry: PackageEntry,
  limit: number,
): AsyncGenerator<{ text: string; packed: number }> {
  const header = await gather(await file.read(entry.offset, entry.offset + localHeaderBytes));
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (view.byteLength < localHeaderBytes || view.getUint32(0, true) !== 0x04034b50) throw broken();
  const start = entry.offset + localHeaderBytes + view.getUint16(26, true) + view.getUint16(28, true);
  let read = start;
  const count = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      read += chunk.byteLength;
      yield chunk;
    }
  };
  const packed = Readable.from(count(await file.read(start, start + entry.packedBytes)));
  const bytes = entry.isDeflated ? pipeline(packed, createInflateRaw(), () => {}) : packed;
  const decoder = new TextDecoder('utf-8');
  let total = 0;
  try {
    for await (const chunk of bytes as AsyncIterable<Uint8Array>) {
      total += chunk.byteLength;
      if (total > limit) {
        throw fileFault('too-large', {
          zh: `工作簿中的一个部件解压后超过 ${limit} 字节`,
          en: `a part of the workbook unpacks to more than ${limit} bytes`,
        });
      }
      yield { text: decoder.decode(chunk, { stream: true }), packed: read };
    }
  } catch (error) {
    const fault = error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
    throw fault ? broken(error) : error;
  } finally {
    packed.destroy();
  }
}

function broken(cause?: unknown): FileFault {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return fileFault('not-xlsx', { zh: `工作簿已损坏${why}`, en: `the workbook is broken${why}` });
}

async function gather(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}
