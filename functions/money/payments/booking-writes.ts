import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { BankAccountStore } from '../../filing/bank-accounts/bank-account-store.ts';
import { type Register, type RegisteredEvent, registerEntries } from '../../register/register-entry.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Outbox } from '../../shared/outbox.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { waitIds } from '../../shared/wait-repository.ts';
import type { OrderStore } from '../orders/order-store.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import { accountReturnOf, type Booking, type Hold } from './booking.ts';
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

/** The writes that keep from which accounts payments came back, one for each organisation. */
export async function returnWrites(
  { accounts, clock }: { readonly accounts: BankAccountStore; readonly clock: Clock },
  bookings: readonly Pick<Booking, 'payment'>[],
): Promise<GuardedWrite[]> {
  const returned = new Map(
    bookings.flatMap(({ payment }) =>
      payment.status === 'returned' ? [[payment.organisation, payment] as const] : [],
    ),
  );
  const kept = await Promise.all(
    [...returned].map(async ([organisation, payment]) => {
      const [account, before] = await Promise.all([
        accounts.standing(organisation, clock()),
        accounts.returned(organisation),
      ]);
      const to = account && accountReturnOf(account, before, payment);
      return to ? [accounts.keepReturn(to, before)] : [];
    }),
  );
  return kept.flat();
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
