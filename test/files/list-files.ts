import { gb18030 } from '../builders/gb18030.ts';
import { workbook } from '../builders/workbook.ts';
import { cloud, cotton, known, mappingOf, pearl, white } from './list-layouts.ts';
import type { AwardFile } from './read-award-file.ts';

type Rows = Parameters<typeof workbook>[0][number]['rows'];
const book =
  (rows: Rows, merged: readonly string[] = []) =>
  () =>
    workbook([{ name: '表', rows, merged }]);
const plain = mappingOf({ columns: { name: '企业名称', projectName: '项目名称', amount: '金额（万元）' } });
const head = ['序号', '企业名称', '项目名称', '金额（万元）'];
const none = undefined;

/** Amounts and what stands around them. */
const amounts: AwardFile[] = [
  {
    name: 'amounts in Chinese numerals.xlsx',
    mapping: plain,
    known,
    content: book([
      head,
      ...[
        '人民币贰拾万元整',
        '叁佰零伍万陆仟元',
        '壹亿贰仟万元整',
        '拾万零伍仟元伍角叁分',
        '二十万',
        '人民币（大写）：壹万元正',
        '２０',
        '20万元',
        '贰拾',
        '贰拾贰拾万元',
        '12.3456789',
        '-5',
      ].map((amount, index) => [index + 1, cloud, `项目${'甲乙丙丁戊己庚辛壬癸子丑'[index]}`, amount]),
    ]),
    comesTo: {
      awards: [
        20_000_000, 305_600_000, 12_000_000_000, 10_500_053, 20_000_000, 1_000_000, 20_000_000, 20_000_000,
      ].map((amountFen) => ({ amountFen })),
      faults: [10, 11, 12, 13].map((row) => `${row} 金额（万元） format`),
    },
  },
  {
    name: 'amounts in yuan and ten thousand yuan side by side.xlsx',
    mapping: mappingOf({
      columns: { name: '企业名称', amount: '金额（元）' },
      sums: [{ total: '金额（元）', parts: ['金额（万元）'] }],
    }),
    known,
    content: book([
      ['企业名称', '金额（万元）', '金额（元）'],
      [cloud, 12.345678, 123456.78],
      [white, 20, 20000],
    ]),
    comesTo: { awards: [{ amountFen: 12_345_678 }], faults: ['3 金额（元） sum'] },
  },
  {
    name: 'a unit that is not the mapping’s.xlsx',
    mapping: { ...plain, amountUnit: 'yuan' },
    known,
    content: book([head, [1, cloud, '甲', 20]]),
    comesTo: { refused: ['unit'], says: /amountUnit/ },
  },
  {
    name: 'a unit above the table that is not the mapping’s.xlsx',
    mapping: mappingOf({ columns: { name: '企业名称', amount: '金额' }, amountUnit: 'wan-yuan' }),
    known,
    content: book([['附件（单位：元）'], ['企业名称', '金额'], [cloud, 20]]),
    comesTo: { refused: ['unit'] },
  },
  {
    name: 'no unit at all.xlsx',
    mapping: mappingOf({ columns: { name: '企业名称', amount: '金额' } }),
    known,
    content: book([
      ['企业名称', '金额'],
      [cloud, 20],
      [white, '20万元'],
    ]),
    comesTo: { awards: [{ name: white, amountFen: 20_000_000 }], faults: ['2 金额 format'] },
  },
  {
    name: 'days as numbers of a spreadsheet.xlsx',
    mapping: mappingOf({
      columns: { name: '企业名称', year: '批复日期', amount: '金额（元）' },
      year: undefined,
      yearFormat: 'serial',
    }),
    known,
    content: book([
      ['企业名称', '批复日期', '金额（元）'],
      [cloud, 46023, 1],
      [white, 46022.5, 2],
      [pearl, '2026年度', 3],
      [cotton, 12, 3],
    ]),
    comesTo: { awards: [{ year: 2026 }, { year: 2025 }, { year: 2026 }], faults: ['5 批复日期 format'] },
  },
];

const totals: AwardFile[] = [
  {
    name: 'subtotals of districts, and a total.xlsx',
    mapping: { ...plain, repeatDown: ['所属区'] },
    known,
    content: book(
      [
        [...head, '所属区'],
        [1, cloud, '甲', 100, '天河'],
        [2, white, '乙', 50],
        [none, '天河区小计', none, 150],
        [3, pearl, '丙', '1,000.5', '海珠'],
        [none, '小 计', none, 1000.5],
        ['合  计', none, none, 1150.5],
      ],
      ['E2:E3', 'A7:C7'],
    ),
    comesTo: { awards: [{}, {}, {}] },
  },
  {
    name: 'subtotals and a total that are wrong.xlsx',
    mapping: plain,
    known,
    content: book([
      head,
      [1, cloud, '甲', 100],
      ['小计', none, none, 100.01],
      [2, white, '乙', 'soon'],
      ['小计', none, none, 30],
      [3, pearl, '丙', 7],
      ['小计', none, none, 7],
      ['总计（万元）', none, none, 137],
    ]),
    comesTo: {
      awards: [{ name: cloud }, { name: pearl }],
      faults: [
        '3 金额（万元） total',
        '4 金额（万元） format',
        '5 金额（万元） total-open',
        '8 金额（万元） total-open',
      ],
    },
  },
  {
    name: 'totals that come first.xlsx',
    mapping: plain,
    known,
    content: book([
      head,
      [none, '合 计', none, 157],
      ['天河区小计', none, none, 150],
      [1, cloud, '甲', 100],
      [2, white, '乙', 50],
      ['海珠区小计', none, none, 8],
      [3, pearl, '丙', 7],
    ]),
    comesTo: { awards: [{}, {}, {}], faults: ['6 金额（万元） total'] },
  },
  {
    name: 'two tables under each other, with notes.xlsx',
    mapping: mappingOf({
      columns: { name: '企业名称', amount: '金额' },
      above: { projectName: '项目名称' },
    }),
    known,
    content: book([
      ['2026年资助计划'],
      ['项目名称：首版次软件', none, '单位：万元'],
      ['序号', '企业名称', '金额'],
      [1, cloud, 20],
      ['合计', none, 20],
      ['项目名称：', '开源社区'],
      ['单位：元'],
      ['序号', '企业名称', '金额'],
      [1, white, 300000],
      [2, pearl, '5万元'],
      ['合计', none, 350000],
      ['注：以上金额为税前。'],
      [none, none, '市工业和信息化局（盖章）'],
      [none, none, '2026年4月22日'],
    ]),
    comesTo: {
      awards: [
        { name: cloud, projectName: '首版次软件', amountFen: 20_000_000 },
        { name: white, projectName: '开源社区', amountFen: 30_000_000 },
        { name: pearl, projectName: '开源社区', amountFen: 5_000_000 },
      ],
      faults: ['6  note', '7  note', '12  note', '13  note', '14  note'],
    },
  },
];

const names: AwardFile[] = [
  {
    name: 'names with marks of notes and line breaks.xlsx',
    mapping: plain,
    known,
    content: book([
      head,
      [1, `${cloud}*`, '甲', 1],
      [2, `${white}①`, '乙', 2],
      [3, '示例珠水（广州）\n数据服务有限公司[2]', '丙', 3],
      [4, `${cotton}（注1）`, '丁', 4],
    ]),
    comesTo: {
      awards: [cloud, white, pearl, cotton].map((name) => ({ name })),
      faults: [2, 3, 4, 5].map((row) => `${row} 企业名称 normalised`),
    },
  },
  {
    name: 'joint awards.xlsx',
    mapping: plain,
    known,
    content: book([
      head,
      [1, `${cloud}、${white}`, '甲', 1],
      [2, `${cloud}\n${white}`, '乙', 2],
      [3, `${cloud}（联合${white}）`, '丙', 3],
      [4, `${cloud}和示例大学`, '丁', 4],
      [5, '示例和记软件研究院\n股份有限公司', '戊', 5],
      ['合计', none, none, 15],
    ]),
    comesTo: {
      awards: [],
      open: [{ row: 6, name: '示例和记软件研究院股份有限公司', amountFen: 5_000_000 }],
      faults: [
        ...[2, 3, 4, 5].map((row) => `${row} 企业名称 joint`),
        '6 企业名称 normalised',
        '6 企业名称 name-open',
      ],
    },
  },
  {
    name: 'an amount that is merged over two rows.xlsx',
    mapping: { ...plain, repeatDown: ['企业名称'] },
    known,
    content: book(
      [head, [1, cloud, '甲', 20], [none, none, '乙', none], [2, none, '丙', 5]],
      ['A2:A3', 'B2:B3', 'D2:D3'],
    ),
    comesTo: {
      awards: [{ projectName: '甲' }],
      faults: ['3 金额（万元） merged-cells', '4 企业名称 format'],
    },
  },
];

const sheets = (rows: readonly Rows[]) => () =>
  workbook(rows.map((one, index) => ({ name: ['天河', '黄埔', '说明'][index] ?? '', rows: one })));
const several: readonly Rows[] = [
  [['天河区'], head, [1, cloud, '甲', 1], ['合计', none, none, 1]],
  [head.toReversed(), [2, '乙', white, 1], [3, '丙', pearl, 2], [4, none, '合计', none]],
  [['本表由各区填报'], ['如有疑问请联系']],
];

const books: AwardFile[] = [
  {
    name: 'a list across sheets.xlsx',
    mapping: { ...plain, sheets: ['天河', '黄埔'], ignoredSheets: ['说明'] },
    known,
    content: sheets(several),
    comesTo: {
      awards: [
        { name: cloud, amountFen: 1_000_000 },
        { name: white, projectName: '乙', amountFen: 2_000_000 },
        { name: pearl, amountFen: 3_000_000 },
      ],
      faults: ['4 金额（万元） total'],
    },
  },
  {
    name: 'a list across sheets, and one that nobody named.xlsx',
    mapping: { ...plain, sheets: ['天河', '黄埔'] },
    known,
    content: sheets(several),
    comesTo: { refused: ['sheets'], says: /说明/ },
  },
  {
    name: 'a sheet beside one that is ignored by name.xlsx',
    mapping: { ...plain, ignoredSheets: ['黄埔', '说明'] },
    known,
    content: sheets(several),
    comesTo: { awards: [{ name: cloud }] },
  },
  {
    name: 'two rows of headings in GB18030.csv',
    mapping: mappingOf({
      columns: { name: '企业名称', projectName: '项目名称', amount: '奖补资金（万元）/市级' },
      repeatDown: ['企业名称'],
      encoding: 'gb18030',
    }),
    known,
    content: () =>
      gb18030(
        [
          '2026年度资助计划,,,,',
          '序号,企业名称,项目名称,奖补资金（万元）,',
          ',,,市级,区级',
          `1,${cloud},甲,"1,234.5",1`,
          ',,乙,2,1',
          `2,${white},丙,3,1`,
          '3,,丁,4,1',
          '合计,,,1243.5,4',
          ',,戊,1,1',
          '',
        ].join('\n'),
      ),
    comesTo: {
      awards: [
        { name: cloud, projectName: '甲', amountFen: 1_234_500_000 },
        { name: cloud, projectName: '乙' },
        { name: white },
      ],
      faults: ['7 企业名称 format', '9 企业名称 format'],
    },
  },
  {
    name: 'three rows of headings, repeated on another page.xlsx',
    mapping: mappingOf({
      columns: { name: '单位/名称', amount: '资金（万元）/其中/市级' },
    }),
    known,
    content: book([
      ['单位', none, '资金（万元）'],
      ['名称', '所在区', '其中', none, '合计'],
      [none, none, '省级', '市级'],
      [cloud, '天河', 1, 2, 3],
      ['单位', none, '资金（万元）'],
      ['名称', '所在区', '其中', none, '合计'],
      [none, none, '省级', '市级'],
      [white, '天河', 1, 5, 6],
    ]),
    comesTo: { awards: [{ amountFen: 2_000_000 }, { amountFen: 5_000_000 }] },
  },
  {
    name: 'two years above a table.xlsx',
    mapping: { ...plain, year: 'title' },
    known,
    content: book([['2025年资助计划（2026年公布）'], head, [1, cloud, '甲', 1]]),
    comesTo: { refused: ['title-year'] },
  },
];

/** Lists as offices write them, that no mapping of the published ones fits. */
export const listFiles: readonly AwardFile[] = [...amounts, ...totals, ...names, ...books];
