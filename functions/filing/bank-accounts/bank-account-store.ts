import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../../shared/table.ts';
import { type GuardedWrite, writeAll } from '../../shared/transaction.ts';
import { type SealedAccount, SealedAccountSchema } from './bank-account.ts';

/** Sealed bank accounts by organisation, in DynamoDB. */
export class BankAccountStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(table: Table<'budget'>) {
    this.#client = table.client;
    this.#table = table.name;
  }

  /** The account of an organisation, read consistently, or undefined. */
  async get(organisation: string): Promise<SealedAccount | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#table, Key: accountKey(organisation), ConsistentRead: true }),
    );
    return Item && SealedAccountSchema.parse(Item);
  }

  /** Puts the next version of an account. @throws DomainError concurrent-change when another was put meanwhile. */
  async put(account: SealedAccount): Promise<void> {
    const { organisation, version } = account;
    const condition =
      version === 1
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: '#version = :before',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':before': version - 1 },
          };
    const write: GuardedWrite = {
      item: {
        Put: { TableName: this.#table, Item: { ...accountKey(organisation), ...account }, ...condition },
      },
    };
    await writeAll(this.#client, [write]);
  }
}

function accountKey(organisation: string): { pk: string; sk: string } {
  return { pk: `BANK-ACCOUNT#${organisation}`, sk: 'STATE' };
}
