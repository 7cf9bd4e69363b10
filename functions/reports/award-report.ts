import * as z from 'zod';
import type { EligibilityOutcome } from '../filing/applications/eligibility-result.ts';
import type { Status } from '../filing/applications/lifecycle.ts';
import { FenSchema, sumFen } from '../shared/money.ts';

/** Where applications stand: each that was ever submitted is in exactly one of these. */
const places = [
  'inReview',
  'ineligible',
  'refused',
  'lapsed',
  'duplicate',
  'withdrawn',
  'cancelled',
  'recognised',
  'pooled',
  'awarded',
  'ordered',
  'closed',
] as const;
type Place = (typeof places)[number];

/** Drafts were not applied for. */
type ReportedStatus = Exclude<Status, 'draft' | 'deleted'>;

/** Place of a status; `awarded` is on the way to its order. */
const placeOf: Readonly<Record<ReportedStatus, Place>> = {
  submitted: 'inReview',
  'sign-off': 'inReview',
  returned: 'inReview',
  deduplication: 'inReview',
  adjudication: 'inReview',
  ineligible: 'ineligible',
  refused: 'refused',
  lapsed: 'lapsed',
  duplicate: 'duplicate',
  withdrawn: 'withdrawn',
  cancelled: 'cancelled',
  recognised: 'recognised',
  pooled: 'pooled',
  allocated: 'awarded',
  noticed: 'awarded',
  ordered: 'ordered',
  closed: 'closed',
};

const MoneySchema = z.object({ count: z.int(), fen: FenSchema });
const countsOf = z.object(
  Object.fromEntries(places.map((place) => [place, z.int()])) as Record<Place, z.ZodInt>,
);

/** What became of the applications of a group, or of all of them. */
export const ReportRowSchema = z
  .object({
    applied: z.int().meta({ description: 'Ever submitted: the sum of `standing`' }),
    admitted: z.int().meta({ description: 'Passed the eligibility check' }),
    standing: countsOf.meta({ description: 'Where they stand now, each in one place' }),
    reasons: z.record(z.string(), z.int()).meta({
      description: 'Of those that ended without an award: how many were told each reason, by its code',
    }),
    awarded: MoneySchema.meta({ description: 'Awards that stand, ordered ones included' }),
    ordered: MoneySchema,
    paid: MoneySchema.meta({ description: 'What the bank has paid, less what came back to it' }),
    recovered: MoneySchema,
  })
  .meta({ id: 'ReportRow' });
export type ReportRow = z.input<typeof ReportRowSchema>;

/** What a report needs of an application. Amounts are in fen. */
export interface ReportedApplication {
  readonly status: ReportedStatus;
  readonly eligibility?: EligibilityOutcome | undefined;
  readonly reasons: readonly string[];
  readonly awardFen?: number | undefined;
  readonly orderFen?: number | undefined;
  readonly paidFen?: number | undefined;
  readonly recoveredFen?: number | undefined;
}

/** Counts applications by group. It holds a row for each group and nothing of an application. */
export class AwardReport {
  readonly #rows = new Map<string, ReportRow>();

  add(group: string, application: ReportedApplication): void {
    const row = this.#rows.get(group) ?? emptyRow();
    this.#rows.set(group, row);
    const place = placeOf[application.status];
    row.applied += 1;
    row.standing[place] += 1;
    if (application.eligibility !== undefined && application.eligibility !== 'unmet') row.admitted += 1;
    for (const code of new Set(application.reasons)) row.reasons[code] = (row.reasons[code] ?? 0) + 1;
    // An award that was taken back is none, whatever the application still says of it.
    if (!['awarded', 'ordered', 'closed'].includes(place)) return;
    book(row.awarded, application.awardFen);
    book(row.ordered, application.orderFen);
    book(row.paid, application.paidFen);
    book(row.recovered, application.recoveredFen);
  }

  /** The rows by group, in the order of their groups, and their sum. */
  result(): { groups: (ReportRow & { group: string })[]; total: ReportRow } {
    const groups = [...this.#rows].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      groups: groups.map(([group, row]) => ({ group, ...row })),
      total: groups.reduce((total, [, row]) => sumOf(total, row), emptyRow()),
    };
  }
}

function emptyRow(): ReportRow {
  const standing = Object.fromEntries(places.map((place) => [place, 0])) as Record<Place, number>;
  const nothing = () => ({ count: 0, fen: 0 });
  return {
    ...{ applied: 0, admitted: 0, standing, reasons: {} },
    ...{ awarded: nothing(), ordered: nothing(), paid: nothing(), recovered: nothing() },
  };
}

function book(money: { count: number; fen: number }, amountFen = 0): void {
  if (amountFen === 0) return;
  money.count += 1;
  money.fen = sumFen([money.fen, amountFen]);
}

function sumOf(a: ReportRow, b: ReportRow): ReportRow {
  const money = (name: 'awarded' | 'ordered' | 'paid' | 'recovered') => ({
    count: a[name].count + b[name].count,
    fen: sumFen([a[name].fen, b[name].fen]),
  });
  const reasons = { ...a.reasons };
  for (const [code, count] of Object.entries(b.reasons)) reasons[code] = (reasons[code] ?? 0) + count;
  return {
    applied: a.applied + b.applied,
    admitted: a.admitted + b.admitted,
    standing: Object.fromEntries(
      places.map((place) => [place, a.standing[place] + b.standing[place]]),
    ) as Record<Place, number>,
    reasons,
    awarded: money('awarded'),
    ordered: money('ordered'),
    paid: money('paid'),
    recovered: money('recovered'),
  };
}
