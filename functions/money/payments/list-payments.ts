import { type AccountOpener, isHeldBy } from '../../filing/bank-accounts/bank-account.ts';
import type { PageRequest } from '../../shared/cursor.ts';
import type { PaymentFileId } from '../../shared/vocabulary.ts';
import type { OrderStore } from '../orders/order-store.ts';
import type { Payment } from './payment.ts';
import type { PaymentStore } from './payment-store.ts';
import type { PaymentView } from './payment-view.ts';

interface ListParts {
  readonly orders: OrderStore;
  readonly payments: PaymentStore;
  readonly opener: AccountOpener;
}

/**
 * One page of a file's payments, as whoever releases it sees them: to whom, at which bank, and what is paid again.
 * @throws DomainError not-found; invalid-request for a foreign cursor.
 */
export async function listPayments(
  parts: ListParts,
  paymentFileId: PaymentFileId,
  page: PageRequest,
): Promise<{ items: PaymentView[]; nextCursor: string | undefined }> {
  await parts.payments.require(paymentFileId);
  const { payments, nextCursor } = await parts.payments.paymentPage(paymentFileId, page);
  return { items: await Promise.all(payments.map((payment) => viewOf(parts, payment))), nextCursor };
}

async function viewOf({ orders, opener }: ListParts, payment: Payment): Promise<PaymentView> {
  const { paymentId, orderId, applicationId, organisation, item, fen, status, paidFen, repays, asOrdered } =
    payment;
  const [line, { holder, bank }] = await Promise.all([
    orders.line(orderId, applicationId),
    opener.open(organisation, payment.account.ciphertext),
  ]);
  const organisationName = line?.organisationName ?? '';
  return {
    ...{ paymentId, applicationId, organisation, organisationName, item, fen, status, paidFen },
    ...(repays !== undefined && { repays }),
    ...(asOrdered !== undefined && { asOrdered }),
    account: { holder, bank, lastFour: payment.account.lastFour },
    holderIsOrganisation: isHeldBy({ holder }, organisationName),
  };
}
