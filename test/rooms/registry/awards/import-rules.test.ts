import { describe, expect, it } from 'vitest';
import {
  partitionsOf,
  recordPartition,
  type StoredRecord,
} from '../../../../functions/registry/awards/award-record.ts';
import { sortPart } from '../../../../functions/registry/awards/import-rules.ts';
import { contentHash } from '../../../../functions/shared/hash.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { award } from '../../../builders/award.ts';

const own = { importId: 'own', fileHash: 'own-file' };
const earlier = { importId: 'earlier', fileHash: 'earlier-file' };
const one = award({ awardId: 'A-1' });
const corrected = award({ awardId: 'A-1', amountFen: fen(1) });

/** The registry with the award as an import has read it from a row. */
function stored(kept: typeof one, source: typeof own, row: number): ReadonlyMap<string, StoredRecord> {
  const provenance = { ...source, row, importer: 'operator', at: '2026-11-20T02:00:00.000Z' };
  const partitions = partitionsOf(kept);
  const record = { award: kept, partitions, grams: [], hash: contentHash([kept, partitions]), provenance };
  return new Map([[recordPartition(kept), record]]);
}

const nothing: ReadonlyMap<string, StoredRecord> = new Map();

describe('an award of a part of a file', () => {
  it.each([
    ['is new', one, nothing, { changed: 1, imported: 1, unchanged: 0, repeated: 0 }],
    ['is as it stands', one, stored(one, earlier, 2), { changed: 0, imported: 0, unchanged: 1, repeated: 0 }],
    [
      'is corrected',
      corrected,
      stored(one, earlier, 2),
      { changed: 1, imported: 1, unchanged: 0, repeated: 0 },
    ],
    [
      'stands in places that it had when numbers were folded otherwise',
      one,
      new Map([...stored(one, earlier, 2)].map(([pk, kept]) => [pk, { ...kept, hash: contentHash(one) }])),
      { changed: 1, imported: 1, unchanged: 0, repeated: 0 },
    ],
    [
      'was written by this import before it broke off',
      one,
      stored(one, own, 5),
      { changed: 0, imported: 1, unchanged: 0, repeated: 0 },
    ],
    [
      'was given by an earlier part of this file',
      corrected,
      stored(one, own, 2),
      { changed: 0, imported: 0, unchanged: 0, repeated: 1 },
    ],
    [
      'was given by an earlier part when the same file was imported before',
      corrected,
      stored(one, { ...earlier, fileHash: own.fileHash }, 2),
      { changed: 0, imported: 0, unchanged: 0, repeated: 1 },
    ],
  ])('%s', (_case, given, registry, expected) => {
    const { changed, imported, unchanged, repeated } = sortPart([{ award: given, row: 5 }], registry, own);
    expect({
      changed: changed.length,
      imported: imported.length,
      unchanged,
      repeated: repeated.length,
    }).toEqual(expected);
  });

  it('counts as its first row has it, and names that row when it is repeated', () => {
    const rows = [one, corrected, one].map((given, index) => ({ award: given, row: index + 2 }));
    const { changed, repeated } = sortPart(rows, nothing, own);
    expect(changed.map((change) => change.award.amountFen)).toEqual([one.amountFen]);
    expect(repeated.map(({ row, earlierRow }) => [row, earlierRow])).toEqual([
      [3, 2],
      [4, 2],
    ]);
  });
});
