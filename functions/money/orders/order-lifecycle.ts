import { systemActor } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { StepNote } from '../../shared/history.ts';
import { sumFen } from '../../shared/money.ts';
import type { Order, OrderIn, OrderLine } from './order.ts';

/**
 * The only ways from one status to another. From drafted to drafted lead the fence of whoever writes the lines and
 * their completion, from failed back to approved an operator who has it tried again.
 */
export const orderTransitions = {
  drafted: ['drafted', 'approved', 'refused'],
  refused: [],
  approved: ['approved', 'failed', 'issued'],
  failed: ['approved'],
  issued: [],
} as const satisfies Record<Order['status'], readonly Order['status'][]>;

/** What happens to an order. */
export type OrderEvent =
  | 'lines-begun'
  | 'lines-begun-again'
  | 'drafted'
  | 'approved'
  | 'refused'
  | 'resumed'
  | 'issued'
  | 'failed';

/** What an order becomes, and what is noted of it. */
export interface OrderStep<S extends Order['status']> {
  readonly to: OrderIn<S>;
  readonly note: StepNote<OrderEvent>;
}

/** Who decides, by the subject of a token, and when. */
interface By {
  readonly by: string;
  readonly at: string;
}

export type OrderDecision =
  | { readonly outcome: 'approve'; readonly contentHash: string }
  | { readonly outcome: 'refuse'; readonly contentHash: string; readonly reason: string };

/** An order whose lines are all written. */
export type Listed = OrderIn<'drafted'> & { readonly list: NonNullable<OrderIn<'drafted'>['list']> };

/** After this long, the execution of an order that is not issued has ended without a word: an hour, in ms. */
const stalledAfter = 3_600_000;

/**
 * The order if a person may decide on the lines that they looked at.
 * @throws DomainError not-in-this-state when there is nothing to decide; same-person for whoever drafted it;
 * version-mismatch for other lines.
 */
export function requireDecidable(order: Order, { contentHash }: OrderDecision, person: string): Listed {
  if (order.status !== 'drafted' || !order.list) throw new DomainError('not-in-this-state');
  if (order.draftedBy === person) throw new DomainError('same-person');
  if (contentHash !== order.list.contentHash) throw new DomainError('version-mismatch');
  return { ...order, list: order.list };
}

/** An order that a second person decided on; approved, it is to be issued. */
export function decided(
  order: Listed,
  decision: OrderDecision,
  { by, at }: By,
): OrderStep<'approved'> | OrderStep<'refused'> {
  const version = order.version + 1;
  const note = { at, actor: { id: by, role: 'budget-approver' } as const };
  if (decision.outcome === 'approve') {
    const to = { ...order, status: 'approved' as const, version, decision: { by, at }, attempt: 1 };
    return { to, note: { ...note, event: 'approved' } };
  }
  const { reason } = decision;
  const to = { ...order, status: 'refused' as const, version, decision: { by, at, reason } };
  return { to, note: { ...note, event: 'refused' } };
}

/**
 * An order that is issued again.
 * @throws DomainError not-in-this-state unless it failed, or its execution ended without recording it.
 */
export function resumed(order: Order, by: string, now: Date): OrderStep<'approved'> {
  const stalled = order.status === 'approved' && now.getTime() - Date.parse(order.decision.at) > stalledAfter;
  if (order.status !== 'failed' && !stalled) throw new DomainError('not-in-this-state');
  return {
    to: { ...withoutFailure(order), version: order.version + 1, attempt: order.attempt + 1 },
    note: { at: now.toISOString(), actor: { id: by, role: 'operator' }, event: 'resumed' },
  };
}

/**
 * An order whose lines are all settled, or undefined for one that was issued before.
 * @throws DomainError not-in-this-state when it is not approved.
 */
export function issued(
  order: Order,
  lines: readonly OrderLine[],
  at: string,
): OrderStep<'issued'> | undefined {
  if (order.status === 'issued') return undefined;
  if (order.status !== 'approved') throw new DomainError('not-in-this-state');
  const ordered = lines.filter((line) => line.status === 'ordered');
  return {
    to: {
      ...order,
      status: 'issued',
      version: order.version + 1,
      issuedAt: at,
      orderedCount: ordered.length,
      orderedFen: sumFen(ordered.map((line) => line.fen)),
    },
    note: { at, actor: systemActor, event: 'issued' },
  };
}

/** An order that could not be issued to its end, or undefined for one that is not being issued. */
export function failed(
  order: Order,
  { error, cause, at }: { readonly error: string; readonly cause: string; readonly at: string },
): OrderStep<'failed'> | undefined {
  if (order.status !== 'approved') return undefined;
  const failure = { error, cause: cause.slice(0, 1000), at };
  return {
    to: { ...order, status: 'failed', version: order.version + 1, failure },
    note: { at, actor: systemActor, event: 'failed' },
  };
}

function withoutFailure(order: OrderIn<'approved' | 'failed'>): OrderIn<'approved'> {
  if (order.status === 'approved') return order;
  const { failure: _, ...kept } = order;
  return { ...kept, status: 'approved' };
}
