import { tooManyColumns } from './csv-rows.ts';
import type { RowFault } from './file-fault.ts';
import { columnOf, type MergedBelow } from './merged-cells.ts';
import { withZeros } from './number-format.ts';
import { columnLimit, type SheetRow } from './sheet-row.ts';
import type { Workbook } from './workbook.ts';
import { attributeOf, type TagHandler, unescaped, XmlTags } from './xml-tags.ts';

/** Numbers from here on have more digits than spreadsheets keep. */
const largestNumber = 1e15;

/** Merged cells that are told of. */
const mergedShown = 100;

/** Puts the rows of a sheet together from its tags, as these come. */
export class SheetReader implements TagHandler {
  readonly tags = new XmlTags(this);
  readonly #book: Pick<Workbook, 'texts' | 'formats' | 'daysFrom1904'>;
  readonly #after: number;
  readonly #rows: Omit<SheetRow, 'next'>[];
  readonly #warn: (fault: RowFault) => void;
  readonly #merges: MergedBelow | undefined;
  #row = 0;
  #cells: string[] = [];
  #formulas: number[] = [];
  #unresolved: number[] = [];
  #rounded: number[] = [];
  #isHidden = false;
  #hidesRows = false;
  #column = -1;
  #mergedTold = 0;
  #type = 'n';
  #style = 0;
  #value = '';
  #isFormula = false;
  #hasValue = false;
  #taking = false;
  #inPhonetic = false;

  constructor(
    book: Pick<Workbook, 'texts' | 'formats' | 'daysFrom1904'>,
    after: number,
    rows: Omit<SheetRow, 'next'>[],
    warn: (fault: RowFault) => void,
    /** Where cells are merged with one above: marked then, and not told of. */
    merged?: MergedBelow,
  ) {
    this.#merges = merged;
    this.#book = book;
    this.#after = after;
    this.#rows = rows;
    this.#warn = warn;
  }

  open(name: string, attributes: string): void {
    if (name === 'row') {
      const named = Number(attributeOf(attributes, 'r'));
      this.#row = Number.isSafeInteger(named) && named > 0 ? named : this.#row + 1;
      this.#cells = [];
      this.#formulas = [];
      this.#unresolved = [];
      this.#rounded = [];
      this.#column = -1;
      this.#isHidden = isHidden(attributes) ?? this.#hidesRows;
    } else if (name === 'sheetFormatPr') {
      this.#hidesRows = isTrue(attributeOf(attributes, 'zeroHeight'));
    } else if (name === 'col') this.#hiddenColumns(attributes);
    else if (name === 'mergeCell') this.#merged(attributeOf(attributes, 'ref') ?? '');
    else if (this.#row <= this.#after) return;
    else if (name === 'c') {
      const reference = attributeOf(attributes, 'r');
      this.#column =
        reference === undefined ? this.#column + 1 : columnOf(/[A-Z]{1,3}/i.exec(reference)?.[0] ?? 'A');
      if (this.#column >= columnLimit) throw tooManyColumns(this.#row, this.#column + 1);
      this.#type = attributeOf(attributes, 't') ?? 'n';
      this.#style = Number(attributeOf(attributes, 's') ?? 0);
      this.#value = '';
      this.#isFormula = false;
      this.#hasValue = false;
    } else if (name === 'f') this.#isFormula = true;
    else if (name === 'rPh') this.#inPhonetic = true;
    else if (name === 'v' || name === 't') {
      this.#taking = !this.#inPhonetic;
      this.#hasValue ||= name === 'v';
    }
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
      // A formula whose result is an empty text says so.
      const isResolved = this.#value !== '' || (this.#type === 'str' && this.#hasValue);
      if (this.#isFormula) this.#formulas.push(this.#column);
      if (this.#isFormula && !isResolved) this.#unresolved.push(this.#column);
    }
  }

  #endRow(): void {
    if (this.#row <= this.#after || this.#cells.every((cell) => cell === '')) return;
    const covered = this.#merges?.in(this.#row) ?? [];
    this.#rows.push({
      row: this.#row,
      cells: this.#cells,
      ...(covered.length > 0 && { covered }),
      ...(this.#isHidden && { isHidden: true }),
      ...(this.#formulas.length > 0 && { formulas: this.#formulas }),
      ...(this.#unresolved.length > 0 && { unresolved: this.#unresolved }),
      ...(this.#rounded.length > 0 && { rounded: this.#rounded }),
    });
  }

  #read(): string {
    const value = unescaped(this.#value);
    switch (this.#type) {
      case 's':
        return value.trim() === '' ? '' : (this.#book.texts[Number(value)] ?? '#REF!');
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
    const format = this.#book.formats[this.#style] ?? 'plain';
    if (format === 'date') return dateOf(value, this.#book.daysFrom1904) ?? text;
    if (Math.abs(value) < largestNumber) {
      if (format === 'plain') return plain(value);
      return 'unit' in format
        ? `${plain(value)}${format.unit}`
        : (withZeros(value, format.zeros) ?? plain(value));
    }
    // A longer number has lost digits already when it was typed in: what is left of it must not look like one.
    this.#rounded.push(this.#column);
    return text.includes('E') ? text : value.toExponential(14);
  }

  /** What stands in them is read as if they were shown. */
  #hiddenColumns(attributes: string): void {
    const [first, last] = ['min', 'max'].map((name) => Number(attributeOf(attributes, name)));
    if (
      !isTrue(attributeOf(attributes, 'hidden')) ||
      !first ||
      !last ||
      first > columnLimit ||
      this.#after > 0
    )
      return;
    const column = first === last ? nameOf(first) : `${nameOf(first)}:${nameOf(Math.min(last, columnLimit))}`;
    this.#warn({
      ...{ row: 1, column, rule: 'hidden-columns', severity: 'warning' },
      messages: {
        zh: `隐藏的列“${column}”：有表头的，内容照常读取`,
        en: `hidden columns ${column}: read like any others, where they have headings`,
      },
    });
  }

  #merged(reference: string): void {
    const [first = '', last = ''] = reference.split(':');
    const row = Number(/\d+/.exec(last)?.[0] ?? 0);
    // The first ones show where to look; a file can name hundreds of thousands in some kilobytes.
    // Titles, totals and notes go over a whole row.
    const isLine = /^\$?A\$?\d+$/i.test(first) && Number(/\d+/.exec(first)?.[0]) === row;
    if (row <= 1 || isLine || this.#merges || this.#mergedTold >= mergedShown) return;
    this.#mergedTold += 1;
    this.#warn({
      row: Number(/\d+/.exec(first)?.[0] ?? 0),
      column: reference,
      rule: 'merged-cells',
      severity: 'warning',
      messages: {
        zh: `合并单元格“${reference}”：只有左上角单元格有值，其余视为空`,
        en: `merged cells ${reference}: the first one holds the value, the others are read as empty`,
      },
    });
  }
}

/** Whether a row says itself that it is hidden, or has no height; undefined when it says nothing. */
function isHidden(attributes: string): boolean | undefined {
  const [hidden, height] = ['hidden', 'ht'].map((name) => attributeOf(attributes, name));
  if (hidden !== undefined) return isTrue(hidden);
  return height === undefined ? undefined : Number(height) === 0;
}

function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true';
}

/** Letters of a column by its number, from 1. */
function nameOf(column: number): string {
  const rest = Math.floor((column - 1) / 26);
  return `${rest > 0 ? nameOf(rest) : ''}${String.fromCharCode(65 + ((column - 1) % 26))}`;
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
