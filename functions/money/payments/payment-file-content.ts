import type { AccountOpener } from '../../filing/bank-accounts/bank-account.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { PaymentFileId } from '../../shared/vocabulary.ts';
import type { Payment } from './payment.ts';
import { csvFile, yuanOf } from './payment-csv.ts';
import type { PaymentStore } from './payment-store.ts';

const header = ['payment_id', 'holder', 'bank', 'branch_code', 'account_number', 'amount_yuan', 'purpose'];

/** Accounts that are decrypted side by side. */
const atOnce = 25;

/**
 * The file for the bank, in clear (docs/payments.md). It is made for whoever asks and kept nowhere; that they asked is
 * kept in the file's history. Made again, it is the same to the byte.
 * @throws DomainError not-found; not-in-this-state while it is being made.
 */
export async function paymentFileContent(
  parts: { readonly payments: PaymentStore; readonly opener: AccountOpener; readonly clock: Clock },
  actor: Actor,
  paymentFileId: PaymentFileId,
): Promise<string> {
  await decideAgainOnConflict(async () => {
    const file = await parts.payments.require(paymentFileId);
    if (file.status !== 'made') throw new DomainError('not-in-this-state');
    const note = {
      at: parts.clock().toISOString(),
      actor: { id: actor.id, role: 'operator' } as const,
      event: 'content-read' as const,
    };
    await parts.payments.write(parts.payments.transition(file, { ...file, version: file.version + 1 }, note));
  });
  const payments = await parts.payments.payments(paymentFileId);
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
