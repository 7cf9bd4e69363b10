import type { Content } from '../../filing/applications/content.ts';
import type { Reconsideration } from '../../filing/applications/reconsideration.ts';
import type { OpenedItem, PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Notice } from '../../policy/notice/notice-schema.ts';
import type { DepartmentId } from '../../shared/vocabulary.ts';
import { partsOfStep } from '../tasks/sign-off-plan.ts';

/** The days that the guide gives, or else those beside the notice, and where they are given. */
export function reconsiderationTerms({ guide, item }: OpenedItem, { reconsideration }: Notice) {
  return item.reconsideration
    ? { ...item.reconsideration, citation: `申报指南 ${guide.version} ${item.id} 复核` }
    : { ...reconsideration, citation: '三(三)' };
}

/**
 * What an applicant is told with a refusal: until when it may ask for a reconsideration (the day of the refusal counts, if
 * it is a working day), and which department decides it: the one that refused, if it leads the item, and otherwise the
 * first that does.
 * @param refusedBy a department; none where the award was taken back upon an objection.
 * @throws CalendarMissingError for a deadline beyond the loaded calendars.
 */
export function reconsiderable(
  content: Content,
  {
    opened,
    law,
    now,
    refusedBy,
  }: {
    readonly opened: OpenedItem;
    readonly law: Pick<PolicyBook, 'notice' | 'calendar'>;
    readonly now: Date;
    readonly refusedBy?: DepartmentId;
  },
): Reconsideration {
  const { within, citation } = reconsiderationTerms(opened, law.notice);
  const leads = partsOfStep(law.notice, opened, content, opened.item.signOff.steps.length);
  const deciding = leads.find(({ department }) => department === refusedBy) ?? leads[0];
  if (!deciding) throw new Error(`nobody approves ${opened.item.id}`);
  return {
    department: deciding.department,
    citation,
    askBefore: law.calendar.endOf(now, within).toISOString(),
  };
}
