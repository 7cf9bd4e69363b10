import { describe, expect, it } from 'vitest';
import { FileFault, type RowFault } from '../../../../functions/registry/imports/file-fault.ts';
import { fileInMemory } from '../../../../functions/registry/imports/import-files.ts';
import type { Place, SheetRow, SourceFile } from '../../../../functions/registry/imports/sheet-row.ts';
import { readXlsxRows } from '../../../../functions/registry/imports/xlsx-rows.ts';
import { workbook } from '../../../builders/workbook.ts';
import { zipPackage } from '../../../builders/zip-package.ts';

const start: Place = { row: 0, offset: 0 };

async function read(content: Buffer | SourceFile, sheet?: string, from = start) {
  const warnings: RowFault[] = [];
  const rows: SheetRow[] = [];
  const file = Buffer.isBuffer(content) ? fileInMemory(content) : content;
  for await (const row of readXlsxRows(file, { names: sheet === undefined ? [] : [sheet] }, from, (warning) =>
    warnings.push(warning),
  ))
    rows.push(row);
  return { rows, warnings };
}

const cellsOf = async (content: Buffer, sheet?: string) =>
  (await read(content, sheet)).rows.map(({ cells }) => cells);

async function refusal(content: Buffer, sheet?: string): Promise<string> {
  const fault = await read(content, sheet).catch((error: unknown) => error);
  if (!(fault instanceof FileFault)) throw new Error(`not refused: ${fault}`);
  return fault.faults.map(({ rule }) => rule).join();
}

const one = (...rows: Parameters<typeof workbook>[0][number]['rows']) => workbook([{ name: 'S', rows }]);
const xml = (text: string) => ({ xml: text });

describe('a workbook', () => {
  it('gives rows with their numbers, without the empty ones, cells where they stand', async () => {
    const content = one(['a', undefined, 'c'], [], ['', ''], [undefined, 7]);
    const { rows } = await read(content);
    expect(rows).toMatchObject([
      { row: 1, cells: ['a', '', 'c'] },
      { row: 4, cells: ['', '7'] },
    ]);
  });

  it('of writers that name no places is read in order', async () => {
    const sheet =
      '<worksheet><sheetData><row><c><v>1</v></c><c t="inlineStr"><is><t>b</t></is></c></row></sheetData></worksheet>';
    const content = zipPackage([
      {
        name: 'xl/workbook.xml',
        content: '<x:workbook xmlns:x="m"><x:sheets><x:sheet name="S" r:id="r"/></x:sheets></x:workbook>',
      },
      {
        name: 'xl/_rels/workbook.xml.rels',
        content: '<Relationships><Relationship Target="/xl/s.xml" Id="r"/></Relationships>',
      },
      { name: 'xl/s.xml', content: sheet },
    ]);
    expect(await cellsOf(content)).toEqual([['1', 'b']]);
  });

  it('is read by the larger records of a package too, and byte by byte', async () => {
    const content = workbook([{ name: 'S', rows: [['数据', 1]] }], { larger: true });
    expect(await cellsOf(content)).toEqual([['数据', '1']]);
    const drop: SourceFile = {
      bytes: content.byteLength,
      read: async (from, to = content.byteLength) =>
        (async function* () {
          for (let at = from; at < to; at += 1) yield content.subarray(at, at + 1);
        })(),
    };
    expect((await read(drop)).rows.map(({ cells }) => cells)).toEqual([['数据', '1']]);
  });

  it('is read on from behind every row', async () => {
    const content = one(...Array.from({ length: 30 }, (_, index) => [`第${index}行`, index]));
    const { rows } = await read(content);
    const { rows: rest } = await read(content, undefined, rows[9]?.next ?? start);
    expect(rest.map(({ row, cells }) => [row, cells])).toEqual(
      rows.slice(10).map(({ row, cells }) => [row, cells]),
    );
  });

  it('is never computed: results that it holds count, and are marked', async () => {
    const content = one([
      xml('<c t="str"><f>CONCAT("a","b")</f><v>ab</v></c>'),
      xml('<c><f>1+1</f><v>2</v></c>'),
      xml('<c><f>cmd|&apos; /C calc&apos;!A0</f></c>'),
      xml('<c t="e"><f>1/0</f><v>#DIV/0!</v></c>'),
    ]);
    const { rows } = await read(content);
    expect(rows).toMatchObject([{ cells: ['ab', '2', '', '#DIV/0!'], formulas: [0, 1, 2, 3] }]);
  });

  it('shows dates as dates, whatever they are counted from', async () => {
    const dates = [
      [xml('<c s="1"><v>45352</v></c>'), xml('<c s="2"><v>45351.75</v></c>'), xml('<c s="4"><v>60</v></c>')],
      [
        xml('<c s="3"><v>45352</v></c>'),
        xml('<c t="d"><v>2024-03-01T00:00:00</v></c>'),
        xml('<c s="1"><v>2</v></c>'),
      ],
    ];
    expect(await cellsOf(one(...dates))).toEqual([
      ['2024-03-01', '2024-02-29', '1900-02-28'],
      ['45352', '2024-03-01', '1900-01-02'],
    ]);
    const from1904 = workbook([{ name: 'S', rows: [[xml('<c s="1"><v>43890</v></c>')]] }], {
      from1904: true,
    });
    expect(await cellsOf(from1904)).toEqual([['2024-03-01']]);
  });

  it('shows numbers with the digits that people see, and spoilt long ones as spoilt', async () => {
    const numbers = ['35.799999999999997', '1.2345670000000001E5', '1E-2', '0.1', '500000', '-3'];
    const spoilt = ['9.1440101731566592E+17', '914401017315665920'];
    const content = one([...numbers, ...spoilt].map((value) => xml(`<c><v>${value}</v></c>`)));
    const [cells = []] = await cellsOf(content);
    expect(cells.slice(0, 6)).toEqual(['35.8', '123456.7', '0.01', '0.1', '500000', '-3']);
    for (const cell of cells.slice(6)) expect(cell).toMatch(/[Ee]\+17$/);
  });

  it('tells of merged cells, and gives their value once', async () => {
    const content = workbook([
      {
        name: 'S',
        rows: [
          ['a', 'b'],
          ['x', 1],
          [undefined, 2],
        ],
        merged: ['A2:A3', 'A1:B1'],
      },
    ]);
    const { rows, warnings } = await read(content);
    expect(rows.map(({ cells }) => cells)).toEqual([
      ['a', 'b'],
      ['x', '1'],
      ['', '2'],
    ]);
    expect(warnings).toMatchObject([{ row: 2, column: 'A2:A3', rule: 'merged-cells', severity: 'warning' }]);
  });

  it('tells of the first hundred merged cells, however many a small file names', async () => {
    const merged = Array.from({ length: 5_000 }, (_, row) => `A${row + 2}:A${row + 3}`);
    const { warnings } = await read(workbook([{ name: 'S', rows: [['a'], ['x']], merged }]));
    expect(warnings).toHaveLength(100);
  });

  it('has texts of several pieces, with entities, marks of line ends and no readings', async () => {
    const rich =
      '<c t="inlineStr"><is><r><t>数据&amp;</t></r><r><t>治理&#x4E00;_x000D_</t></r><rPh><t>reading</t></rPh></is></c>';
    expect(await cellsOf(one([xml(rich), '<a>"&'], ['🚀']))).toEqual([['数据&治理一', '<a>"&'], ['🚀']]);
  });

  it('gives the only sheet that is shown and holds something, or the one that is asked for', async () => {
    const hidden = { name: '隐藏', rows: [['hidden']], hidden: true };
    const first = { name: '一', rows: [['first']] };
    const one = workbook([hidden, { name: 'Sheet1', rows: [] }, first, { name: 'Sheet3', rows: [[]] }]);
    expect(await cellsOf(one)).toEqual([['first']]);
    expect((await read(one)).warnings).toMatchObject([
      { rule: 'sheets', messages: { zh: '未读取的工作表：“隐藏”（隐藏）' } },
    ]);
    const content = workbook([hidden, first, { name: 'A&B', rows: [['second']] }]);
    expect(await refusal(content)).toBe('sheets');
    expect(await cellsOf(content, ' a&b ')).toEqual([['second']]);
    expect(await cellsOf(content, '隐藏')).toEqual([['hidden']]);
    expect((await read(content, '一')).warnings).toMatchObject([
      { messages: { zh: '未读取的工作表：“隐藏”（隐藏）、“A&B”' } },
    ]);
    expect(await refusal(content, '三')).toBe('sheet');
  });

  it.each([
    ['is text', Buffer.from('a,b,c')],
    ['is empty', Buffer.alloc(0)],
    ['is another package', zipPackage([{ name: 'word/document.xml', content: '<w/>' }])],
    ['is cut off', one(['a']).subarray(0, 600)],
    [
      'is of the old or the encrypted kind',
      Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(4096)]),
    ],
  ])('that %s is refused', async (_, content) => {
    expect(await refusal(content)).toBe('not-xlsx');
  });

  it('with a document type, broken bytes or too many columns is refused', async () => {
    const withSheet = (content: string | Buffer, method = 8) =>
      zipPackage([
        {
          name: 'xl/workbook.xml',
          content: '<workbook><sheets><sheet name="S" r:id="r"/></sheets></workbook>',
        },
        {
          name: 'xl/_rels/workbook.xml.rels',
          content: '<Relationships><Relationship Target="s.xml" Id="r"/></Relationships>',
        },
        { name: 'xl/s.xml', content, method },
      ]);
    const bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><sheetData/></worksheet>';
    expect(await refusal(withSheet(bomb))).toBe('not-xlsx');
    const spoilt = withSheet('<worksheet/>'.repeat(50));
    spoilt.fill(0xff, spoilt.indexOf('xl/s.xml') + 10, spoilt.indexOf('xl/s.xml') + 20);
    expect(await refusal(spoilt)).toBe('not-xlsx');
    expect(await refusal(one([xml('<c/>'), ...Array.from({ length: 300 }, () => 1)]))).toBe(
      'too-many-columns',
    );
  });

  it('whose texts unpack to more than memory should hold is refused', async () => {
    const content = zipPackage([
      {
        name: 'xl/workbook.xml',
        content: '<workbook><sheets><sheet name="S" r:id="r"/></sheets></workbook>',
      },
      {
        name: 'xl/_rels/workbook.xml.rels',
        content: '<Relationships><Relationship Target="s.xml" Id="r"/></Relationships>',
      },
      { name: 'xl/s.xml', content: '<worksheet><sheetData/></worksheet>' },
      { name: 'xl/styles.xml', content: Buffer.alloc(21_000_000, '<a/>') },
    ]);
    expect(await refusal(content)).toBe('too-large');
  });
});
