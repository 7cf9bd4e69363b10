import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { DomainError } from '../shared/errors.ts';
import { InstantSchema } from '../shared/schemas.ts';
import { type GuardedWrite, writeAll } from '../shared/transaction.ts';
import { type Delegation, DelegationSchema, isInForce } from './delegation.ts';
import {
  departmentKey,
  givenKey,
  type ItemKey,
  interestAttribute,
  interestPrefix,
  interestsKey,
  memberKey,
  personKey,
  standInKey,
  unchanged,
} from './people-items.ts';

/** An interest in an organisation, as it stands. */
const InterestSchema = z.object({
  kind: z.string().min(1),
  at: InstantSchema,
  note: z.string().optional(),
});
export type Interest = z.output<typeof InterestSchema>;

/** Every interest of a person, by the organisation's credit code. The version rises with every change; 0 before the first. */
export interface Interests {
  readonly version: number;
  readonly organisations: Readonly<Record<string, Interest>>;
}

/** What a person has handed over now or later. The version is 0 before the first time. */
export interface GivenDelegations {
  readonly version: number;
  readonly delegations: readonly Delegation[];
}

/** A declaration or the end of one, kept for good. */
const InterestRowSchema = z.object({
  event: z.enum(['declared', 'ended']),
  organisation: z.string(),
  by: z.string(),
  at: InstantSchema,
  interest: InterestSchema,
  reason: z.string().optional(),
});
export type InterestRow = z.output<typeof InterestRowSchema>;

const VersionSchema = z.object({ version: z.int().min(1) });
const GivenSchema = VersionSchema.extend({ delegations: z.array(DelegationSchema) });

/**
 * What the system knows of the people who decide, by the subjects of their tokens: interests, memberships of
 * departments and delegations, in DynamoDB. Each interest is an attribute of one item for each person, `of:<code>`: a
 * decision checks it with one condition in its own transaction, and a declaration needs no look before it writes.
 */
export class PeopleStore {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  /** Memberships that are known to be kept; there are as many as a function sees people. */
  readonly #seen = new Set<string>();

  constructor(client: DynamoDBDocumentClient, table: string) {
    this.client = client;
    this.table = table;
  }

  /** A person's interests, read consistently. */
  async interests(person: string): Promise<Interests> {
    const item = await this.#get(interestsKey(person));
    if (!item) return { version: 0, organisations: {} };
    const declared = Object.entries(item).filter(([attribute]) => attribute.startsWith(interestPrefix));
    return {
      version: VersionSchema.parse(item).version,
      organisations: Object.fromEntries(
        declared.map(([attribute, interest]) => [
          attribute.slice(interestPrefix.length),
          InterestSchema.parse(interest),
        ]),
      ),
    };
  }

  /**
   * The check that a person has no interest in an organisation, or in those that it continues: one check for all of
   * them, since a transaction may touch an item once. It fails with `conflict-of-interest`.
   */
  noInterest(person: string, ...organisations: readonly [string, ...string[]]): GuardedWrite {
    const names = organisations.map((organisation, index) => [
      `#of${index}`,
      interestAttribute(organisation),
    ]);
    return {
      item: {
        ConditionCheck: {
          TableName: this.table,
          Key: interestsKey(person),
          ConditionExpression: names.map(([name]) => `attribute_not_exists(${name})`).join(' AND '),
          ExpressionAttributeNames: Object.fromEntries(names),
        },
      },
      onConditionFailed: () => new DomainError('conflict-of-interest'),
    };
  }

  /** The check that a person's interests are as they were read. It fails with `concurrent-change`. */
  interestsUnchanged(person: string, version: number): GuardedWrite {
    return {
      item: { ConditionCheck: { TableName: this.table, Key: interestsKey(person), ...unchanged(version) } },
    };
  }

  /**
   * The write that declares an interest; one that is declared already stays as it is. Whoever declares by it alone
   * keeps its own record of who, when and why: `declarationRow` makes one.
   */
  declare(person: string, organisation: string, interest: Interest): GuardedWrite {
    return {
      item: {
        Update: {
          TableName: this.table,
          Key: interestsKey(person),
          UpdateExpression:
            'SET #of = if_not_exists(#of, :interest), #version = if_not_exists(#version, :none) + :one',
          ExpressionAttributeNames: { '#of': interestAttribute(organisation), '#version': 'version' },
          ExpressionAttributeValues: { ':interest': interest, ':none': 0, ':one': 1 },
        },
      },
    };
  }

  /** The write that records a declaration for good. */
  declarationRow(person: string, organisation: string, interest: Interest): GuardedWrite {
    return this.#interestRow(person, {
      event: 'declared',
      organisation,
      by: person,
      at: interest.at,
      interest,
    });
  }

  /** The writes that end an interest as it was read, and record who ended it and why. */
  endInterest(
    person: string,
    version: number,
    ending: Pick<InterestRow, 'organisation' | 'by' | 'at' | 'interest'> & { readonly reason: string },
  ): GuardedWrite[] {
    return [
      {
        item: {
          Update: {
            TableName: this.table,
            Key: interestsKey(person),
            UpdateExpression: 'SET #version = #version + :one REMOVE #of',
            ConditionExpression: '#version = :version',
            ExpressionAttributeNames: {
              '#of': interestAttribute(ending.organisation),
              '#version': 'version',
            },
            ExpressionAttributeValues: { ':one': 1, ':version': version },
          },
        },
      },
      this.#interestRow(person, { event: 'ended', ...ending }),
    ];
  }

  /** Every declaration of a person and every end of one, by organisation and time. */
  async interestRows(person: string): Promise<InterestRow[]> {
    const items = await this.#query('INTEREST#', { pk: personKey(person) });
    return items.map((item) => InterestRowSchema.parse(item['row']));
  }

  /** Remembers that a person was seen as a member of a department; repeated, it does nothing. */
  async seeMember(department: string, person: string): Promise<void> {
    const key = memberKey(department, person);
    const known = JSON.stringify(key);
    if (this.#seen.has(known)) return;
    try {
      await this.client.send(
        new PutCommand({
          TableName: this.table,
          Item: { ...key, person },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
    this.#seen.add(known);
  }

  /** Whether a person was seen as a member of a department. */
  async isMember(department: string, person: string): Promise<boolean> {
    return (await this.#get(memberKey(department, person))) !== undefined;
  }

  /** Everybody who was seen as a member of a department, in the order of their ids. */
  async members(department: string): Promise<string[]> {
    const items = await this.#query('MEMBER#', { pk: departmentKey(department) });
    return items.map((item) => z.string().parse(item['person']));
  }

  /**
   * Whether somebody stands in for an absent colleague of the department at an instant: the check, for the transaction
   * of what is done in that place, that it is still so; undefined when it is not so. It is not handed on. The check
   * fails with `concurrent-change`.
   */
  async standsInFor(
    person: string,
    absentee: string,
    department: string,
    at: Date,
  ): Promise<GuardedWrite | undefined> {
    const { version, delegations } = await this.given(absentee);
    const stands = delegations.some(
      (delegation) =>
        delegation.to === person && delegation.department === department && isInForce(delegation, at),
    );
    if (!stands) return undefined;
    return {
      item: { ConditionCheck: { TableName: this.table, Key: givenKey(absentee), ...unchanged(version) } },
    };
  }

  /** What a person has handed over, read consistently; past delegations may be among them. */
  async given(absentee: string): Promise<GivenDelegations> {
    const item = await this.#get(givenKey(absentee));
    return item ? GivenSchema.parse(item) : { version: 0, delegations: [] };
  }

  /** What has been handed over to a person, and ends on a day or after it. */
  async received(person: string, today: string): Promise<Delegation[]> {
    const items = await this.#query('STAND-IN#', { pk: personKey(person), from: today });
    return items.map((item) => DelegationSchema.parse(item['delegation']));
  }

  /** The writes that hand over, on condition that what the absentee has handed over is as it was read. */
  delegation(given: GivenDelegations, delegation: Delegation): GuardedWrite[] {
    // Those that are over are of no more use here; their rows stay.
    const current = given.delegations.filter(({ until }) => until >= delegation.at.slice(0, 10));
    return [
      this.#givenItem(delegation.absentee, given.version, [...current, delegation]),
      this.#newItem({ ...standInKey(delegation), delegation }),
      this.#delegationRow(delegation, 'given', delegation.at),
    ];
  }

  /** The writes that end a delegation before its time, on the same condition. */
  endDelegation(given: GivenDelegations, delegation: Delegation, at: string): GuardedWrite[] {
    const others = given.delegations.filter(({ delegationId }) => delegationId !== delegation.delegationId);
    return [
      this.#givenItem(delegation.absentee, given.version, others),
      { item: { Delete: { TableName: this.table, Key: standInKey(delegation) } } },
      this.#delegationRow(delegation, 'ended', at),
    ];
  }

  /** Writes all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await writeAll(this.client, writes);
  }

  #givenItem(absentee: string, version: number, delegations: readonly Delegation[]): GuardedWrite {
    const Item = { ...givenKey(absentee), version: version + 1, delegations };
    return { item: { Put: { TableName: this.table, Item, ...unchanged(version) } } };
  }

  #delegationRow(delegation: Delegation, event: 'given' | 'ended', at: string): GuardedWrite {
    const pk = personKey(delegation.absentee);
    const row = { event, by: delegation.absentee, at, delegation };
    return this.#newItem({ pk, sk: `DELEGATION#${delegation.delegationId}#${event}`, row });
  }

  #interestRow(person: string, row: InterestRow): GuardedWrite {
    const sk = `INTEREST#${row.organisation}#${row.at}#${row.event}`;
    return this.#newItem({ pk: personKey(person), sk, row });
  }

  #newItem(Item: Record<string, unknown>): GuardedWrite {
    return {
      item: { Put: { TableName: this.table, Item, ConditionExpression: 'attribute_not_exists(pk)' } },
    };
  }

  async #get(Key: ItemKey): Promise<Record<string, unknown> | undefined> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.table, Key, ConsistentRead: true }),
    );
    return Item;
  }

  /** Items of a partition whose sort key begins with a prefix, or comes after it from some point on. */
  async #query(prefix: string, { pk, from = '' }: { pk: string; from?: string }) {
    const items: Record<string, unknown>[] = [];
    const query: QueryCommandInput = {
      TableName: this.table,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
      // Above every character that the keys have.
      ExpressionAttributeValues: { ':pk': pk, ':first': `${prefix}${from}`, ':last': `${prefix}\u{10ffff}` },
      ConsistentRead: true,
    };
    let start: Record<string, unknown> | undefined;
    do {
      const page = await this.client.send(new QueryCommand({ ...query, ExclusiveStartKey: start }));
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start);
    return items;
  }
}
