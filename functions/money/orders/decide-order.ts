import type { PeopleStore } from '../../people/people-store.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Outbox } from '../../shared/outbox.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { OrderId } from '../../shared/vocabulary.ts';
import { requireImpartial } from '../pools/duties.ts';
import { linesHash } from './draft-order.ts';
import type { Order, OrderIn } from './order.ts';
import type { OrderStore } from './order-store.ts';

export type OrderDecision =
  | { readonly outcome: 'approve'; readonly contentHash: string }
  | { readonly outcome: 'refuse'; readonly contentHash: string; readonly reason: string };

/**
 * Takes the second person's decision on an order; approved, its state machine issues it. The hash says which lines were
 * looked at. Nobody who was involved in an application of it decides, nor who has an interest in its organisation.
 * @throws DomainError not-found; not-in-this-state when there is nothing to decide any more; version-mismatch for other
 * lines; same-person; conflict-of-interest. Error when the lines were altered.
 */
export async function decideOrder(
  parts: {
    readonly orders: OrderStore;
    readonly people: PeopleStore;
    readonly outbox: Outbox;
    readonly clock: Clock;
  },
  actor: Actor,
  orderId: OrderId,
  decision: OrderDecision,
): Promise<Order> {
  if (!actor.roles.includes('budget-approver')) throw new DomainError('forbidden');
  return decideAgainOnConflict(async () => {
    const order = await parts.orders.require(orderId);
    if (order.status !== 'drafted' || !order.list) throw new DomainError('not-in-this-state');
    if (order.draftedBy === actor.id) throw new DomainError('same-person');
    const { list } = order;
    if (decision.contentHash !== list.contentHash) throw new DomainError('version-mismatch');
    const lines = await parts.orders.lines(orderId);
    if (linesHash(lines) !== list.contentHash) throw new Error('the lines of the order were altered');
    const impartial = await requireImpartial(parts.people, actor, lines);
    const at = parts.clock().toISOString();
    const version = order.version + 1;
    const by = { by: actor.id, at };
    const decided: Order =
      decision.outcome === 'approve'
        ? { ...order, list, status: 'approved', version, decision: by, attempt: 1 }
        : { ...order, list, status: 'refused', version, decision: { ...by, reason: decision.reason } };
    await parts.orders.write([
      impartial,
      ...parts.orders.transition(order, decided, {
        at,
        actor: { id: actor.id, role: 'budget-approver' },
        event: decided.status,
      }),
      ...(decided.status === 'approved'
        ? [parts.outbox.message({ type: 'start-order', orderId, attempt: decided.attempt })]
        : []),
    ]);
    return decided;
  });
}

/** After this long, the execution of an order that is not issued has ended without a word: an hour, in ms. */
const stalledAfter = 3_600_000;

/**
 * Has an order issued again that failed, or whose execution ended without recording it: lines that are settled stay so,
 * and a second execution beside one that still runs does nothing twice.
 * @throws DomainError not-found; not-in-this-state unless it failed or has stalled.
 */
export async function resumeOrder(
  parts: { readonly orders: OrderStore; readonly outbox: Outbox; readonly clock: Clock },
  actor: Actor,
  orderId: OrderId,
): Promise<Order> {
  return decideAgainOnConflict(async () => {
    const order = await parts.orders.require(orderId);
    const now = parts.clock();
    const stalled =
      order.status === 'approved' && now.getTime() - Date.parse(order.decision.at) > stalledAfter;
    if (order.status !== 'failed' && !stalled) throw new DomainError('not-in-this-state');
    const attempt = order.attempt + 1;
    const resumed: Order = { ...withoutFailure(order), version: order.version + 1, attempt };
    await parts.orders.write([
      ...parts.orders.transition(order, resumed, {
        at: now.toISOString(),
        actor: { id: actor.id, role: 'operator' },
        event: 'resumed',
      }),
      parts.outbox.message({ type: 'start-order', orderId, attempt }),
    ]);
    return resumed;
  });
}

function withoutFailure(order: OrderIn<'approved' | 'failed'>): OrderIn<'approved'> {
  if (order.status === 'approved') return order;
  const { failure: _, ...kept } = order;
  return { ...kept, status: 'approved' };
}
