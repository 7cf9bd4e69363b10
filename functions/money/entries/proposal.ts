import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { DomainError } from '../../shared/errors.ts';
import { FenSchema } from '../../shared/money.ts';
import { InstantSchema, SlugSchema, UlidSchema } from '../../shared/schemas.ts';
import type { Table } from '../../shared/table.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { poolKey } from '../pools/pool-store.ts';

/** What somebody wants booked. */
const ChangeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('appropriation'), amountFen: FenSchema }),
  z.object({
    kind: z.literal('adjustment'),
    direction: z.enum(['increase', 'decrease']),
    amountFen: FenSchema,
  }),
  /** The end of the pool's year: what no award holds goes into another pool, or lapses. */
  z.object({ kind: z.literal('carry-over'), into: SlugSchema.optional(), amountFen: FenSchema }),
]);
export type Change = z.output<typeof ChangeSchema>;

const proposed = {
  entryId: UlidSchema,
  poolId: SlugSchema,
  change: ChangeSchema,
  cause: z.string().min(1),
  /** Idempotency key of the request that proposed it. */
  key: z.string().min(1),
  proposedBy: z.string().min(1),
  proposedAt: InstantSchema,
};
const decided = { by: z.string().min(1), at: InstantSchema };

/** An entry that an operator wants in a pool's ledger, until a second person books or refuses it; kept for good. */
export const ProposalSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('proposed'), ...proposed }),
  z.object({
    status: z.literal('confirmed'),
    ...proposed,
    /** With the version of the pool that it led to. */
    decision: z.object({ ...decided, version: z.int() }),
  }),
  z.object({
    status: z.literal('refused'),
    ...proposed,
    decision: z.object({ ...decided, reason: z.string().min(1) }),
  }),
]);
export type Proposal = z.output<typeof ProposalSchema>;
export type ProposalIn<S extends Proposal['status']> = Extract<Proposal, { status: S }>;

const proposalPrefix = 'PROPOSAL#';

/** Proposals of ledger entries in DynamoDB. */
export class ProposalStore {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;

  constructor(table: Table<'budget'>) {
    this.client = table.client;
    this.table = table.name;
  }

  /** The proposal, read consistently. @throws DomainError not-found */
  async require(poolId: string, entryId: string): Promise<Proposal> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.table, Key: proposalKey(poolId, entryId), ConsistentRead: true }),
    );
    if (!Item) throw new DomainError('not-found');
    return ProposalSchema.parse(Item['state']);
  }

  /** One page of a pool's proposals, newest first, with the key of its last item when more follow. */
  async page(
    poolId: string,
    limit: number,
    start: Record<string, string> | undefined,
  ): Promise<{ proposals: Proposal[]; lastKey: Record<string, unknown> | undefined }> {
    const { Items = [], LastEvaluatedKey } = await this.client.send(
      new QueryCommand({
        TableName: this.table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :proposal)',
        ExpressionAttributeValues: { ':pk': poolKey(poolId).pk, ':proposal': proposalPrefix },
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: limit,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    return {
      proposals: Items.map((item) => ProposalSchema.parse(item['state'])),
      lastKey: LastEvaluatedKey,
    };
  }

  /** The write that puts a new proposal. */
  creation(proposal: ProposalIn<'proposed'>): GuardedWrite {
    return this.#put(proposal, { ConditionExpression: 'attribute_not_exists(pk)' });
  }

  /** The write that settles a proposal, on condition that nobody did before. */
  settlement(proposal: ProposalIn<'confirmed' | 'refused'>): GuardedWrite {
    return this.#put(proposal, {
      ConditionExpression: '#state.#status = :proposed',
      ExpressionAttributeNames: { '#state': 'state', '#status': 'status' },
      ExpressionAttributeValues: { ':proposed': 'proposed' },
    });
  }

  #put(proposal: Proposal, condition: object): GuardedWrite {
    const key = proposalKey(proposal.poolId, proposal.entryId);
    return { item: { Put: { TableName: this.table, Item: { ...key, state: proposal }, ...condition } } };
  }
}

function proposalKey(poolId: string, entryId: string): { pk: string; sk: string } {
  return { pk: poolKey(poolId).pk, sk: `${proposalPrefix}${entryId}` };
}
