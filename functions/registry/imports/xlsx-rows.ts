import type { RowFault } from './file-fault.ts';
import { parse, unpack } from './package-part.ts';
import { SheetReader } from './sheet-reader.ts';
import type { Place, SheetRow, SourceFile } from './sheet-row.ts';
import { openWorkbook } from './workbook.ts';

/** Bytes that a sheet may unpack to: its rows go by. */
const sheetBytes = 4_000_000_000;

/**
 * Rows of a sheet of an XLSX workbook, read as they are unpacked. Formulas are never evaluated: the stored results
 * count, and are marked. Numbers are given with the 15 digits that spreadsheets show and with the zeros of their formats,
 * dates as `YYYY-MM-DD`; numbers of more digits are marked. Of merged cells the first one holds the value; where they are is
 * told at the end.
 * @param sheetName may be left out where one visible sheet holds something.
 * @param warn takes what is found beside the rows.
 * @throws FileFault when it is not such a workbook, or unpacks to more than what can be read.
 */
export async function* readXlsxRows(
  file: SourceFile,
  sheetName: string | undefined,
  from: Place,
  warn: (fault: RowFault) => void,
): AsyncGenerator<SheetRow> {
  // What is found beside the rows was told when the first of them were read.
  const book = await openWorkbook(file, sheetName, from.row === 0 ? warn : () => {});
  const rows: Omit<SheetRow, 'next'>[] = [];
  const reader = new SheetReader(book, from.row, rows, warn);
  let offset = 0;
  for await (const { text, packed } of unpack(file, book.sheet, sheetBytes)) {
    parse(reader.tags, text);
    offset = Math.min(file.bytes, packed);
    for (const row of rows.splice(0)) yield { ...row, next: { row: row.row, offset } };
  }
}
