import { type CsvForm, decoderOf } from './csv-form.ts';
import { type CsvRecord, CsvRecords, LineTooLong } from './csv-records.ts';
import { fileFault } from './file-fault.ts';
import { columnLimit, type Place, type SheetRow, type SourceFile } from './sheet-row.ts';

/** Bytes that are split into records at a time. */
const pieceBytes = 65_536;

/**
 * Rows of a CSV file, read as they come; those of nothing but delimiters are left out. Delimiters, quotes and line ends are
 * ASCII in UTF-8 and in GB18030 alike and part of no other character, so bytes are split, each as one character, and cells
 * are decoded afterwards: the place of a row in the file stays known, and reading goes on from there.
 * @param from where to read on; from the beginning of the table when it is at the beginning of the file.
 * @throws FileFault when it is not CSV.
 */
export async function* readCsvRows(file: SourceFile, form: CsvForm, from: Place): AsyncGenerator<SheetRow> {
  const decode = decoderOf(form.encoding);
  const start = from.offset === 0 ? form.start : from;
  for await (const record of recordsOf(await file.read(start.offset), form, start)) {
    const row = start.row + record.line + 1;
    const next = { row: start.row + record.lines, offset: start.offset + record.bytes };
    if (record.isBroken) {
      yield { row, cells: [], next, isBroken: true };
      continue;
    }
    if (record.cells.length > columnLimit) throw tooManyColumns(row, record.cells.length);
    const undecoded: number[] = [];
    const cells = record.cells.map((cell, index) => {
      const text = decode(cell);
      if (text === undefined) undecoded.push(index);
      return text ?? '';
    });
    if (undecoded.length === 0 && cells.every((cell) => cell === '')) continue;
    yield { row, cells, next, ...(undecoded.length > 0 && { undecoded }) };
  }
}

async function* recordsOf(
  source: AsyncIterable<Uint8Array>,
  { delimiter }: CsvForm,
  start: Place,
): AsyncGenerator<CsvRecord> {
  const records = new CsvRecords(delimiter);
  try {
    for await (const chunk of source) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      for (let at = 0; at < bytes.byteLength; at += pieceBytes) {
        yield* records.write(bytes.toString('latin1', at, Math.min(bytes.byteLength, at + pieceBytes)));
      }
    }
    yield* records.end();
  } catch (error) {
    if (!(error instanceof LineTooLong)) throw error;
    const row = start.row + error.line + 1;
    throw fileFault(
      'csv',
      { zh: `第 ${row} 行过长：不是 CSV 表格`, en: `line ${row} is too long: not a table in CSV` },
      row,
    );
  }
}

/** A row that cannot belong to a table of awards. */
export function tooManyColumns(row: number, found: number) {
  return fileFault(
    'too-many-columns',
    {
      zh: `第 ${row} 行有 ${found} 列，最多 ${columnLimit} 列`,
      en: `row ${row} has ${found} columns; at most ${columnLimit} are read`,
    },
    row,
  );
}
