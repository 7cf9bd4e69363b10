import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { CompetitionStore } from '../../filing/applications/competition-store.ts';
import type { Content } from '../../filing/applications/content.ts';
import type { CreditList } from '../../filing/credit/credit-list.ts';
import { competitionFactOf, countedProjects, withCount } from '../../filing/eligibility/competition-rules.ts';
import { withRecord } from '../../filing/eligibility/credit-rules.ts';
import type { OpenedItem, PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Clock } from '../../shared/clock.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { ApplicationId } from '../../shared/vocabulary.ts';
import type { InvitationStore } from '../experts/invitation-store.ts';
import { reopenInvitations } from '../experts/reopen-invitations.ts';
import type { SignOffTaskStore } from '../tasks/task-store.ts';
import { answeredBefore, checked, unchecked } from './eligibility-decision.ts';

export interface OpenSignOffParts {
  readonly store: ApplicationStore;
  readonly tasks: SignOffTaskStore;
  readonly invitations: InvitationStore;
  readonly policy: PolicyBook;
  readonly credit: Pick<CreditList, 'get'>;
  readonly competition: Pick<CompetitionStore, 'entered' | 'checked'>;
  readonly clock: Clock;
}

export interface EligibilityOutcome {
  /**
   * `signed-off`: after a correction every decision stands; `returned`: the application is with the applicant, because
   * it was reopened, or has been corrected since.
   */
  readonly outcome: 'eligible' | 'signed-off' | 'returned' | 'ineligible' | 'withdrawn';
  /** Seconds after which an undecided round of sign-off is asked again. */
  readonly expiresAfterSeconds: number;
}

/**
 * First stage of a submission: evaluates the conditions and either ends the application with every unmet one, or opens
 * the tasks of the first step in which a department has still to decide. After a correction the decisions stand whose
 * basis is what it was. Asked again, it answers what it did.
 * @param input `submission`: whose review asks; the review of an earlier one leaves a later one alone. Default: the
 * latest.
 * @throws CalendarMissingError when the tasks would be due in a year without a calendar.
 */
export async function checkEligibility(
  parts: OpenSignOffParts,
  input: { readonly applicationId: ApplicationId; readonly submission?: number },
): Promise<EligibilityOutcome> {
  const { store, tasks, invitations, policy, credit, clock } = parts;
  return decideAgainOnConflict(async () => {
    // The evaluator of conditions is the dearest import here: it is loaded while the table answers.
    const [read, { evaluate }] = await Promise.all([
      store.require(input.applicationId),
      import('../../filing/eligibility/evaluate.ts'),
    ]);
    const opened = await policy.requireItem(read.guide, read.content.item);
    const { expiresAfterSeconds } = opened.item.signOff;
    const { submission = Infinity } = input;
    const application = unchecked(read, submission);
    if (!application) return { outcome: answeredBefore(read, submission), expiresAfterSeconds };
    const listing = await credit.get(application.organisation);
    const stated = withRecord(opened, application.content, listing?.listed ?? false);
    const { content, counted } = await counting(parts.competition, opened, {
      ...application,
      content: stated,
    });
    const eligibility = evaluate(opened, content, new Date(application.submission.firstAt));
    const { outcome, to, note, opens } = checked({
      application,
      opened,
      law: policy,
      eligibility,
      now: clock(),
    });
    await store.write([
      ...store.transition(application, to, note),
      ...counted,
      ...opens.map((task) => tasks.open(task)),
      ...(to.status === 'sign-off' ? await reopenInvitations(invitations, application, opened) : []),
    ]);
    return { outcome, expiresAfterSeconds };
  });
}

/** The content with the enterprise's competitive projects as they are counted, and the write that holds the count. */
async function counting(
  competition: OpenSignOffParts['competition'],
  opened: OpenedItem,
  { applicationId, organisation, submission, content }: ApplicationIn<'submitted'>,
): Promise<{ readonly content: Content; readonly counted: readonly GuardedWrite[] }> {
  if (competitionFactOf(opened) === undefined) return { content, counted: [] };
  const year = { organisation, year: opened.guide.year };
  const { applications, checks } = await competition.entered(year);
  const own = { applicationId, firstAt: submission.firstAt };
  return {
    content: withCount(opened, content, countedProjects(own, applications)),
    counted: [competition.checked(year, checks)],
  };
}
