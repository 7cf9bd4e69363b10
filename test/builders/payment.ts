import type { ApplicationIn } from '../../functions/filing/applications/application.ts';
import type { Contradiction } from '../../functions/money/orders/order.ts';
import type { Payment } from '../../functions/money/payments/payment.ts';
import { fen } from '../../functions/shared/money.ts';
import { noticedApplication, orderId } from './order.ts';

const at = '2026-11-23T02:00:00.000Z';
export const paymentFileId = '8'.repeat(26);
export const paymentId = `${paymentFileId}-0001`;

/** A payment that is with the bank. */
export function paymentOf(applicationId: string, amountFen: number, changes: Partial<Payment> = {}): Payment {
  return {
    ...{ paymentId, orderId, applicationId, organisation: '91440101731566630A', item: 'dcmm' },
    fen: fen(amountFen),
    account: { ciphertext: 'c2VhbGVk', lastFour: '1234', version: 1 },
    ...{ status: 'under-way', paidFen: fen(0), revision: 1 },
    ...changes,
  };
}

/** An application whose whole award is ordered, with what it was paid and gave back. */
export function orderedApplication(
  applicationId: string,
  amountFen: number,
  changes: { readonly paidFen?: number; readonly recoveredFen?: number } = {},
): ApplicationIn<'ordered'> {
  const { paidFen = 0, recoveredFen } = changes;
  return {
    ...noticedApplication(applicationId, amountFen),
    status: 'ordered',
    order: { orderId, fen: fen(amountFen), at },
    paidFen: fen(paidFen),
    ...(recoveredFen !== undefined && { recoveredFen: fen(recoveredFen) }),
  };
}

/** A word of the bank that a payment of 400 was paid after all. */
export function contradictionOf(changes: Partial<Contradiction> = {}): Contradiction {
  return {
    ...{ paymentId, reference: 'R-2', result: 'paid', amountFen: fen(400), date: '2026-11-24' },
    ...{ at, by: 'treasurer' },
    ...changes,
  };
}
