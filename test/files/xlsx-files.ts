import { awardCsv } from '../builders/award-csv.ts';
import { publishedUscc } from '../builders/content.ts';
import { workbook } from '../builders/workbook.ts';
import { type PackagePart, zipPackage } from '../builders/zip-package.ts';
import { chineseMapping } from './csv-files.ts';
import type { AwardFile } from './read-award-file.ts';

const [headings = [], own = []] = awardCsv({})
  .trimEnd()
  .split('\n')
  .map((line) => line.split(','));
const chineseHeadings = ['企业名称', '统一社会信用代码', '项目名称', '年度', '资金（万元）', '证书编号'];
const chineseRow = ['广州示例云帆软件有限公司', publishedUscc, '数据治理平台', '2024', 20, 'Z-1'];
const one = { awards: [{ awardId: 'A-001', amountFen: 50_000_000 }], faults: [] };
const cell = (xml: string) => ({ xml });

/** The award's row with another cell in a column. */
const withCell = (column: string, value: { xml: string } | number | string) =>
  own.map((plain, index) => (headings[index] === column ? value : plain));
/** The award's row several times, each under a number of its own. */
const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    own.map((plain, at) => (headings[at] === 'award_id' ? `A-${index}` : plain)),
  );
const sheet = (...rows: Parameters<typeof workbook>[0][number]['rows']) =>
  workbook([{ name: 'Sheet1', rows: [headings, ...rows] }]);

/** Parts with other names; each text is put in the place of another in all lists that lead to parts. */
const renamed =
  (names: Readonly<Record<string, string>>, targets: Readonly<Record<string, string>> = {}) =>
  (parts: readonly PackagePart[]) => [
    {
      name: '_rels/.rels',
      content: `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="${targets['main'] ?? 'xl/workbook.xml'}"/></Relationships>`,
    },
    ...parts.map(({ name, content = '' }) => ({
      name: names[name] ?? name,
      content: name.endsWith('.rels')
        ? Object.entries(targets)
            .reduce((list, [from, to]) => list.replaceAll(`"${from}"`, `"${to}"`), String(content))
            .replace(
              '</Relationships>',
              `<Relationship Id="s1" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/sharedStrings" Target="${targets['texts'] ?? 'sharedStrings.xml'}"/><Relationship Id="s2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="${targets['styles'] ?? 'styles.xml'}"/></Relationships>`,
            )
        : content,
    })),
  ];
const awards = [{ name: 'Sheet1', rows: [headings, own] }];

const parts: AwardFile[] = [
  { name: 'plain.xlsx', content: () => workbook(awards), comesTo: one },
  { name: 'with a larger directory.xlsx', content: () => workbook(awards, { larger: true }), comesTo: one },
  {
    name: 'whose workbook is called otherwise.xlsx',
    content: () =>
      workbook(awards, {
        renamed: renamed(
          {
            'xl/workbook.xml': 'xl/workbook2.xml',
            'xl/_rels/workbook.xml.rels': 'xl/_rels/workbook2.xml.rels',
          },
          { main: 'xl/workbook2.xml' },
        ),
      }),
    comesTo: one,
  },
  {
    name: 'whose references begin at the root.xlsx',
    content: () =>
      workbook(awards, {
        renamed: renamed(
          {},
          {
            main: '/xl/workbook.xml',
            texts: '/xl/sharedStrings.xml',
            'worksheets/sheet1.xml': '/xl/worksheets/sheet1.xml',
          },
        ),
      }),
    comesTo: one,
  },
  {
    name: 'whose texts, styles and sheet are called otherwise.xlsx',
    content: () =>
      workbook([{ name: 'Sheet1', rows: [headings, withCell('year', cell('<c s="1"><v>45352</v></c>'))] }], {
        renamed: renamed(
          {
            'xl/sharedStrings.xml': 'xl/texts/Strings1.xml',
            'xl/styles.xml': 'styles.xml',
            'xl/worksheets/sheet1.xml': 'xl/worksheets/表 一.xml',
          },
          {
            texts: './texts/Strings1.xml',
            styles: '../styles.xml',
            'worksheets/sheet1.xml': 'worksheets/%E8%A1%A8%20%E4%B8%80.xml',
          },
        ),
      }),
    comesTo: { awards: [{ awardId: 'A-001', year: 2024 }], faults: [] },
  },
  {
    name: 'whose references have backslashes.xlsx',
    content: () =>
      workbook(awards, { renamed: renamed({}, { 'worksheets/sheet1.xml': '\\xl\\worksheets\\sheet1.xml' }) }),
    comesTo: one,
  },
  {
    name: 'with blanks behind it.xlsx',
    content: () => Buffer.concat([workbook(awards), Buffer.from('\r\n\0\0')]),
    comesTo: one,
  },
  {
    name: 'in a folder of its own.xlsx',
    content: () =>
      workbook(awards, {
        renamed: renamed(
          {
            'xl/workbook.xml': 'office/book.xml',
            'xl/_rels/workbook.xml.rels': 'office/_rels/book.xml.rels',
            'xl/worksheets/sheet1.xml': 'office/worksheets/sheet1.xml',
          },
          { main: 'office/book.xml', texts: '../xl/sharedStrings.xml', styles: '../xl/styles.xml' },
        ),
      }),
    comesTo: one,
  },
  {
    name: 'whose sheet is in UTF-16.xlsx',
    content: () =>
      workbook(awards, {
        renamed: (all) =>
          all.map(({ name, content = '' }) => ({
            name,
            content: name.includes('sheet1') ? Buffer.from(`\uFEFF${String(content)}`, 'utf16le') : content,
          })),
      }),
    comesTo: one,
  },
];

const sheets: AwardFile[] = [
  {
    name: 'with the empty sheets of a new workbook.xlsx',
    content: () => workbook([...awards, { name: 'Sheet2', rows: [] }, { name: 'Sheet3', rows: [['']] }]),
    comesTo: one,
  },
  {
    name: 'with an empty sheet before it.xlsx',
    content: () => workbook([{ name: '封面', rows: [] }, ...awards]),
    comesTo: one,
  },
  {
    name: 'with a second sheet of awards.xlsx',
    content: () => workbook([...awards, { name: '2024年', rows: [headings, own] }]),
    comesTo: { refused: ['sheets'], says: /Sheet1.*2024年/ },
  },
  {
    name: 'with a second sheet, and a word which one.xlsx',
    sheet: '2024年',
    content: () =>
      workbook([
        { name: '说明', rows: [['说明']] },
        { name: '2024年', rows: [headings, own] },
      ]),
    comesTo: { awards: one.awards, faults: ['1  sheets'] },
  },
  {
    name: 'with a hidden sheet.xlsx',
    content: () => workbook([{ name: '字典', rows: [['市级']], hidden: true }, ...awards]),
    comesTo: { awards: one.awards, faults: ['1  sheets'] },
  },
  {
    name: 'without the sheet that is asked for.xlsx',
    sheet: '2023年',
    content: () => workbook(awards),
    comesTo: { refused: ['sheet'], says: /Sheet1/ },
  },
];

const cells: AwardFile[] = [
  {
    name: 'a long number in a number cell.xlsx',
    content: () =>
      workbook([
        {
          name: '安排表',
          rows: [
            chineseHeadings,
            [...chineseRow.slice(0, 5), cell('<c><v>2.0241234567890099E+17</v></c>')],
            [...chineseRow.slice(0, 5), 2.0241234567890122e17],
          ],
        },
      ]),
    mapping: chineseMapping,
    comesTo: { awards: [], faults: ['2 证书编号 digits-lost', '3 证书编号 digits-lost'] },
  },
  {
    name: 'a credit code in a number cell.xlsx',
    content: () => sheet(withCell('uscc', cell('<c><v>9.1440101731566592E+17</v></c>'))),
    comesTo: { awards: [], faults: ['2 uscc digits-lost'] },
  },
  {
    name: 'a long number in a column that is not read.xlsx',
    content: () =>
      workbook([
        {
          name: 'S',
          rows: [
            [...chineseHeadings, '账号'],
            [...chineseRow, 6.222020200112233e18],
          ],
        },
      ]),
    mapping: chineseMapping,
    comesTo: { awards: [{ amountFen: 20_000_000 }], faults: [] },
  },
  {
    name: 'numbers in formats of zeros.xlsx',
    content: () =>
      workbook(
        [
          {
            name: 'S',
            rows: [
              headings,
              withCell('award_id', cell('<c s="5"><v>123</v></c>')),
              withCell('award_id', cell('<c s="6"><v>20240007</v></c>')),
              withCell('award_id', cell('<c s="7"><v>42</v></c>')),
              withCell('award_id', cell('<c s="8"><v>1234567</v></c>')),
            ],
          },
        ],
        { formats: ['00000', '0000-0000', '"GZ"0000;-0', '00000_);(00000)'] },
      ),
    comesTo: {
      awards: ['00123', '2024-0007', 'GZ0042', '1234567'].map((awardId) => ({ awardId })),
      faults: [],
    },
  },
  {
    name: 'numbers in formats that show less than there is.xlsx',
    content: () =>
      workbook(
        [
          {
            name: 'S',
            rows: [
              headings,
              withCell('amount_yuan', cell('<c s="5"><v>200000</v></c>')),
              withCell('amount_yuan', cell('<c s="6"><v>1234.56</v></c>')).with(0, 'A-002'),
            ],
          },
        ],
        { formats: ['0!.0,"万元"', '#,##0'] },
      ),
    comesTo: { awards: [{ amountFen: 20_000_000 }, { amountFen: 123_456 }], faults: [] },
  },
  {
    name: 'numbers in formats of other signs.xlsx',
    content: () =>
      workbook(
        [
          {
            name: 'S',
            rows: [
              headings,
              ...[5, 6, 7].map((style) => withCell('award_id', cell(`<c s="${style}"><v>12345</v></c>`))),
            ],
          },
        ],
        { formats: ['0000!-00', '00000#', '穗00000000'] },
      ),
    comesTo: { awards: ['0123-45', '012345', '穗00012345'].map((awardId) => ({ awardId })), faults: [] },
  },
  {
    name: 'amounts whose format has the unit.xlsx',
    content: () =>
      workbook(
        [
          {
            name: 'S',
            rows: [
              headings,
              ...[5, 6, 7].map((style) =>
                withCell('amount_yuan', cell(`<c s="${style}"><v>20</v></c>`)).with(0, `A-${style}`),
              ),
            ],
          },
        ],
        { formats: ['#,##0"万元"', '0.00"亿元"_ ', '0,"万元"'] },
      ),
    comesTo: {
      awards: [{ amountFen: 20_000_000 }, { amountFen: 200_000_000_000 }, { amountFen: 2000 }],
      faults: [],
    },
  },
  {
    name: 'formulas with and without their results.xlsx',
    content: () =>
      sheet(
        withCell('matter_detail', cell('<c t="str"><f>A1</f><v></v></c>')),
        withCell('matter_detail', cell('<c><f>A1</f></c>')),
        withCell('matter_detail', cell('<c><f>A1</f><v/></c>')),
        withCell('matter_detail', cell('<c t="e"><f>A1</f><v>#N/A</v></c>')),
      ),
    comesTo: {
      awards: [{ matterDetail: '' }],
      faults: [
        '2 matter_detail formula',
        '3 matter_detail formula',
        '4 matter_detail formula',
        '5 matter_detail format',
        '5 matter_detail formula',
      ],
    },
  },
  {
    name: 'texts that the workbook does not have.xlsx',
    content: () =>
      sheet(
        withCell('matter_detail', cell('<c t="s"><v>999</v></c>')),
        withCell('matter_detail', cell('<c t="s"/>')),
      ),
    comesTo: { awards: [{ matterDetail: '' }], faults: ['2 matter_detail format'] },
  },
  {
    name: 'halves of characters and controls.xlsx',
    content: () =>
      sheet(
        withCell('project_name', '云帆_xD83D_平台'),
        withCell('project_name', '云帆_x0000_平台'),
        withCell('project_name', '云帆_x000D_\n平台'),
      ),
    comesTo: {
      awards: [{ projectName: '云帆\r\n平台' }],
      faults: ['2 project_name character', '3 project_name character'],
    },
  },
  {
    name: 'places in small letters and with dollars.xlsx',
    content: () =>
      workbook(awards, {
        renamed: (all) =>
          all.map(({ name, content = '' }) => ({
            name,
            content: name.includes('sheet1')
              ? String(content).replace(/ r="([A-Z])(\d)"/g, (_, column, row) =>
                  row === '1' ? ` r="${column.toLowerCase()}1"` : ` r="$${column}$${row}"`,
                )
              : content,
          })),
      }),
    comesTo: one,
  },
  {
    name: 'years as numbers, texts and dates.xlsx',
    content: () =>
      sheet(
        ...[
          cell('<c><v>2024</v></c>'),
          cell('<c><v>2024.5</v></c>'),
          cell('<c s="4"><v>45352</v></c>'),
          cell('<c t="str"><v>2024年度</v></c>'),
          cell('<c t="d"><v>2024-05-06T00:00:00</v></c>'),
        ].map((year, index) => withCell('year', year).with(0, `A-${index}`)),
      ),
    comesTo: { awards: Array.from({ length: 5 }, () => ({ year: 2024 })), faults: [] },
  },
  {
    name: 'rows that a filter hides.xlsx',
    content: () =>
      workbook([
        {
          name: '安排表',
          rows: [headings, ...numbered(6)],
          rowAttributes: {
            3: 'hidden="1"',
            4: 'hidden="true"',
            6: 'ht="0" customHeight="1"',
            7: 'hidden="0"',
          },
        },
      ]),
    comesTo: { awards: numbered(6).map(() => ({})), faults: ['3  hidden-rows', '6  hidden-rows'] },
  },
  {
    name: 'rows that are hidden unless they say otherwise, and columns.xlsx',
    content: () =>
      workbook([
        {
          name: '安排表',
          rows: [headings, ...numbered(2)],
          before:
            '<sheetFormatPr zeroHeight="1"/><cols><col min="1" max="2" width="9"/><col min="3" max="28" hidden="1"/></cols>',
          rowAttributes: { 1: 'hidden="0"', 3: 'hidden="0"' },
        },
      ]),
    comesTo: { awards: [{}, {}], faults: ['1 C:AB hidden-columns', '2  hidden-rows'] },
  },
  {
    name: 'two rows of headings, merged.xlsx',
    content: () =>
      workbook([
        {
          name: '安排表',
          rows: [
            ['企业信息', undefined, '项目名称', '年度', '资金（万元）', undefined, '证书编号'],
            ['企业名称', '统一社会\n信用代码', undefined, undefined, '申报', '核定'],
            [...chineseRow.slice(0, 4), 30, 20, 'Z-1'],
          ],
          merged: ['A1:B1', 'E1:F1'],
        },
      ]),
    mapping: { ...chineseMapping, columns: { ...chineseMapping.columns, amount: '资金(万元)/核定' } },
    comesTo: {
      awards: [{ amountFen: 20_000_000, evidence: [{ kind: 'certificate', number: 'Z-1' }] }],
      faults: [],
    },
  },
];

const compound = (names: string) => {
  const file = Buffer.alloc(3072);
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(file);
  // Sectors of 512 bytes, the directory in the second one.
  file.writeUInt16LE(9, 30);
  file.writeUInt32LE(1, 48);
  Buffer.from(names, 'utf16le').copy(file, 1024);
  return file;
};

const noWorkbooks: AwardFile[] = (
  [
    ['an empty file.xlsx', () => Buffer.alloc(0), /空文件/],
    ['a web page.xlsx', () => Buffer.from('\n<!DOCTYPE html><html><table></table></html>'), /HTML/],
    [
      'a table of a web page.xlsx',
      () => Buffer.from('\uFEFF<table border="1"><tr><td>1</td></tr></table>'),
      /HTML/,
    ],
    [
      'a spreadsheet of 2003.xlsx',
      () =>
        Buffer.from('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'),
      /2003/,
    ],
    ['CSV.xlsx', () => Buffer.from(awardCsv({})), /CSV/],
    ['CSV in UTF-16.xlsx', () => Buffer.from(`\uFEFF${awardCsv({})}`, 'utf16le'), /CSV/],
    ['an old workbook.xls.xlsx', () => compound('Root Entry\0Workbook\0'), /\.xls）/],
    ['an encrypted workbook.xlsx', () => compound('Root Entry\0EncryptedPackage\0'), /加密/],
    ['an old Word document.xlsx', () => compound('Root Entry\0WordDocument\0'), /旧格式的 Office/],
    ['a PDF.xlsx', () => Buffer.from('%PDF-1.4\n'), /PDF/],
    ['an archive.xlsx', () => Buffer.from('526172211a0700cf', 'hex'), /压缩包/],
    ['a Word document.xlsx', () => zipPackage([{ name: 'word/document.xml', content: '<w/>' }]), /Word/],
    ['a binary workbook.xlsx', () => zipPackage([{ name: 'xl/workbook.bin', content: 'a' }]), /\.xlsb/],
    ['an OpenDocument.xlsx', () => zipPackage([{ name: 'content.xml', content: '<a/>' }]), /OpenDocument/],
    ['a plain archive.xlsx', () => zipPackage([{ name: 'a.csv', content: 'a,b' }]), /没有工作簿/],
    ['a workbook that is cut off.xlsx', () => workbook(awards).subarray(0, 900), /不完整/],
  ] as const
).map(([name, content, says]) => ({ name, content, comesTo: { refused: ['not-xlsx'], says } }));

/** Files of awards as workbooks. */
export const xlsxFiles: readonly AwardFile[] = [...parts, ...sheets, ...cells, ...noWorkbooks];
