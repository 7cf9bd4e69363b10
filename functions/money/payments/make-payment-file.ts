import * as z from 'zod';
import type { AccountOpener } from '../../filing/bank-accounts/bank-account.ts';
import type { BankAccountStore } from '../../filing/bank-accounts/bank-account-store.ts';
import type { PeopleStore } from '../../people/people-store.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { IdempotencyRecords } from '../../shared/idempotency.ts';
import type { NewId } from '../../shared/ids.ts';
import { tellSecurity } from '../../shared/log.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { budget } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { OrderId, OrganisationCode } from '../../shared/vocabulary.ts';
import type { OrderedLine } from '../orders/order.ts';
import type { OrderStore } from '../orders/order-store.ts';
import { requireNoInterestIn } from '../pools/duties.ts';
import { freePayments } from './decide-payment-file.ts';
import { type PaymentFile, type PaymentFileEvent, type PaymentFileIn, paymentFileOf } from './payment.ts';
import {
  dueOf,
  heldOf,
  isBeingMade,
  isBrokenOff,
  type KnownAccount,
  type LeftOut,
  nothingToPay,
  payableOf,
  paymentsOf,
} from './payment-calculation.ts';
import { writtenOf } from './payment-file-content.ts';
import { hasMade, madeOf } from './payment-file-lifecycle.ts';
import type { PaymentStore } from './payment-store.ts';

export interface FileParts {
  readonly orders: OrderStore;
  readonly payments: PaymentStore;
  readonly accounts: BankAccountStore;
  readonly opener: AccountOpener;
  readonly people: PeopleStore;
  readonly records: IdempotencyRecords;
  readonly clock: Clock;
  readonly newId: NewId;
}

const GivenSchema = z.object({ paymentFileId: z.string() });

/** Payments that one transaction writes, each with its line and what came back from its account, within 100. */
const perTransaction = 18;

/**
 * Makes payments of whatever an order has still to pay, up to the most that one file holds: what is paid already or
 * under way in another file is none of it, and what is held, has no bank account, or one to confirm, is
 * left out and named. A file begins together with its first payments, so that of several requests at once one begins and
 * the others are refused. The same request goes on where it broke off; so does any other after a minute, since the key may
 * be lost with whoever had it. A second person releases what was made.
 * @throws DomainError not-found; not-in-this-state when the order is not issued, another file of it is being made, or
 * nothing can be paid, with those that lack an account as faults; conflict-of-interest; idempotency-key-reused;
 * concurrent-change.
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
    if (known && known.status !== 'making') return { file: known, leftOut };
    if (!known && payable.length === 0) throw nothingToPay(leftOut);

    const to = known ? continued(known, actor.id) : newFile(parts, actor, orderId);
    const { paymentFileId } = to;
    const begun = [known, to, note(known ? 'begun-again' : 'begun')] as const;
    const fence = parts.payments.linked(...begun);
    const before = await parts.payments.payments(paymentFileId);
    const added = paymentsOf(fence, before, payable);
    const impartial = await requireNoInterestIn(
      parts.people,
      actor,
      added.map(({ line }) => line),
    );
    const writesOf = (chunk: typeof added): GuardedWrite[] => [
      // Nothing has come back from any of the accounts meanwhile.
      ...[...new Set(chunk.map(({ payment }) => payment.organisation))].map((one) =>
        parts.accounts.returnUnchanged(one, accounts.get(one)?.returned),
      ),
      ...chunk.flatMap(({ line, payment }) => [
        parts.payments.put(payment),
        // No other payment of it is under way, and its rest is what it was: the line is as it was read.
        parts.orders.changedLine(line, { paidFen: line.paidFen, payment: payment.paymentId }),
      ]),
    ];
    await parts.payments.write([
      impartial,
      ...parts.payments.transition(...begun),
      ...(given ? [] : [parts.records.record(keyed, { paymentFileId })]),
      ...writesOf(added.slice(0, perTransaction)),
    ]);
    for (let start = perTransaction; start < added.length; start += perTransaction) {
      const chunk = added.slice(start, start + perTransaction);
      await parts.payments.write([parts.payments.unchanged(fence), ...writesOf(chunk)]);
    }
    const all = [...before, ...added.map(({ payment }) => payment)];
    const written = await writtenOf(parts.opener, all);
    const file = madeOf(fence, written);
    await parts.payments.write(parts.payments.transition(fence, file, note('made')));
    // The award was approved for another account than it goes to.
    const others = all.filter(({ asOrdered }) => asOrdered === false).length;
    if (others > 0) tellSecurity('account-changed', { file: paymentFileId, payments: others, by: actor.id });
    return { file, leftOut };
  });
}

function newFile({ newId, clock }: FileParts, actor: Actor, orderId: OrderId): PaymentFileIn<'making'> {
  return {
    ...{ status: 'making', paymentFileId: newId(), orderId, version: 1 },
    createdAt: clock().toISOString(),
    madeBy: actor.id,
  };
}

function continued(file: PaymentFileIn<'making'>, person: string): PaymentFileIn<'making'> {
  const { continuedBy = [], version } = file;
  if (hasMade(file, person)) return { ...file, version: version + 1 };
  return { ...file, version: version + 1, continuedBy: [...continuedBy, person] };
}

/**
 * A file that nobody ends any more, if the lines are of one. What is left of a file that was refused is freed first.
 * @throws DomainError not-in-this-state while somebody is making one; concurrent-change for lines that were freed.
 */
async function brokenOff(
  parts: FileParts,
  lines: readonly OrderedLine[],
): Promise<PaymentFileIn<'making'> | undefined> {
  const underWay = lines.flatMap(({ payment }) => (payment === undefined ? [] : [paymentFileOf(payment)]));
  for (const paymentFileId of new Set(underWay)) {
    const file = await parts.payments.require(paymentFileId);
    if (file.status === 'making') {
      if (!isBrokenOff(file, parts.clock())) throw isBeingMade();
      return file;
    }
    if (file.status !== 'withdrawn') continue;
    await freePayments(parts, paymentFileId);
    throw new DomainError('concurrent-change');
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
        account: await parts.accounts.standing(one, parts.clock()),
        returned: await parts.accounts.returned(one),
      })),
    );
    for (const { account, returned } of found) {
      if (account) accounts.set(account.organisation, { account, returned });
    }
  }
  return accounts;
}
