import { describe, expect, it } from 'vitest';
import { AwardRows } from '../../../../functions/registry/imports/award-rows.ts';
import { csvForm } from '../../../../functions/registry/imports/csv-form.ts';
import { readCsvRows } from '../../../../functions/registry/imports/csv-rows.ts';
import { FileFault, type RowFault } from '../../../../functions/registry/imports/file-fault.ts';
import { fileInMemory } from '../../../../functions/registry/imports/import-files.ts';
import { type Mapping, MappingSchema, ownMapping } from '../../../../functions/registry/imports/mapping.ts';
import type { Place, SheetRow, SourceFile } from '../../../../functions/registry/imports/sheet-row.ts';
import { awardCsv } from '../../../builders/award-csv.ts';
import { publishedUscc } from '../../../builders/content.ts';
import { gb18030 } from '../../../builders/gb18030.ts';

const start: Place = { row: 0, offset: 0 };

async function rowsOf(
  file: SourceFile | string,
  encoding: Mapping['encoding'] = 'utf-8',
  from = start,
): Promise<SheetRow[]> {
  const rows: SheetRow[] = [];
  const source = typeof file === 'string' ? fileInMemory(Buffer.from(file)) : file;
  const form = await csvForm(source, { encoding, headerRow: 1 }, Object.keys(ownMapping.columns));
  for await (const row of readCsvRows(source, form, from)) rows.push(row);
  return rows;
}

/** Awards and faults of a file, the first row being the headings. */
async function read(
  csv: SourceFile | string,
  options: { confirmUscc?: boolean; mapping?: Mapping; encoding?: Mapping['encoding'] } = {},
) {
  const [header, ...rows] = await rowsOf(csv, options.encoding);
  const reader = new AwardRows(header?.cells ?? [], header?.row ?? 1, {
    scheme: '穗科规字〔2022〕1号',
    mapping: options.mapping ?? ownMapping,
    isStrict: options.mapping === undefined,
    confirmUscc: options.confirmUscc ?? false,
    isRectangular: true,
  });
  const results = rows.map((row) => reader.read(row));
  return {
    awards: results.flatMap(({ award }) => (award ? [award.award] : [])),
    faults: results.flatMap(({ faults }) => faults),
  };
}

const brief = (faults: readonly RowFault[]) => faults.map(({ row, column, rule }) => ({ row, column, rule }));
const faultsOf = async (csv: SourceFile | string, encoding?: Mapping['encoding']) =>
  brief((await read(csv, encoding ? { encoding } : {})).faults);

async function refusal(csv: SourceFile | string) {
  const fault = await read(csv).catch((error: unknown) => error);
  if (!(fault instanceof FileFault)) throw new Error('the file was not refused');
  return brief(fault.faults);
}

/** A file whose bytes come a few at a time. */
function inPieces(content: Buffer, bytes: number): SourceFile {
  return {
    bytes: content.byteLength,
    read: async (from, to = content.byteLength) =>
      (async function* () {
        for (let at = from; at < to; at += bytes) yield content.subarray(at, Math.min(at + bytes, to));
      })(),
  };
}

describe('a CSV file of awards', () => {
  it('is read with amounts in fen and evidence in pieces', async () => {
    const csv = awardCsv({ evidence: 'certificate:DCMM-1; 软著：bad', amount_yuan: '123456.7' });
    expect(await faultsOf(csv)).toEqual([{ row: 2, column: 'evidence', rule: 'format' }]);
    const good = awardCsv({ evidence: 'certificate:DCMM-1；invoice：0440:17', amount_yuan: '123456.7' });
    expect((await read(good)).awards).toEqual([
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

  it('may begin with a byte-order mark, have Windows line ends and its columns in another order', async () => {
    const csv = awardCsv({});
    const [header = '', row = ''] = csv.trimEnd().split('\n');
    const reversed = [header, row].map((line) => line.split(',').reverse().join(',')).join('\r\n');
    expect((await read(`\uFEFF${reversed}\r\n`)).awards).toEqual((await read(csv)).awards);
    const quoted = `\uFEFF"${header.split(',').join('","')}"\r\n${row}`;
    expect((await read(quoted)).awards).toHaveLength(1);
  });

  it('reports each faulty cell by its line, and keeps the good rows', async () => {
    const csv = awardCsv(
      { project_name: 'two\nlines' },
      { award_id: 'A 2', level: 'city', year: '25' },
      { award_id: 'A-003', amount_yuan: '1,00' },
      { award_id: 'A-004', status: 'paid' },
      { award_id: 'A-005', name: '' },
      { award_id: 'A-006' },
    );
    expect(await faultsOf(csv)).toEqual([
      { row: 4, column: 'award_id', rule: 'format' },
      { row: 4, column: 'level', rule: 'format' },
      { row: 4, column: 'year', rule: 'format' },
      { row: 5, column: 'amount_yuan', rule: 'format' },
      { row: 6, column: 'status', rule: 'format' },
      { row: 7, column: 'name', rule: 'format' },
    ]);
    const { awards } = await read(csv);
    expect(awards.map(({ awardId }) => awardId)).toEqual(['A-001', 'A-006']);
  });

  it.each(['utf-8', 'gb18030'] as const)('in %s can be read on from behind every row', async (encoding) => {
    const text = awardCsv(
      { project_name: '第一,行\n"引号"' },
      { award_id: 'A-2', project_name: '亂碼測試 一丂丄' },
      { award_id: 'A-3' },
    ).replaceAll('A-3', '\n\nA-3');
    // The table of an encoder is not part of Node: pairs are found by decoding.
    const content = encoding === 'utf-8' ? Buffer.from(text) : gb18030(text);
    const whole = await rowsOf(inPieces(content, 7), encoding);
    expect(whole.map(({ row }) => row)).toEqual([1, 2, 4, 7]);
    expect(whole[1]?.cells).toContain('第一,行\n"引号"');
    for (const [index, { next }] of whole.entries()) {
      expect(await rowsOf(inPieces(content, 64), encoding, next)).toEqual(whole.slice(index + 1));
    }
  });

  it.each(['utf-8', 'gb18030'] as const)('in %s has no cell that is guessed', async (encoding) => {
    const [header = '', first = '', second = ''] = awardCsv({}, { award_id: 'A-2' }).split('\n');
    const lines = [Buffer.from(`${header}\n${first}\n`), gb18030(second)];
    const { awards, faults } = await read(fileInMemory(Buffer.concat(lines)), { encoding });
    expect(awards.map(({ awardId }) => awardId)).toEqual([encoding === 'utf-8' ? 'A-001' : 'A-2']);
    const row = encoding === 'utf-8' ? 3 : 2;
    expect(brief(faults)).toEqual([
      { row, column: 'name', rule: 'encoding' },
      { row, column: 'project_name', rule: 'encoding' },
    ]);
    expect(await faultsOf(awardCsv({ name: '广\uFFFD' }))).toEqual([
      { row: 2, column: 'name', rule: 'encoding' },
    ]);
  });

  it('refuses a credit code of a wrong alphabet, confirmed or not', async () => {
    const csv = awardCsv({ uscc: '91440101731566630I' });
    expect((await read(csv, { confirmUscc: true })).faults).toMatchObject([{ row: 2, column: 'uscc' }]);
  });

  it('asks to confirm a credit code whose check character does not fit', async () => {
    const csv = awardCsv({ uscc: '91440101731566630B' });
    expect(await faultsOf(csv)).toEqual([{ row: 2, column: 'uscc', rule: 'check-character' }]);
    const confirmed = await read(csv, { confirmUscc: true });
    expect(confirmed).toMatchObject({ faults: [], awards: [{ uscc: '91440101731566630B' }] });
  });

  it('reports a row with too many cells', async () => {
    expect(await faultsOf(`${awardCsv({}).trimEnd()},more\n`)).toEqual([
      { row: 2, column: '', rule: 'column-count' },
    ]);
  });

  it('is refused with every missing and unknown column by name', async () => {
    const csv = awardCsv({}).replace('amount_yuan', 'amount').replace('level', 'name');
    expect(await refusal(csv)).toEqual([
      { row: 1, column: 'level', rule: 'missing-column' },
      { row: 1, column: 'amount_yuan', rule: 'missing-column' },
      { row: 1, column: 'amount', rule: 'unknown-column' },
      { row: 1, column: 'name', rule: 'repeated-column' },
    ]);
  });

  it('loses one row to a quote that does not end, and is refused for a line that does not', async () => {
    expect(await faultsOf(`${awardCsv({})}"A-002,`)).toEqual([{ row: 3, column: '', rule: 'csv' }]);
    let given = 0;
    const endless: SourceFile = {
      bytes: 1e9,
      read: async (_, to) =>
        (async function* () {
          yield Buffer.from(`${awardCsv({})}"`);
          while (to === undefined) {
            given += 65_536;
            yield Buffer.alloc(65_536, 'x');
          }
        })(),
    };
    expect(await refusal(endless)).toEqual([{ row: 3, column: '', rule: 'csv' }]);
    expect(given).toBeLessThan(2_000_000);
  });

  it('with a hundred columns is read by its mapping, and with a thousand refused', async () => {
    const wide = (columns: number) => {
      const more = Array.from({ length: columns - 11 }, (_, index) => `备注${index}`);
      const [header = '', row = ''] = awardCsv({}).trimEnd().split('\n');
      return `${header},${more.join(',')}\n${row},${more.map(() => 'x').join(',')}\n`;
    };
    expect((await read(wide(100), { mapping: ownMapping })).awards).toHaveLength(1);
    expect(await refusal(wide(1000))).toEqual([{ row: 1, column: '', rule: 'too-many-columns' }]);
  });

  it.each([
    ["=cmd|' /C calc'!A0", false],
    ['+cmd|x!A1', false],
    ['=HYPERLINK("http://example.com","平台")', false],
    ['#REF!', false],
    ['-', false],
    ['=', false],
    ['=等号开头的平台', true],
    ['+5G 融合平台', true],
    ['-5G(二期)平台', true],
    ['@智能', true],
    ['网', true],
    ['🚀', true],
    ['超'.repeat(500), true],
    ['超'.repeat(501), false],
  ])('takes the name %s as text, or refuses it: %s', async (name, isTaken) => {
    const { awards, faults } = await read(awardCsv({ project_name: name }));
    if (isTaken) expect(awards).toMatchObject([{ projectName: name }]);
    else expect(brief(faults)).toEqual([{ row: 2, column: 'project_name', rule: 'format' }]);
  });

  it.each(['award_id', 'uscc', 'level', 'year', 'matter_kind', 'amount_yuan', 'status'])(
    'refuses a command in the column %s',
    async (column) => {
      expect(await faultsOf(awardCsv({ [column]: "=cmd|' /C calc'!A0" }))).toEqual([
        { row: 2, column, rule: 'format' },
      ]);
    },
  );
});

describe('amounts', () => {
  const inUnit = (amountUnit: Mapping['amountUnit']) => ({ ...ownMapping, amountUnit });
  const amount = async (cell: string, unit: Mapping['amountUnit']) =>
    (await read(awardCsv({ amount_yuan: cell }), { mapping: inUnit(unit) })).awards[0]?.amountFen;

  it.each([
    ['0', 'yuan', 0],
    ['0.01', 'yuan', 1],
    ['0.10', 'yuan', 10],
    ['500000.00', 'yuan', 50_000_000],
    ['123456789012.34', 'yuan', 12_345_678_901_234],
    ['12.5000000', 'yuan', 1250],
    ['1.005', 'yuan', undefined],
    ['50', 'wan-yuan', 50_000_000],
    ['0.000001', 'wan-yuan', 1],
    ['1.234567', 'wan-yuan', 1_234_567],
    ['0.29', 'wan-yuan', 290_000],
    ['1.2345678', 'wan-yuan', undefined],
    ['-1', 'yuan', undefined],
    ['1e5', 'yuan', undefined],
    ['1,234.56', 'yuan', 123_456],
    ['１，２３４．５６', 'yuan', 123_456],
    ['¥1,234,567.89', 'yuan', 123_456_789],
    ['20万元', 'yuan', 20_000_000],
    ['20 万元', 'wan-yuan', 20_000_000],
    ['0.000001万元', 'yuan', 1],
    ['200000元整', 'wan-yuan', 20_000_000],
    ['0.5亿元', 'yuan', 5_000_000_000],
    ['1,00', 'yuan', undefined],
    ['12,34,567', 'yuan', undefined],
    ['1.234,56', 'yuan', undefined],
    ['20万美元', 'yuan', undefined],
    ['(1,000)', 'yuan', undefined],
    ['1.005元', 'wan-yuan', undefined],
    ['20萬元', 'yuan', 20_000_000],
    ['20（万元）', 'yuan', 20_000_000],
    ['2百万', 'yuan', 200_000_000],
    ['20元人民币', 'wan-yuan', 2000],
    ['CN¥20', 'yuan', 2000],
    ['20 CNY', 'yuan', 2000],
    ['1 234.56', 'yuan', 123_456],
    ['.5', 'yuan', 50],
    ['1,23,456', 'yuan', undefined],
    ['2.0E5', 'yuan', undefined],
    ['－5', 'yuan', undefined],
    ['20)', 'yuan', undefined],
    ['.', 'yuan', undefined],
    ['元', 'yuan', undefined],
    ['20-30', 'yuan', undefined],
    ['', 'yuan', undefined],
    ['99999999999999', 'yuan', undefined],
  ] as const)('of %s %s are exact to the fen: %s', async (cell, unit, fen) => {
    expect(await amount(cell, unit)).toBe(fen);
  });
});

describe('dates', () => {
  it.each([
    ['YYYY', '2024', 2024],
    ['YYYY', '2024年', 2024],
    ['YYYY', '2024年度', 2024],
    ['YYYY', '２０２４年度', 2024],
    ['YYYY', '2024.5', 2024],
    ['YYYY', '2024-05', 2024],
    ['YYYY', '2024年5月', 2024],
    ['YYYY', '2024-05-06 00:00:00', 2024],
    ['YYYY', '2024/5/6 0:00', 2024],
    ['YYYY', '2024-05-06T00:00:00.000Z', 2024],
    ['YYYY', '2024年上半年', 2024],
    ['YYYY', '二〇二四年度', 2024],
    ['YYYY', '2024 年 度', 2024],
    ['YYYY', '2024年5月6号', 2024],
    ['YYYY', '二〇二四年五月六日', 2024],
    ['YYYY', '贰零贰肆年', 2024],
    ['YYYY', '2024年度第一批', 2024],
    ['YYYY', '2024年（第二批）', 2024],
    ['YYYY', '2024Q1', 2024],
    ['YYYY', '2024財年', 2024],
    ['YYYY', '2024年5月上旬', 2024],
    ['YYYY', '2024年底', 2024],
    ['YYYY', '2024/5/6 上午 10:00', 2024],
    ['YYYY', '2024/5/6 星期一', 2024],
    ['YYYY', '6.5.2024', 2024],
    ['YYYY', '31/12/2024', 2024],
    ['YYYY', '12/31/2024 12:00:00 AM', 2024],
    ['YYYY', 'May 6, 2024', 2024],
    ['YYYY', '6-May-24', undefined],
    ['YYYY', '31/13/2024', undefined],
    ['YYYY', '6.5-2024', undefined],
    ['YYYY', '民国113年', undefined],
    ['YYYY', '2024年1-5月', undefined],
    ['YYYY', '24年', undefined],
    ['YYYY', '2024-13', undefined],
    ['YYYY', '2023-2024', undefined],
    ['YYYY', '202405', undefined],
    ['YYYY', '20240506', 2024],
    ['YYYY', '20241399', undefined],
    ['YYYY', '45352', undefined],
    ['YYYY', '1999', undefined],
    ['YYYY-MM-DD', '2024-02-29', 2024],
    ['YYYY-MM-DD', '2023-02-29', undefined],
    ['YYYY/MM/DD', '2024/3/1', 2024],
    ['YYYYMMDD', '20241231', 2024],
    ['YYYY年MM月DD日', '2024年3月1日', 2024],
    // What a workbook holds as a date.
    ['YYYY', '2024-03-01', 2024],
    ['YYYYMMDD', '2024', undefined],
  ] as const)('in the form %s: %s stands for %s', async (yearFormat, year, expected) => {
    const { awards } = await read(awardCsv({ year }), { mapping: { ...ownMapping, yearFormat } });
    expect(awards[0]?.year).toBe(expected);
  });
});

describe('a mapping', () => {
  const columns = { uscc: 'a', name: 'b', year: 'c', projectName: 'd', amount: 'e' };
  const fixed = { level: 'municipal', matterKind: 'dcmm', amountUnit: 'yuan' } as const;

  it('names a level and a kind of matter once, by a column or for all', () => {
    expect(MappingSchema.safeParse({ columns, ...fixed }).success).toBe(true);
    expect(MappingSchema.safeParse({ columns, ...fixed, level: undefined }).success).toBe(false);
    expect(MappingSchema.safeParse({ columns: { ...columns, level: 'f' }, ...fixed }).success).toBe(false);
    expect(MappingSchema.safeParse({ columns: { ...columns, matterKind: 'f' }, ...fixed }).success).toBe(
      false,
    );
  });

  it('uses a heading for one thing only', () => {
    expect(MappingSchema.safeParse({ columns: { ...columns, name: 'a' }, ...fixed }).success).toBe(false);
    const evidenceColumns = [{ kind: 'certificate', heading: 'e' }];
    expect(MappingSchema.safeParse({ columns, ...fixed, evidenceColumns }).success).toBe(false);
  });

  it('translates the words of a scheme', async () => {
    const mapping = {
      ...ownMapping,
      levelWords: { 市级: 'municipal' as const },
      matterWords: { 贯标: 'dcmm' },
      revokedWords: ['已追回'],
    };
    const csv = awardCsv(
      { level: '市级', matter_kind: '贯标', status: '已追回' },
      { award_id: 'A-2', status: 'revoked' },
    );
    const { awards, faults } = await read(csv, { mapping });
    expect(awards).toMatchObject([{ level: 'municipal', matterKind: 'dcmm', status: 'revoked' }]);
    expect(brief(faults)).toEqual([{ row: 3, column: 'status', rule: 'format' }]);
  });
});
