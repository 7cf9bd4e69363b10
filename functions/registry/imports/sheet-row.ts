/** Where the reading of a file goes on. */
export interface Place {
  /** The last line or row that was read; 0 at the beginning. */
  readonly row: number;
  /** Bytes of the file that lie behind. */
  readonly offset: number;
}

/** A row as a reader of files gives it. */
export interface SheetRow {
  /** Line or row that it begins at, the first being 1. */
  readonly row: number;
  readonly cells: readonly string[];
  /** Cells whose value is the stored result of a formula, by index. */
  readonly formulas?: readonly number[];
  /** Cells that hold a formula without its result, by index. */
  readonly unresolved?: readonly number[];
  /** Cells whose bytes are not text in the file's encoding, by index. */
  readonly undecoded?: readonly number[];
  /** Cells that hold a number with more digits than spreadsheets keep, by index: the last ones are lost. */
  readonly rounded?: readonly number[];
  /** Columns whose cells are merged with one above, by index; told where a mapping asks for it. */
  readonly covered?: readonly number[];
  /** Whether a workbook hides it, by hand or by a filter: it is read all the same. */
  readonly isHidden?: boolean;
  /** Whether its quotes do not fit, so that it has no cells. */
  readonly isBroken?: boolean;
  /** Where the reading goes on behind it. */
  readonly next: Place;
}

/** Which sheets of a workbook are read, and how. */
export interface SheetChoice {
  /** Their names, in the order of reading; without any, the one that there is no doubt about. */
  readonly names: readonly string[];
  /** Sheets that nobody is to be asked about. */
  readonly ignored?: readonly string[];
  /** Whether cells that are merged with one above are marked, instead of being told of. */
  readonly marksMerged?: boolean;
}

/** A file that can be read from any place. */
export interface SourceFile {
  readonly bytes: number;
  /** Bytes from a place on, up to another (exclusive) or the end. */
  read(from: number, to?: number): Promise<AsyncIterable<Uint8Array>>;
}

/** Columns that a row may have: what lies beyond is no table of awards. */
export const columnLimit = 200;

/**
 * Rows of a workbook are counted through the sheets that are read of it: those of each begin behind a multiple of this, which
 * is twice as much as a sheet can have.
 */
export const rowsOfSheet = 2 ** 21;

/** A row as people count it, and which of the sheets that are read it stands in, from 0. */
export function placeInSheets(row: number): { readonly row: number; readonly sheet: number } {
  return { row: row % rowsOfSheet, sheet: Math.floor(row / rowsOfSheet) };
}
