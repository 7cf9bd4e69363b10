import type { Order, OrderLine } from './order.ts';

/** An order as officials see it: what it does not have yet is left out. */
export function orderView(order: Order) {
  const { orderId, roundId, poolId, status, items, createdAt, draftedBy } = order;
  return {
    ...{ orderId, roundId, poolId, status, items, createdAt, draftedBy },
    ...order.list,
    ...('decision' in order && { decidedBy: order.decision.by }),
    ...(order.status === 'refused' && { reason: order.decision.reason }),
    // The error's name only: its message may say more than a view should show, and stands in the record.
    ...(order.status === 'failed' && { reason: order.failure.error }),
    ...(order.status === 'issued' && { orderedCount: order.orderedCount, orderedFen: order.orderedFen }),
  };
}

/** A line of an order as officials see it. */
export function orderLineView(line: OrderLine) {
  const { deciders: _, account: __, ...shown } = line;
  return shown;
}
