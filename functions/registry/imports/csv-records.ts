/** A record of a CSV file, of text that holds one character a byte. */
export interface CsvRecord {
  readonly cells: readonly string[];
  /** Line that it begins at; the first that is read is 0. */
  readonly line: number;
  /** Characters and lines up to its end. */
  readonly bytes: number;
  readonly lines: number;
  /** Its quotes do not fit: it has no cells, and ends with its first line. */
  readonly isBroken: boolean;
}

/** What stands between two cells. */
export type Delimiter = ',' | '\t' | ';';

/** Characters of one record: a quote that is never closed would otherwise gather the rest of the file in memory. */
const longestRecord = 200_000;

/** Thrown for a line that is longer than any record. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong';
  readonly line: number;

  constructor(line: number) {
    super(`line ${line} does not end`);
    this.line = line;
  }
}

/**
 * Splits CSV (RFC 4180) into records as its text comes. A record whose quotes do not fit costs no more than its first
 * line, for what follows may be sound; that is why no library for CSV is used here: they give up, or take all that
 * follows for one cell.
 */
export class CsvRecords {
  readonly #delimiter: Delimiter;
  #rest = '';
  #bytes = 0;
  #lines = 0;

  constructor(delimiter: Delimiter) {
    this.#delimiter = delimiter;
  }

  /** Takes the next text. @returns the records that end in it. @throws LineTooLong */
  write(text: string): CsvRecord[] {
    return this.#read(this.#rest + text, false);
  }

  /** @returns what is left at the end of the file. */
  end(): CsvRecord[] {
    return this.#read(this.#rest, true);
  }

  #read(text: string, isLast: boolean): CsvRecord[] {
    const records: CsvRecord[] = [];
    let from = 0;
    while (from < text.length) {
      const record = this.#record(text, from, isLast);
      if (record === undefined) break;
      const { cells, isBroken } = record;
      // The first line of a broken one: what stands behind it is read for itself.
      const end = record.end;
      const line = this.#lines;
      this.#lines += lineEnds(text.slice(from, end));
      this.#bytes += end - from;
      from = end;
      const isEmpty = !isBroken && cells.length === 1 && cells[0] === '';
      if (!isEmpty) records.push({ cells, isBroken, line, bytes: this.#bytes, lines: this.#lines });
    }
    this.#rest = text.slice(from);
    return records;
  }

  /** Reads the record at a place; undefined when more text is needed for it. */
  #record(
    text: string,
    start: number,
    isLast: boolean,
  ): { cells: string[]; end: number; isBroken: boolean } | undefined {
    const cells: string[] = [];
    let at = start;
    for (;;) {
      const cell = this.#cell(text, at, isLast);
      if (cell === 'broken') return this.#firstLine(text, start, isLast);
      if (cell === undefined) {
        // What is too long for a record is given up for its first line.
        return text.length - start > longestRecord ? this.#firstLine(text, start, isLast) : undefined;
      }
      cells.push(cell.text);
      at = cell.end;
      const mark = text[at];
      if (mark === this.#delimiter) at += 1;
      else {
        const end = lineEndAt(text, at, isLast);
        return end === undefined ? undefined : { cells, end, isBroken: false };
      }
    }
  }

  /** Reads the cell at a place up to what ends it. */
  #cell(text: string, from: number, isLast: boolean): { text: string; end: number } | 'broken' | undefined {
    let at = skipBlanks(text, from, this.#delimiter);
    // ="00123" is how programs keep a spreadsheet from taking a text for a number.
    if (text[at] === '=' && at + 1 === text.length && !isLast) return undefined;
    if (text.startsWith('="', at)) at += 1;
    if (text[at] !== '"') {
      while (at < text.length && !this.#ends(text[at])) {
        if (text[at] === '"') return 'broken';
        at += 1;
      }
      return at === text.length && !isLast ? undefined : { text: text.slice(from, at), end: at };
    }
    let value = '';
    for (let open = at + 1; ; open = at + 2) {
      at = text.indexOf('"', open);
      if (at === -1) return isLast ? 'broken' : undefined;
      if (at + 1 === text.length && !isLast) return undefined;
      value += text.slice(open, at);
      if (text[at + 1] !== '"') break;
      value += '"';
    }
    at = skipBlanks(text, at + 1, this.#delimiter);
    if (at < text.length) return this.#ends(text[at]) ? { text: value, end: at } : 'broken';
    return isLast ? { text: value, end: at } : undefined;
  }

  #firstLine(text: string, start: number, isLast: boolean) {
    let at = start;
    while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at += 1;
    if (at === text.length && !isLast) {
      if (at - start > longestRecord) throw new LineTooLong(this.#lines);
      return undefined;
    }
    const end = lineEndAt(text, at, isLast);
    return end === undefined ? undefined : { cells: [], end, isBroken: true };
  }

  #ends(character: string | undefined): boolean {
    return character === this.#delimiter || character === '\n' || character === '\r';
  }
}

/** Where the next line begins; undefined when its second character may be still to come. */
function lineEndAt(text: string, at: number, isLast: boolean): number | undefined {
  if (at >= text.length) return text.length;
  if (text[at] === '\n') return at + 1;
  if (at + 1 === text.length && !isLast) return undefined;
  return text[at + 1] === '\n' ? at + 2 : at + 1;
}

function skipBlanks(text: string, from: number, delimiter: Delimiter): number {
  let at = from;
  while (text[at] === ' ' || (text[at] === '\t' && delimiter !== '\t')) at += 1;
  return at;
}

function lineEnds(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}
