import {
  type AccountReturn,
  isSameAccount,
  isToConfirm,
  type SealedAccount,
} from '../../filing/bank-accounts/bank-account.ts';
import { DomainError, type FieldFault } from '../../shared/errors.ts';
import { fen } from '../../shared/money.ts';
import type { Bilingual } from '../../shared/text.ts';
import type { ApplicationId, OrganisationCode } from '../../shared/vocabulary.ts';
import type { OrderedLine, OrderLine } from '../orders/order.ts';
import { type Payment, type PaymentFile, type PaymentFileIn, paymentsPerFile } from './payment.ts';

/**
 * An award that cannot be paid yet, and why: its enterprise has put no account; the bank has returned a payment to the
 * account, and the enterprise has not put it again since; or the bank has contradicted itself.
 */
export interface LeftOut {
  readonly applicationId: ApplicationId;
  readonly organisationName: string;
  readonly why: 'no-account' | 'account-returned' | 'held';
}

/** Where an organisation is paid to, and what came back from there. */
export interface KnownAccount {
  readonly account: SealedAccount;
  readonly returned: AccountReturn | undefined;
}

/** An award of which something is to be paid, and where to. */
interface Payable {
  readonly line: OrderedLine;
  readonly account: Pick<SealedAccount, 'ciphertext' | 'lastFour' | 'version'>;
  /** Whether the order was approved with it. */
  readonly asOrdered: boolean;
}

/** Whoever began a file is not writing it any more after this: requests end within half a minute. */
const begunForMs = 60_000;

/** Whether nobody ends a file any more: without an end, its payments would be under way for good. */
export function isBrokenOff(file: PaymentFileIn<'making'>, now: Date): boolean {
  return now.getTime() - Date.parse(file.createdAt) > begunForMs;
}

/** The lines of which something is still to be paid, no payment is under way, and nothing is to be decided first. */
export function dueOf(lines: readonly OrderedLine[]): OrderedLine[] {
  return lines.filter((line) => isOutstanding(line) && line.held === undefined);
}

/** The lines that would be due if the bank had not contradicted itself. */
export function heldOf(lines: readonly OrderedLine[]): LeftOut[] {
  return lines.flatMap(({ held, ...line }) =>
    held && isOutstanding(line)
      ? [{ applicationId: line.applicationId, organisationName: line.organisationName, why: 'held' }]
      : [],
  );
}

function isOutstanding({
  payment,
  paidFen,
  fen: orderedFen,
}: Pick<OrderedLine, 'payment' | 'paidFen' | 'fen'>): boolean {
  return payment === undefined && paidFen < orderedFen;
}

/** Tells those lines that can be paid from those whose organisation has no account, or has one to confirm. */
export function payableOf(
  due: readonly OrderedLine[],
  accounts: ReadonlyMap<OrganisationCode, KnownAccount>,
): { readonly payable: readonly Payable[]; readonly leftOut: readonly LeftOut[] } {
  const payable: Payable[] = [];
  const leftOut: LeftOut[] = [];
  for (const line of due) {
    const known = accounts.get(line.organisation);
    const { applicationId, organisationName } = line;
    if (!known) leftOut.push({ applicationId, organisationName, why: 'no-account' });
    else if (isToConfirm(known.account, known.returned)) {
      leftOut.push({ applicationId, organisationName, why: 'account-returned' });
    } else payable.push(payableTo(line, known));
  }
  return { payable, leftOut };
}

/**
 * Where a line is paid to: to the account that the order was approved with, whatever account its enterprise has put since.
 * To that one only where the order had none, or a payment came back from the one that it had.
 */
function payableTo(line: OrderedLine, { account, returned }: KnownAccount): Payable {
  const ordered = line.account;
  if (!ordered) return { line, account, asOrdered: false };
  if (isSameAccount(ordered, account)) return { line, account, asOrdered: true };
  const cameBack = returned && returned.newest >= ordered.version && returned.lastFour === ordered.lastFour;
  return cameBack ? { line, account, asOrdered: false } : { line, account: ordered, asOrdered: true };
}

/** The payments that a file takes in behind those that it has: what is still to be paid of each, while there is place. */
export function paymentsOf(
  file: PaymentFile,
  before: readonly Payment[],
  payable: readonly Payable[],
): { readonly line: OrderedLine; readonly payment: Payment }[] {
  return payable.slice(0, paymentsPerFile - before.length).map((one, index) => ({
    line: one.line,
    payment: paymentOf(file, one, before.length + index + 1),
  }));
}

/** The payments of a file that go to the bank: those that were stopped do not. */
export function sentOf(payments: readonly Payment[]): Payment[] {
  return payments.filter(({ status }) => status !== 'stopped');
}

/** A payment that was under way and must not go. */
export function stopped(payment: Payment): Payment {
  return { ...payment, status: 'stopped', revision: payment.revision + 1 };
}

/** The refusal of a second file while one of the same order is being written. */
export function isBeingMade(): DomainError {
  return new DomainError('not-in-this-state', {
    detail: {
      zh: '该下达的另一付款文件正在生成，请稍后再试',
      en: 'another payment file of this order is being made: try again when it is',
    },
  });
}

/** The refusal of a file without a payment, with those that were left out as faults. */
export function nothingToPay(leftOut: readonly LeftOut[]): DomainError {
  return new DomainError('not-in-this-state', {
    detail: {
      zh: '没有可以拨付的奖补：已付清、正在拨付、暂停拨付，或收款账户未登记、待确认',
      en: 'nothing can be paid now: it is paid, under way, held, or has no bank account or one to confirm',
    },
    faults: leftOut.slice(0, 100).map(faultOf),
  });
}

/** The refusal of the content of a file with payments of awards that are held. */
export function heldBack(held: readonly OrderLine[]): DomainError {
  return new DomainError('not-in-this-state', {
    detail: {
      zh: '文件中有暂停拨付的奖补，须先决定银行的哪一回执属实',
      en: 'it pays awards that are held: which word of the bank is right has to be decided first',
    },
    faults: held
      .slice(0, 100)
      .map(({ applicationId, organisationName }) =>
        faultOf({ applicationId, organisationName, why: 'held' }),
      ),
  });
}

const reasons: Readonly<Record<LeftOut['why'], Bilingual>> = {
  'no-account': { zh: '尚未登记收款账户', en: 'has put no bank account' },
  'account-returned': {
    zh: '收款账户曾被银行退回，企业须核对并重新登记',
    en: 'had a payment returned by the bank, and has to check its account and put it again',
  },
  held: {
    zh: '银行回执前后矛盾，须由审批人决定',
    en: 'is held, since the bank contradicts itself, which an approver has to decide',
  },
};

function faultOf({ applicationId, organisationName, why }: LeftOut): FieldFault {
  const { zh, en } = reasons[why];
  return {
    path: applicationId,
    rule: why,
    message: { zh: `“${organisationName}”${zh}`, en: `"${organisationName}" ${en}` },
  };
}

function paymentOf(
  { paymentFileId, orderId }: PaymentFile,
  { line, account: { ciphertext, lastFour, version }, asOrdered }: Payable,
  number: number,
): Payment {
  const { applicationId, organisation, item } = line;
  return {
    paymentId: `${paymentFileId}-${String(number).padStart(4, '0')}`,
    ...{ orderId, applicationId, organisation, item },
    fen: fen(line.fen - line.paidFen),
    account: { ciphertext, lastFour, version },
    asOrdered,
    ...(line.returned !== undefined && { repays: line.returned }),
    status: 'under-way',
    paidFen: fen(0),
    revision: 1,
  };
}
