import type { BankAccountStore } from '../../filing/bank-accounts/bank-account-store.ts';
import type { PeopleStore } from '../../people/people-store.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Outbox } from '../../shared/outbox.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { OrderId } from '../../shared/vocabulary.ts';
import { requireImpartial } from '../pools/duties.ts';
import { linesHash, requireSameAccounts } from './draft-decision.ts';
import type { Order } from './order.ts';
import { decided, type OrderDecision, requireDecidable, resumed } from './order-lifecycle.ts';
import type { OrderStore } from './order-store.ts';

/**
 * Takes the second person's decision on an order; approved, its state machine issues it. The hash says which lines were
 * looked at. Nobody who was involved in an application of it decides, nor who has an interest in its organisation.
 * @throws DomainError not-found; not-in-this-state when there is nothing to decide any more; version-mismatch for other
 * lines; basis-changed when an account has changed since; same-person; conflict-of-interest. Error when the lines were altered.
 */
export async function decideOrder(
  parts: {
    readonly orders: OrderStore;
    readonly accounts: Pick<BankAccountStore, 'of'>;
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
    const order = requireDecidable(await parts.orders.require(orderId), decision, actor.id);
    const lines = await parts.orders.lines(orderId);
    if (linesHash(lines) !== order.list.contentHash) throw new Error('the lines of the order were altered');
    const impartial = await requireImpartial(parts.people, actor, lines);
    if (decision.outcome === 'approve') {
      requireSameAccounts(
        lines,
        await parts.accounts.of(
          lines.map(({ organisation }) => organisation),
          parts.clock(),
        ),
      );
    }
    const { to, note } = decided(order, decision, { by: actor.id, at: parts.clock().toISOString() });
    await parts.orders.write([
      impartial,
      ...parts.orders.transition(order, to, note),
      ...(to.status === 'approved'
        ? [parts.outbox.message({ type: 'start-order', orderId, attempt: to.attempt })]
        : []),
    ]);
    return to;
  });
}

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
    const { to, note } = resumed(order, actor.id, parts.clock());
    await parts.orders.write([
      ...parts.orders.transition(order, to, note),
      parts.outbox.message({ type: 'start-order', orderId, attempt: to.attempt }),
    ]);
    return to;
  });
}
