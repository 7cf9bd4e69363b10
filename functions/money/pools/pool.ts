import * as z from 'zod';
import { ActorReferenceSchema } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import { type Fen, FenSchema, fen } from '../../shared/money.ts';
import { InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';
import { EntryIdSchema, PoolIdSchema } from '../../shared/vocabulary.ts';

export const BalancesSchema = z.object({
  appropriatedFen: FenSchema,
  reservedFen: FenSchema,
  /** Awarded; what is paid of it included. */
  committedFen: FenSchema,
  /** Paid out of what is committed. */
  paidFen: FenSchema,
});
export type Balances = z.output<typeof BalancesSchema>;

/** A pool of money and its balances. Every change of a balance raises the version by one and leaves ledger entries. */
export const PoolSchema = BalancesSchema.extend({
  poolId: PoolIdSchema,
  fund: z.string(),
  fiscalYear: z.int(),
  topic: z.string(),
  direction: z.string().optional(),
  title: BilingualSchema,
  version: z.int().min(1),
  createdAt: InstantSchema,
  createdBy: ActorReferenceSchema,
  /** When its year was ended: from then on nothing is put in or reserved, and what awards hold is still paid. */
  closedAt: InstantSchema.optional(),
  /** Hash of its newest ledger entry, or of its definition while it has none. */
  ledgerHash: z.string(),
});
export type Pool = z.output<typeof PoolSchema>;

const movement = {
  amountFen: FenSchema,
  actor: ActorReferenceSchema,
  at: InstantSchema,
  cause: z.string().min(1),
  /** What makes it this movement and no other: the key of the request, or a word made of what it is about. */
  key: z.string().min(1),
  /** The proposal that it was booked by, and the second person who confirmed that. */
  entryId: EntryIdSchema.optional(),
  confirmedBy: ActorReferenceSchema.optional(),
  roundId: z.string().optional(),
  applicationId: z.string().optional(),
};

/** A movement of a pool's money, as the ledger keeps it. */
export const MovementSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('appropriation'), ...movement }),
  /** Changes what was appropriated, either way. */
  z.object({ kind: z.literal('adjustment'), direction: z.enum(['increase', 'decrease']), ...movement }),
  /** At the end of a year: out of a pool and into the next one's, or lapsed with no pool to go to. */
  z.object({
    kind: z.literal('carry-over'),
    direction: z.enum(['in', 'out', 'lapse']),
    otherPoolId: SlugSchema.optional(),
    ...movement,
  }),
  z.object({ kind: z.literal('reservation'), ...movement }),
  /** Turns reserved money into an award's. */
  z.object({ kind: z.literal('commitment'), ...movement }),
  /** Gives money back: what a round reserved and did not need, or a whole award. */
  z.object({ kind: z.literal('release'), of: z.enum(['reservation', 'commitment']), ...movement }),
  /** The bank has paid; `return` takes a payment back that came back to the payer. */
  z.object({ kind: z.literal('payment'), direction: z.enum(['out', 'return']), ...movement }),
  /** Money of an award that was recovered: it is neither paid nor committed any more. */
  z.object({ kind: z.literal('clawback'), ...movement }),
]);
export type Movement = z.output<typeof MovementSchema>;

/** A movement with the version of the pool that it led to, linked to the entry before it. It is never changed. */
export const LedgerEntrySchema = z.object({
  poolId: PoolIdSchema,
  version: z.int().min(2),
  /** Its place among the movements that happened together, from 1. */
  line: z.int().min(1),
  movement: MovementSchema,
  /** Of the version, so after every movement of it. */
  balances: BalancesSchema,
  previous: z.string(),
  hash: z.string(),
});
export type LedgerEntry = z.output<typeof LedgerEntrySchema>;
/** What the balances follow from. */
export type BookedMovement = Pick<LedgerEntry, 'poolId' | 'version' | 'movement'>;

/** What is neither reserved nor committed. */
export function availableFen(balances: Balances): Fen {
  return fen(balances.appropriatedFen - balances.reservedFen - balances.committedFen);
}

/** The refusal of whatever needs a pool whose year has not ended. */
export function poolClosed(): DomainError {
  return new DomainError('not-in-this-state', {
    detail: { zh: '该资金池已年终结转，不再接受', en: "the pool's year has been ended" },
  });
}
