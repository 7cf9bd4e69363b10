import { requireImpartial } from '../budget/duties.ts';
import type { PeopleStore } from '../people/people-store.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import type { Outbox } from '../shared/outbox.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import { linesHash } from './draft-order.ts';
import type { Order } from './order.ts';
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
  orderId: string,
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

/**
 * Has an order that failed issued again: lines that are settled stay so.
 * @throws DomainError not-found; not-in-this-state unless it failed.
 */
export async function resumeOrder(
  parts: { readonly orders: OrderStore; readonly outbox: Outbox; readonly clock: Clock },
  actor: Actor,
  orderId: string,
): Promise<Order> {
  return decideAgainOnConflict(async () => {
    const order = await parts.orders.require(orderId);
    if (order.status !== 'failed') throw new DomainError('not-in-this-state');
    const { failure: _, ...kept } = order;
    const attempt = order.attempt + 1;
    const resumed: Order = { ...kept, status: 'approved', version: order.version + 1, attempt };
    await parts.orders.write([
      ...parts.orders.transition(order, resumed, {
        at: parts.clock().toISOString(),
        actor: { id: actor.id, role: 'operator' },
        event: 'resumed',
      }),
      parts.outbox.message({ type: 'start-order', orderId, attempt }),
    ]);
    return resumed;
  });
}
