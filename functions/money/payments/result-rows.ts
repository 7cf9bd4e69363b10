import { CsvError, parse } from 'csv-parse/sync';
import { unguarded } from '../../shared/csv.ts';
import { DomainError, type FieldFault } from '../../shared/errors.ts';
import { DateSchema } from '../../shared/schemas.ts';
import { type Bilingual, textOf } from '../../shared/text.ts';
import { yuanOf } from '../../shared/yuan.ts';
import { PaymentIdSchema, type PaymentResult } from './payment.ts';
import { controlMark, controlTotal, fenOf } from './payment-csv.ts';
import type { RowFault } from './results-file.ts';

const header = ['payment_id', 'result', 'amount_yuan', 'date', 'reference', 'reason'];

/** The most rows of one file. */
export const resultRowLimit = 1000;

/** What the bank may write beside a result. */
const longestReason = 200;
const ReasonSchema = textOf(0, longestReason);

export interface ResultRow {
  readonly row: number;
  readonly result: PaymentResult;
}

/**
 * Reads a file of the bank's answers (docs/payments.md).
 * @throws DomainError invalid-request, with every fault by its line, when it is no such file as a whole: not CSV,
 * another header, an amount that is none, too many rows, or a control total that does not fit.
 */
export function readResults(csv: string): { rows: ResultRow[]; faults: RowFault[]; count: number } {
  const [first, ...records] = recordsOf(csv);
  if (header.some((name, index) => first?.cells[index]?.toLowerCase() !== name)) {
    throw refused(1, 'header', {
      zh: `首行须为“${header.join(',')}”`,
      en: `the first line has to be ${header.join(',')}`,
    });
  }
  const last = records.pop();
  if (last?.cells[0] !== controlMark) {
    throw refused(last?.line ?? 2, 'control-total', {
      zh: `末行须为“${controlMark},笔数,合计金额”`,
      en: `the last line has to be ${controlMark},count,sum`,
    });
  }
  if (records.length > resultRowLimit) {
    throw refused(records.length + 1, 'too-many-rows', {
      zh: `最多 ${resultRowLimit} 行`,
      en: `at most ${resultRowLimit} rows`,
    });
  }
  const amounts = records.map(({ cells }) => fenOf(cells[2] ?? ''));
  const wrong = records.filter((_, index) => amounts[index] === undefined);
  if (wrong.length > 0) {
    const message = {
      zh: '金额以元为单位，最多两位小数',
      en: 'an amount is in yuan with at most two decimals',
    };
    throw new DomainError('invalid-request', {
      faults: wrong.map(({ line }): FieldFault => ({ path: `row ${line}`, rule: 'amount', message })),
    });
  }
  if (!Number.isSafeInteger(amounts.reduce<number>((sum, amount) => sum + (amount ?? 0), 0))) {
    throw refused(last.line, 'control-total', {
      zh: '合计金额超出可精确表示的范围',
      en: 'the sum is beyond what can be held exactly',
    });
  }
  requireTotal(
    last,
    records.map(({ cells }, index) => ({ cells, amountFen: amounts[index] ?? 0 })),
  );

  const faults: RowFault[] = [];
  const rows = records.flatMap(({ line, cells }, index): ResultRow[] => {
    const [paymentId = '', result = '', , date = '', reference = '', reason = ''] = cells;
    const found = faultsOf(line, { paymentId, result, date, reference, reason });
    faults.push(...found);
    const amountFen = amounts[index];
    if (found.length > 0 || amountFen === undefined || !isResult(result)) return [];
    return [{ row: line, result: { paymentId, result, amountFen, date, reference, reason } }];
  });
  return { rows, faults, count: records.length };
}

interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

function recordsOf(csv: string): CsvRecord[] {
  try {
    const records: CsvRecord[] = [];
    parse(csv, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      on_record: (cells: string[], { lines }) => {
        records.push({ line: lines, cells: cells.map(unguarded) });
        return null;
      },
    });
    return records;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // The parser's own message may repeat what it met.
    throw refused(Number(error['lines'] ?? 1), 'csv', { zh: '不是有效的 CSV', en: 'not valid CSV' });
  }
}

function requireTotal(
  last: CsvRecord,
  rows: readonly { readonly cells: readonly string[]; readonly amountFen: number }[],
): void {
  const { count, totalFen, sha256 } = controlTotal(rows);
  const [, statedCount, statedSum = '', statedHash = ''] = last.cells;
  const fits = Number(statedCount) === count && fenOf(statedSum) === totalFen;
  if (fits && (statedHash === '' || statedHash.toLowerCase() === sha256)) return;
  throw refused(last.line, 'control-total', {
    zh: `合计行不符：文件有 ${count} 笔，合计 ${yuanOf(totalFen)} 元，SHA-256 ${sha256}`,
    en: `the control total does not fit: the file has ${count} rows of ${yuanOf(totalFen)} yuan, SHA-256 ${sha256}`,
  });
}

function faultsOf(
  row: number,
  cells: Readonly<Record<'paymentId' | 'result' | 'date' | 'reference' | 'reason', string>>,
): RowFault[] {
  const faults: RowFault[] = [];
  const fault = (column: string, rule: string, zh: string, en: string) =>
    faults.push({ row, column, rule, messages: { zh, en } });
  if (!PaymentIdSchema.safeParse(cells.paymentId).success) {
    fault('payment_id', 'unknown-payment', '没有此付款编号', 'no payment has this id');
  }
  if (!isResult(cells.result)) {
    fault('result', 'result', '须为 paid、returned 或 partial', 'it has to be paid, returned or partial');
  }
  if (!DateSchema.safeParse(cells.date).success) {
    fault('date', 'date', '日期须为 YYYY-MM-DD', 'a date is YYYY-MM-DD');
  }
  if (!/^[\w./-]{1,64}$/.test(cells.reference)) {
    fault('reference', 'reference', '银行流水号须为 1 至 64 位', 'a bank reference has 1 to 64 characters');
  }
  if (!ReasonSchema.safeParse(cells.reason).success) {
    fault(
      'reason',
      'reason',
      `原因最多 ${longestReason} 字，不含不可见字符`,
      `a reason has at most ${longestReason} characters, none of which is invisible`,
    );
  }
  return faults;
}

function isResult(text: string): text is PaymentResult['result'] {
  return text === 'paid' || text === 'returned' || text === 'partial';
}

function refused(line: number, rule: string, message: Bilingual): DomainError {
  return new DomainError('invalid-request', { faults: [{ path: `row ${line}`, rule, message }] });
}
