import type { Status } from '../../filing/applications/lifecycle.ts';
import type { ActorReference } from '../../shared/actor.ts';
import { systemActor } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { StepNote } from '../../shared/history.ts';
import type { Movement } from '../pools/pool.ts';
import { releaseReservation } from './reservation-calculation.ts';
import { hasCommitted, type Line, plannersOf, type Round, type RoundIn } from './round.ts';

/**
 * The only ways from one status to another; the store repeats the version a transition starts from as the condition of
 * its write. From frozen to frozen leads the fence of a task that writes lines, from planned and refused to frozen another
 * planning, from approved to frozen a plan whose money was gone, from approved to approved the reservation and each batch.
 */
export const roundTransitions = {
  open: ['frozen', 'abandoned', 'failed'],
  frozen: ['frozen', 'planned', 'failed'],
  planned: ['approved', 'refused', 'frozen', 'abandoned', 'failed'],
  refused: ['frozen', 'abandoned', 'failed'],
  approved: ['approved', 'frozen', 'committed', 'failed'],
  committed: ['noticed'],
  noticed: ['ordered'],
  ordered: ['closed'],
  closed: [],
  abandoned: [],
  failed: [],
} as const satisfies Record<Round['status'], readonly Round['status'][]>;

/** What happens to a round. */
export type RoundEvent =
  | 'opened'
  | 'closed'
  | 'list-begun'
  | 'list-frozen'
  | 'plan-begun'
  | 'planned'
  | 'plan-approved'
  | 'plan-refused'
  | 'replanned'
  | 'abandoned'
  | 'money-gone'
  | 'reserved'
  | `batch-${number}-committed`
  | 'committed'
  | 'noticed'
  | 'ordered'
  | 'failed';

/** What a round becomes, and what is noted of it. */
export interface RoundStep<S extends Round['status']> {
  readonly to: RoundIn<S>;
  readonly note: StepNote<RoundEvent>;
}

/** Who decides, by the subject of a token, and when. */
interface By {
  readonly by: string;
  readonly at: string;
}

export type PlanDecision =
  | { readonly outcome: 'approve'; readonly planHash: string }
  | { readonly outcome: 'refuse'; readonly planHash: string; readonly reason: string };

/** A round that is closed to new candidates. @throws DomainError not-in-this-state when it was closed before. */
export function closed(round: Round, { by, at }: By): RoundStep<'frozen'> {
  if (round.status !== 'open') throw new DomainError('not-in-this-state');
  const { version } = round;
  return {
    to: { ...round, status: 'frozen', version: version + 1, closedBy: by, closedAt: at, plansMade: 0 },
    note: { at, actor: operator(by), event: 'closed' },
  };
}

/**
 * A round whose plan a second person decided on. The hash says which plan was looked at.
 * @throws DomainError not-in-this-state when there is no plan to decide; same-person for whoever opened, closed or
 * replanned the round; version-mismatch for another plan.
 */
export function planDecided(
  round: Round,
  decision: PlanDecision,
  by: By,
): RoundStep<'approved'> | RoundStep<'refused'> {
  if (round.status !== 'planned') throw new DomainError('not-in-this-state');
  if (plannersOf(round).includes(by.by)) throw new DomainError('same-person');
  if (decision.planHash !== round.plan.hash) throw new DomainError('version-mismatch');
  const version = round.version + 1;
  const note = { at: by.at, actor: { id: by.by, role: 'budget-approver' } as const };
  if (decision.outcome === 'approve') {
    const to = { ...round, status: 'approved' as const, version, decision: by };
    return { to, note: { ...note, event: 'plan-approved' } };
  }
  const stated = { ...by, reason: decision.reason };
  const to = { ...round, status: 'refused' as const, version, decision: stated };
  return { to, note: { ...note, event: 'plan-refused' } };
}

/**
 * A round that is planned once more.
 * @returns also the round with the plan that is replaced.
 * @throws DomainError not-in-this-state without a plan to replace.
 */
export function replanned(
  round: Round,
  reason: string,
  { by, at }: By,
): RoundStep<'frozen'> & { readonly replaced: RoundIn<'planned' | 'refused'> } {
  if (round.status !== 'planned' && round.status !== 'refused') throw new DomainError('not-in-this-state');
  const { plan, replannings = [] } = round;
  const to: RoundIn<'frozen'> = {
    ...withoutPlan(round),
    version: round.version + 1,
    plansMade: plan.number,
    replannings: [...replannings, { by, at, reason }],
  };
  return { to, note: { at, actor: operator(by), event: 'replanned' }, replaced: round };
}

/**
 * A round that is given up before any money is reserved for it.
 * @returns also the number of the plan that waits for its approval, if one does.
 * @throws DomainError not-in-this-state once its plan is approved, or while it is being planned.
 */
export function abandoned(
  round: Round,
  reason: string,
  { by, at }: By,
): RoundStep<'abandoned'> & { readonly planNumber: number | undefined } {
  const { status } = round;
  if (status !== 'open' && status !== 'planned' && status !== 'refused') {
    throw new DomainError('not-in-this-state');
  }
  const to: RoundIn<'abandoned'> = {
    ...round,
    status: 'abandoned',
    version: round.version + 1,
    abandonment: { by, at, reason },
  };
  const planNumber = status === 'open' ? undefined : round.plan.number;
  return { to, note: { at, actor: operator(by), event: 'abandoned' }, planNumber };
}

/**
 * A round whose batches are all done: money of dropped lines goes back to the pool.
 * @throws DomainError not-in-this-state without a reservation; Error while a line is still to be committed.
 */
export function committed(
  round: Round,
  lines: readonly Line[],
  at: string,
): RoundStep<'committed'> & { readonly movements: Movement[] } {
  if (round.status !== 'approved' || !round.reservation) throw new DomainError('not-in-this-state');
  if (lines.some((line) => line.status === 'planned')) throw new Error('a line is not committed yet');
  const { roundId, version } = round;
  const { reservation, movements } = releaseReservation(roundId, round.reservation, 'round finished', at);
  return {
    to: { ...round, status: 'committed', version: version + 1, reservation },
    note: { at, actor: systemActor, event: 'committed' },
    movements,
  };
}

/** A round whose awards are public. */
export function noticed(round: RoundIn<'committed'>, at: string): RoundStep<'noticed'> {
  return {
    to: { ...round, status: 'noticed', version: round.version + 1, noticedAt: at },
    note: { at, actor: systemActor, event: 'noticed' },
  };
}

/**
 * The next step of a round that its awards have come to, or undefined: ordered when none of them waits for its order
 * any more, closed when every order is paid. What was withdrawn, found a duplicate or cancelled waits for nothing.
 * @param statuses those that the applications with an award of it are in.
 */
export function advanced(
  round: Round,
  statuses: ReadonlySet<Status>,
  at: string,
): RoundStep<'ordered'> | RoundStep<'closed'> | undefined {
  const version = round.version + 1;
  const note = { at, actor: systemActor };
  if (round.status === 'noticed' && !statuses.has('allocated') && !statuses.has('noticed')) {
    return {
      to: { ...round, status: 'ordered', version, orderedAt: at },
      note: { ...note, event: 'ordered' },
    };
  }
  if (round.status === 'ordered' && !statuses.has('ordered')) {
    return { to: { ...round, status: 'closed', version, settledAt: at }, note: { ...note, event: 'closed' } };
  }
  return undefined;
}

/**
 * A round that could not be brought to an end: what it still holds of its pool goes back, awards that are committed
 * stay. Undefined for one that has ended.
 */
export function failed(
  round: Round,
  { error, cause, at }: { readonly error: string; readonly cause: string; readonly at: string },
): (RoundStep<'failed'> & { readonly movements: Movement[] }) | undefined {
  if (round.status === 'failed' || round.status === 'abandoned' || hasCommitted(round)) return undefined;
  const held = 'reservation' in round ? round.reservation : undefined;
  const release = held && releaseReservation(round.roundId, held, 'round failed', at);
  return {
    to: {
      ...round,
      status: 'failed',
      version: round.version + 1,
      failedFrom: round.status,
      failure: { error, cause: cause.slice(0, 1000), at },
      ...(release && { reservation: release.reservation }),
    },
    note: { at, actor: systemActor, event: 'failed' },
    movements: release?.movements ?? [],
  };
}

function withoutPlan(round: RoundIn<'planned' | 'refused'>): Omit<RoundIn<'frozen'>, 'plansMade'> {
  const { status: _, plan: __, ...frozen } = round;
  if (!('decision' in frozen)) return { ...frozen, status: 'frozen' };
  const { decision: ___, ...kept } = frozen;
  return { ...kept, status: 'frozen' };
}

function operator(id: string): ActorReference {
  return { id, role: 'operator' };
}
