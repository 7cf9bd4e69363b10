import { MappingSchema } from '../../functions/registry/imports/mapping.ts';
import { publishedUscc } from '../builders/content.ts';
import { workbook } from '../builders/workbook.ts';
import type { AwardFile } from './read-award-file.ts';

export const cloud = '广州示例云帆软件有限公司';
export const cotton = '广州示例木棉科技股份有限公司';
export const pearl = '示例珠水（广州）数据服务有限公司';
export const white = '广州示例白云工业软件集团有限公司';
/** Enterprises that the registry knows. */
export const known = Object.fromEntries([cloud, cotton, pearl, white].map((name) => [name, publishedUscc]));

/** A mapping with what every list here has in common. */
export const mappingOf = (mapping: Record<string, unknown>) =>
  MappingSchema.parse({
    level: 'municipal',
    matterKind: 'project',
    amountUnit: 'stated',
    year: 2026,
    ...mapping,
  });

const sumOf = (range: string) => ({ xml: `<c><f>SUM(${range})</f><v></v></c>` });

/** An arrangement plan of a bureau: the unit stands in a row of its own, and nothing tells the year. */
export const arrangement = {
  mapping: mappingOf({
    columns: { name: '单位名称', projectName: '项目名称', amount: '补助资金' },
    year: 'title',
  }),
  content: () =>
    workbook([
      {
        name: 'Sheet1',
        rows: [
          ['2026年市级专项资金（软件方向）安排计划'],
          ['单位：万元'],
          ['序号', '项目名称', '单位名称', '补助资金'],
          [1, '开源中间件社区', cloud, 600],
          [2, '工业仿真首版次软件 V1.0', cotton, 123.45],
          [3, '数据管理能力成熟度三级', pearl, 20],
        ],
        merged: ['A1:D1', 'A2:D2'],
      },
    ]),
};

/** The plan of one call: the unit stands in the last column alone. */
export const plan = {
  mapping: mappingOf({ columns: { name: '名称', projectName: '项目名称', amount: '资助金额' } }),
  content: () =>
    workbook([
      {
        name: 'Sheet1',
        rows: [
          ['附件：2026年软件产业事后奖补资金项目资助计划'],
          [undefined, undefined, undefined, undefined, undefined, undefined, '单位:万元'],
          ['序号', '名称', '项目名称', '镇街（园区）', '支持方向', '资助方式', '资助金额'],
          [1, cloud, '智能排产软件研发中心', '天河', '首版次', '事后奖补', '1,734.71'],
          [2, cotton, '仿真软件\n二期', '黄埔', '开源', '事后奖补', 300],
        ],
        merged: ['A1:G1'],
      },
    ]),
};

/** Instalments with a total whose formulas have no results. */
export const instalments = {
  mapping: mappingOf({ columns: { name: '企业名称', amount: '本期拨付（万元）' } }),
  content: () =>
    workbook([
      {
        name: 'Sheet1',
        rows: [
          ['资金资助计划（第四期）'],
          ['序号', '企业名称', '镇街', '立项金额（万元）', '上期拨付（万元）', '本期拨付（万元）'],
          [1, cloud, '天河', 400, 0, 32.36],
          [2, white, '番禺', 250, 100, 50],
          ['合计', undefined, undefined, sumOf('D3:D4'), sumOf('E3:E4'), sumOf('F3:F4')],
        ],
        merged: ['A1:F1', 'A5:C5'],
      },
    ]),
};

/** Shares of three levels, in two rows of headings; an enterprise with two projects stands merged over both. */
export const shares = {
  mapping: mappingOf({
    columns: { name: '企业名称', projectName: '项目名称', amount: '奖补资金/市级' },
    repeatDown: ['企业名称'],
    sums: [{ total: '奖补资金/合计', parts: ['奖补资金/省级', '奖补资金/市级', '奖补资金/区级'] }],
  }),
  content: (total = 212.84) =>
    workbook([
      {
        name: 'Sheet1',
        rows: [
          ['2026年度事后奖补（普惠性）资金资助计划明细表'],
          ['单位：万元'],
          ['序号', '企业名称', '项目名称', '所属区', '奖补资金'],
          [undefined, undefined, undefined, undefined, '省级', '市级', '区级', '合计'],
          [1, white, '一号线', '番禺', 366.84, 152.84, 122.26, 641.94],
          [undefined, undefined, '二号线', undefined, 100, 40, 30, 170],
          [2, pearl, '数据平台', '海珠', 50, 20, 10.5, 80.5],
          ['合计', undefined, undefined, undefined, 516.84, total, 162.76, 892.44],
        ],
        merged: [
          'A1:H1',
          'A2:H2',
          'A3:A4',
          'B3:B4',
          'C3:C4',
          'D3:D4',
          'E3:H3',
          'A5:A6',
          'B5:B6',
          'D5:D6',
          'A8:D8',
        ],
      },
    ]),
};

/** The layouts of lists as they are published, each with its mapping. */
export const publishedLists: readonly AwardFile[] = [
  {
    name: 'an arrangement plan.xlsx',
    ...arrangement,
    known,
    comesTo: {
      awards: [
        {
          name: cloud,
          uscc: publishedUscc,
          projectName: '开源中间件社区',
          year: 2026,
          amountFen: 600_000_000,
        },
        { name: cotton, amountFen: 123_450_000 },
        { name: pearl, amountFen: 20_000_000, level: 'municipal' },
      ],
    },
  },
  {
    name: 'the plan of one call.xlsx',
    ...plan,
    known,
    comesTo: {
      awards: [
        { name: cloud, amountFen: 1_734_710_000 },
        { projectName: '仿真软件\n二期', amountFen: 300_000_000 },
      ],
    },
  },
  {
    name: 'instalments with a total.xlsx',
    ...instalments,
    known,
    comesTo: {
      awards: [
        { name: cloud, projectName: '', amountFen: 32_360_000 },
        { name: white, amountFen: 50_000_000 },
      ],
      faults: ['5 本期拨付（万元） total-unread'],
    },
  },
  {
    name: 'shares of three levels.xlsx',
    ...shares,
    known,
    comesTo: {
      awards: [
        { name: white, projectName: '一号线', amountFen: 152_840_000 },
        { name: white, projectName: '二号线', amountFen: 40_000_000 },
        { name: pearl, projectName: '数据平台', amountFen: 20_000_000 },
      ],
    },
  },
  {
    name: 'shares whose total is wrong.xlsx',
    ...shares,
    content: () => shares.content(212.85),
    known,
    comesTo: { awards: [{}, {}, {}], faults: ['8 奖补资金/市级 total'] },
  },
  {
    name: 'an arrangement plan of enterprises that nobody knows.xlsx',
    ...arrangement,
    comesTo: {
      awards: [],
      open: [
        { row: 4, name: cloud, amountFen: 600_000_000 },
        { row: 5, name: cotton, amountFen: 123_450_000 },
        { row: 6, name: pearl, amountFen: 20_000_000 },
      ],
      faults: ['4 单位名称 name-open', '5 单位名称 name-open', '6 单位名称 name-open'],
    },
  },
];
