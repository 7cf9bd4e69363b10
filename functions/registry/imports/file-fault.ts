import type { Bilingual } from '../../shared/text.ts';

/** A fault of one cell, or of one row when the column is empty. */
export interface RowFault {
  /** Line or row of the file, the first being 1. */
  readonly row: number;
  /** Where a list is in several sheets. */
  readonly sheet?: string | undefined;
  readonly column: string;
  readonly rule: string;
  /** A row with an error is left out; one with a warning is imported. */
  readonly severity: 'error' | 'warning';
  readonly messages: Bilingual;
}

/** Something that makes a whole file, or the rest of it, unreadable. */
export class FileFault extends Error {
  override readonly name = 'FileFault';
  readonly faults: readonly RowFault[];

  constructor(faults: readonly RowFault[]) {
    super(faults.map(({ row, column, rule }) => `${row}:${column}: ${rule}`).join(', '));
    this.faults = faults;
  }
}

/** A fault of the whole file. */
export function fileFault(rule: string, messages: Bilingual, row = 1): FileFault {
  return new FileFault([{ row, column: '', rule, severity: 'error', messages }]);
}
