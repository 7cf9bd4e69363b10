import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import { type Register, type RegisteredEvent, registerEntries } from '../../register/register-entry.ts';
import type { Outbox } from '../../shared/outbox.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { waitIds } from '../../shared/wait-repository.ts';
import type { OrderStore } from '../orders/order-store.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import type { Booking, Hold } from './booking-decision.ts';
import type { PaymentStore } from './payment-store.ts';

/** Where a booking is written to. */
export interface BookingParts {
  readonly applications: ApplicationStore;
  readonly pools: PoolStore;
  readonly orders: OrderStore;
  readonly payments: PaymentStore;
  readonly register: Register;
  readonly outbox: Outbox;
}

/** The writes of bookings, of one award each: application, line, payment, pool, register, and what waits for the payment. */
export async function bookingWrites(
  parts: BookingParts,
  bookings: readonly Omit<Booking, 'result'>[],
): Promise<GuardedWrite[]> {
  const pools = Map.groupBy(bookings, ({ before }) => before.pool);
  const moved = await Promise.all(
    [...pools].map(async ([poolId, of]) =>
      parts.pools.movement(
        await parts.pools.require(poolId),
        of.flatMap(({ movement }) => (movement ? [movement] : [])),
      ),
    ),
  );
  return [
    ...moved.flat(),
    ...bookings.flatMap((one) => writesOf(parts, one)),
    ...registerEntries(parts.register, bookings.flatMap(registered)),
  ];
}

/** The writes of an award that is held, or held no more. */
export function holdWrites(
  { applications, orders }: Pick<BookingParts, 'applications' | 'orders'>,
  { before, after, note, line, lineAfter }: Hold,
): GuardedWrite[] {
  return [...applications.transition(before, after, note), orders.changedLine(line, lineAfter)];
}

function registered({ after, movement }: Omit<Booking, 'result'>): RegisteredEvent[] {
  if (movement?.kind !== 'payment') return [];
  const { direction, amountFen, at } = movement;
  const event = direction === 'out' ? 'paid' : 'returned';
  return [{ event, application: after, amountFen, at, number: after.version }];
}

function writesOf(parts: BookingParts, booking: Omit<Booking, 'result'>): GuardedWrite[] {
  const { before, after, payment } = booking;
  return [
    ...holdWrites(parts, booking),
    parts.payments.put(payment),
    ...(after.status === 'closed'
      ? [
          parts.outbox.message({
            type: 'resume',
            waitId: waitIds.payment(before.applicationId, before.submission.number),
            output: { outcome: 'closed' },
          }),
        ]
      : []),
  ];
}
