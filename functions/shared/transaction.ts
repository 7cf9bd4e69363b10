import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  DynamoDBClient,
  TransactionCanceledException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { DomainError, TransientError } from './errors.ts';

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** A write that a table has made, and what its failed condition means to the domain. */
export class GuardedWrite {
  readonly #item: TransactItem;
  readonly #witness: TransactItem | undefined;
  /** Makes the error to throw when its condition fails. Default: `concurrent-change`. */
  readonly onConditionFailed: (() => Error) | undefined;

  /** @param witness what it does to the witness of its row, unconditionally and in the same transaction. */
  constructor(item: TransactItem, onConditionFailed?: () => Error, witness?: TransactItem) {
    this.#item = item;
    this.#witness = witness;
    this.onConditionFailed = onConditionFailed;
  }

  /** What it does to which table: for those who carry it out. */
  static itemOf(write: GuardedWrite): TransactItem {
    return write.#item;
  }

  /** The same with what it does to the witness of its row. */
  static itemsOf(write: GuardedWrite): readonly TransactItem[] {
    return write.#witness ? [write.#item, write.#witness] : [write.#item];
  }
}

/** How many items of a transaction some writes are: one that has a witness is two. */
export function itemCount(writes: readonly GuardedWrite[]): number {
  return writes.reduce((count, write) => count + GuardedWrite.itemsOf(write).length, 0);
}

/** Writes in groups of so many items at most, in their order. */
export function* groupsOf(writes: readonly GuardedWrite[], limit: number): Generator<GuardedWrite[]> {
  let group: GuardedWrite[] = [];
  for (const write of writes) {
    if (group.length > 0 && itemCount(group) + itemCount([write]) > limit) {
      yield group;
      group = [];
    }
    group.push(write);
  }
  if (group.length > 0) yield group;
}

/** DynamoDB's limit of one transaction. */
export const transactionLimit = 100;

const conflictAttempts = 8;

/** Why a transaction was cancelled that may go through the next time. */
const passingReasons = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/** A document client on the region and endpoint of the environment. */
export function documentClient(): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient({}), {
    marshallOptions: { removeUndefinedValues: true },
  });
}

/**
 * Writes all or nothing (at most 100 items). Conflicts with other transactions are tried again with jittered pauses;
 * a failed condition is the domain's answer, made by the write that it belongs to. A lost answer is covered by the token:
 * the client repeats the call under it, and so is done here while DynamoDB still works at the first one.
 * @throws TransientError when conflicts do not end; whatever the failed write's `onConditionFailed` makes.
 */
export async function writeAll(
  client: DynamoDBDocumentClient,
  writes: readonly GuardedWrite[],
): Promise<void> {
  const parts = writes.flatMap((write) => GuardedWrite.itemsOf(write).map((item) => ({ write, item })));
  if (parts.length > transactionLimit) throw new RangeError(`${parts.length} writes in one transaction`);
  const TransactItems = parts.map(({ item }) => item);
  let ClientRequestToken = randomUUID();
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.send(new TransactWriteCommand({ TransactItems, ClientRequestToken }));
      return;
    } catch (error) {
      if (error instanceof TransactionInProgressException) {
        await pauseOrGiveUp(attempt, error);
        continue;
      }
      if (!(error instanceof TransactionCanceledException)) throw error;
      const codes = error.CancellationReasons?.map((reason) => reason.Code) ?? [];
      const failed = codes.indexOf('ConditionalCheckFailed');
      if (failed !== -1)
        throw parts[failed]?.write.onConditionFailed?.() ?? new DomainError('concurrent-change');
      if (!codes.some((code) => code !== undefined && passingReasons.has(code))) throw error;
      await pauseOrGiveUp(attempt, error);
      ClientRequestToken = randomUUID();
    }
  }
}

/**
 * Does one write that is no transaction, again while it meets one: DynamoDB refuses it meanwhile, and its client does not
 * try again by itself.
 * @throws TransientError when conflicts do not end; whatever else the write throws.
 */
export async function writeOne<R>(write: () => Promise<R>): Promise<R> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'TransactionConflictException') throw error;
      await pauseOrGiveUp(attempt, error);
    }
  }
}

async function pauseOrGiveUp(attempt: number, cause: Error): Promise<void> {
  if (attempt === conflictAttempts) throw new TransientError('a write kept meeting others', { cause });
  await pause(Math.random() * 20 * 2 ** attempt);
}
