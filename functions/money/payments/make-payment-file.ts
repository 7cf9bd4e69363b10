import * as z from 'zod';
import type { BankAccountStore } from '../../filing/bank-accounts/bank-account-store.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { IdempotencyRecords } from '../../shared/idempotency.ts';
import type { NewId } from '../../shared/ids.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { budget } from '../../shared/tables.ts';
import type { OrderId, OrganisationCode } from '../../shared/vocabulary.ts';
import type { OrderedLine } from '../orders/order.ts';
import type { OrderStore } from '../orders/order-store.ts';
import { type PaymentFile, type PaymentFileEvent, type PaymentFileIn, paymentFileOf } from './payment.ts';
import {
  dueOf,
  heldOf,
  isBrokenOff,
  type KnownAccount,
  type LeftOut,
  madeOf,
  nothingToPay,
  payableOf,
  paymentsOf,
} from './payment-calculation.ts';
import type { PaymentStore } from './payment-store.ts';

export interface FileParts {
  readonly orders: OrderStore;
  readonly payments: PaymentStore;
  readonly accounts: BankAccountStore;
  readonly records: IdempotencyRecords;
  readonly clock: Clock;
  readonly newId: NewId;
}

const GivenSchema = z.object({ paymentFileId: z.string() });

/** Payments that one transaction writes, each with its line and what came back from its account, within 100. */
const perTransaction = 33;

/**
 * Makes payments of whatever an order has still to pay, up to the most that one file holds: what is paid already or
 * under way in another file is none of it, and what is held, has no bank account, or one to confirm, is
 * left out and named. The same request goes
 * on where it broke off; so does any other after a minute, since the key may be lost with whoever had it.
 * @throws DomainError not-found; not-in-this-state when the order is not issued or nothing can be paid, with those that
 * lack an account as faults; idempotency-key-reused; concurrent-change.
 */
export async function makePaymentFile(
  parts: FileParts,
  actor: Actor,
  { orderId, idempotencyKey }: { readonly orderId: OrderId; readonly idempotencyKey: string },
): Promise<{
  file: PaymentFile;
  leftOut: readonly LeftOut[];
}> {
  const keyed = {
    key: budget.entities.paymentFileAnswer.key({ orderId, idempotencyKey }),
    content: { act: 'payment-file', by: actor.id },
  };
  const note = (event: PaymentFileEvent) => ({
    at: parts.clock().toISOString(),
    actor: { id: actor.id, role: 'operator' } as const,
    event,
  });
  return decideAgainOnConflict(async () => {
    const order = await parts.orders.require(orderId);
    if (order.status !== 'issued') throw new DomainError('not-in-this-state');
    const given = await parts.records.answer(keyed, GivenSchema);
    const lines = (await parts.orders.lines(orderId)).filter((line) => line.status === 'ordered');
    const known = given ? await parts.payments.require(given.paymentFileId) : await brokenOff(parts, lines);
    const due = dueOf(lines);
    const accounts = await accountsOf(parts, due);
    const { payable, leftOut: unpayable } = payableOf(due, accounts);
    const leftOut = [...heldOf(lines), ...unpayable];
    if (known?.status === 'made') return { file: known, leftOut };
    if (!known && payable.length === 0) throw nothingToPay(leftOut);

    const to: PaymentFileIn<'making'> = known
      ? { ...known, version: known.version + 1 }
      : {
          ...{ status: 'making', paymentFileId: parts.newId(), orderId, version: 1 },
          createdAt: parts.clock().toISOString(),
          madeBy: actor.id,
        };
    const { paymentFileId } = to;
    const begun = [known, to, note(known ? 'begun-again' : 'begun')] as const;
    const fence = parts.payments.linked(...begun);
    await parts.payments.write([
      ...parts.payments.transition(...begun),
      ...(given ? [] : [parts.records.record(keyed, { paymentFileId })]),
    ]);
    const before = await parts.payments.payments(paymentFileId);
    const added = paymentsOf(fence, before, payable);
    for (let start = 0; start < added.length; start += perTransaction) {
      const chunk = added.slice(start, start + perTransaction);
      const organisations = new Set(chunk.map(({ payment }) => payment.organisation));
      await parts.payments.write([
        parts.payments.unchanged(fence),
        // Nothing has come back from any of the accounts meanwhile.
        ...[...organisations].map((one) => parts.accounts.returnUnchanged(one, accounts.get(one)?.returned)),
        ...chunk.flatMap(({ line, payment }) => [
          parts.payments.put(payment),
          // No other payment of it is under way, and its rest is what it was: the line is as it was read.
          parts.orders.changedLine(line, { paidFen: line.paidFen, payment: payment.paymentId }),
        ]),
      ]);
    }
    const file = madeOf(fence, [...before, ...added.map(({ payment }) => payment)]);
    await parts.payments.write(parts.payments.transition(fence, file, note('made')));
    return { file, leftOut };
  });
}

/** A file that nobody ends any more, if the lines are of one. */
async function brokenOff(
  { payments, clock }: FileParts,
  lines: readonly OrderedLine[],
): Promise<PaymentFileIn<'making'> | undefined> {
  const underWay = lines.flatMap(({ payment }) => (payment === undefined ? [] : [paymentFileOf(payment)]));
  for (const paymentFileId of new Set(underWay)) {
    const file = await payments.require(paymentFileId);
    if (isBrokenOff(file, clock())) return file;
  }
  return undefined;
}

async function accountsOf(
  parts: FileParts,
  lines: readonly OrderedLine[],
): Promise<ReadonlyMap<OrganisationCode, KnownAccount>> {
  const organisations = [...new Set(lines.map(({ organisation }) => organisation))];
  const accounts = new Map<OrganisationCode, KnownAccount>();
  for (let start = 0; start < organisations.length; start += 50) {
    const chunk = organisations.slice(start, start + 50);
    const found = await Promise.all(
      chunk.map(async (one) => ({
        account: await parts.accounts.get(one),
        returned: await parts.accounts.returned(one),
      })),
    );
    for (const { account, returned } of found) {
      if (account) accounts.set(account.organisation, { account, returned });
    }
  }
  return accounts;
}
