import type { ImportedAward } from '../awards/award-record.ts';
import type { AwardRegistry } from '../awards/award-registry.ts';
import { codedAward, type RowAward } from './award-fields.ts';
import { ownMapping } from './mapping.ts';
import type { OpenRowStore, StoredRow } from './open-row-store.ts';
import type { RegistryImport } from './registry-import.ts';
import { placeInSheets } from './sheet-row.ts';

/** A sound row that names its enterprise and has no code. */
export interface UncodedRow {
  readonly row: number;
  readonly award: RowAward;
}

interface MatchRowsParts {
  readonly registry: Pick<AwardRegistry, 'match'>;
  readonly openRows: Pick<OpenRowStore, 'keep' | 'openIn'>;
}

/**
 * Finds the codes of a part's awards by their names; rows whose match is not certain are kept for a person.
 * @param upTo the last row of the part.
 */
export async function matchRows(
  { registry, openRows }: MatchRowsParts,
  state: RegistryImport,
  uncoded: readonly UncodedRow[],
  upTo: number,
): Promise<{ readonly awards: readonly ImportedAward[]; readonly open: readonly StoredRow[] }> {
  if (uncoded.length === 0) return { awards: [], open: [] };
  const { importId, mapping = ownMapping, dryRun, place } = state;
  const matches = await registry.match(uncoded.map(({ award }) => award.name));
  // What was left open before a call broke off stays open, whatever has become known since.
  const before = dryRun ? new Set<number>() : await openRows.openIn(importId, place.row, upTo);
  const awards: ImportedAward[] = [];
  const open: StoredRow[] = [];
  for (const { award, row } of uncoded) {
    const { certain, candidates = [] } = matches.get(award.name) ?? {};
    if (certain && !before.has(row)) awards.push({ award: codedAward(award, certain.uscc, mapping), row });
    else open.push({ row, award, candidates: [...candidates], status: 'open', ...sheetOf(state, row) });
  }
  if (!dryRun) await openRows.keep(importId, open);
  return { awards, open };
}

/** The sheet of a row, where a list is in several. */
export function sheetOf(
  { mapping, sheet }: Pick<RegistryImport, 'mapping' | 'sheet'>,
  row: number,
): { readonly sheet?: string } {
  const name = sheet === undefined ? mapping?.sheets[placeInSheets(row).sheet] : undefined;
  return name === undefined ? {} : { sheet: name };
}
