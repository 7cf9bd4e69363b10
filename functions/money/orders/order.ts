import * as z from 'zod';
import { SealedAccountSchema } from '../../filing/bank-accounts/bank-account.ts';
import { FenSchema } from '../../shared/money.ts';
import { DateSchema, InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import {
  ApplicationIdSchema,
  KnownOrganisationSchema,
  OrderIdSchema,
  PoolIdSchema,
  RoundIdSchema,
} from '../../shared/vocabulary.ts';

/** The lines of an order, once every one of them is written. */
const OrderListSchema = z.object({
  lineCount: z.int().min(1),
  totalFen: FenSchema,
  /** Hash of the lines: what an approval is given for. */
  contentHash: z.string(),
});

const DecisionSchema = z.object({ by: z.string().min(1), at: InstantSchema });

const identity = {
  orderId: OrderIdSchema,
  roundId: RoundIdSchema,
  poolId: PoolIdSchema,
  /** The items that it is about; absent when it is about every item of the round. */
  items: z.array(SlugSchema).optional(),
  version: z.int().min(1),
  /** Hash of the newest history row: the store links the next one to it. */
  historyHash: z.string().optional(),
  createdAt: InstantSchema,
  draftedBy: z.string().min(1),
};
const listed = { ...identity, list: OrderListSchema };
const approved = {
  ...listed,
  decision: DecisionSchema,
  /** Which run of the state machine issues it, from 1. */
  attempt: z.int().min(1),
};

/** An order to pay the awards of a round (glossary, "order") through its whole life. */
export const OrderSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('drafted'),
    ...identity,
    /** Absent until every line is written; a crash before that begins them again. */
    list: OrderListSchema.optional(),
  }),
  z.object({
    status: z.literal('refused'),
    ...listed,
    decision: DecisionSchema.extend({ reason: z.string() }),
  }),
  z.object({ status: z.literal('approved'), ...approved }),
  z.object({
    status: z.literal('failed'),
    ...approved,
    failure: z.object({ error: z.string(), cause: z.string(), at: InstantSchema }),
  }),
  z.object({
    status: z.literal('issued'),
    ...approved,
    issuedAt: InstantSchema,
    orderedCount: z.int().min(0),
    orderedFen: FenSchema,
  }),
]);
export type Order = z.output<typeof OrderSchema>;
export type OrderIn<S extends Order['status']> = Extract<Order, { status: S }>;

/** Why a line was not ordered; a later order may have it. */
export const leftOutReasons = [
  'withdrawn',
  'cancelled',
  'duplicate',
  'ordered-before',
  'notice-open',
  'held',
  'objected',
  'dishonesty-listed',
  'award-changed',
  'same-person',
] as const;
export type LeftOutReason = (typeof leftOutReasons)[number];

const line = {
  orderId: OrderIdSchema,
  applicationId: ApplicationIdSchema,
  organisation: KnownOrganisationSchema,
  organisationName: z.string(),
  predecessors: z.array(KnownOrganisationSchema).optional(),
  item: SlugSchema,
  /** The award that was noticed. */
  awardFen: FenSchema,
  /** What is to be paid: the award, or less for a reason. */
  fen: FenSchema,
  reason: z.string().optional(),
  /** Where it is to be paid, as it stood when the line was listed; absent where the enterprise had put no account. */
  account: SealedAccountSchema.pick({
    ...{ ciphertext: true, lastFour: true, version: true, fingerprint: true },
  }).optional(),
  /** Everybody who was involved in the application when it was listed: none of them approves the order. */
  deciders: z.array(z.string()),
};

/**
 * A later word of the bank on a payment that has its result: that it was paid after all, that more of it was, or that it
 * came back. Money may be elsewhere than the books say, so nothing more is paid of the award until a person has decided.
 */
export const ContradictionSchema = z.object({
  paymentId: z.string(),
  reference: z.string(),
  result: z.enum(['paid', 'partial', 'returned']),
  amountFen: FenSchema,
  date: DateSchema,
  /** When it was taken for the bank's, and who had brought it. */
  at: InstantSchema,
  by: z.string().min(1),
});
export type Contradiction = z.output<typeof ContradictionSchema>;

/** One award of an order, and what became of it. */
export const OrderLineSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('drafted'), ...line }),
  z.object({ status: z.literal('left-out'), ...line, leftOut: z.enum(leftOutReasons), at: InstantSchema }),
  z.object({
    status: z.literal('ordered'),
    ...line,
    at: InstantSchema,
    /** What the bank has paid, less what came back to it. */
    paidFen: FenSchema,
    /** The payment that is under way: no other is made meanwhile. */
    payment: z.string().optional(),
    /** The payment that came back last: what is paid next is paid again. */
    returned: z.string().optional(),
    /** What the bank has contradicted itself in; absent when nothing is to be decided. */
    held: z.array(ContradictionSchema).optional(),
    /** Rises with every change, which is the condition of the next one. */
    revision: z.int().min(1),
  }),
]);
export type OrderLine = z.output<typeof OrderLineSchema>;
export type OrderedLine = Extract<OrderLine, { status: 'ordered' }>;

/** How an ordered line changes. */
export type LineChange = Pick<OrderedLine, 'paidFen'> & {
  readonly payment: string | undefined;
  readonly held?: readonly Contradiction[] | undefined;
  /** The payment that came back, if one did. */
  readonly returned?: string | undefined;
};

/** An ordered line in its next revision; what it is held for, and what came back, stays unless the change has it. */
export function changedLine(before: OrderedLine, change: LineChange): OrderedLine {
  const { payment: _, held: heldBefore = [], ...kept } = before;
  const { paidFen, payment, held = heldBefore, returned = before.returned } = change;
  return {
    ...kept,
    paidFen,
    revision: before.revision + 1,
    ...(payment !== undefined && { payment }),
    ...(held.length > 0 && { held: [...held] }),
    ...(returned !== undefined && { returned }),
  };
}

/** Lines that one transaction orders: six items each, beside those of pool and order, within 100. */
export const orderBatchSize = 16;

/** Lines in batches; the same lines always come in the same batches. */
export function orderBatches(lines: readonly OrderLine[]): OrderLine[][] {
  const sorted = [...lines].sort((a, b) => (a.applicationId < b.applicationId ? -1 : 1));
  return Array.from({ length: Math.ceil(sorted.length / orderBatchSize) }, (_, batch) =>
    sorted.slice(batch * orderBatchSize, (batch + 1) * orderBatchSize),
  );
}
