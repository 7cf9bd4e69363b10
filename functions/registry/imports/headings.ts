import { FileFault, type RowFault } from './file-fault.ts';
import type { Mapping } from './mapping.ts';

/** The columns that a mapping names, with their headings. */
export function headingsOf(columns: Mapping['columns']): [field: string, heading: string][] {
  return Object.entries(columns).flatMap(([field, heading]) =>
    heading === undefined ? [] : [[field, heading]],
  );
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
  const { columns, evidenceColumns } = mapping;
  const known = [
    ...headingsOf(columns).map(([, heading]) => heading),
    ...evidenceColumns.map(({ heading }) => heading),
  ];
  const isUsed = (name: string) => isStrict || known.includes(name);
  const fault = (rule: string, column: string, zh: string, en: string): RowFault => ({
    row,
    column,
    rule,
    severity: 'error',
    messages: { zh, en },
  });
  const faults = [
    ...known
      .filter((name) => !headings.includes(name))
      .map((name) => fault('missing-column', name, `缺少列：${name}`, `missing column: ${name}`)),
    ...headings
      .filter((name) => isStrict && !known.includes(name))
      .map((name) => fault('unknown-column', name, `未知列：${name}`, `unknown column: ${name}`)),
    ...headings
      .filter((name, index) => isUsed(name) && headings.indexOf(name) !== index)
      .map((name) => fault('repeated-column', name, `重复的列：${name}`, `repeated column: ${name}`)),
  ];
  if (faults.length > 0) throw new FileFault(faults);
}
