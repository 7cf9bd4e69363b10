import type { Award } from '../../filing/applications/award.ts';
import { contentHash } from '../../shared/hash.ts';
import {
  type ImportedAward,
  type Provenance,
  partitionsOf,
  recordPartition,
  type StoredRecord,
} from './award-record.ts';

/** An award that is new or not as it stands in the registry. */
export interface ChangedAward extends ImportedAward {
  /** Partition of its record. */
  readonly pk: string;
  readonly hash: string;
  /** As it stands; undefined for a new one. */
  readonly earlier: StoredRecord | undefined;
}

/** What a part of a file brings to the registry. */
export interface SortedPart {
  readonly changed: readonly ChangedAward[];
  /** Partitions of the records that are new or changed by this import. */
  readonly imported: readonly string[];
  readonly unchanged: number;
  /** Awards that an earlier row of the same file has given already: the first one counts. */
  readonly repeated: readonly (ImportedAward & { readonly earlierRow: number })[];
}

/**
 * Tells the awards of a part of a file that are new or changed from those that stand in the registry as they are, and
 * those that the same file gives again. What this import has written before it broke off counts as it did then.
 * @param stored records of these awards, by their partitions.
 */
export function sortPart(
  awards: readonly ImportedAward[],
  stored: ReadonlyMap<string, StoredRecord>,
  source: Pick<Provenance, 'importId' | 'fileHash'>,
): SortedPart {
  const first = new Map<string, ImportedAward>();
  const repeated: (ImportedAward & { earlierRow: number })[] = [];
  for (const imported of awards) {
    const pk = recordPartition(imported.award);
    const here = stored.get(pk)?.provenance;
    const before = here?.fileHash === source.fileHash && here.row < imported.row ? here.row : undefined;
    const earlierRow = first.get(pk)?.row ?? before;
    if (earlierRow === undefined) first.set(pk, imported);
    else repeated.push({ ...imported, earlierRow });
  }
  let unchanged = 0;
  const imported: string[] = [];
  const changed: ChangedAward[] = [];
  for (const [pk, given] of first) {
    const [earlier, hash] = [stored.get(pk), hashOf(given.award)];
    if (earlier?.hash !== hash) changed.push({ ...given, pk, hash, earlier });
    if (earlier?.hash === hash && earlier.provenance.importId !== source.importId) unchanged += 1;
    else imported.push(pk);
  }
  return { changed, imported, unchanged, repeated };
}

/** Of an award and of what leads to it: where numbers are folded otherwise than before, it is put in its places again. */
function hashOf(award: Award): string {
  return contentHash([award, partitionsOf(award)]);
}
