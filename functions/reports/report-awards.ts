import * as z from 'zod';
import { EligibilityOutcomeSchema } from '../filing/applications/eligibility-result.ts';
import { statuses } from '../filing/applications/lifecycle.ts';
import type { OpenedItem, PolicyBook } from '../policy/guides/policy-book.ts';
import type { Notice } from '../policy/notice/notice-schema.ts';
import type { Table } from '../shared/table.ts';
import { scanPage } from '../shared/table-scan.ts';
import { AwardReport, type ReportRow } from './award-report.ts';
import type { groupings } from './award-report-view.ts';

export type Grouping = (typeof groupings)[number];

/** Of an application's state, what a report asks for. */
const ReportedSchema = z.object({
  guide: z.string(),
  status: z.enum(statuses).exclude(['draft', 'deleted']),
  content: z.object({ item: z.string(), enterprise: z.object({ district: z.string() }) }),
  eligibility: z.object({ outcome: EligibilityOutcomeSchema }).optional(),
  reasons: z.array(z.object({ code: z.string() })).optional(),
  award: z.object({ fen: z.int() }).optional(),
  order: z.object({ fen: z.int() }).optional(),
  paidFen: z.int().optional(),
  recoveredFen: z.int().optional(),
});

export interface ReportParts {
  readonly applications: Table<'applications'>;
  readonly policy: PolicyBook;
}

export interface AwardReportAnswer {
  readonly year: number;
  readonly by: Grouping;
  readonly groups: (ReportRow & { group: string; title: string })[];
  readonly total: ReportRow;
}

/**
 * What became of the applications under the guides of a year, by clause of the notice, by lead department (several
 * where a clause names several) or by district. It reads every application there ever was, one after the other, from
 * the index that holds applications and nothing else, and keeps a row for each group alone: with 8 kB an application,
 * 10,000 of them are 80 pages, some seconds and 10,000 read units. Applications that change meanwhile are counted as
 * they are met.
 */
export async function reportAwards(
  { applications, policy }: ReportParts,
  { year, by }: { readonly year: number; readonly by: Grouping },
): Promise<AwardReportAnswer> {
  const report = new AwardReport();
  const titles = new Map<string, string>();
  const opened = new Map<string, Promise<OpenedItem>>();
  let start: Record<string, unknown> | undefined;
  do {
    const { items, lastKey } = await scanPage(applications, {
      index: 'byOrganisation',
      // A draft was not applied for, and neither was one that was withdrawn as such.
      filter: 'attribute_exists(#state.#submission)',
      shows: [
        ...['guide', 'status', 'content.#item', 'content.#enterprise.#district', 'eligibility.#outcome'],
        ...['reasons', 'award.#fen', 'order.#fen', 'paidFen', 'recoveredFen'],
      ]
        .map((path) => `#state.#${path}`)
        .join(', '),
      names,
      start,
    });
    for (const item of items) {
      const { guide, content, ...state } = ReportedSchema.parse(item['state']);
      const key = `${guide} ${content.item}`;
      const governing = opened.get(key) ?? policy.requireItem(guide, content.item);
      opened.set(key, governing);
      const law = await governing;
      if (law.guide.year !== year) continue;
      const { group, title } = groupOf(policy.notice, by, law, content.enterprise.district);
      titles.set(group, title);
      report.add(group, {
        status: state.status,
        eligibility: state.eligibility?.outcome,
        reasons: (state.reasons ?? []).map(({ code }) => code),
        awardFen: state.award?.fen,
        orderFen: state.order?.fen,
        paidFen: state.paidFen,
        recoveredFen: state.recoveredFen,
      });
    }
    start = lastKey;
  } while (start);
  const { groups, total } = report.result();
  return {
    ...{ year, by, total },
    groups: groups.map((row) => ({ title: titles.get(row.group) ?? row.group, ...row })),
  };
}

const names = Object.fromEntries(
  [
    ...['state', 'submission', 'guide', 'status', 'content', 'item', 'enterprise', 'district', 'eligibility'],
    ...['outcome', 'reasons', 'award', 'order', 'fen', 'paidFen', 'recoveredFen'],
  ].map((name) => [`#${name}`, name]),
);

function groupOf(
  notice: Notice,
  by: Grouping,
  { law }: OpenedItem,
  district: string,
): { group: string; title: string } {
  switch (by) {
    case 'clause': {
      const { clause } = law.item;
      return {
        group: clause,
        title: notice.measures.find((one) => one.clause === clause)?.title.zh ?? clause,
      };
    }
    case 'district':
      return { group: district, title: notice.districts[district]?.zh ?? district };
    case 'department': {
      const named = law.part.lead.map((id) => notice.departments.find((one) => one.id === id)?.name.zh ?? id);
      return { group: law.part.lead.join('+'), title: named.join('、') };
    }
  }
}
