import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { DateSchema, InstantSchema, UsccSchema } from '../../shared/schemas.ts';
import type { Table } from '../../shared/table.ts';
import { writeAll } from '../../shared/transaction.ts';

const CreditListingSchema = z.object({
  uscc: UsccSchema,
  listed: z.boolean(),
  /** Day from which it is so, by the source. */
  since: DateSchema,
  /** Where it is published. */
  source: z.string(),
  version: z.int().min(1),
  at: InstantSchema,
  by: z.string(),
});
export type CreditListing = z.output<typeof CreditListingSchema>;

/**
 * What was recorded of the list of serious dishonesty, by enterprise, in the registry's table. Each change keeps a row
 * of its own; nothing is recorded of an enterprise that was never on it.
 */
export class CreditList {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(table: Table<'registry'>) {
    this.#client = table.client;
    this.#table = table.name;
  }

  /** The listing of an enterprise, read consistently, or undefined. */
  async get(uscc: string): Promise<CreditListing | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#table, Key: listingKey(uscc), ConsistentRead: true }),
    );
    return Item && CreditListingSchema.parse(Item);
  }

  /** The same. @throws DomainError not-found */
  async require(uscc: string): Promise<CreditListing> {
    const listing = await this.get(uscc);
    if (!listing) throw new DomainError('not-found');
    return listing;
  }

  /** Records how an enterprise stands; the same again changes nothing. @throws DomainError concurrent-change */
  async put(
    actor: Actor,
    stated: Pick<CreditListing, 'uscc' | 'listed' | 'since' | 'source'>,
    clock: Clock,
  ): Promise<CreditListing> {
    return decideAgainOnConflict(async () => {
      const before = await this.get(stated.uscc);
      const { listed, since, source } = stated;
      if (before?.listed === listed && before.since === since && before.source === source) return before;
      const version = (before?.version ?? 0) + 1;
      const listing = { ...stated, version, at: clock().toISOString(), by: actor.id };
      const { pk } = listingKey(stated.uscc);
      const isNew = { ConditionExpression: 'attribute_not_exists(pk)' };
      const asRead = {
        ConditionExpression: '#version = :before',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':before': version - 1 },
      };
      const row = { pk, sk: `CHANGE#${String(version).padStart(9, '0')}`, ...listing };
      await writeAll(this.#client, [
        {
          item: {
            Put: {
              TableName: this.#table,
              Item: { ...listingKey(stated.uscc), ...listing },
              ...(before ? asRead : isNew),
            },
          },
        },
        { item: { Put: { TableName: this.#table, Item: row, ...isNew } } },
      ]);
      return listing;
    });
  }
}

function listingKey(uscc: string): { pk: string; sk: string } {
  return { pk: `CREDIT#${uscc}`, sk: 'STATE' };
}
