import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { ActorReferenceSchema } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import { assertStep, historyPrefix, oldStepWrites, oldUnchanged } from '../../shared/history.ts';
import type { Table } from '../../shared/table.ts';
import { type GuardedWrite, transactionLimit, writeAll } from '../../shared/transaction.ts';
import { queryAll, queryPages } from '../pools/pool-store.ts';
import { countOpenRounds } from './open-rounds.ts';
import { type Line, LineSchema, type Round, RoundSchema, roundTransitions } from './round.ts';

/** One row for each change of a round; it is never changed. */
export const RoundHistoryRowSchema = z.object({
  version: z.int(),
  at: z.string(),
  actor: ActorReferenceSchema,
  event: z.string(),
  from: z.string().optional(),
  to: z.string(),
});
export type RoundHistoryRow = z.output<typeof RoundHistoryRowSchema>;
export type RoundHistoryNote = Omit<RoundHistoryRow, 'version' | 'from' | 'to'>;

/** Value of the `listing` index's partition that holds every round. */
export const roundListing = 'round';

/** Budget rounds, their lines and history in DynamoDB. */
export class RoundStore {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;

  constructor(table: Table<'budget'>) {
    this.client = table.client;
    this.table = table.name;
  }

  /** The round, read consistently, or undefined. */
  async get(roundId: string): Promise<Round | undefined> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.table, Key: roundKey(roundId), ConsistentRead: true }),
    );
    return Item && RoundSchema.parse(Item['state']);
  }

  /** The round. @throws DomainError not-found */
  async require(roundId: string): Promise<Round> {
    const round = await this.get(roundId);
    if (!round) throw new DomainError('not-found');
    return round;
  }

  /** One page of rounds, newest first, with the key of its last item when more follow. */
  async page(
    limit: number,
    start: Record<string, string> | undefined,
  ): Promise<{ rounds: Round[]; lastKey: Record<string, unknown> | undefined }> {
    const { Items = [], LastEvaluatedKey } = await this.client.send(
      new QueryCommand({
        TableName: this.table,
        IndexName: 'listing',
        KeyConditionExpression: 'listing = :listing',
        ExpressionAttributeValues: { ':listing': roundListing },
        ScanIndexForward: false,
        Limit: limit,
        ExclusiveStartKey: start,
      }),
    );
    return { rounds: Items.map((item) => RoundSchema.parse(item['state'])), lastKey: LastEvaluatedKey };
  }

  /** Every line of a round in the order of application ids, read consistently. */
  async lines(roundId: string): Promise<Line[]> {
    const items = await queryAll(this.client, this.table, roundKey(roundId).pk, 'LINE#');
    return items.map((item) => LineSchema.parse(item['line']));
  }

  /** The lines from one application to another, both included, read consistently: others may lie between them. */
  async linesBetween(roundId: string, from: string, to: string): Promise<Line[]> {
    const items = await queryPages(this.client, {
      TableName: this.table,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: {
        ':pk': roundKey(roundId).pk,
        ':from': `LINE#${from}`,
        ':to': `LINE#${to}`,
      },
    });
    return items.map((item) => LineSchema.parse(item['line']));
  }

  /** One page of lines, with the key of its last item when more follow. */
  async linePage(
    roundId: string,
    limit: number,
    start: Record<string, string> | undefined,
  ): Promise<{ lines: Line[]; lastKey: Record<string, unknown> | undefined }> {
    const { Items, LastEvaluatedKey } = await this.client.send(
      new QueryCommand({
        TableName: this.table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': roundKey(roundId).pk, ':prefix': 'LINE#' },
        ConsistentRead: true,
        Limit: limit,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    return { lines: (Items ?? []).map((item) => LineSchema.parse(item['line'])), lastKey: LastEvaluatedKey };
  }

  /** Every row of a round's history, oldest first. */
  async history(roundId: string): Promise<RoundHistoryRow[]> {
    const items = await queryAll(this.client, this.table, roundKey(roundId).pk, historyPrefix);
    return items.map((item) => RoundHistoryRowSchema.parse(item['row']));
  }

  /**
   * The writes that bring a round from one state to the next: the aggregate, on condition that nothing changed since
   * it was read, and its history row; at its beginning and end, the count of its pool's open rounds too.
   */
  transition(from: Round | undefined, to: Round, note: RoundHistoryNote): GuardedWrite[] {
    assertStep(from ? roundTransitions[from.status] : ['open'], from, to);
    const row: RoundHistoryRow = {
      version: to.version,
      ...(from && { from: from.status }),
      to: to.status,
      ...note,
    };
    return [
      ...oldStepWrites({
        table: this.table,
        key: roundKey(to.roundId),
        attributes: { listing: roundListing, createdAt: to.createdAt },
        from,
        to,
        row,
      }),
      ...countOpenRounds(this.table, from, to),
    ];
  }

  /** The write that puts a line, over whatever stood there. It is safe only together with the round's own condition. */
  line(line: Line): GuardedWrite {
    return { item: { Put: { TableName: this.table, Item: { ...lineKey(line), line } } } };
  }

  /** The write that takes away a line which a broken-off attempt at the list left behind. */
  lineRemoval(line: Line): GuardedWrite {
    return { item: { Delete: { TableName: this.table, Key: lineKey(line) } } };
  }

  /** The write that settles a planned line, on condition that it is still planned under the same plan. */
  settledLine(line: Extract<Line, { status: 'committed' | 'dropped' }>): GuardedWrite {
    return {
      item: {
        Put: {
          TableName: this.table,
          Item: { ...lineKey(line), line },
          ConditionExpression: '#line.#status = :planned AND #line.planNumber = :plan',
          ExpressionAttributeNames: { '#line': 'line', '#status': 'status' },
          ExpressionAttributeValues: { ':planned': 'planned', ':plan': line.planNumber },
        },
      },
    };
  }

  /**
   * Writes any number of lines in chunks, each on condition that the round is still as the caller's fence left it: two
   * invocations that write at once cannot mix their lines, since the later fence stops the earlier one.
   * @throws DomainError concurrent-change
   */
  async writeFenced(fence: Round, writes: readonly GuardedWrite[]): Promise<void> {
    const check: GuardedWrite = {
      item: {
        ConditionCheck: { TableName: this.table, Key: roundKey(fence.roundId), ...oldUnchanged(fence) },
      },
    };
    for (let start = 0; start < writes.length; start += transactionLimit - 1) {
      await this.write([check, ...writes.slice(start, start + transactionLimit - 1)]);
    }
  }

  /** Writes all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await writeAll(this.client, writes);
  }
}

/** Key of the aggregate. */
export function roundKey(roundId: string): { pk: string; sk: string } {
  return { pk: `ROUND#${roundId}`, sk: 'STATE' };
}

function lineKey({ roundId, applicationId }: Line): { pk: string; sk: string } {
  return { pk: roundKey(roundId).pk, sk: `LINE#${applicationId}` };
}
