import { describe, expect, it } from 'vitest';
import { readAwardCsv } from '../../../functions/deduplication/award-csv.ts';
import { DomainError } from '../../../functions/shared/errors.ts';
import { awardCsv } from '../../builders/award-csv.ts';
import { publishedUscc } from '../../builders/content.ts';

const read = (csv: string, confirmUscc = false) => readAwardCsv('穗科规字〔2022〕1号', csv, confirmUscc);

function refusal(csv: string): readonly { path: string; rule: string }[] {
  try {
    read(csv);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'invalid-request') {
      return error.faults.map(({ path, rule }) => ({ path, rule }));
    }
  }
  throw new Error('the file was not refused');
}

const faultsOf = (csv: string) => read(csv).faults.map(({ row, column, rule }) => ({ row, column, rule }));

describe('a file of awards', () => {
  it('is read with amounts in fen and evidence in pieces', () => {
    const csv = awardCsv({ evidence: 'certificate:DCMM-1; 软著：bad', amount_yuan: '123456.7' });
    expect(faultsOf(csv)).toEqual([{ row: 2, column: 'evidence', rule: 'format' }]);
    const good = awardCsv({ evidence: 'certificate:DCMM-1；invoice：0440:17', amount_yuan: '123456.7' });
    expect(read(good).awards).toEqual([
      {
        scheme: '穗科规字〔2022〕1号',
        awardId: 'A-001',
        uscc: publishedUscc,
        name: '广州示例云帆软件有限公司',
        level: 'municipal',
        year: 2025,
        matterKind: 'dcmm',
        matterDetail: '3',
        projectName: '数据管理能力成熟度评估',
        evidence: [
          { kind: 'certificate', number: 'DCMM-1' },
          { kind: 'invoice', number: '0440:17' },
        ],
        amountFen: 12_345_670,
        status: 'granted',
      },
    ]);
  });

  it('may begin with a byte-order mark, have Windows line ends and its columns in another order', () => {
    const csv = awardCsv({});
    const [header = '', row = ''] = csv.trimEnd().split('\n');
    const reversed = [header, row].map((line) => line.split(',').reverse().join(',')).join('\r\n');
    expect(read(`\uFEFF${reversed}\r\n`).awards).toEqual(read(csv).awards);
  });

  it('reports each faulty cell by its line, and keeps the good rows', () => {
    const csv = awardCsv(
      { project_name: 'two\nlines' },
      { award_id: 'A 2', level: 'city', year: '25' },
      { award_id: 'A-003', amount_yuan: '1,000' },
      { award_id: 'A-004', status: 'paid' },
      { award_id: 'A-005', name: '' },
      { award_id: 'A-006' },
    );
    expect(faultsOf(csv)).toEqual([
      { row: 4, column: 'award_id', rule: 'format' },
      { row: 4, column: 'level', rule: 'format' },
      { row: 4, column: 'year', rule: 'format' },
      { row: 5, column: 'amount_yuan', rule: 'format' },
      { row: 6, column: 'status', rule: 'format' },
      { row: 7, column: 'name', rule: 'format' },
    ]);
    expect(read(csv)).toMatchObject({ rows: 6, awards: [{ awardId: 'A-001' }, { awardId: 'A-006' }] });
  });

  it('refuses a credit code of a wrong alphabet, confirmed or not', () => {
    const csv = awardCsv({ uscc: '91440101731566630I' });
    expect(read(csv, true).faults).toMatchObject([{ row: 2, column: 'uscc', rule: 'format' }]);
  });

  it('asks to confirm a credit code whose check character does not fit', () => {
    const csv = awardCsv({ uscc: '91440101731566630B' });
    expect(faultsOf(csv)).toEqual([{ row: 2, column: 'uscc', rule: 'check-character' }]);
    expect(read(csv, true)).toMatchObject({ faults: [], awards: [{ uscc: '91440101731566630B' }] });
  });

  it('takes the first of two rows with one award id', () => {
    const csv = awardCsv({ year: '2024' }, { year: '2025' });
    expect(faultsOf(csv)).toEqual([{ row: 3, column: 'award_id', rule: 'repeated' }]);
    expect(read(csv).awards).toMatchObject([{ year: 2024 }]);
  });

  it('reports a row with too many cells', () => {
    expect(faultsOf(`${awardCsv({}).trimEnd()},more\n`)).toEqual([
      { row: 2, column: '', rule: 'column-count' },
    ]);
  });

  it('is one error that names every missing and unknown column', () => {
    expect(refusal(awardCsv({}).replace('amount_yuan', 'amount').replace('level', 'name'))).toEqual([
      { path: 'body.1.level', rule: 'missing-column' },
      { path: 'body.1.amount_yuan', rule: 'missing-column' },
      { path: 'body.1.amount', rule: 'unknown-column' },
      { path: 'body.1.name', rule: 'repeated-column' },
    ]);
  });

  it.each([
    [
      'is not UTF-8',
      Buffer.from(awardCsv({ name: 'x' })).toString() + Buffer.from([0xb9, 0xe3]).toString(),
      'encoding',
    ],
    ['has a quote that does not end', `${awardCsv({})}"A-002,`, 'csv'],
  ])('is refused when it %s', (_, csv, rule) => {
    expect(refusal(csv)).toEqual([{ path: 'body', rule }]);
  });

  it('is refused when it is empty', () => {
    expect(new Set(refusal('').map((fault) => fault.rule))).toEqual(new Set(['missing-column']));
  });
});
