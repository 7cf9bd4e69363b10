import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { transitions } from '../../../functions/filing/applications/lifecycle.ts';
import { fileInMemory } from '../../../functions/registry/imports/import-files.ts';
import { readXlsxRows } from '../../../functions/registry/imports/xlsx-rows.ts';
import { AwardReport, type ReportedApplication } from '../../../functions/reports/award-report.ts';
import type { AwardReportAnswer } from '../../../functions/reports/report-awards.ts';
import { reportCsv, reportXlsx } from '../../../functions/reports/report-file.ts';

// The statuses are the keys of their transitions, which the compiler widens.
const statuses = (Object.keys(transitions) as (keyof typeof transitions)[]).filter(
  (status): status is ReportedApplication['status'] => status !== 'draft' && status !== 'deleted',
);
const amount = fc.option(fc.integer({ min: 0, max: 10_000_000_000 }), { nil: undefined });
const applications = fc.array(
  fc.record({
    group: fc.constantFrom('a', 'b', 'c'),
    application: fc.record({
      status: fc.constantFrom(...statuses),
      eligibility: fc.constantFrom('met' as const, 'unmet' as const, 'needs-review' as const, undefined),
      reasons: fc.array(fc.constantFrom('late', 'level', 'other')),
      awardFen: amount,
      orderFen: amount,
      paidFen: amount,
      recoveredFen: amount,
    }),
  }),
  { maxLength: 60 },
);

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

describe('a report', () => {
  it('puts every application in one place, and adds up', () => {
    fc.assert(
      fc.property(applications, (all) => {
        const report = new AwardReport();
        for (const { group, application } of all) report.add(group, application);
        const { groups, total } = report.result();
        expect(total.applied).toBe(all.length);
        for (const row of [...groups, total]) expect(sum(Object.values(row.standing))).toBe(row.applied);
        for (const name of ['applied', 'admitted'] as const) {
          expect(total[name]).toBe(sum(groups.map((row) => row[name])));
        }
        for (const name of ['awarded', 'ordered', 'paid', 'recovered'] as const) {
          expect(total[name].fen).toBe(sum(groups.map((row) => row[name].fen)));
          expect(total[name].count).toBe(sum(groups.map((row) => row[name].count)));
        }
        expect(groups.map(({ group }) => group)).toEqual([...new Set(all.map(({ group }) => group))].sort());
      }),
    );
  });

  it('counts no money of an award that was taken back, and a reason once for an application', () => {
    const report = new AwardReport();
    const awardFen = 500;
    report.add('a', {
      status: 'cancelled',
      eligibility: 'met',
      reasons: ['late', 'late', 'level'],
      awardFen,
    });
    report.add('a', { status: 'refused', eligibility: 'met', reasons: ['late'] });
    report.add('a', { status: 'ineligible', eligibility: 'unmet', reasons: ['level'] });
    report.add('a', { status: 'withdrawn', reasons: [] });
    report.add('a', { status: 'noticed', eligibility: 'needs-review', reasons: [], awardFen });
    report.add('a', {
      ...{ status: 'closed', eligibility: 'met', reasons: [] },
      ...{ awardFen, orderFen: 400, paidFen: 400, recoveredFen: 100 },
    });
    expect(report.result().total).toMatchObject({
      applied: 6,
      admitted: 4,
      standing: { cancelled: 1, refused: 1, ineligible: 1, withdrawn: 1, awarded: 1, closed: 1, inReview: 0 },
      reasons: { late: 2, level: 2 },
      awarded: { count: 2, fen: 1000 },
      ordered: { count: 1, fen: 400 },
      paid: { count: 1, fen: 400 },
      recovered: { count: 1, fen: 100 },
    });
  });
});

function sample(): AwardReportAnswer {
  const report = new AwardReport();
  report.add('440106', {
    ...{ status: 'closed', eligibility: 'met', reasons: [] },
    ...{ awardFen: 123_456_789, orderFen: 123_456_789, paidFen: 5 },
  });
  report.add('440103', { status: 'refused', eligibility: 'met', reasons: ['=late'] });
  const { groups, total } = report.result();
  const title = '天河区 <A&B> "C"';
  return { year: 2026, by: 'district', groups: groups.map((row) => ({ ...row, title })), total };
}

describe('its file', () => {
  it('opens in the reader of workbooks, with the same rows as the CSV', async () => {
    const rows: (readonly string[])[] = [];
    const file = fileInMemory(Buffer.from(reportXlsx(sample())));
    for await (const { cells } of readXlsxRows(file, { names: [] }, { row: 0, offset: 0 }, () => {
      throw new Error('the reader warns');
    })) {
      rows.push(cells);
    }
    const [head = [], ...body] = rows;
    expect(rows).toHaveLength(4);
    expect(head.slice(0, 3)).toEqual(['区 District', '名称 Name', '申报 Applied']);
    expect(body.map(([group]) => group)).toEqual(['440103', '440106', '合计 Total']);
    const column = head.indexOf('奖补金额（元） Awarded (yuan)');
    expect(body.map((cells) => Number(cells[column]))).toEqual([0, 1_234_567.89, 1_234_567.89]);
    expect(body[0]?.[1]).toBe('天河区 <A&B> "C"');

    const lines = reportCsv(sample()).slice(1).trimEnd().split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[2]).toContain(',1234567.89,');
    expect(lines[2]).toContain(',0.05,');
    expect(lines[1]?.endsWith(",'=late 1")).toBe(true);
    expect(lines[1]).toContain('"天河区 <A&B> ""C"""');
  });
});
