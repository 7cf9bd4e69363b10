import { createHash } from 'node:crypto';
import type { AccountOpener } from '../../filing/bank-accounts/bank-account.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { sumFen } from '../../shared/money.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { Signature } from '../../shared/signing.ts';
import type { OrderId, PaymentFileId } from '../../shared/vocabulary.ts';
import { yuanOf } from '../../shared/yuan.ts';
import type { OrderStore } from '../orders/order-store.ts';
import type { Payment, PaymentFile, Written } from './payment.ts';
import { heldBack, sentOf } from './payment-calculation.ts';
import { csvFile } from './payment-csv.ts';
import { hasMade } from './payment-file-lifecycle.ts';
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
 * kept in the file's history. Before it is released, only a second person who has to decide on it sees it.
 * @throws DomainError not-found; not-in-this-state while it is being made, before it is released, or while the award of a
 * payment that is under way is held, since that payment may not have to go. Error when it is not what was released.
 */
export async function paymentFileContent(
  parts: ContentParts,
  actor: Actor,
  paymentFileId: PaymentFileId,
): Promise<{
  readonly content: string;
  readonly signature: Signature | undefined;
  readonly applications: readonly string[];
}> {
  const { payments, file } = await decideAgainOnConflict(async () => {
    const file = await parts.payments.require(paymentFileId);
    if (file.status !== 'released' && !isToDecide(file, actor)) throw new DomainError('not-in-this-state');
    const payments = await parts.payments.payments(paymentFileId);
    await requireNotHeld(parts, file.orderId, payments);
    const role = actor.roles.includes('operator') ? 'operator' : 'budget-approver';
    const note = {
      at: parts.clock().toISOString(),
      actor: { id: actor.id, role } as const,
      event: 'content-read' as const,
    };
    await parts.payments.write(parts.payments.transition(file, { ...file, version: file.version + 1 }, note));
    return { payments, file };
  });
  const content = await contentOf(parts.opener, payments);
  const decided = file.status === 'released' ? file.release : undefined;
  if (decided && decided.contentHash !== hashOf(content)) {
    throw new Error(`payment file ${paymentFileId} is not what was released`);
  }
  const applications = payments.map(({ applicationId }) => applicationId);
  return { content, signature: decided?.signature, applications };
}

/** What a file says of its payments, or undefined when none of them goes to the bank. */
export async function writtenOf(
  opener: AccountOpener,
  payments: readonly Payment[],
): Promise<Written | undefined> {
  const sent = sentOf(payments);
  if (sent.length === 0) return undefined;
  const again = sent.filter(({ repays }) => repays !== undefined);
  return {
    paymentCount: sent.length,
    totalFen: sumFen(sent.map(({ fen }) => fen)),
    repaymentCount: again.length,
    repaymentFen: sumFen(again.map(({ fen }) => fen)),
    contentHash: hashOf(await contentOf(opener, sent)),
  };
}

/** The bytes for the bank: the same each time, but for payments that were stopped meanwhile. */
export async function contentOf(opener: AccountOpener, payments: readonly Payment[]): Promise<string> {
  const sent = sentOf(payments);
  const rows: { cells: string[]; amountFen: number }[] = [];
  for (let start = 0; start < sent.length; start += atOnce) {
    rows.push(...(await Promise.all(sent.slice(start, start + atOnce).map((one) => row(opener, one)))));
  }
  return csvFile(header, rows);
}

/** What a release is given for. */
export function hashOf(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * Refuses a file of which a payment that is under way may not have to go.
 * @throws DomainError not-in-this-state, with the awards that are held.
 */
export async function requireNotHeld(
  { orders }: Pick<ContentParts, 'orders'>,
  orderId: OrderId,
  payments: readonly Payment[],
): Promise<void> {
  const underWay = new Set(payments.flatMap((one) => (one.status === 'under-way' ? [one.paymentId] : [])));
  const held = (await orders.lines(orderId)).filter(
    (line) => line.status === 'ordered' && line.held && underWay.has(line.payment ?? ''),
  );
  if (held.length > 0) throw heldBack(held);
}

function isToDecide(file: PaymentFile, { id, roles }: Actor): boolean {
  return file.status === 'made' && roles.includes('budget-approver') && !hasMade(file, id);
}

async function row(opener: AccountOpener, payment: Payment) {
  const { paymentId, organisation, applicationId, account, fen: amountFen } = payment;
  const { holder, bank, branchCode, accountNumber } = await opener.open(organisation, account.ciphertext);
  const purpose = `奖补资金 ${applicationId}`;
  const cells = [paymentId, holder, bank, branchCode, accountNumber, yuanOf(amountFen), purpose];
  return { cells, amountFen };
}
