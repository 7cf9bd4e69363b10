import type * as z from 'zod';
import { checkFacts } from '../../policy/guides/check-facts.ts';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import { listFaults } from '../../shared/problem.ts';
import type { OrganisationCode } from '../../shared/vocabulary.ts';
import type { Application } from '../applications/application.ts';
import type { Content } from '../applications/content.ts';
import { checkContent } from '../applications/content-rules.ts';
import { organisationOf } from '../applications/own-application.ts';
import { type OpenParts, requireOpenFor } from '../late-exceptions/open-for.ts';
import type { AssessmentSchema } from './assessment-view.ts';
import { computeCeiling } from './ceiling.ts';
import { competitionFactOf, countedProjects, withCount } from './competition-rules.ts';
import { withRecord } from './credit-rules.ts';

/** What an assessment asks. */
export interface AssessParts extends OpenParts {
  /** What is recorded of the list of serious dishonesty: it counts, whatever is stated. */
  readonly credit: {
    get(uscc: OrganisationCode): Promise<{ readonly listed: boolean } | undefined>;
  };
  /** Competitive projects that were handed in: they are counted, whatever is stated. */
  readonly competition: {
    entered(year: {
      readonly organisation: OrganisationCode;
      readonly year: number;
    }): Promise<{ readonly applications: readonly Application[] }>;
  };
}

type Assessment = z.input<typeof AssessmentSchema>;

/**
 * What a submission of this content would meet if it were made at an instant, before there is any draft. Facts may have
 * gaps: the answer lists them all, and conditions on them are left to be decided.
 * @throws DomainError item-not-open, or invalid-request with every statement that the guide does not take.
 */
export async function assessEligibility(
  parts: AssessParts,
  actor: Actor,
  content: Content,
  at: Date,
): Promise<Assessment> {
  // Nothing is kept, so a credit code with an unusual check character needs no confirmation yet.
  const { policy } = parts;
  const organisation = organisationOf(actor);
  const { opened } = await requireOpenFor(parts, organisation, content.item, at);
  checkContent({ content, organisation, notice: policy.notice, opened, usccConfirmed: true, now: at });
  return assess(opened, await recorded(parts, opened, { organisation, content }), at);
}

/**
 * The same for a draft as it stands, under the guide that a submission would fall under now; for a correction, under
 * the guide and the date of its first submission.
 * @throws DomainError not-in-this-state once it is submitted: from then on its own result counts; item-not-open.
 */
export async function assessDraft(
  parts: AssessParts,
  application: Application,
  at: Date,
): Promise<Assessment> {
  const { policy } = parts;
  const { content } = application;
  if (application.status === 'returned') {
    const opened = await policy.requireItem(application.guide, content.item);
    const { firstAt } = application.submission;
    const own = { applicationId: application.applicationId, firstAt };
    return assess(opened, await recorded(parts, opened, { ...application, own }), new Date(firstAt));
  }
  if (application.status !== 'draft') throw new DomainError('not-in-this-state');
  const { opened } = await requireOpenFor(parts, application.organisation, content.item, at);
  return assess(opened, await recorded(parts, opened, application), at);
}

/** Whose content it is, and which application, if it was handed in. */
interface Assessed {
  readonly organisation: OrganisationCode;
  readonly content: Content;
  readonly own?: Parameters<typeof countedProjects>[0];
}

/** The content with what the system knows better than the applicant. */
async function recorded(
  { credit, competition }: AssessParts,
  opened: OpenedItem,
  { organisation, content, own }: Assessed,
): Promise<Content> {
  const listing = await credit.get(organisation);
  const known = withRecord(opened, content, listing?.listed ?? false);
  if (competitionFactOf(opened) === undefined) return known;
  const { applications } = await competition.entered({ organisation, year: opened.guide.year });
  return withCount(opened, known, countedProjects(own, applications));
}

async function assess(opened: OpenedItem, content: Content, at: Date): Promise<Assessment> {
  // The evaluator of conditions is dear to load, and few calls come here.
  const { evaluate } = await import('./evaluate.ts');
  const faults = checkFacts(opened.item, opened.guide.version, content.facts, true);
  const { listed, leftOut } = listFaults(faults);
  return {
    item: opened.item.id,
    eligibility: evaluate(opened, content, at),
    ...(opened.item.amount.kind !== 'none' && { ceiling: computeCeiling(opened, content) }),
    faults: listed,
    ...(leftOut > 0 && { faultsLeftOut: leftOut }),
  };
}
