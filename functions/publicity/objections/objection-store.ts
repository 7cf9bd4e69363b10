import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { ActorReference } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import { assertStep, oldStepWrites } from '../../shared/history.ts';
import type { Table } from '../../shared/table.ts';
import { type GuardedWrite, writeAll } from '../../shared/transaction.ts';
import { type Objection, ObjectionSchema, objectionTransitions } from './objection.ts';

/** Partition of the `listing` index that holds every objection. */
export const objectionListing = 'objection';

/** Objections and their histories, in the budget table. */
export class ObjectionStore {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;

  constructor(table: Table<'budget'>) {
    this.client = table.client;
    this.table = table.name;
  }

  /** The objection, read consistently. @throws DomainError not-found */
  async require(objectionId: string): Promise<Objection> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.table, Key: objectionKey(objectionId), ConsistentRead: true }),
    );
    if (!Item) throw new DomainError('not-found');
    return ObjectionSchema.parse(Item['state']);
  }

  /** One page of objections, newest first, with the key of its last item when more follow. */
  async page(
    limit: number,
    start: Record<string, string> | undefined,
  ): Promise<{ objections: Objection[]; lastKey: Record<string, unknown> | undefined }> {
    const { Items = [], LastEvaluatedKey } = await this.client.send(
      new QueryCommand({
        TableName: this.table,
        IndexName: 'listing',
        KeyConditionExpression: 'listing = :listing',
        ExpressionAttributeValues: { ':listing': objectionListing },
        ScanIndexForward: false,
        Limit: limit,
        ExclusiveStartKey: start,
      }),
    );
    return {
      objections: Items.map((item) => ObjectionSchema.parse(item['state'])),
      lastKey: LastEvaluatedKey,
    };
  }

  /** The writes that bring an objection from one state to the next, with the row of its history. */
  transition(
    from: Objection | undefined,
    to: Objection,
    note: { readonly at: string; readonly actor: ActorReference; readonly event: string },
  ): GuardedWrite[] {
    assertStep(from ? objectionTransitions[from.status] : ['received'], from, to);
    const row = { version: to.version, ...(from && { from: from.status }), to: to.status, ...note };
    return oldStepWrites({
      table: this.table,
      key: objectionKey(to.objectionId),
      attributes: { listing: objectionListing, createdAt: to.receivedAt },
      from,
      to,
      row,
    });
  }

  /** Writes all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await writeAll(this.client, writes);
  }
}

function objectionKey(objectionId: string): { pk: string; sk: string } {
  return { pk: `OBJECTION#${objectionId}`, sk: 'STATE' };
}
