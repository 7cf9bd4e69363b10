import * as z from 'zod';
import type { SealedAccount } from '../../filing/bank-accounts/bank-account.ts';
import type { BankAccountStore } from '../../filing/bank-accounts/bank-account-store.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { IdempotencyRecords } from '../../shared/idempotency.ts';
import type { NewId } from '../../shared/ids.ts';
import { fen, sumFen } from '../../shared/money.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { budget } from '../../shared/tables.ts';
import type { ApplicationId, OrderId } from '../../shared/vocabulary.ts';
import type { OrderedLine } from '../orders/order.ts';
import type { OrderStore } from '../orders/order-store.ts';
import {
  type Payment,
  type PaymentFile,
  type PaymentFileIn,
  paymentFileOf,
  paymentsPerFile,
} from './payment.ts';
import type { PaymentStore } from './payment-store.ts';

export interface FileParts {
  readonly orders: OrderStore;
  readonly payments: PaymentStore;
  readonly accounts: BankAccountStore;
  readonly records: IdempotencyRecords;
  readonly clock: Clock;
  readonly newId: NewId;
}

/** An award that cannot be paid yet. */
interface WithoutAccount {
  readonly applicationId: ApplicationId;
  readonly organisationName: string;
}

const GivenSchema = z.object({ paymentFileId: z.string() });

/** Payments that one transaction writes, each with its line, within 100. */
const perTransaction = 45;

/** Whoever began a file is not writing it any more after this: requests end within half a minute. */
const begunForMs = 60_000;

/**
 * Makes payments of whatever an order has still to pay, up to the most that one file holds: what is paid already or
 * under way in another file is none of it, and what has no bank account is left out and named. The same request goes
 * on where it broke off; so does any other after a minute, since the key may be lost with whoever had it.
 * @throws DomainError not-found; not-in-this-state when the order is not issued or nothing can be paid, with those that
 * lack an account as faults; idempotency-key-reused; concurrent-change.
 */
export async function makePaymentFile(
  parts: FileParts,
  actor: Actor,
  { orderId, idempotencyKey }: { readonly orderId: OrderId; readonly idempotencyKey: string },
): Promise<{ file: PaymentFile; withoutAccount: readonly WithoutAccount[] }> {
  const keyed = {
    key: budget.entities.paymentFileAnswer.key({ orderId, idempotencyKey }),
    content: { act: 'payment-file', by: actor.id },
  };
  const note = (event: string) => ({
    at: parts.clock().toISOString(),
    actor: { id: actor.id, role: 'operator' },
    event,
  });
  return decideAgainOnConflict(async () => {
    const order = await parts.orders.require(orderId);
    if (order.status !== 'issued') throw new DomainError('not-in-this-state');
    const given = await parts.records.answer(keyed, GivenSchema);
    const lines = (await parts.orders.lines(orderId)).filter((line) => line.status === 'ordered');
    const known = given ? await parts.payments.require(given.paymentFileId) : await brokenOff(parts, lines);
    const { payable, withoutAccount } = await payableOf(parts, lines);
    if (known?.status === 'made') return { file: known, withoutAccount };
    if (!known && payable.length === 0) throw nothingToPay(withoutAccount);

    const fence: PaymentFileIn<'making'> = known
      ? { ...known, version: known.version + 1 }
      : {
          ...{ status: 'making', paymentFileId: parts.newId(), orderId, version: 1 },
          createdAt: parts.clock().toISOString(),
          madeBy: actor.id,
        };
    const { paymentFileId } = fence;
    await parts.payments.write([
      ...parts.payments.transition(known, fence, note(known ? 'begun-again' : 'begun')),
      ...(given ? [] : [parts.records.record(keyed, { paymentFileId })]),
    ]);
    const before = await parts.payments.payments(paymentFileId);
    const added = payable.slice(0, paymentsPerFile - before.length).map(({ line, account }, index) => ({
      line,
      payment: paymentOf(fence, line, account, before.length + index + 1),
    }));
    for (let start = 0; start < added.length; start += perTransaction) {
      await parts.payments.write([
        parts.payments.unchanged(fence),
        ...added.slice(start, start + perTransaction).flatMap(({ line, payment }) => [
          parts.payments.put(payment),
          // No other payment of it is under way, and its rest is what it was: the line is as it was read.
          parts.orders.changedLine(line, { paidFen: line.paidFen, payment: payment.paymentId }),
        ]),
      ]);
    }
    const all = [...before, ...added.map(({ payment }) => payment)];
    const file: PaymentFileIn<'made'> = {
      ...fence,
      status: 'made',
      version: fence.version + 1,
      paymentCount: all.length,
      totalFen: sumFen(all.map((payment) => payment.fen)),
    };
    await parts.payments.write(parts.payments.transition(fence, file, note('made')));
    return { file, withoutAccount };
  });
}

interface Payable {
  readonly line: OrderedLine;
  readonly account: SealedAccount;
}

/** A file that nobody ends any more: without it, its payments would be under way for good. */
async function brokenOff(
  { payments, clock }: FileParts,
  lines: readonly OrderedLine[],
): Promise<PaymentFileIn<'making'> | undefined> {
  const underWay = lines.flatMap(({ payment }) => (payment === undefined ? [] : [paymentFileOf(payment)]));
  for (const paymentFileId of new Set(underWay)) {
    const file = await payments.require(paymentFileId);
    const isLeft = clock().getTime() - Date.parse(file.createdAt) > begunForMs;
    if (file.status === 'making' && isLeft) return file;
  }
  return undefined;
}

async function payableOf(
  parts: FileParts,
  lines: readonly OrderedLine[],
): Promise<{ payable: Payable[]; withoutAccount: WithoutAccount[] }> {
  const due = lines.filter((line) => line.payment === undefined && line.paidFen < line.fen);
  const organisations = [...new Set(due.map(({ organisation }) => organisation))];
  const accounts = new Map<string, SealedAccount>();
  for (let start = 0; start < organisations.length; start += 50) {
    const chunk = organisations.slice(start, start + 50);
    for (const account of await Promise.all(chunk.map((one) => parts.accounts.get(one)))) {
      if (account) accounts.set(account.organisation, account);
    }
  }
  const payable: Payable[] = [];
  const withoutAccount: WithoutAccount[] = [];
  for (const line of due) {
    const account = accounts.get(line.organisation);
    const { applicationId, organisationName } = line;
    if (account) payable.push({ line, account });
    else withoutAccount.push({ applicationId, organisationName });
  }
  return { payable, withoutAccount };
}

function paymentOf(
  { paymentFileId, orderId }: PaymentFile,
  line: OrderedLine,
  { ciphertext, lastFour, version }: SealedAccount,
  number: number,
): Payment {
  const { applicationId, organisation, item } = line;
  return {
    paymentId: `${paymentFileId}-${String(number).padStart(4, '0')}`,
    ...{ orderId, applicationId, organisation, item },
    fen: fen(line.fen - line.paidFen),
    account: { ciphertext, lastFour, version },
    status: 'under-way',
    paidFen: fen(0),
    revision: 1,
  };
}

function nothingToPay(withoutAccount: readonly WithoutAccount[]): DomainError {
  return new DomainError('not-in-this-state', {
    detail: {
      zh: '没有可以拨付的奖补：已付清、正在拨付或没有收款账户',
      en: 'nothing can be paid now: it is paid, under way, or has no bank account',
    },
    faults: withoutAccount.slice(0, 100).map(({ applicationId, organisationName }) => ({
      path: applicationId,
      rule: 'no-account',
      message: {
        zh: `${organisationName} 尚未登记收款账户`,
        en: `${organisationName} has put no bank account`,
      },
    })),
  });
}
