import { CsvError, parse } from 'csv-parse';
import { fileFault } from './file-fault.ts';
import { columnLimit, type Place, type SheetRow, type SourceFile } from './sheet-row.ts';

const byteOrderMark = [0xef, 0xbb, 0xbf];
/** Bytes of one record: a quote that is never closed would otherwise gather the rest of the file in memory. */
const recordBytes = 1000 * 1000;

/** Bytes that the parser is given at a time: its records wait in memory. */
const pieceBytes = 65_536;

interface ParsedRecord {
  readonly cells: readonly string[];
  /** Bytes and lines up to its end. */
  readonly bytes: number;
  readonly lines: number;
}

/**
 * Rows of a CSV file, read as they come. Commas, quotes and line ends are ASCII in UTF-8 and in GB18030 alike and part of
 * no other character, so the parser sees bytes, each as one character, and cells are decoded afterwards: the place of a
 * row in the file stays known, and reading goes on from there.
 * @throws FileFault when it is not CSV.
 */
export async function* readCsvRows(
  file: SourceFile,
  encoding: 'utf-8' | 'gb18030',
  from: Place,
): AsyncGenerator<SheetRow> {
  const decode = decoderOf(encoding);
  const start = from.offset === 0 ? await lengthOfMark(file) : from.offset;
  let row = from.row;
  try {
    for await (const record of recordsOf(await file.read(start))) {
      // The parser counts a record's last line and the empty ones before it.
      row = from.row + record.lines - lineEnds(record.cells);
      if (record.cells.length > columnLimit) throw tooManyColumns(row, record.cells.length);
      const undecoded: number[] = [];
      const cells = record.cells.map((cell, index) => {
        const text = decode(cell);
        if (text === undefined) undecoded.push(index);
        return text ?? '';
      });
      const next = { row: from.row + record.lines, offset: start + record.bytes };
      yield { row, cells, next, ...(undecoded.length > 0 && { undecoded }) };
      row = next.row;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const at = { zh: `第 ${row} 行之后`, en: `after line ${row}` };
    throw fileFault(
      'csv',
      { zh: `${at.zh} CSV 格式有误：${error.message}`, en: `not valid CSV ${at.en}: ${error.message}` },
      row + 1,
    );
  }
}

/** Records as they are parsed; those before a fault come before it, which a pipe of streams would drop. */
async function* recordsOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<ParsedRecord> {
  let records: ParsedRecord[] = [];
  let fault: unknown;
  const parser = parse({
    encoding: 'latin1',
    ltrim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: recordBytes,
    record_delimiter: ['\r\n', '\n', '\r'],
    on_record: (cells: string[], { bytes, lines }) => {
      records.push({ cells, bytes, lines });
      return null;
    },
  });
  parser.on('error', (error) => {
    fault ??= error;
  });
  parser.resume();
  const take = function* () {
    yield* records;
    records = [];
    if (fault !== undefined) throw fault;
  };
  for await (const chunk of source) {
    for (let at = 0; at < chunk.byteLength; at += pieceBytes) {
      const piece = chunk.subarray(at, at + pieceBytes);
      await new Promise<void>((done) => parser.write(piece, () => done()));
      yield* take();
    }
  }
  await new Promise<void>((done) => {
    parser.once('close', done);
    parser.end();
  });
  yield* take();
}

/** Decodes a cell that holds one byte a character, and takes away the space around it. */
function decoderOf(encoding: string): (cell: string) => string | undefined {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  return (cell) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what needs no decoding.
    if (/^[\x00-\x7f]*$/.test(cell)) return cell.trim();
    try {
      const text = decoder.decode(Buffer.from(cell, 'latin1')).trim();
      // Another program has put it in the place of what it could not read.
      return text.includes('\uFFFD') ? undefined : text;
    } catch {
      return undefined;
    }
  };
}

function lineEnds(record: readonly string[]): number {
  let count = 0;
  for (const cell of record) count += cell.match(/\r\n|\r|\n/g)?.length ?? 0;
  return count;
}

async function lengthOfMark(file: SourceFile): Promise<number> {
  const head: number[] = [];
  for await (const chunk of await file.read(0, byteOrderMark.length)) head.push(...chunk);
  return byteOrderMark.every((byte, index) => head[index] === byte) ? byteOrderMark.length : 0;
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
