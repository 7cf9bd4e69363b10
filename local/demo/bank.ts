/** A bank that does not exist: it knows the accounts of the demo companies, and pays what it is asked to. */
import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { companyNumbers, companyOf } from './companies.ts';

/** An account as the API takes it. */
interface Account {
  readonly holder: string;
  readonly bank: string;
  readonly branchCode: string;
  readonly accountNumber: string;
}

/** The account of a demo company, by its number. */
export function accountOf(company: number): Account {
  return {
    holder: companyOf(company).name,
    bank: '示例银行广州分行',
    branchCode: '000000000000',
    accountNumber: `6200000000${String(company).padStart(6, '0')}`,
  };
}

/** What the bank did with a file. */
interface BankAnswer {
  /** The file of results, for the import. */
  readonly csv: string;
  readonly payments: number;
  /** Holders whose payments came back. */
  readonly returned: readonly string[];
}

/**
 * Pays a file of payments (docs/payments.md) to demo companies; what goes to an account that is not its holder's comes
 * back. Throws when the control total does not fit.
 */
export function payFile(file: string): BankAnswer {
  const rows = readPayments(file);
  const accounts = new Map(companyNumbers.map(accountOf).map((one) => [one.holder, one.accountNumber]));
  const day = new Date().toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' });
  const returned: string[] = [];
  const lines = rows.map(({ id, holder, accountNumber, yuan }) => {
    if (accounts.get(holder) === accountNumber) return [id, 'paid', yuan, day, `BANK-${id}`, ''];
    returned.push(holder);
    return [id, 'returned', yuan, day, `BANK-${id}`, '账号与户名不符'];
  });
  const total = rows.reduce((sum, { yuan }) => sum + fenOf(yuan), 0);
  const head = ['payment_id', 'result', 'amount_yuan', 'date', 'reference', 'reason'];
  const csv = [head, ...lines, ['TOTAL', rows.length, yuanOf(total)]].map((cells) => `${cells.join(',')}\n`);
  return { csv: csv.join(''), payments: rows.length, returned };
}

interface PaymentRow {
  readonly id: string;
  readonly holder: string;
  readonly accountNumber: string;
  readonly yuan: string;
}

function readPayments(file: string): PaymentRow[] {
  const records: string[][] = parse(file, { bom: true, relax_column_count: true });
  const [, ...rows] = records;
  const [mark, count, sum = '', sha256] = rows.pop() ?? [];
  const payments = rows.map(([id = '', holder = '', , , accountNumber = '', yuan = '']) => ({
    ...{ id, holder, accountNumber, yuan },
  }));
  const total = payments.reduce((fen, { yuan }) => fen + fenOf(yuan), 0);
  const body = file.split('\r\n').slice(1, -2);
  const hash = createHash('sha256')
    .update(body.map((line) => `${line}\r\n`).join(''))
    .digest('hex');
  if (mark !== 'TOTAL' || Number(count) !== rows.length || fenOf(sum) !== total || sha256 !== hash) {
    throw new Error('the control total of the payment file does not fit');
  }
  return payments;
}

function fenOf(yuan: string): number {
  const [whole = '', decimals = ''] = yuan.split('.');
  return Number(whole) * 100 + Number(decimals.padEnd(2, '0'));
}

function yuanOf(fen: number): string {
  return `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
}
