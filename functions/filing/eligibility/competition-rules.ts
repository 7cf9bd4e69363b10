import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import type { Application } from '../applications/application.ts';
import type { Content } from '../applications/content.ts';

/** Statuses in which an application is no project of its year: not yet, or not any more. */
const ended: ReadonlySet<Application['status']> = new Set([
  'draft',
  'withdrawn',
  'ineligible',
  'refused',
  'lapsed',
  'duplicate',
  'cancelled',
]);

/**
 * The fact in which an applicant of a competitive item says how many such projects it applies for in the year; undefined
 * where the guide does not ask. The system counts them: what is stated never makes it fewer.
 */
export function competitionFactOf({ guide, item }: OpenedItem): string | undefined {
  if (item.competition !== 'competitive') return undefined;
  return item.facts.find(({ id }) => id === guide.competitionFact)?.id;
}

/** Content with the number of competitive projects that was counted, where more were counted than stated. */
export function withCount<C extends Content>(opened: OpenedItem, content: C, counted: number): C {
  const fact = competitionFactOf(opened);
  const stated = fact === undefined ? undefined : content.facts[fact];
  if (fact === undefined || (typeof stated === 'number' && stated >= counted)) return content;
  return { ...content, facts: { ...content.facts, [fact]: counted } };
}

/**
 * How many competitive projects an enterprise has, with one that is checked now: those of its other applications that
 * stand and came before it, or have passed their check already. Of several that are handed in at once each counts those
 * before it, so that as many pass as may.
 * @param own undefined for one that is not handed in yet: it comes last.
 */
export function countedProjects(
  own: { readonly applicationId: string; readonly firstAt: string } | undefined,
  others: readonly Application[],
): number {
  const counting = others.filter((other) => {
    if (ended.has(other.status) || other.applicationId === own?.applicationId) return false;
    if (!own || other.status !== 'submitted' || other.submission.number > 1) return true;
    const { firstAt } = other.submission;
    return firstAt === own.firstAt ? other.applicationId < own.applicationId : firstAt < own.firstAt;
  });
  return counting.length + 1;
}
