import { amountOf, statedUnit } from './amount-text.ts';
import { AwardRows, type AwardRowsOptions, type RowResult } from './award-rows.ts';
import { namesSeveral } from './enterprise-cells.ts';
import { FileFault, fileFault, type RowFault } from './file-fault.ts';
import { foldHeading, hasEveryHeading, placeOfHeading, trimmed } from './headings.ts';
import { lostFault, mergedFault, noteWarning } from './row-faults.ts';
import type { SheetRow } from './sheet-row.ts';
import type { TableState } from './table-state.ts';
import { atTheEnd, totalIn, withRow, withTotal } from './totals.ts';

export interface Read extends RowResult {
  /** What the row is taken for. */
  readonly as: 'award' | 'total' | 'note' | 'headings';
}

const noteWords =
  /^[（(【[]?\s*(?:注|备注|说明|附|填表|填报|制表|审核|复核|经办|联系|单位负责人|负责人|盖章|公章|印章|单位\s*[:：（(]|日期|主管|第\s*\d+\s*页|共\s*\d+\s*页|数据来源|资料来源|来源)/u;
const issuer = /(?:局|委|委员会|办公室|政府|厅|处|司|印发)\s*(?:[（(]?\s*(?:盖?章|公章)?\s*[)）]?)?$/u;
const dayAlone =
  /^(?:20\d{2}|[二〇零○一二三四五六七八九]{4})\s*年\s*[\d一二三四五六七八九十]{1,3}\s*月(?:\s*[\d一二三四五六七八九十]{1,3}\s*日)?$/u;
const titleYear = /(?<!\d)(20\d{2})\s*年/gu;
const longNote = 60;

const foldRow = (cells: readonly string[]) => trimmed(cells).map(foldHeading).join('\u0001');
const sequences = new Set(['序号', '编号', '号', '序', 'no', 'no.', '#'].map(foldHeading));

/**
 * Reads a table row by row, as its mapping says: what is an award, a total, a heading again, or a note, and what stands
 * outside of the table and holds for its rows. What a row is depends on those before it, which the state holds.
 */
export class AwardTable {
  readonly #options: AwardRowsOptions;
  #rows: AwardRows;
  #headings: readonly string[];
  #state: TableState;
  #sequence = -1;
  #repeated: readonly number[] = [];
  /** Columns with amounts: the award's, and those that have to add up. */
  #amounts: readonly number[] = [];

  /**
   * @param state what was told before these headings, or so far.
   * @throws FileFault as `AwardRows` does; where a year is to be found above the table, and is not or is not one.
   */
  constructor(headings: readonly string[], headerRow: number, options: AwardRowsOptions, state: TableState) {
    this.#options = options;
    this.#headings = headings;
    this.#state = state;
    this.#rows = this.#open(headings, headerRow);
  }

  get state(): TableState {
    return this.#state;
  }

  get headings(): readonly string[] {
    return this.#headings;
  }

  get rows(): AwardRows {
    return this.#rows;
  }

  /** Faults of what is still open when the table ends. */
  end(): readonly RowFault[] {
    return atTheEnd(this.#state.totals, this.#columns());
  }

  read(row: SheetRow): Read {
    if (this.#options.isStrict || row.isBroken) return { as: 'award', ...this.#rows.read(row) };
    const { cells } = row;
    if (this.#state.headingRows.includes(foldRow(cells))) return { as: 'headings', faults: [] };
    const alone = trimmed(cells);
    if (hasEveryHeading(alone, this.#options.mapping)) return this.#readHeadings(alone, row.row);
    if (this.#state.isLost) return { as: 'award', faults: [{ row: row.row, column: '', ...lostFault }] };
    const rank = this.#rankOf(cells);
    if (rank !== undefined) return this.#readTotal(row, rank);
    if (this.#isOutside(cells)) {
      this.#state = withOutside(this.#state, cells, this.#options.mapping);
      const text = cells.filter((cell) => cell !== '').join(' ');
      return { as: 'note', faults: [{ row: row.row, column: '', ...noteWarning(text) }] };
    }
    return this.#readAward(row);
  }

  /** Other headings in the middle of a file: the rows below them are read by these, or not at all. */
  #readHeadings(headings: readonly string[], row: number): Read {
    const { isLost: _, ...state } = this.#state;
    try {
      this.#rows = this.#open(headings, row);
      this.#headings = headings;
      this.#state = { ...state, down: {} };
      return { as: 'headings', faults: [] };
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      this.#state = { ...state, isLost: true };
      return { as: 'headings', faults: error.faults };
    }
  }

  #open(headings: readonly string[], headerRow: number): AwardRows {
    const { mapping } = this.#options;
    const rows = new AwardRows(headings, headerRow, this.#options);
    const at = (heading: string) => placeOfHeading(headings, heading);
    this.#sequence = headings.findIndex((heading) => sequences.has(foldHeading(heading)));
    this.#repeated = mapping.repeatDown.map(at);
    const sums = mapping.sums.flatMap(({ total, parts }) => [total, ...parts].map(at));
    this.#amounts = [...new Set([rows.place('amount') ?? -1, ...sums])];
    if (mapping.year === 'title' && this.#state.constants.year === undefined) {
      throw fileFault(
        'title-year',
        {
          zh: '表格上方没有年度，无法确定各记录的年度',
          en: 'no year stands above the table that the awards could have',
        },
        headerRow,
      );
    }
    const ofUnit = rows.unitFault(headerRow, this.#state.unit);
    if (ofUnit) throw new FileFault([ofUnit]);
    return rows;
  }

  #columns(): readonly string[] {
    return this.#amounts.map((place) => this.#headings[place] ?? '');
  }

  /** Amounts of a row by columns; undefined for what is none. */
  #amountsOf(cells: readonly string[]): (number | undefined)[] {
    return this.#amounts.map((place) =>
      amountOf(cells[place] ?? '', this.#rows.unitAt(place, this.#state.unit)),
    );
  }

  /** Whether a row is a total: a cell of what names its rows says so. */
  #rankOf(cells: readonly string[]) {
    const first = cells.findIndex((cell) => cell !== '');
    const named = [first, this.#sequence, this.#rows.place('name') ?? -1];
    const found = named.map((place) => totalIn(cells[place] ?? '', true));
    return [...found, totalIn(cells[this.#rows.place('projectName') ?? -1] ?? '', false)].find(
      (rank) => rank !== undefined,
    );
  }

  #readTotal(row: SheetRow, rank: NonNullable<ReturnType<typeof totalIn>>): Read {
    const unresolved = new Set(row.unresolved);
    const stated = this.#amountsOf(row.cells).map((amount, index) =>
      amount === undefined || unresolved.has(this.#amounts[index] ?? -1) ? null : amount,
    );
    const { totals, faults } = withTotal(this.#state.totals, { row: row.row, rank, stated }, this.#columns());
    this.#state = { ...this.#state, totals, down: {} };
    return { as: 'total', faults };
  }

  /** Whether a row is no award: what is written around tables, in one or two cells of them. */
  #isOutside(cells: readonly string[]): boolean {
    const filled = cells.flatMap((cell, place) => (cell === '' ? [] : [{ cell, place }]));
    const [one] = filled;
    if (!one || filled.length > 4) return false;
    if (labelled(cells, this.#options.mapping)) return true;
    if (filled.length > 2 || /^\d+$/.test(cells[this.#sequence] ?? '')) return false;
    const isNote = ({ cell }: { cell: string }) =>
      noteWords.test(cell) || dayAlone.test(cell) || issuer.test(cell) || statedUnit(cell) !== undefined;
    if (filled.every(isNote)) return true;
    if (filled.length > 1 || namesSeveral(one.cell)) return false;
    const isName = one.place === this.#rows.place('name');
    return isName ? one.cell.length > longNote : one.place === 0 || one.place === this.#sequence;
  }

  #readAward(row: SheetRow): Read {
    const { mapping, isRectangular } = this.#options;
    const cells = [...row.cells];
    const down = { ...this.#state.down };
    const isNumbered = this.#sequence >= 0 && (cells[this.#sequence] ?? '') !== '';
    for (const place of this.#repeated) {
      const isCovered = isRectangular ? !isNumbered : row.covered?.includes(place);
      if ((cells[place] ?? '') === '' && isCovered) cells[place] = down[place] ?? '';
      else down[place] = cells[place] ?? '';
    }
    const amounts = this.#amountsOf(cells);
    const totals = withRow(this.#state.totals, amounts);
    this.#state = { ...this.#state, down, totals };
    const covered = this.#coveredAmount(row);
    if (covered) return { as: 'award', faults: [covered] };
    const { unit, constants } = this.#state;
    const known = typeof mapping.year === 'number' ? { year: `${mapping.year}年` } : {};
    const project = mapping.projectName === undefined ? {} : { projectName: mapping.projectName };
    const around = { unit, constants: { ...constants, ...known, ...project } };
    const result = this.#rows.read({ ...row, cells: Array.from(cells, (cell) => cell ?? '') }, around);
    const uneven = this.#uneven(row.row, amounts);
    const isLeftOut = uneven.length > 0;
    const faults = [...result.faults, ...uneven];
    return isLeftOut ? { as: 'award', faults } : { as: 'award', ...result, faults };
  }

  /** The fault of an amount that is merged with the one above: it cannot be one's own. */
  #coveredAmount({ row, covered = [], cells }: SheetRow): RowFault | undefined {
    const place = this.#rows.place('amount') ?? -1;
    if (!covered.includes(place) || (cells[place] ?? '') !== '') return undefined;
    return { row, column: this.#headings[place] ?? '', ...mergedFault };
  }

  /** What does not add up across a row. */
  #uneven(row: number, amounts: readonly (number | undefined)[]): RowFault[] {
    const at = (heading: string) => amounts[this.#amounts.indexOf(placeOfHeading(this.#headings, heading))];
    return this.#options.mapping.sums.flatMap(({ total, parts }) => {
      const sum = parts.reduce((before, part) => before + (at(part) ?? 0), 0);
      if (at(total) === sum) return [];
      const names = parts.join(' + ');
      return [
        {
          ...{ row, column: total, rule: 'sum', severity: 'error' as const },
          messages: {
            zh: `“${total}”与各列之和（${names}）不符`,
            en: `"${total}" is not the sum of ${names}`,
          },
        },
      ];
    });
  }
}

type Mapping = AwardRowsOptions['mapping'];

/** The content of a label outside of a table, in its cell behind a colon or in the next one. */
function labelled(
  cells: readonly string[],
  { above }: Mapping,
): Partial<TableState['constants']> | undefined {
  const found: Partial<Record<'year' | 'projectName', string>> = {};
  for (const field of ['year', 'projectName'] as const) {
    const wanted = above[field];
    if (wanted === undefined) continue;
    for (const [place, cell] of cells.entries()) {
      const [label = '', ...rest] = cell.split(/[:：]/u);
      if (foldHeading(label) !== foldHeading(wanted)) continue;
      const text = rest.join('：').trim() || cells.slice(place + 1).find((next) => next !== '');
      if (text !== undefined && text !== '') found[field] = text;
    }
  }
  return Object.keys(found).length > 0 ? found : undefined;
}

/**
 * What is known when a row outside of a table was read.
 * @throws FileFault for two years where one is to be found there.
 */
export function withOutside(state: TableState, cells: readonly string[], mapping: Mapping): TableState {
  const unit = cells.map(statedUnit).find((power) => power !== undefined) ?? state.unit;
  const constants = { ...state.constants, ...labelled(cells, mapping) };
  const isAbove = state.headingRows.length === 0;
  if (mapping.year === 'title' && isAbove) {
    const years = new Set(
      cells.flatMap((cell) => [...cell.matchAll(titleYear)].map(([, year]) => `${year}年`)),
    );
    const [year] = years;
    if (year !== undefined && (years.size > 1 || (constants.year ?? year) !== year)) {
      throw fileFault('title-year', {
        zh: '表格上方有不止一个年度，请在列映射或导入时指明年度',
        en: 'several years stand above the table: say which one in the mapping or when importing',
      });
    }
    if (year !== undefined) constants.year = year;
  }
  return { ...state, constants, ...(unit !== undefined && { unit }) };
}

/** The state at the headings of a table. @param headingRows the rows that they stand in. */
export function atHeadings(state: TableState, headingRows: readonly (readonly string[])[]): TableState {
  return { ...state, headingRows: headingRows.map(foldRow) };
}
