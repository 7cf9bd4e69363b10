import type { RowFault } from './file-fault.ts';
import { mergedBelow } from './merged-cells.ts';
import { parse, unpack } from './package-part.ts';
import { SheetReader } from './sheet-reader.ts';
import { type Place, rowsOfSheet, type SheetChoice, type SheetRow, type SourceFile } from './sheet-row.ts';
import { openWorkbook } from './workbook.ts';

/** Bytes that a sheet may unpack to: its rows go by. */
const sheetBytes = 4_000_000_000;

/**
 * Rows of one or several sheets of an XLSX workbook, read as they are unpacked. Formulas are never evaluated: the stored
 * results count, and are marked. Numbers are given with the 15 digits that spreadsheets show and with the zeros of their
 * formats, dates as `YYYY-MM-DD`; numbers of more digits are marked. Of merged cells the first one holds the value; where
 * they are is told at the end.
 * @param warn takes what is found beside the rows.
 * @throws FileFault when it is not such a workbook, or unpacks to more than what can be read.
 */
export async function* readXlsxRows(
  file: SourceFile,
  choice: SheetChoice,
  from: Place,
  warn: (fault: RowFault) => void,
): AsyncGenerator<SheetRow> {
  // What is found beside the rows was told when the first of them were read.
  const book = await openWorkbook(file, choice, from.row === 0 ? warn : () => {});
  for (const [ordinal, sheet] of book.sheets.entries()) {
    const before = ordinal * rowsOfSheet;
    if (from.row >= before + rowsOfSheet) continue;
    const rows: Omit<SheetRow, 'next'>[] = [];
    const merged = choice.marksMerged ? await mergedBelow(file, sheet) : undefined;
    const tell = (fault: RowFault) => warn({ ...fault, row: before + fault.row });
    const reader = new SheetReader(book, Math.max(0, from.row - before), rows, tell, merged);
    for await (const { text, packed } of unpack(file, sheet, sheetBytes)) {
      parse(reader.tags, text);
      const offset = Math.min(file.bytes, packed);
      for (const row of rows.splice(0)) {
        yield { ...row, row: before + row.row, next: { row: before + row.row, offset } };
      }
    }
  }
}
