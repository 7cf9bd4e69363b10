import { simplify } from '../matching/traditional.ts';
import { FileFault, type RowFault } from './file-fault.ts';
import type { Mapping } from './mapping.ts';

/** The columns that a mapping names, with their headings. */
export function headingsOf(columns: Mapping['columns']): [field: string, heading: string][] {
  return Object.entries(columns).flatMap(([field, heading]) =>
    heading === undefined ? [] : [[field, heading]],
  );
}

/** Every heading that a mapping names. */
export function knownHeadings({ columns, evidenceColumns, repeatDown, sums }: Mapping): string[] {
  return [
    ...new Set([
      ...headingsOf(columns).map(([, heading]) => heading),
      ...evidenceColumns.map(({ heading }) => heading),
      ...repeatDown,
      ...sums.flatMap(({ total, parts }) => [total, ...parts]),
    ]),
  ];
}

/** What tells whoever fills in a table that a column has to be filled in. */
const required = /\((?:必填|选填|必填项|required|optional)\)|[*:]/gu;

/**
 * Folds a heading so that its spellings agree: width, case, traditional characters, kinds of brackets, and blanks, line
 * breaks and invisible characters, which are there for how it looks; a colon and the mark of what is required are nothing.
 */
export function foldHeading(heading: string): string {
  return simplify(heading.normalize('NFKC').toLowerCase())
    .replace(/<br\s*\/?>|\\n|[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replace(/[\p{Ps}<]/gu, '(')
    .replace(/[\p{Pe}>]/gu, ')')
    .replace(required, '');
}

/** Where a heading stands: as it is written, or else in another spelling of it; -1 where it does not. */
export function placeOfHeading(headings: readonly string[], wanted: string): number {
  const exact = headings.indexOf(wanted);
  if (exact !== -1) return exact;
  const folded = foldHeading(wanted);
  return headings.findIndex((heading) => foldHeading(heading) === folded);
}

/** Rows in which the headings are looked for: titles and notes may stand above them. */
export const rowsBeforeHeadings = 10;

/** Headings up to the last one that is not empty: behind it spreadsheets leave empty columns. */
export function trimmed(cells: readonly string[]): string[] {
  return cells.slice(0, cells.findLastIndex((cell) => cell !== '') + 1);
}

/** How many of the columns that the mapping wants a row names. */
export function headingsIn(cells: readonly string[], known: readonly string[]): number {
  const folded = new Set(cells.map(foldHeading));
  return known.filter((wanted) => folded.has(foldHeading(wanted))).length;
}

/** Whether a row names every column that the mapping wants. */
export function hasEveryHeading(headings: readonly string[], mapping: Mapping): boolean {
  return knownHeadings(mapping).every((wanted) => placeOfHeading(headings, wanted) !== -1);
}

/** Rows that the headings of a table may take. */
export const headingRowsAtMost = 3;

/**
 * Headings in several rows: above, what several columns have in common, or what one column is called that has nothing below.
 * A column is called by its lowest heading, or by some of them with strokes between where the mapping names it so.
 */
export function joined(rows: readonly (readonly string[])[], mapping: Mapping): string[] {
  const known = new Set(knownHeadings(mapping).map(foldHeading));
  const width = Math.max(...rows.map((cells) => cells.length));
  // What stands above the columns to the right of it, by rows.
  let groups: readonly string[] = [];
  const names = Array.from({ length: width }, (_, place) => {
    const own = rows.map((cells) => cells[place] ?? '');
    const first = own.findIndex((name) => name !== '');
    const above = groups.slice(0, Math.max(0, first));
    groups = [...above, ...own.slice(Math.max(0, first))];
    const path = groups.filter((name) => name !== '');
    // A column that has nothing in the lowest row stands for itself.
    if (own.at(-1) === '') groups = above;
    const last = path.at(-1) ?? '';
    const long = [...path.slice(0, -1).map((_, from) => path.slice(from)), [path[0] ?? '', last]];
    const called = long.map((name) => name.join('/')).find((name) => known.has(foldHeading(name)));
    return called ?? last;
  });
  return trimmed(names);
}

/**
 * Checks the headings of a file, which stand in a row of it, by the mapping.
 * @param isStrict whether a heading that the mapping does not name is a fault.
 * @throws FileFault that names every missing, unknown and repeated heading.
 */
export function checkHeadings(
  headings: readonly string[],
  row: number,
  { mapping, isStrict }: { readonly mapping: Mapping; readonly isStrict: boolean },
): void {
  const known = knownHeadings(mapping);
  const folded = headings.map(foldHeading);
  const wanted = new Map(known.map((name) => [foldHeading(name), name]));
  const fault = (rule: string, column: string, zh: string, en: string): RowFault => ({
    row,
    column,
    rule,
    severity: 'error',
    messages: { zh, en },
  });
  // Where one column is called exactly as the mapping says, others that are called nearly so are others.
  const isRepeated = (name: string, place: number) => {
    const meant = wanted.get(folded[place] ?? '');
    if (meant === undefined) return isStrict && headings.indexOf(name) !== place;
    const used = placeOfHeading(headings, meant);
    return used !== place && (isStrict || name === headings[used] || headings[used] !== meant);
  };
  const faults = [
    ...known
      .filter((name) => !folded.includes(foldHeading(name)))
      .map((name) => fault('missing-column', name, `缺少列：“${name}”`, `missing column: "${name}"`)),
    ...headings
      .filter((name, place) => isStrict && name !== '' && !wanted.has(folded[place] ?? ''))
      .map((name) => fault('unknown-column', name, `未知列：“${name}”`, `unknown column: "${name}"`)),
    ...headings
      .filter((name, place) => name !== '' && isRepeated(name, place))
      .map((name) => fault('repeated-column', name, `重复的列：“${name}”`, `repeated column: "${name}"`)),
  ];
  if (faults.length > 0) throw new FileFault(faults);
}
