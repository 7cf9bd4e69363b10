import type { AccountOpener } from '../../filing/bank-accounts/bank-account.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { PaymentFileId } from '../../shared/vocabulary.ts';
import type { OrderStore } from '../orders/order-store.ts';
import type { Payment } from './payment.ts';
import { heldBack, sentOf } from './payment-calculation.ts';
import { csvFile, yuanOf } from './payment-csv.ts';
import type { PaymentStore } from './payment-store.ts';

const header = ['payment_id', 'holder', 'bank', 'branch_code', 'account_number', 'amount_yuan', 'purpose'];

interface ContentParts {
  readonly orders: OrderStore;
  readonly payments: PaymentStore;
  readonly opener: AccountOpener;
  readonly clock: Clock;
}

/** Accounts that are decrypted side by side. */
const atOnce = 25;

/**
 * The file for the bank, in clear (docs/payments.md). It is made for whoever asks and kept nowhere; that they asked is
 * kept in the file's history. Made again, it is the same to the byte, but for payments that were stopped meanwhile.
 * @throws DomainError not-found; not-in-this-state while it is being made, or while the award of a payment that is under
 * way is held, since that payment may not have to go.
 */
export async function paymentFileContent(
  parts: ContentParts,
  actor: Actor,
  paymentFileId: PaymentFileId,
): Promise<string> {
  const payments = await decideAgainOnConflict(async () => {
    const file = await parts.payments.require(paymentFileId);
    if (file.status !== 'made') throw new DomainError('not-in-this-state');
    const listed = sentOf(await parts.payments.payments(paymentFileId));
    const underWay = new Set(listed.flatMap((one) => (one.status === 'under-way' ? [one.paymentId] : [])));
    const held = (await parts.orders.lines(file.orderId)).filter(
      (line) => line.status === 'ordered' && line.held && underWay.has(line.payment ?? ''),
    );
    if (held.length > 0) throw heldBack(held);
    const note = {
      at: parts.clock().toISOString(),
      actor: { id: actor.id, role: 'operator' } as const,
      event: 'content-read' as const,
    };
    await parts.payments.write(parts.payments.transition(file, { ...file, version: file.version + 1 }, note));
    return listed;
  });
  const rows: { cells: string[]; amountFen: number }[] = [];
  for (let start = 0; start < payments.length; start += atOnce) {
    rows.push(...(await Promise.all(payments.slice(start, start + atOnce).map((one) => row(parts, one)))));
  }
  return csvFile(header, rows);
}

async function row({ opener }: { readonly opener: AccountOpener }, payment: Payment) {
  const { paymentId, organisation, applicationId, account, fen: amountFen } = payment;
  const { holder, bank, branchCode, accountNumber } = await opener.open(organisation, account.ciphertext);
  const purpose = `奖补资金 ${applicationId}`;
  const cells = [paymentId, holder, bank, branchCode, accountNumber, yuanOf(amountFen), purpose];
  return { cells, amountFen };
}
