import * as z from 'zod';
import { byteOrderMark, csvLine } from '../shared/csv.ts';
import { DateSchema } from '../shared/schemas.ts';
import { shanghaiDate } from '../shared/shanghai-date.ts';
import { GrantViewSchema, toGrantView } from './access-view.ts';
import type { AccessParts } from './propose-grant.ts';

const ReviewRowSchema = GrantViewSchema.extend({
  personId: z.string().optional().meta({ description: 'Absent where nobody has logged in yet' }),
  daysLeft: z.int().optional().meta({ description: 'Of a role in force' }),
  lastUsedOn: DateSchema.optional().meta({
    description: 'Day in Shanghai on which the person last acted in it',
  }),
});
type ReviewRow = z.output<typeof ReviewRowSchema>;

export const AccessReviewSchema = z
  .object({
    on: DateSchema,
    /** Logins that may grant roles without a grant. */
    initialAdmins: z.array(z.string()).meta({ description: 'Logins that grant roles by the deployment' }),
    items: z.array(ReviewRowSchema),
  })
  .meta({ id: 'AccessReview' });
export type AccessReview = z.output<typeof AccessReviewSchema>;

/** Who has, had and is to have which role: since and until when, by whom, and when it was last used. */
export async function reviewAccess(
  { access, logins, clock }: AccessParts,
  initialAdmins: readonly string[],
): Promise<AccessReview> {
  const now = clock();
  const on = shanghaiDate(now);
  const everybody = await access.all();
  const views = everybody.flatMap(({ reference, grants }) =>
    grants.map((grant) => toGrantView({ reference, grant }, now)),
  );
  const [people, uses] = await Promise.all([
    logins.peopleOf(everybody.map(({ reference }) => reference)),
    logins.lastUses(views.map(({ reference: identity, role }) => ({ identity, role }))),
  ]);
  const items = views.map((view): ReviewRow => {
    const personId = people.get(view.reference);
    const lastUsedOn = uses.get(`${view.reference} ${view.role}`);
    return {
      ...view,
      ...(personId !== undefined && { personId }),
      ...(view.status === 'granted' && { daysLeft: daysBetween(on, view.until) }),
      ...(lastUsedOn !== undefined && { lastUsedOn }),
    };
  });
  return { on, initialAdmins: [...initialAdmins], items };
}

function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}

/** Columns of the review: heads and cells. */
const columns: readonly (readonly [head: string, cell: (row: ReviewRow) => string | number | undefined])[] = [
  ['人员编号 Reference', (row) => row.reference],
  ['人员 Person', (row) => row.personId],
  ['角色 Role', (row) => row.role],
  ['部门 Department', (row) => row.department],
  ['状态 Status', (row) => row.status],
  ['提出人 Proposed by', (row) => row.proposedBy],
  ['确认人 Confirmed by', (row) => row.confirmedBy],
  ['授权时间 Granted at', (row) => row.grantedAt],
  ['到期日 Until', (row) => row.until],
  ['剩余天数 Days left', (row) => row.daysLeft],
  ['最近使用 Last used on', (row) => row.lastUsedOn],
  ['事由 Reason', (row) => row.reason],
  ['终止人 Ended by', (row) => row.endedBy],
  ['终止时间 Ended at', (row) => row.endedAt],
  ['终止原因 Ended for', (row) => row.endedFor],
];

/** The review as CSV; logins that grant by the deployment come first. */
export function reviewCsv({ initialAdmins, items }: AccessReview): string {
  const cells = [
    columns.map(([head]) => head),
    ...initialAdmins.map((login) => columns.map(([, cell]) => String(cell(byDeployment(login)) ?? ''))),
    ...items.map((row) => columns.map(([, cell]) => String(cell(row) ?? ''))),
  ];
  return byteOrderMark + cells.map((line) => csvLine(line)).join('');
}

function byDeployment(login: string): ReviewRow {
  // In a file everything is a line; what has no grant has nothing of one.
  return { personId: login, role: 'access-admin', reason: '部署参数 By the deployment' } as ReviewRow;
}
