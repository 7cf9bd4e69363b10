import { setTimeout as pause } from 'node:timers/promises';
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type Award, AwardSchema } from '../../filing/applications/award.ts';
import type { ClaimHolder } from '../../filing/applications/claim-store.ts';
import { TransientError } from '../../shared/errors.ts';
import { contentHash } from '../../shared/hash.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { Table } from '../../shared/table.ts';
import { type GuardedWrite, transactionLimit, writeAll } from '../../shared/transaction.ts';
import {
  enterprisePartition,
  evidenceNumberPartition,
  evidencePartition,
  matterKeyOf,
  matterPartition,
} from './matter-key.ts';
import { NameIndex, type Posting, type PostingChanges, type PostingStore } from './name-index.ts';
import { type RegistryVersion, RegistryVersionSchema } from './registry-version.ts';

/** DynamoDB's limit of one batch. */
const readBatch = 100;
/** Requests under way at once: enough to hide their latency, and few enough for a table that has just been made. */
const parallelRequests = 8;
const attempts = 8;
/** Characters of a name that the index keeps. */
const postedLength = 80;

const versionKey = { pk: 'REGISTRY', sk: 'VERSION' };

/** Where a record comes from. */
const ProvenanceSchema = z.object({
  importId: z.string(),
  /** SHA-256 of the file, in hexadecimal. */
  fileHash: z.string(),
  /** Line or row of the file. */
  row: z.int(),
  /** Who imported it. */
  importer: z.string(),
  at: z.string(),
});
export type Provenance = z.output<typeof ProvenanceSchema>;

const RecordSchema = z.object({
  award: AwardSchema,
  partitions: z.array(z.string()),
  /** Grams of the name index that lead here. */
  grams: z.array(z.string()),
  hash: z.string(),
  provenance: ProvenanceSchema,
});
type StoredRecord = z.output<typeof RecordSchema>;

const EntrySchema = z.union([
  z.object({ sk: z.literal('CLAIM'), applicationId: z.string(), organisation: z.string() }),
  z.object({ sk: z.string(), record: z.string() }),
]);

/** What the registry holds of a matter or a piece of evidence. */
export interface RegistryEntry {
  readonly awards: readonly Award[];
  readonly claim: ClaimHolder | undefined;
}

/** An award as it stands in a file. */
export interface ImportedAward {
  readonly award: Award;
  readonly row: number;
}

/** What became of the awards of a part of a file. */
export interface PutResult {
  /** Keys of the records that are new or changed. */
  readonly imported: readonly string[];
  readonly unchanged: number;
  /** Awards that an earlier row of the same file has given already: the first one counts. */
  readonly repeated: readonly (ImportedAward & { readonly earlierRow: number })[];
}

/**
 * Awards of other schemes in DynamoDB. An award has one record, and a pointer to it in the partition of its matter, of
 * each piece of its evidence and of its enterprise; they change in one transaction. Its name is posted in the index
 * before, so that a broken import leaves at most a posting that leads to no record.
 */
export class AwardRegistry {
  readonly #client: DynamoDBDocumentClient;
  readonly #names: NameIndex;
  readonly table: string;

  constructor(table: Table<'registry'>) {
    this.#client = table.client;
    this.table = table.name;
    this.#names = new NameIndex(new DynamoPostings(table));
  }

  /** How far the registry has been changed: what is looked up after this holds every change up to it. */
  async version(): Promise<RegistryVersion> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.table, Key: versionKey, ConsistentRead: true }),
    );
    return RegistryVersionSchema.parse(Item ?? { number: 0 });
  }

  /** The awards and the claim in a partition, read consistently. */
  async look(partition: string): Promise<RegistryEntry> {
    const entries: z.output<typeof EntrySchema>[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const page = await this.#client.send(
        new QueryCommand({ ...this.#query(partition), ConsistentRead: true, ExclusiveStartKey: from }),
      );
      entries.push(...(page.Items ?? []).map((item) => EntrySchema.parse(item)));
      from = page.LastEvaluatedKey;
    } while (from);
    const records = await this.#records(
      entries.flatMap((entry) => ('record' in entry ? [entry.record] : [])),
      true,
    );
    const claim = entries.find((entry) => 'applicationId' in entry);
    return {
      awards: records.filter(({ partitions }) => partitions.includes(partition)).map(({ award }) => award),
      claim: claim && { applicationId: claim.applicationId, organisation: claim.organisation },
    };
  }

  /** Every award of an enterprise, by one query and the records that it leads to. */
  async awardsOf(uscc: string): Promise<readonly Award[]> {
    return (await this.look(enterprisePartition(uscc))).awards;
  }

  /** The awards of records, by the records' keys; of those that are not there, none. */
  async awardsAt(records: readonly string[]): Promise<Award[]> {
    return (await this.#records(records, true)).map(({ award }) => award);
  }

  /** A page of an enterprise's awards in the order of schemes and numbers. */
  async pageOf(
    uscc: string,
    limit: number,
    from: Record<string, unknown> | undefined,
  ): Promise<{ awards: Award[]; lastKey: Record<string, unknown> | undefined }> {
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new QueryCommand({ ...this.#query(enterprisePartition(uscc)), Limit: limit, ExclusiveStartKey: from }),
    );
    const pointers = Items.map((item) => EntrySchema.parse(item)).flatMap((entry) =>
      'record' in entry ? [entry.record] : [],
    );
    const records = await this.#records(pointers, false);
    return { awards: records.map(({ award }) => award), lastKey: LastEvaluatedKey };
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
   * @throws TransientError when the table stays busy: what was written by then is whole, and the import can be repeated.
   */
  async put(awards: readonly ImportedAward[], source: Omit<Provenance, 'row'>): Promise<PutResult> {
    const result = await decideAgainOnConflict(() => this.#put(awards, source));
    if (result.imported.length > 0) await this.#countChange(source);
    return result;
  }

  /** A part that was written when its import broke off is counted when it is put again: then maybe twice, never not. */
  async #countChange({ importId, at }: Pick<Provenance, 'importId' | 'at'>): Promise<void> {
    await this.#client.send(
      new UpdateCommand({
        TableName: this.table,
        Key: versionKey,
        UpdateExpression: 'SET #importId = :importId, #at = :at ADD #number :one',
        ExpressionAttributeNames: { '#importId': 'importId', '#at': 'at', '#number': 'number' },
        ExpressionAttributeValues: { ':importId': importId, ':at': at, ':one': 1 },
      }),
    );
  }

  /** Writes the counters of the name index that changed by `put`; call it at the end of a run. */
  async flush(): Promise<void> {
    await this.#names.flush();
  }

  async #put(awards: readonly ImportedAward[], source: Omit<Provenance, 'row'>): Promise<PutResult> {
    const first = new Map<string, ImportedAward>();
    const repeated: (ImportedAward & { earlierRow: number })[] = [];
    const partitions = awards.map(({ award }) => recordPartition(award));
    const stored = new Map(
      (await this.#records(partitions, true)).map((record) => [recordPartition(record.award), record]),
    );
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
    const changed: (ImportedAward & { pk: string; hash: string; earlier: StoredRecord | undefined })[] = [];
    for (const [pk, given] of first) {
      const [earlier, hash] = [stored.get(pk), contentHash(given.award)];
      if (earlier?.hash !== hash) changed.push({ ...given, pk, hash, earlier });
      // What this import itself has written before it broke off counts as imported.
      if (earlier?.hash === hash && earlier.provenance.importId !== source.importId) unchanged += 1;
      else imported.push(pk);
    }
    const grams = await this.#post(changed);
    const writes = changed.map(({ award, row, pk, hash, earlier }, index) => {
      const record: StoredRecord = {
        award,
        partitions: partitionsOf(award),
        grams: grams[index] ?? [],
        hash,
        provenance: { ...source, row },
      };
      return this.#recordWrites(pk, record, earlier);
    });
    await inParallel(packed(writes), (transaction) => writeAll(this.#client, transaction));
    return { imported, unchanged, repeated };
  }

  /** Posts the names that are new, and takes those back that are not theirs any more. @returns the grams of each. */
  async #post(
    changed: readonly { award: Award; pk: string; earlier: StoredRecord | undefined }[],
  ): Promise<string[][]> {
    const isNew = (change: (typeof changed)[number]) =>
      change.earlier?.award.projectName !== change.award.projectName;
    const fresh = await this.#names.place(changed.filter(isNew).map(({ award }) => award.projectName));
    const added = new Map<string, Posting[]>();
    const removed = new Map<string, Posting[]>();
    const grams = changed.map((change) => {
      const { pk, award, earlier } = change;
      if (earlier && !isNew(change)) return earlier.grams;
      const chosen = fresh.shift() ?? [];
      for (const gram of chosen) append(added, gram, { record: pk, name: award.projectName });
      for (const gram of earlier?.grams ?? []) {
        append(removed, gram, { record: pk, name: earlier?.award.projectName ?? '' });
      }
      return chosen;
    });
    await new DynamoPostings(new Table(this.#client, this.table)).changePostings({ added, removed });
    return grams;
  }

  #recordWrites(pk: string, record: StoredRecord, earlier: StoredRecord | undefined): GuardedWrite[] {
    const TableName = this.table;
    const stale = earlier?.partitions.filter((partition) => !record.partitions.includes(partition)) ?? [];
    const added = record.partitions.filter((partition) => !earlier?.partitions.includes(partition));
    return [
      {
        item: {
          Put: {
            TableName,
            Item: { ...recordKey(pk), ...record },
            ...(earlier
              ? {
                  ConditionExpression: '#hash = :seen',
                  ExpressionAttributeNames: { '#hash': 'hash' },
                  ExpressionAttributeValues: { ':seen': earlier.hash },
                }
              : { ConditionExpression: 'attribute_not_exists(pk)' }),
          },
        },
      },
      ...added.map((partition) => ({
        item: { Put: { TableName, Item: { ...pointerKey(partition, pk), record: pk } } },
      })),
      ...stale.map((partition) => ({ item: { Delete: { TableName, Key: pointerKey(partition, pk) } } })),
    ];
  }

  #query(partition: string): QueryCommandInput {
    return {
      TableName: this.table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': partition },
    };
  }

  /** Records in the order of their partitions; those that are not there are left out. */
  async #records(partitions: readonly string[], consistent: boolean): Promise<StoredRecord[]> {
    const items = await getItems(this.#client, this.table, partitions.map(recordKey), consistent);
    return partitions.flatMap((pk) => {
      const item = items.get(pk);
      items.delete(pk);
      return item ? [RecordSchema.parse(item)] : [];
    });
  }
}

/** The name index as items: a gram's postings are a set of strings, which parallel imports extend side by side. */
class DynamoPostings implements PostingStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(table: Table<'registry'>) {
    this.#client = table.client;
    this.#table = table.name;
  }

  async postings(grams: readonly string[]): Promise<ReadonlyMap<string, readonly Posting[]>> {
    const keys = grams.map(gramKey);
    const items = await getItems(this.#client, this.#table, keys, false);
    return new Map(
      grams.flatMap((gram) => {
        const item = items.get(gramKey(gram).pk);
        return item ? [[gram, PostingsSchema.parse(item).postings.map(readPosting)] as const] : [];
      }),
    );
  }

  async changePostings({ added, removed }: PostingChanges): Promise<void> {
    for (const [verb, changes] of [['ADD', added] as const, ['DELETE', removed] as const]) {
      const writes = [...changes].map(([gram, postings]) => ({
        item: {
          Update: {
            TableName: this.#table,
            Key: gramKey(gram),
            UpdateExpression: `${verb} postings :postings`,
            ExpressionAttributeValues: { ':postings': new Set(postings.map(writePosting)) },
          },
        },
      }));
      // Of a transaction's effects only their being done at all matters here: it is DynamoDB's one batch of updates.
      await inParallel(chunks(writes, transactionLimit), (transaction) =>
        writeAll(this.#client, transaction),
      );
    }
  }

  async fills(shards: readonly number[]): Promise<ReadonlyMap<number, Uint8Array>> {
    const items = await getItems(this.#client, this.#table, shards.map(fillKey), false);
    return new Map(
      shards.flatMap((shard) => {
        const item = items.get(fillKey(shard).pk);
        return item ? [[shard, FillSchema.parse(item).fill] as const] : [];
      }),
    );
  }

  async putFills(fills: ReadonlyMap<number, Uint8Array>): Promise<void> {
    await inParallel([...fills], ([shard, fill]) =>
      this.#client.send(new PutCommand({ TableName: this.#table, Item: { ...fillKey(shard), fill } })),
    );
  }
}

const PostingsSchema = z.object({
  postings: z
    .set(z.string())
    .transform((set) => [...set])
    .default([]),
});
const FillSchema = z.object({ fill: z.instanceof(Uint8Array) });

function gramKey(gram: string): { pk: string; sk: string } {
  return { pk: `GRAM#${gram}`, sk: 'POSTINGS' };
}

function fillKey(shard: number): { pk: string; sk: string } {
  return { pk: `FILL#${shard}`, sk: 'FILL' };
}

/** A posting's text; record partitions hold no white space but what a scheme's name has, and no tabulator. */
function writePosting({ record, name }: Posting): string {
  return `${record}\t${name.slice(0, postedLength)}`;
}

function readPosting(text: string): Posting {
  const end = text.indexOf('\t');
  return { record: text.slice(0, end), name: text.slice(end + 1) };
}

/** Items by their partitions; each key has a partition of its own. */
async function getItems(
  client: DynamoDBDocumentClient,
  table: string,
  keys: readonly { readonly pk: string; readonly sk: string }[],
  consistent: boolean,
): Promise<Map<string, Record<string, unknown>>> {
  const distinct = [...new Map(keys.map((key) => [key.pk, key])).values()];
  const items = new Map<string, Record<string, unknown>>();
  await inParallel(chunks(distinct, readBatch), async (batch) => {
    let left: Record<string, unknown>[] = [...batch];
    for (let attempt = 1; left.length > 0; attempt += 1) {
      if (attempt > attempts) throw new TransientError('the registry stayed busy');
      if (attempt > 1) await pause(Math.random() * 25 * 2 ** attempt);
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetCommand({ RequestItems: { [table]: { Keys: left, ConsistentRead: consistent } } }),
      );
      for (const item of Responses?.[table] ?? []) items.set(String(item['pk']), item);
      left = UnprocessedKeys?.[table]?.Keys ?? [];
    }
  });
  return items;
}

/** Partitions that lead to an award: its matter's, those of its evidence, and its enterprise's. */
function partitionsOf(award: Award): string[] {
  const matter = matterPartition(matterKeyOf(award.matterKind, award.uscc, award.matterDetail));
  const evidence = award.evidence.flatMap((piece) => [
    evidencePartition(piece, award.uscc),
    evidenceNumberPartition(piece),
  ]);
  return [...new Set([matter, ...evidence, enterprisePartition(award.uscc)])];
}

/** Award ids hold no `#`, so that the last one ends the scheme and no two awards share a record. */
function recordPartition(award: Pick<Award, 'scheme' | 'awardId'>): string {
  return `AWARD#${award.scheme}#${award.awardId}`;
}

function recordKey(recordPk: string): { pk: string; sk: string } {
  return { pk: recordPk, sk: 'RECORD' };
}

function pointerKey(partition: string, recordPk: string): { pk: string; sk: string } {
  return { pk: partition, sk: recordPk };
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}

/** Groups put together into transactions, none of them divided. */
function packed(groups: readonly GuardedWrite[][]): GuardedWrite[][] {
  const transactions: GuardedWrite[][] = [];
  let last: GuardedWrite[] = [];
  for (const group of groups) {
    if (last.length === 0 || last.length + group.length > transactionLimit) {
      last = [];
      transactions.push(last);
    }
    last.push(...group);
  }
  return transactions;
}

/** Runs a job for each item, a few at a time; results keep the order of the items. */
async function inParallel<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const wave of chunks(items, parallelRequests)) results.push(...(await Promise.all(wave.map(run))));
  return results;
}
