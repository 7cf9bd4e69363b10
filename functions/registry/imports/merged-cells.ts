import type { PackageEntry } from '../../filing/documents/package-directory.ts';
import { fileFault } from './file-fault.ts';
import { readPart } from './package-part.ts';
import type { SourceFile } from './sheet-row.ts';
import { attributeOf } from './xml-tags.ts';

/** Areas that are held in memory. */
const mostAreas = 200_000;
/** Bytes that a sheet may unpack to: it goes by. */
const sheetBytes = 4_000_000_000;

/** Of areas that begin in a row, the last row of each by its column. */
type Areas = ReadonlyMap<number, number>;

/** Cells of a sheet that are merged with one above them. */
export class MergedBelow {
  readonly #beginning: ReadonlyMap<number, Areas>;
  readonly #open = new Map<number, number>();
  #row = 0;

  /** @param beginning areas by the row that they begin in. */
  constructor(beginning: ReadonlyMap<number, Areas>) {
    this.#beginning = beginning;
  }

  /** Columns of a row whose cells are covered, by index; rows come in their order. */
  in(row: number): readonly number[] {
    for (; this.#row < row; this.#row += 1) {
      for (const [column, to] of this.#beginning.get(this.#row) ?? []) this.#open.set(column, to);
    }
    for (const [column, to] of this.#open) if (to < row) this.#open.delete(column);
    return [...this.#open.keys()];
  }
}

/**
 * Reads which cells of a sheet are merged with one above: a workbook tells it behind all rows, so that the sheet is read once
 * for it alone.
 * @throws FileFault where there are more than can be held.
 */
export async function mergedBelow(file: SourceFile, sheet: PackageEntry): Promise<MergedBelow> {
  const beginning = new Map<number, Map<number, number>>();
  let count = 0;
  await readPart(file, sheet, sheetBytes, {
    open: (name, attributes) => {
      if (name !== 'mergeCell') return;
      const reference = attributeOf(attributes, 'ref') ?? '';
      const [, first = '', from = 0, to = 0] =
        /^\$?([A-Z]{1,3})\$?(\d+):\$?[A-Z]{1,3}\$?(\d+)$/i.exec(reference) ?? [];
      if (Number(to) <= Number(from)) return;
      count += 1;
      if (count > mostAreas) throw tooManyAreas();
      const areas = beginning.get(Number(from)) ?? new Map<number, number>();
      beginning.set(Number(from), areas.set(columnOf(first), Number(to)));
    },
  });
  return new MergedBelow(beginning);
}

/** Index of a column by its letters, e.g. 27 for AB. */
export function columnOf(letters: string): number {
  let column = 0;
  for (const letter of letters.toUpperCase()) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

function tooManyAreas() {
  return fileFault('merged-cells', {
    zh: `合并单元格超过 ${mostAreas} 处，无法读取：请拆分后重新导入`,
    en: `more than ${mostAreas} areas of merged cells cannot be read: divide the file`,
  });
}
