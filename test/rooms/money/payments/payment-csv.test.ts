import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { csvFile, fenOf } from '../../../../functions/money/payments/payment-csv.ts';
import { readResults } from '../../../../functions/money/payments/result-rows.ts';
import { csvLine, unguarded } from '../../../../functions/shared/csv.ts';
import { DomainError } from '../../../../functions/shared/errors.ts';
import { yuanOf } from '../../../../functions/shared/yuan.ts';
import { resultsCsv } from '../../../support/settle.ts';

const file = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const [first, second] = [`${file}-0001`, `${file}-0002`];

/** The faults that a file is refused with. */
function refusal(csv: string) {
  try {
    readResults(csv);
  } catch (error) {
    if (error instanceof DomainError) return error.faults.map(({ path, rule }) => [path, rule]);
    throw error;
  }
  return [];
}

describe('an amount in yuan', () => {
  it.each([
    ['0', 0],
    ['0.01', 1],
    ['12.3', 1_230],
    ['9999999999999.99', 999_999_999_999_999],
  ])('%s is read exactly', (text, amount) => {
    expect(fenOf(text)).toBe(amount);
  });

  it.each(['', '-1', '1.234', '1,000.00', '1e3', '=1', '１', '12345678901234'])('%s is none', (text) => {
    expect(fenOf(text)).toBeUndefined();
  });

  it('is written with two decimals, and read back', () => {
    for (const amount of [0, 1, 99, 100, 123_456_789_012_345]) expect(fenOf(yuanOf(amount))).toBe(amount);
    expect(yuanOf(1_005)).toBe('10.05');
  });
});

describe('a cell of CSV', () => {
  it.each([
    ...['=1+1', '+1', '-1', '@SUM(1)', '\t=1', '\r=1', '\n=1', "'=1"],
    ...['＝1+1', '＋1', '－1', '＠SUM(1)', '﹦1', '﹢1', '﹣1', '﹫a', '−1'],
    ...[' =1+1', '\u3000＝1+1', '\u00a0@a', '\ufeff=1', '\u200b=1'],
  ])('%j is no formula, and read back as it was', (text) => {
    const line = csvLine([text]).trimEnd();
    expect(line.replace(/^"/, '')).toBe(`'${text}`.concat(line.startsWith('"') ? '"' : ''));
    expect(unguarded(`'${text}`)).toBe(text);
  });

  it.each(['广州示例有限公司', '1-2', 'a=b', ' a', "O'Neill", '（=）'])('%j stays as it is', (text) => {
    expect(csvLine([text])).toBe(`${text}\r\n`);
    expect(unguarded(text)).toBe(text);
  });
});

describe('a payment file', () => {
  it('begins with the mark and ends with count, sum and hash of its lines', () => {
    const csv = csvFile(
      ['id', 'name'],
      [
        { cells: ['1', '甲,"乙"'], amountFen: 150 },
        { cells: ['2', '=1+1'], amountFen: 50 },
      ],
    );
    const lines = '1,"甲,""乙"""\r\n2,\'=1+1\r\n';
    const sha256 = createHash('sha256').update(lines).digest('hex');
    expect(csv).toBe(`\uFEFFid,name\r\n${lines}TOTAL,2,2.00,${sha256}\r\n`);
  });
});

const now = new Date('2026-11-24T02:00:00.000Z');

describe('a file of results', () => {
  it('may hold what is kept from being a formula, under the hash of its own lines', () => {
    const answer = { paymentId: first, amountFen: 150, reference: '-9', reason: '-账号有误' };
    const { rows, faults } = readResults(resultsCsv([answer], now));
    expect([rows[0]?.result, faults]).toEqual([expect.objectContaining(answer), []]);
  });

  it('is refused when its sum is beyond what can be held exactly', () => {
    const lines = Array.from({ length: 10 }, () => `${first},paid,9999999999999.99,2026-11-24,R,\n`);
    const header = 'payment_id,result,amount_yuan,date,reference,reason\n';
    expect(refusal(`${header}${lines.join('')}TOTAL,10,99999999999999.90\n`)).toEqual([
      ['row 12', 'control-total'],
    ]);
  });

  const csv = resultsCsv(
    [
      { paymentId: first, amountFen: 150, reference: 'R-1' },
      { paymentId: second, amountFen: 50, reference: 'R-2', result: 'partial', reason: '账号, 有误' },
    ],
    now,
  );

  it('is read with its line numbers, with any line ends, mark or none', () => {
    const { rows, faults, count } = readResults(csv);
    expect(rows.map(({ row, result }) => [row, result.paymentId, result.amountFen, result.reason])).toEqual([
      [2, first, 150, ''],
      [3, second, 50, '账号, 有误'],
    ]);
    expect([faults, count]).toEqual([[], 2]);
    expect(readResults(csv.replaceAll('\r\n', '\n').replace('\uFEFF', '')).rows).toEqual(rows);
  });

  it('needs no hash, but one that is there has to fit', () => {
    const unhashed = csv.replace(/,[0-9a-f]{64}\r\n$/, '\r\n');
    expect(readResults(unhashed).rows).toHaveLength(2);
    const changed = csv.replace('R-2', 'R-3');
    expect(refusal(changed)).toEqual([['row 4', 'control-total']]);
  });

  it.each([
    ['another sum', (text: string) => text.replace('TOTAL,2,2.00', 'TOTAL,2,2.01')],
    ['another count', (text: string) => text.replace('TOTAL,2', 'TOTAL,3')],
    ['an amount that was changed', (text: string) => text.replace('1.50', '1.51')],
  ])('with %s is refused as a whole', (_, change) => {
    expect(refusal(change(csv))).toEqual([['row 4', 'control-total']]);
  });

  it('without control total, with another header, or that is no CSV, is refused', () => {
    expect(refusal(csv.replace(/TOTAL.*\r\n/, ''))).toEqual([['row 3', 'control-total']]);
    expect(refusal(csv.replace('amount_yuan', 'amount'))).toEqual([['row 1', 'header']]);
    expect(refusal('')).toEqual([['row 1', 'header']]);
    expect(refusal(`${csv}"open`)[0]?.[1]).toBe('csv');
  });

  it('with an amount that is none is refused with its row', () => {
    expect(refusal(csv.replace('0.50', '0.5x'))).toEqual([['row 3', 'amount']]);
  });

  it('tells the rule that a row breaks, and takes the others', () => {
    const bad = resultsCsv(
      [
        { paymentId: first, amountFen: 1 },
        { paymentId: 'somebody', amountFen: 1, reference: 'a b', date: '24.11.2026' },
        { paymentId: second, amountFen: 1, reference: '' },
      ],
      now,
    ).replace(`${first},paid`, `${first},booked`);
    const unhashed = bad.replace(/,[0-9a-f]{64}\r\n$/, '\r\n');
    const { rows, faults } = readResults(unhashed);
    expect(rows).toEqual([]);
    expect(faults.map(({ row, column }) => [row, column])).toEqual([
      [2, 'result'],
      [3, 'payment_id'],
      [3, 'date'],
      [3, 'reference'],
      [4, 'reference'],
    ]);
  });

  it('has a thousand rows at most', () => {
    const many = resultsCsv(
      Array.from({ length: 1001 }, () => ({ paymentId: first, amountFen: 1 })),
      now,
    );
    expect(refusal(many)).toEqual([['row 1002', 'too-many-rows']]);
  });
});
