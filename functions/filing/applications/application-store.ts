import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { DomainError } from '../../shared/errors.ts';
import { assertStep, historyKey, stepWrites } from '../../shared/history.ts';
import { genesisHash, linked } from '../../shared/history-chain.ts';
import { shanghaiDate } from '../../shared/shanghai-date.ts';
import type { Table } from '../../shared/table.ts';
import { applications } from '../../shared/tables.ts';
import { type GuardedWrite, writeAll } from '../../shared/transaction.ts';
import { type Application, ApplicationSchema } from './application.ts';
import { type HistoryNote, type HistoryRow, HistoryRowSchema } from './history-row.ts';
import { transitions } from './lifecycle.ts';

const { entities } = applications;

/** Applications and their history in DynamoDB. */
export class ApplicationStore {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  readonly #table: Table<'applications'>;

  constructor(table: Table<'applications'>) {
    this.#table = table;
    this.client = table.client;
    this.table = table.name;
  }

  /** The application, read consistently, or undefined. */
  async get(applicationId: string): Promise<Application | undefined> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.table, Key: stateKey(applicationId), ConsistentRead: true }),
    );
    return Item && ApplicationSchema.parse(Item['state']);
  }

  /** The application. @throws DomainError not-found */
  async require(applicationId: string): Promise<Application> {
    const application = await this.get(applicationId);
    if (!application) throw new DomainError('not-found');
    return application;
  }

  /** Rows of the history, oldest first, from after a version. */
  async history(applicationId: string, after: number, limit: number): Promise<HistoryRow[]> {
    const { Items } = await this.client.send(
      new QueryCommand({
        TableName: this.table,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':pk': stateKey(applicationId).pk,
          ':from': historyKey(after + 1),
          ':to': historyKey(999_999_999),
        },
        Limit: limit,
        ConsistentRead: true,
      }),
    );
    return (Items ?? []).map((item) => HistoryRowSchema.parse(item['row']));
  }

  /**
   * The writes that bring an application from one state to the next: the aggregate, on condition that it is still at
   * the version, status and newest history row it was read at, and the next row of its history. What is read once
   * leads to one transition: the next one needs the hash of this one's row, which the stored application has.
   * @param conflict the error when it is not. Default: `concurrent-change`.
   */
  transition(
    from: Application | undefined,
    to: Application,
    note: HistoryNote,
    conflict?: () => Error,
  ): GuardedWrite[] {
    assertStep(from ? transitions[from.status] : ['draft'], from, to);
    const { applicationId, version, guide } = to;
    const row: HistoryRow = linked(
      { version, ...(from && { from: from.status }), to: to.status, ...note, guide },
      from?.historyHash ?? genesisHash(applicationId),
    );
    return stepWrites(this.#table, {
      key: entities.application.key({ applicationId }),
      rowKey: entities.history.key({ applicationId, version }),
      attributes: indexes(to),
      from,
      to: { ...to, historyHash: row.hash },
      row,
      conflict,
    });
  }

  /** Writes a transition together with other writes, all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await writeAll(this.client, writes);
  }
}

/** Key of the aggregate. */
export function stateKey(applicationId: string): { pk: string; sk: string } {
  return entities.application.key({ applicationId });
}

/** Attributes of the sparse indexes. Only what an award's public entry shows stands in the `awards` index. */
function indexes(application: Application): Record<string, unknown> {
  const listing = { organisation: application.organisation, createdAt: application.createdAt };
  const { status } = application;
  if (status !== 'noticed' && status !== 'ordered' && status !== 'closed') return listing;
  const { award, notice, content, applicationId } = application;
  return {
    ...listing,
    awardYear: shanghaiDate(new Date(notice.opensAt)).slice(0, 4),
    awardSort: `${notice.opensAt}#${applicationId}`,
    applicationId,
    organisationName: content.enterprise.name,
    item: content.item,
    awardFen: award.fen,
    roundId: award.roundId,
    status: application.status,
    noticedAt: notice.opensAt,
  };
}
