import * as z from 'zod';
import { allocationChoices } from '../../policy/guides/allocation-choices.ts';
import { DomainError } from '../../shared/errors.ts';
import { type Fen, FenSchema, fen } from '../../shared/money.ts';
import { InstantSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';
import {
  ApplicationIdSchema,
  PoolIdSchema,
  type RoundId,
  RoundIdSchema,
  worded,
} from '../../shared/vocabulary.ts';
import { CandidateSchema } from '../pools/candidates.ts';

/** The pool's allocation rule as the guide had it when the round was opened. */
export const TermsSchema = z.object({
  ...allocationChoices,
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
const StatedSchema = DecisionSchema.extend({ reason: z.string() });

const identity = {
  roundId: RoundIdSchema,
  poolId: PoolIdSchema,
  terms: TermsSchema,
  version: z.int().min(1),
  /** Hash of the newest history row: the store links the next one to it. */
  historyHash: z.string().optional(),
  createdAt: InstantSchema,
  openedBy: z.string().min(1),
};
const closed = {
  ...identity,
  closedBy: z.string().min(1),
  closedAt: InstantSchema,
  /** Every time that an operator asked for another plan, and why. */
  replannings: z.array(StatedSchema).optional(),
};
const planned = { ...closed, list: CandidateListSchema, plan: PlanSchema };
const approved = { ...planned, decision: DecisionSchema };
const committed = { ...approved, reservation: ReservationSchema };
const noticed = { ...committed, noticedAt: InstantSchema };
const ordered = { ...noticed, orderedAt: InstantSchema };

/** Statuses of a round that may still take money of its pool. */
const underWay = ['open', 'frozen', 'planned', 'refused', 'approved'] as const;
type UnderWay = (typeof underWay)[number];

/** A budget round through its whole life: its status decides which fields exist. */
export const RoundSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('open'), ...identity }),
  z.object({
    status: z.literal('frozen'),
    ...closed,
    /** Absent until the list is complete; a crash before that begins it again. */
    list: CandidateListSchema.optional(),
    /** Plans made before: more than none when another was asked for, or the money of an approved one was gone. */
    plansMade: z.int().min(0),
  }),
  z.object({ status: z.literal('planned'), ...planned }),
  z.object({ status: z.literal('approved'), ...approved, reservation: ReservationSchema.optional() }),
  /** The approver refused the plan: an operator asks for another one, or gives the round up. */
  z.object({ status: z.literal('refused'), ...planned, decision: StatedSchema }),
  z.object({
    status: z.literal('abandoned'),
    ...identity,
    closedBy: z.string().optional(),
    closedAt: InstantSchema.optional(),
    replannings: z.array(StatedSchema).optional(),
    list: CandidateListSchema.optional(),
    plan: PlanSchema.optional(),
    abandonment: StatedSchema,
  }),
  z.object({ status: z.literal('committed'), ...committed }),
  /** Its awards are public, and each waits for the end of its notice. */
  z.object({ status: z.literal('noticed'), ...noticed }),
  /** No award of it is left that could still be ordered. */
  z.object({ status: z.literal('ordered'), ...ordered }),
  /** Every order of it is paid. */
  z.object({ status: z.literal('closed'), ...ordered, settledAt: InstantSchema }),
  z.object({
    status: z.literal('failed'),
    ...identity,
    failedFrom: worded<UnderWay>(z.string()),
    failure: z.object({ error: z.string(), cause: z.string(), at: InstantSchema }),
    closedBy: z.string().optional(),
    closedAt: InstantSchema.optional(),
    replannings: z.array(StatedSchema).optional(),
    list: CandidateListSchema.optional(),
    plan: PlanSchema.optional(),
    decision: DecisionSchema.optional(),
    reservation: ReservationSchema.optional(),
  }),
]);
export type Round = z.output<typeof RoundSchema>;
export type RoundIn<S extends Round['status']> = Extract<Round, { status: S }>;

const lineIdentity = CandidateSchema.omit({ poolId: true }).extend({ roundId: RoundIdSchema });
const plannedLine = lineIdentity.extend({
  planNumber: z.int().min(1),
  class: z.int().min(1),
  shareFen: FenSchema,
  /** What the plan gave, where the ceiling fell below it before it was committed. */
  plannedFen: FenSchema.optional(),
  explanation: BilingualSchema,
});

/** One candidate of a round, as it was when the round froze its list, and what became of it. */
export const LineSchema = z.discriminatedUnion('status', [
  lineIdentity.extend({ status: z.literal('frozen') }),
  plannedLine.extend({ status: z.literal('planned') }),
  plannedLine.extend({ status: z.literal('carried-over') }),
  /** It had left the pool when another plan was made. */
  plannedLine.extend({ status: z.literal('excluded') }),
  plannedLine.extend({ status: z.literal('committed'), committedAt: InstantSchema }),
  plannedLine.extend({ status: z.literal('dropped'), droppedAt: InstantSchema }),
]);
export type Line = z.output<typeof LineSchema>;
export type PlannedLine = Exclude<Line, { status: 'frozen' }>;

/** Lines that one transaction commits: eight items each, beside those of pool, round and history, within 100. */
export const batchSize = 12;

/** What a round still holds of its pool's reserved money. @throws RangeError when it gave away more than it had. */
export function heldFen(reservation: Reservation): Fen {
  return fen(reservation.totalFen - reservation.committedFen - reservation.releasedFen);
}

/** Lines that one transaction commits: those with a share, from one application to another, both included. */
export const BatchSchema = z.object({
  roundId: RoundIdSchema,
  batch: z.int().min(0),
  from: ApplicationIdSchema,
  to: ApplicationIdSchema,
});
export type Batch = z.output<typeof BatchSchema>;

/** Whether money is planned for a line, or has been committed to it. */
export function isPaid(line: Line): line is PlannedLine {
  return line.status !== 'frozen' && line.shareFen > 0;
}

/** The batches of a plan, in the order of application ids; the same lines always come in the same batches. */
export function batchesOf(roundId: RoundId, lines: readonly Line[]): Batch[] {
  const ids = lines.filter(isPaid).map((line) => line.applicationId);
  ids.sort();
  return Array.from({ length: Math.ceil(ids.length / batchSize) }, (_, batch) => {
    const [from = '', ...rest] = ids.slice(batch * batchSize, (batch + 1) * batchSize);
    return { roundId, batch, from, to: rest.at(-1) ?? from };
  });
}

/** Whether a round may still take money of its pool. */
export function isUnderWay({ status }: Round): boolean {
  return (underWay as readonly Round['status'][]).includes(status);
}

/** The refusal to end a pool's year before its rounds have ended. */
export function roundsUnderWay(): DomainError {
  return new DomainError('not-in-this-state', {
    detail: { zh: '该资金池尚有未结束的分配轮次', en: 'a round of the pool is still under way' },
  });
}

/** Whether the money of every line is where the plan put it. */
export function hasCommitted(round: Round): round is RoundIn<'committed' | 'noticed' | 'ordered' | 'closed'> {
  return ['committed', 'noticed', 'ordered', 'closed'].includes(round.status);
}

/** Everybody who had a hand in the plan that stands: none of them approves it. */
export function plannersOf({ openedBy, closedBy, replannings = [] }: RoundIn<'planned'>): string[] {
  return [openedBy, closedBy, ...replannings.map(({ by }) => by)];
}
