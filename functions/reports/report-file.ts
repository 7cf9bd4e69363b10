import { byteOrderMark, csvLine } from '../shared/csv.ts';
import { yuanOf } from '../shared/yuan.ts';
import type { ReportRow } from './award-report.ts';
import type { AwardReportAnswer, Grouping } from './report-awards.ts';
import { type Cell, xlsxFile } from './xlsx-file.ts';

const groupHeads: Readonly<Record<Grouping, string>> = {
  clause: '条款 Clause',
  department: '牵头单位 Lead department',
  district: '区 District',
};

/** Columns behind the group and its title: head and cell. */
const columns: readonly (readonly [head: string, cell: (row: ReportRow) => Cell])[] = [
  ['申报 Applied', (row) => row.applied],
  ['受理合格 Admitted', (row) => row.admitted],
  ['审核中 In review', ({ standing }) => standing.inReview],
  ['不符合条件 Ineligible', ({ standing }) => standing.ineligible],
  ['不予支持 Refused', ({ standing }) => standing.refused],
  ['逾期 Lapsed', ({ standing }) => standing.lapsed],
  ['重复 Duplicate', ({ standing }) => standing.duplicate],
  ['撤回 Withdrawn', ({ standing }) => standing.withdrawn],
  ['取消 Cancelled', ({ standing }) => standing.cancelled],
  ['认定 Recognised', ({ standing }) => standing.recognised],
  ['入库 Pooled', ({ standing }) => standing.pooled],
  ['拟奖补 Awarded', ({ standing }) => standing.awarded],
  ['已下达 Ordered', ({ standing }) => standing.ordered],
  ['已办结 Closed', ({ standing }) => standing.closed],
  ['奖补数 Awards', (row) => row.awarded.count],
  ['奖补金额（元） Awarded (yuan)', (row) => ({ fen: row.awarded.fen })],
  ['下达数 Orders', (row) => row.ordered.count],
  ['下达金额（元） Ordered (yuan)', (row) => ({ fen: row.ordered.fen })],
  ['拨付数 Payments', (row) => row.paid.count],
  ['拨付金额（元） Paid (yuan)', (row) => ({ fen: row.paid.fen })],
  ['追回数 Recoveries', (row) => row.recovered.count],
  ['追回金额（元） Recovered (yuan)', (row) => ({ fen: row.recovered.fen })],
  ['未获支持原因 Reasons', ({ reasons }) => reasonsOf(reasons)],
];

/** The report as CSV; amounts are in yuan. The last line is the sum. */
export function reportCsv(report: AwardReportAnswer): string {
  return (
    byteOrderMark +
    rowsOf(report)
      .map((cells) => csvLine(cells.map(plain)))
      .join('')
  );
}

/** The report as an XLSX workbook with the same rows. */
export function reportXlsx(report: AwardReportAnswer): Uint8Array {
  return xlsxFile(`${report.year} ${report.by}`, rowsOf(report));
}

function rowsOf({ by, groups, total }: AwardReportAnswer): Cell[][] {
  const cells = (row: ReportRow) => columns.map(([, cell]) => cell(row));
  return [
    [groupHeads[by], '名称 Name', ...columns.map(([head]) => head)],
    ...groups.map((row) => [row.group, row.title, ...cells(row)]),
    ['合计 Total', '', ...cells(total)],
  ];
}

function plain(cell: Cell): string {
  return typeof cell === 'object' ? yuanOf(cell.fen) : String(cell);
}

function reasonsOf(reasons: Readonly<Record<string, number>>): string {
  return Object.entries(reasons)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, count]) => `${code} ${count}`)
    .join('; ');
}
