import * as z from 'zod';
import { InstantSchema, SlugSchema, UlidSchema } from '../contracts/schemas.ts';
import { type Fen, FenSchema, fen } from '../shared/money.ts';
import { BilingualSchema } from '../shared/text.ts';
import { CandidateSchema } from './candidates.ts';

/** The pool's allocation rule as the guide had it when the round was opened. */
export const TermsSchema = z.object({
  mode: z.enum(['pro-rata', 'ranked']),
  residue: z.enum(['keep', 'largest-remainder', 'quota-monotone']),
  unit: z.enum(['fen', 'yuan', 'hundred-yuan', 'ten-thousand-yuan']),
  minimumPayableFen: FenSchema,
});

/** The frozen list of candidates, once every line of it is written. */
const CandidateListSchema = z.object({ candidateCount: z.int().min(0), candidatesHash: z.string() });

const PlanSchema = z.object({
  number: z.int().min(1),
  /** Hash of the algorithm, the inputs and every line's share: what an approval is given for. */
  hash: z.string(),
  algorithm: z.string(),
  availableFen: FenSchema,
  plannedFen: FenSchema,
  residueFen: FenSchema,
  at: InstantSchema,
});
export type Plan = z.output<typeof PlanSchema>;

/** What the round holds of its pool's reserved money: total less committed less released. */
const ReservationSchema = z.object({
  totalFen: FenSchema,
  committedFen: FenSchema,
  releasedFen: FenSchema,
});
export type Reservation = z.output<typeof ReservationSchema>;

const DecisionSchema = z.object({ by: z.string().min(1), at: InstantSchema });

const identity = {
  roundId: UlidSchema,
  poolId: SlugSchema,
  terms: TermsSchema,
  version: z.int().min(1),
  createdAt: InstantSchema,
  openedBy: z.string().min(1),
};
const closed = { ...identity, closedBy: z.string().min(1), closedAt: InstantSchema };
const planned = { ...closed, list: CandidateListSchema, plan: PlanSchema };
const approved = { ...planned, decision: DecisionSchema };

/** A budget round through its whole life: its status decides which fields exist. */
export const RoundSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('open'), ...identity }),
  z.object({
    status: z.literal('frozen'),
    ...closed,
    /** Absent until the list is complete; a crash before that begins it again. */
    list: CandidateListSchema.optional(),
    /** Plans made before: more than none when the money of an approved plan was gone by the time it was reserved. */
    plansMade: z.int().min(0),
  }),
  z.object({ status: z.literal('planned'), ...planned }),
  z.object({ status: z.literal('approved'), ...approved, reservation: ReservationSchema.optional() }),
  z.object({ status: z.literal('committed'), ...approved, reservation: ReservationSchema }),
  z.object({
    status: z.literal('refused'),
    ...planned,
    decision: DecisionSchema.extend({ reason: z.string() }),
  }),
  z.object({
    status: z.literal('failed'),
    ...identity,
    failedFrom: z.string(),
    failure: z.object({ error: z.string(), cause: z.string(), at: InstantSchema }),
    closedBy: z.string().optional(),
    closedAt: InstantSchema.optional(),
    list: CandidateListSchema.optional(),
    plan: PlanSchema.optional(),
    decision: DecisionSchema.optional(),
    reservation: ReservationSchema.optional(),
  }),
]);
export type Round = z.output<typeof RoundSchema>;
export type RoundIn<S extends Round['status']> = Extract<Round, { status: S }>;

/**
 * The only ways from one status to another; the store repeats the version a transition starts from as the condition of
 * its write. From frozen to frozen leads the fence of a task that writes lines, from approved to frozen a plan whose
 * money was gone, from approved to approved the reservation and each batch.
 */
export const roundTransitions = {
  open: ['frozen', 'failed'],
  frozen: ['frozen', 'planned', 'failed'],
  planned: ['approved', 'refused', 'failed'],
  approved: ['approved', 'frozen', 'committed', 'failed'],
  committed: [],
  refused: [],
  failed: [],
} as const satisfies Record<Round['status'], readonly Round['status'][]>;

const lineIdentity = CandidateSchema.omit({ poolId: true }).extend({ roundId: UlidSchema });
const plannedLine = lineIdentity.extend({
  planNumber: z.int().min(1),
  class: z.int().min(1),
  shareFen: FenSchema,
  explanation: BilingualSchema,
});

/** One candidate of a round, as it was when the round froze its list, and what became of it. */
export const LineSchema = z.discriminatedUnion('status', [
  lineIdentity.extend({ status: z.literal('frozen') }),
  plannedLine.extend({ status: z.literal('planned') }),
  plannedLine.extend({ status: z.literal('carried-over') }),
  plannedLine.extend({ status: z.literal('committed'), committedAt: InstantSchema }),
  plannedLine.extend({ status: z.literal('dropped'), droppedAt: InstantSchema }),
]);
export type Line = z.output<typeof LineSchema>;
export type PlannedLine = Exclude<Line, { status: 'frozen' }>;

/** Lines that one transaction commits: six writes each, beside those of pool, round and history, within 100. */
export const batchSize = 16;

/** What a round still holds of its pool's reserved money. @throws RangeError when it gave away more than it had. */
export function heldFen(reservation: Reservation): Fen {
  return fen(reservation.totalFen - reservation.committedFen - reservation.releasedFen);
}

/** Lines of a plan that money is for, in batches; the same lines always come in the same batches. */
export function batchesOf(lines: readonly Line[]): PlannedLine[][] {
  const paid = lines.filter((line): line is PlannedLine => line.status !== 'frozen' && line.shareFen > 0);
  paid.sort((a, b) => (a.applicationId < b.applicationId ? -1 : 1));
  return Array.from({ length: Math.ceil(paid.length / batchSize) }, (_, batch) =>
    paid.slice(batch * batchSize, (batch + 1) * batchSize),
  );
}
