import * as z from 'zod';
import type { Award } from '../../filing/applications/award.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { Item, Table } from '../../shared/table.ts';
import { registry } from '../../shared/tables.ts';
import { type GuardedWrite, itemCount, transactionLimit } from '../../shared/transaction.ts';
import {
  type ApplicationId,
  type ImportId,
  KnownOrganisationSchema,
  type OrganisationCode,
} from '../../shared/vocabulary.ts';
import {
  type ImportedAward,
  type Provenance,
  partitionsOf,
  RecordSchema,
  type RegistryEntry,
  recordKey,
  recordPartition,
  type StoredRecord,
} from './award-record.ts';
import type { Conflict } from './enterprise-rules.ts';
import { SeenEnterprises } from './enterprise-store.ts';
import { type SortedPart, sortPart } from './import-rules.ts';
import { matchNames, type NameMatch } from './match-names.ts';
import { enterprisePartition } from './matter-key.ts';
import { NameIndex } from './name-index.ts';
import { DynamoPostings } from './posting-store.ts';
import { type RegistryVersion, RegistryVersionSchema } from './registry-version.ts';
import { inParallel, itemsByPartition } from './side-by-side.ts';
import { type KeptCause, type Undoing, undoingOf } from './undo-rules.ts';

/** Awards that a check says to rest on: with its other writes they fit into one transaction. */
const restedOnAtMost = 30;

/** What was taken back of some awards. */
export interface UndonePart {
  readonly removed: number;
  /** Partitions of the records that stand as they did before. */
  readonly restored: readonly string[];
  readonly kept: readonly { readonly row: number; readonly awardId: string; readonly cause: KeptCause }[];
}

const { pointer, claim: claims, version } = registry.entities;

const EntrySchema = z.union([
  z.object({
    sk: z.literal(claims.sk({})),
    applicationId: z.string(),
    organisation: KnownOrganisationSchema,
  }),
  z.object({ sk: z.string(), record: z.string() }),
]);

/**
 * Awards of other schemes in DynamoDB. An award has one record, and a pointer to it in the partition of its matter, of
 * each piece of its evidence and of its enterprise; they change in one transaction. Its name is posted in the index
 * before, so that a broken import leaves at most a posting that leads to no record.
 */
export class AwardRegistry {
  readonly #table: Table<'registry'>;
  readonly #names: NameIndex;
  readonly #enterprises: SeenEnterprises;
  /** Rows of awards that were compared and not put, by the partitions that their records would have. */
  readonly #compared = new Map<string, number>();

  constructor(table: Table<'registry'>) {
    this.#table = table;
    this.#names = new NameIndex(new DynamoPostings(table));
    this.#enterprises = new SeenEnterprises(table);
  }

  /** How far the registry has been changed: what is looked up after this holds every change up to it. */
  async version(): Promise<RegistryVersion> {
    return RegistryVersionSchema.parse((await this.#table.get(version.key({}))) ?? { number: 0 });
  }

  /** The awards and the claim in a partition, read consistently. */
  async look(partition: string): Promise<RegistryEntry> {
    const items = await this.#table.all(pointer.partition({ place: partition }));
    const entries = items.map((item) => EntrySchema.parse(item));
    const records = await this.#records(recordsOf(entries), true);
    const claim = entries.find((entry) => 'applicationId' in entry);
    return {
      awards: records.filter(({ partitions }) => partitions.includes(partition)).map(({ award }) => award),
      claim: claim && { applicationId: claim.applicationId, organisation: claim.organisation },
    };
  }

  /** Every award of an enterprise, by one query and the records that it leads to. */
  async awardsOf(uscc: OrganisationCode): Promise<readonly Award[]> {
    return (await this.look(enterprisePartition(uscc))).awards;
  }

  /** Whose names are, as far as the registry knows. */
  async match(names: readonly string[]): Promise<ReadonlyMap<string, NameMatch>> {
    return matchNames({ registry: this, enterprises: this.#enterprises }, names);
  }

  /** The awards of records, by the records' keys; of those that are not there, none. */
  async awardsAt(records: readonly string[]): Promise<Award[]> {
    return (await this.#records(records, true)).map(({ award }) => award);
  }

  /** A page of an enterprise's awards in the order of schemes and numbers. */
  async pageOf(
    uscc: OrganisationCode,
    limit: number,
    start: Item | undefined,
  ): Promise<{ awards: Award[]; lastKey: Item | undefined }> {
    const range = pointer.partition({ place: enterprisePartition(uscc) });
    const { items, lastKey } = await this.#table.page(range, { limit, start, consistent: false });
    const entries = items.map((item) => EntrySchema.parse(item));
    const records = await this.#records(recordsOf(entries), false);
    return { awards: records.map(({ award }) => award), lastKey };
  }

  /** See `searchRegistry`. */
  async search(name: string, limit: number): Promise<{ awards: Award[]; itemsRead: number }> {
    const { candidates, itemsRead } = await this.#names.look(name, limit);
    const keys = candidates.map(({ record }) => record);
    const records = await this.#records(keys, false);
    return { awards: records.map(({ award }) => award), itemsRead: itemsRead + keys.length };
  }

  /**
   * Puts awards of one file into the registry; those that stand there unchanged are left alone, so that an import can
   * be repeated at no cost. Repeated after a crash, it answers what it would have answered then.
   * @returns besides, which of them have a code and a name that hardly belong to one enterprise.
   * @throws TransientError when the table stays busy: what was written by then is whole, and the import can be repeated.
   */
  async put(
    awards: readonly ImportedAward[],
    source: Omit<Provenance, 'row'>,
  ): Promise<Omit<SortedPart, 'changed'> & { readonly conflicts: readonly Conflict[] }> {
    const conflicts = await this.#enterprises.compare(awards);
    const result = await decideAgainOnConflict(() => this.#put(awards, source));
    if (result.imported.length > 0) await this.#countChange(source);
    return { ...result, conflicts };
  }

  /**
   * Tells what `put` would do with awards of one file, and does nothing. What earlier parts of the file have brought is
   * known as far as they were compared here too.
   */
  async compare(
    awards: readonly ImportedAward[],
    source: Pick<Provenance, 'importId' | 'fileHash'>,
  ): Promise<Omit<SortedPart, 'changed'> & { readonly conflicts: readonly Conflict[] }> {
    const conflicts = await this.#enterprises.compare(awards, false);
    const isRepeated = ({ award }: ImportedAward) => this.#compared.has(recordPartition(award));
    const fresh = awards.filter((imported) => !isRepeated(imported));
    const again = awards.filter(isRepeated).map((imported) => ({
      ...imported,
      earlierRow: this.#compared.get(recordPartition(imported.award)) ?? 0,
    }));
    const { changed: _, ...result } = sortPart(fresh, await this.#stored(fresh), source);
    for (const { award, row } of fresh) {
      const pk = recordPartition(award);
      if (!this.#compared.has(pk)) this.#compared.set(pk, row);
    }
    return { ...result, repeated: [...again, ...result.repeated], conflicts };
  }

  /**
   * The writes that say of awards that an application's check rests on them: from then on no import is taken back that
   * brought them. One that was taken back meanwhile is a conflict: the check has to look again.
   * @param awards at most thirty, as a transaction has to take them all.
   */
  restOn(awards: readonly Pick<Award, 'scheme' | 'awardId'>[], applicationId: ApplicationId): GuardedWrite[] {
    const keys = new Set(awards.map(recordPartition));
    return [...keys].slice(0, restedOnAtMost).map((pk) =>
      this.#table.update(recordKey(pk), {
        set: 'SET relied = if_not_exists(relied, :application)',
        values: { ':application': applicationId },
        when: 'attribute_exists(pk)',
      }),
    );
  }

  /**
   * Takes back what an import did to some awards; again, it tells the same. A record on which a check comes to rest
   * meanwhile stays.
   * @throws TransientError when the table stays busy.
   */
  async undo(
    importId: ImportId,
    awards: readonly Pick<Award, 'scheme' | 'awardId'>[],
    at: string,
  ): Promise<UndonePart> {
    const partitions = [...new Set(awards.map(recordPartition))];
    const results = await inParallel(partitions, (pk) =>
      decideAgainOnConflict(() => this.#undo(importId, pk)),
    );
    const done = results.filter(({ undoing }) => undoing.to === 'remove' || undoing.to === 'restore');
    if (done.length > 0) await this.#countChange({ importId, at });
    const was = (what: 'removed' | 'restored', to: Undoing['to']) =>
      results.filter(
        ({ undoing }) => undoing.to === to || (undoing.to === 'nothing' && undoing.was === what),
      );
    return {
      removed: was('removed', 'remove').length,
      restored: was('restored', 'restore').map(({ pk }) => pk),
      kept: results.flatMap(({ record, undoing }) =>
        record && undoing.to === 'keep'
          ? [{ row: record.provenance.row, awardId: record.award.awardId, cause: undoing.cause }]
          : [],
      ),
    };
  }

  async #undo(importId: ImportId, pk: string) {
    const [record] = await this.#records([pk], true);
    const undoing = undoingOf(record, importId);
    if (record && undoing.to === 'remove') {
      const pointers = record.partitions.map((place) =>
        this.#table.remove(pointer.key({ place, record: pk })),
      );
      await this.#table.transact([this.#table.remove(recordKey(pk), asSeen(record)), ...pointers]);
      await this.#names.remove({ record: pk, name: record.award.projectName }, record.grams);
    } else if (record && undoing.to === 'restore') {
      const { award, hash, provenance } = undoing.before;
      const isRenamed = award.projectName !== record.award.projectName;
      const [grams = []] = isRenamed
        ? await this.#names.post([{ record: pk, name: award.projectName, earlier: undefined }])
        : [record.grams];
      const partitions = partitionsOf(award);
      const restored = { award, partitions, grams: [...grams], hash, provenance, undone: importId };
      await this.#table.transact(this.#recordWrites(pk, restored, record));
      if (isRenamed) await this.#names.remove({ record: pk, name: record.award.projectName }, record.grams);
    }
    return { pk, record, undoing };
  }

  /** Writes the counters of the name index that changed by `put`; call it at the end of a run. */
  async flush(): Promise<void> {
    await this.#names.flush();
  }

  async #put(
    awards: readonly ImportedAward[],
    source: Omit<Provenance, 'row'>,
  ): Promise<Omit<SortedPart, 'changed'>> {
    const { changed, ...result } = sortPart(awards, await this.#stored(awards), source);
    const grams = await this.#names.post(
      changed.map(({ pk, award, earlier }) => ({
        record: pk,
        name: award.projectName,
        earlier: earlier && { name: earlier.award.projectName, grams: earlier.grams },
      })),
    );
    const writes = changed.map(({ award, row, pk, hash, earlier }, index) => {
      const record: StoredRecord = {
        award,
        partitions: partitionsOf(award),
        grams: [...(grams[index] ?? [])],
        hash,
        provenance: { ...source, row },
        before: beforeOf(earlier, source.importId),
        relied: earlier?.relied,
      };
      return this.#recordWrites(pk, record, earlier);
    });
    await inParallel(packed(writes), (transaction) => this.#table.transact(transaction));
    return result;
  }

  /** What stands in the places of awards, by the partitions of the records. */
  async #stored(awards: readonly ImportedAward[]): Promise<Map<string, StoredRecord>> {
    const partitions = awards.map(({ award }) => recordPartition(award));
    const records = await this.#records(partitions, true);
    return new Map(records.map((record) => [recordPartition(record.award), record]));
  }

  /** A part that was written when its import broke off is counted when it is put again: then maybe twice, never not. */
  async #countChange({ importId, at }: Pick<Provenance, 'importId' | 'at'>): Promise<void> {
    await this.#table.write(
      this.#table.update(version.key({}), {
        set: 'SET #importId = :importId, #at = :at ADD #number :one',
        names: { '#importId': 'importId', '#at': 'at', '#number': 'number' },
        values: { ':importId': importId, ':at': at, ':one': 1 },
      }),
    );
  }

  #recordWrites(pk: string, record: StoredRecord, earlier: StoredRecord | undefined): GuardedWrite[] {
    const stale = earlier?.partitions.filter((partition) => !record.partitions.includes(partition)) ?? [];
    const added = record.partitions.filter((partition) => !earlier?.partitions.includes(partition));
    const key = recordKey(pk);
    const pointerIn = (place: string) => pointer.key({ place, record: pk });
    return [
      earlier ? this.#table.put(key, record, asSeen(earlier)) : this.#table.putNew(key, record),
      ...added.map((place) => this.#table.put(pointerIn(place), { record: pk })),
      ...stale.map((place) => this.#table.remove(pointerIn(place))),
    ];
  }

  /** Records in the order of their partitions; those that are not there are left out. */
  async #records(partitions: readonly string[], consistent: boolean): Promise<StoredRecord[]> {
    const items = await itemsByPartition(this.#table, partitions.map(recordKey), { consistent });
    return partitions.flatMap((pk) => {
      const item = items.get(pk);
      items.delete(pk);
      return item ? [RecordSchema.parse(item)] : [];
    });
  }
}

/** On condition that a record stands as it was seen, and that no other application has come to rest on it. */
function asSeen({ hash, relied }: StoredRecord) {
  return {
    when: relied === undefined ? '#hash = :seen AND attribute_not_exists(relied)' : '#hash = :seen',
    names: { '#hash': 'hash' },
    values: { ':seen': hash },
  };
}

/** What a record is put in the place of; what the same import has written is nothing to go back to. */
function beforeOf(earlier: StoredRecord | undefined, importId: string): StoredRecord['before'] {
  if (!earlier) return undefined;
  const { award, hash, provenance, before } = earlier;
  return provenance.importId === importId ? before : { award, hash, provenance };
}

/** Partitions of the records that entries lead to. */
function recordsOf(entries: readonly z.output<typeof EntrySchema>[]): string[] {
  return entries.flatMap((entry) => ('record' in entry ? [entry.record] : []));
}

/** Groups put together into transactions, none of them divided. */
function packed(groups: readonly GuardedWrite[][]): GuardedWrite[][] {
  const transactions: GuardedWrite[][] = [];
  let last: GuardedWrite[] = [];
  for (const group of groups) {
    if (last.length === 0 || itemCount(last) + itemCount(group) > transactionLimit) {
      last = [];
      transactions.push(last);
    }
    last.push(...group);
  }
  return transactions;
}
