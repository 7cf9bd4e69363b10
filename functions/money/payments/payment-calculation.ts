import type { SealedAccount } from '../../filing/bank-accounts/bank-account.ts';
import { DomainError } from '../../shared/errors.ts';
import { fen, sumFen } from '../../shared/money.ts';
import type { ApplicationId, OrganisationCode } from '../../shared/vocabulary.ts';
import type { OrderedLine } from '../orders/order.ts';
import { type Payment, type PaymentFile, type PaymentFileIn, paymentsPerFile } from './payment.ts';

/** An award that cannot be paid yet. */
export interface WithoutAccount {
  readonly applicationId: ApplicationId;
  readonly organisationName: string;
}

/** An award of which something is to be paid, and where to. */
interface Payable {
  readonly line: OrderedLine;
  readonly account: SealedAccount;
}

/** Whoever began a file is not writing it any more after this: requests end within half a minute. */
const begunForMs = 60_000;

/** Whether nobody ends a file any more: without an end, its payments would be under way for good. */
export function isBrokenOff(file: PaymentFile, now: Date): file is PaymentFileIn<'making'> {
  return file.status === 'making' && now.getTime() - Date.parse(file.createdAt) > begunForMs;
}

/** The lines of which something is still to be paid, and no payment is under way. */
export function dueOf(lines: readonly OrderedLine[]): OrderedLine[] {
  return lines.filter((line) => line.payment === undefined && line.paidFen < line.fen);
}

/** Tells those lines that can be paid from those whose organisation has no account. */
export function payableOf(
  due: readonly OrderedLine[],
  accounts: ReadonlyMap<OrganisationCode, SealedAccount>,
): { readonly payable: readonly Payable[]; readonly withoutAccount: readonly WithoutAccount[] } {
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

/** A file whose payments are all written. */
export function madeOf(file: PaymentFileIn<'making'>, payments: readonly Payment[]): PaymentFileIn<'made'> {
  return {
    ...file,
    status: 'made',
    version: file.version + 1,
    paymentCount: payments.length,
    totalFen: sumFen(payments.map((payment) => payment.fen)),
  };
}

/** The refusal of a file without a payment, with those that lack an account as faults. */
export function nothingToPay(withoutAccount: readonly WithoutAccount[]): DomainError {
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

function paymentOf(
  { paymentFileId, orderId }: PaymentFile,
  { line, account: { ciphertext, lastFour, version } }: Payable,
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
