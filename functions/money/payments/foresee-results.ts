import { changedLine } from '../orders/order.ts';
import type { Hold } from './booking.ts';
import { type Bookers, book, type ReadRow } from './booking-decision.ts';
import type { RowChange, RowFault } from './results-file.ts';

/**
 * What rows will change, one after the other, as if those before were booked: what the second person is shown.
 * @throws Error as `book` does.
 */
export function foresee(
  rows: readonly ReadRow[],
  by: Bookers,
): { readonly changes: readonly RowChange[]; readonly faults: readonly RowFault[] } {
  const changes: RowChange[] = [];
  const faults: RowFault[] = [];
  let left = rows;
  while (left.length > 0) {
    const booked = book(left, by);
    changes.push(...booked.changes);
    faults.push(...booked.faults);
    left = left.slice(booked.taken).map((row) => after(row, booked));
  }
  return { changes, faults };
}

/** A row as it will be read once others are booked. */
function after(read: ReadRow, { bookings, holds }: ReturnType<typeof book>): ReadRow {
  const { application, line, payment, row } = read;
  const isOfIt = (one: Hold) => one.before.applicationId === application?.applicationId;
  const booking = bookings.find(isOfIt);
  const changed = booking ?? holds.find(isOfIt);
  if (!changed || line?.status !== 'ordered') return read;
  const isSame = booking?.payment.paymentId === payment?.paymentId;
  return {
    ...read,
    application: changed.after,
    line: changedLine(line, changed.lineAfter),
    ...(booking && isSame && { payment: booking.payment }),
    ...(isSame && booking?.result.reference === row.result.reference && { known: booking.result }),
  };
}
