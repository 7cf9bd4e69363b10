import { setTimeout as pause } from 'node:timers/promises';
import {
  BatchGetCommand,
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type DynamoDBDocumentClient,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { TransientError } from '../shared/errors.ts';
import { contentHash } from '../shared/hash.ts';
import { type Award, AwardSchema } from './award.ts';
import type { ClaimHolder } from './claims.ts';
import { evidencePartition, matterKeyOf, matterPartition } from './matter-key.ts';

/** DynamoDB's limits of one batch. */
const writeBatch = 25;
const readBatch = 100;
/** Batches under way at once: enough to hide their latency, and few enough for a table that has just been made. */
const parallelBatches = 8;
const attempts = 8;

const RecordSchema = z.object({ award: AwardSchema, partitions: z.array(z.string()), hash: z.string() });
const EntrySchema = z.union([
  z.object({ sk: z.literal('CLAIM'), applicationId: z.string(), organisation: z.string() }),
  z.object({ sk: z.string(), record: z.string() }),
]);

/** What the registry holds of a matter or a piece of evidence. */
export interface RegistryEntry {
  readonly awards: readonly Award[];
  readonly claim: ClaimHolder | undefined;
}

type WriteRequest = NonNullable<BatchWriteCommandInput['RequestItems']>[string][number];

/**
 * Awards of other schemes in DynamoDB. An award has one record, and a pointer to it in the partition of its matter and
 * of each piece of its evidence. A pointer counts only while its record names that partition, so that an import that
 * broke off, or a later correction, never leaves a wrong bar behind.
 */
export class AwardRegistry {
  readonly #client: DynamoDBDocumentClient;
  readonly table: string;

  constructor(client: DynamoDBDocumentClient, table: string) {
    this.#client = client;
    this.table = table;
  }

  /** The awards and the claim in a partition, read consistently. */
  async look(partition: string): Promise<RegistryEntry> {
    const entries: z.output<typeof EntrySchema>[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const page = await this.#client.send(
        new QueryCommand({
          TableName: this.table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': partition },
          ConsistentRead: true,
          ExclusiveStartKey: from,
        }),
      );
      entries.push(...(page.Items ?? []).map((item) => EntrySchema.parse(item)));
      from = page.LastEvaluatedKey;
    } while (from);
    const records = await this.#records(
      entries.flatMap((entry) => ('record' in entry ? [entry.record] : [])),
    );
    const claim = entries.find((entry) => 'applicationId' in entry);
    return {
      awards: records.filter(({ partitions }) => partitions.includes(partition)).map(({ award }) => award),
      claim: claim && { applicationId: claim.applicationId, organisation: claim.organisation },
    };
  }

  /**
   * Puts awards whose ids differ into the registry; those that stand there unchanged are left alone, so that an import
   * can be repeated at no cost.
   * @throws TransientError when the table stays busy: what was written by then is whole, and the import can be repeated.
   */
  async put(awards: readonly Award[]): Promise<{ imported: number; unchanged: number }> {
    const stored = new Map<string, z.output<typeof RecordSchema>>();
    for (const record of await this.#records(awards.map(recordPartition))) {
      stored.set(recordPartition(record.award), record);
    }
    const changed = awards.filter((award) => stored.get(recordPartition(award))?.hash !== contentHash(award));
    const pointers: WriteRequest[] = [];
    const records: WriteRequest[] = [];
    const stale: WriteRequest[] = [];
    for (const award of changed) {
      const pk = recordPartition(award);
      const partitions = partitionsOf(award);
      const earlier = stored.get(pk)?.partitions ?? [];
      const record = { award, partitions, hash: contentHash(award) };
      pointers.push(...partitions.map((partition) => put({ ...pointerKey(partition, pk), record: pk })));
      records.push(put({ ...recordKey(pk), ...record }));
      stale.push(
        ...earlier
          .filter((partition) => !partitions.includes(partition))
          .map((partition) => ({ DeleteRequest: { Key: pointerKey(partition, pk) } })),
      );
    }
    // The record comes after its pointers: until it stands, the next import sees the award as not imported.
    for (const step of [pointers, records, stale]) await this.#write(step);
    return { imported: changed.length, unchanged: awards.length - changed.length };
  }

  async #records(partitions: readonly string[]): Promise<z.output<typeof RecordSchema>[]> {
    const batches = await inParallel(chunks([...new Set(partitions)], readBatch), async (batch) => {
      const items: unknown[] = [];
      let keys: Record<string, unknown>[] = batch.map(recordKey);
      for (let attempt = 1; keys.length > 0; attempt += 1) {
        if (attempt > 1) await backOff(attempt);
        const { Responses, UnprocessedKeys } = await this.#client.send(
          new BatchGetCommand({ RequestItems: { [this.table]: { Keys: keys, ConsistentRead: true } } }),
        );
        items.push(...(Responses?.[this.table] ?? []));
        keys = UnprocessedKeys?.[this.table]?.Keys ?? [];
      }
      return items.map((item) => RecordSchema.parse(item));
    });
    return batches.flat();
  }

  async #write(requests: readonly WriteRequest[]): Promise<void> {
    await inParallel(chunks(requests, writeBatch), async (batch) => {
      let left: WriteRequest[] = [...batch];
      for (let attempt = 1; left.length > 0; attempt += 1) {
        if (attempt > 1) await backOff(attempt);
        const { UnprocessedItems } = await this.#client.send(
          new BatchWriteCommand({ RequestItems: { [this.table]: left } }),
        );
        left = UnprocessedItems?.[this.table] ?? [];
      }
    });
  }
}

/** Partitions that an award bars: its matter's, and those of its evidence. */
function partitionsOf(award: Award): string[] {
  const matter = matterPartition(matterKeyOf(award.matterKind, award.uscc, award.matterDetail));
  const evidence = award.evidence.map((piece) => evidencePartition(piece, award.uscc));
  return [...new Set([matter, ...evidence])];
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

function put(Item: Record<string, unknown>): WriteRequest {
  return { PutRequest: { Item } };
}

async function backOff(attempt: number): Promise<void> {
  if (attempt > attempts) throw new TransientError('the registry stayed busy');
  await pause(Math.random() * 25 * 2 ** attempt);
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}

/** Runs a job for each item, a few at a time; results keep the order of the items. */
async function inParallel<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const wave of chunks(items, parallelBatches)) results.push(...(await Promise.all(wave.map(run))));
  return results;
}
