import type * as z from 'zod';
import type { Application } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import { shownContent } from '../../filing/applications/application-view.ts';
import { changedPaths, type SubmissionRecord } from '../../filing/applications/submissions.ts';
import type { CreditList } from '../../filing/credit/credit-list.ts';
import type { DocumentFiles } from '../../filing/documents/document-files.ts';
import type { DocumentStore } from '../../filing/documents/document-store.ts';
import { computeCeiling } from '../../filing/eligibility/ceiling.ts';
import { creditConditionOf } from '../../filing/eligibility/credit-rules.ts';
import { formOf } from '../../filing/eligibility/list-open-items.ts';
import { citationsOf } from '../../policy/guides/citations.ts';
import type { OpenedItem, PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { OrganisationCode } from '../../shared/vocabulary.ts';
import { ownDraft } from '../tasks/opinion-drafts.ts';
import { requireOwnTask } from '../tasks/own-task.ts';
import { partKey } from '../tasks/sign-off-plan.ts';
import type { SignOffTaskStore } from '../tasks/task-store.ts';
import { claimedInput } from './approval-rules.ts';
import type { RankingStore } from './ranking-store.ts';
import { districtRank } from './rankings.ts';
import { shownDocuments } from './shown-documents.ts';
import { outcomesFor } from './task-decision.ts';
import type { TaskDetailSchema } from './task-detail.ts';

/**
 * A task of the reviewer's department with everything the decision rests on: the latest submission as it was made, not
 * what the applicant is changing in a correction.
 */
export async function showTask(
  parts: {
    readonly store: ApplicationStore;
    readonly tasks: SignOffTaskStore;
    readonly rankings: RankingStore;
    readonly documents: DocumentStore;
    readonly policy: PolicyBook;
    readonly credit: Pick<CreditList, 'get'>;
    readonly files: Pick<DocumentFiles, 'presignDownload'>;
  },
  actor: Actor,
  taskId: string,
): Promise<z.input<typeof TaskDetailSchema>> {
  const task = await requireOwnTask(parts.tasks, actor, taskId);
  const application = await parts.store.require(task.applicationId);
  // A withdrawn application keeps its submission only; its files are not shown to anybody any more.
  if (!('eligibility' in application) || !application.eligibility || !application.submission) {
    throw new DomainError('not-found');
  }
  const { applicationId, eligibility, submission } = application;
  const submissions = await parts.store.submissions(applicationId);
  const content = submissions.find(({ number }) => number === submission.number)?.content;
  if (!content) throw new Error(`submission ${submission.number} of ${applicationId} is not on record`);
  const opened = await parts.policy.requireItem(application.guide, content.item);
  const documents = application.status === 'withdrawn' ? [] : await parts.documents.list(applicationId);
  const corrections = ('corrections' in application && application.corrections) || [];
  const signOffs = 'signOffs' in application ? application.signOffs : {};
  const decision = signOffs[partKey(task)]?.decision;
  const verifiedInputFen = decision?.outcome === 'approved' ? decision.verifiedInputFen : undefined;
  const ceiling = computeCeiling(opened, content, { verifiedInputFen });
  const { statedName } = content.enterprise;
  const claimedInputFen = claimedInput(opened, content);
  const [draft, ranked] = await Promise.all([
    ownDraft(parts.tasks, task, actor.id),
    task.kind === 'recommend' ? undefined : districtRank(parts, { applicationId, content }),
  ]);
  return {
    ...task,
    form: formOf(opened),
    outcomes: [...outcomesFor(task, application)],
    correctionsLeft: Math.max(0, opened.item.correction.rounds - corrections.length),
    correctionDue: opened.item.correction.due,
    content: shownContent({ content }),
    eligibility,
    supportKind: opened.law.part.kind,
    amountKind: opened.item.amount.kind,
    ...(await dishonestyOf(parts.credit, opened, application.organisation)),
    ...(statedName !== undefined && { statedName }),
    ...(claimedInputFen !== undefined && { claimedInputFen }),
    ...(verifiedInputFen !== undefined && { verifiedInputFen }),
    limitFen: ceiling.fen,
    limits: ceiling.limits,
    contentHash: submission.contentHash,
    submission: submission.number,
    citations: citationsOf(opened, parts.policy),
    changed: changedSince(submissions, submission.number),
    corrections,
    decisions: Object.values(signOffs).flatMap((part) =>
      part.decision ? [{ ...part, decision: part.decision }] : [],
    ),
    ...reconsideredIn(application, task.taskId),
    ...(draft && { draft }),
    ...(ranked && { districtRank: ranked }),
    documents: await shownDocuments(parts.files, documents, submission.documents),
  };
}

/** What a reconsideration is asked for on, where the task is one that is still to be decided or was upheld. */
function reconsideredIn(
  application: Application,
  taskId: string,
): Pick<z.input<typeof TaskDetailSchema>, 'reconsideration'> {
  const asked = 'reconsideration' in application ? application.reconsideration?.asked : undefined;
  if (asked?.taskId !== taskId || !('reasons' in application)) return {};
  return { reconsideration: { grounds: asked.grounds, at: asked.at, reasons: application.reasons } };
}

/** What the list of serious dishonesty has of the enterprise, where the guide asks for it. */
async function dishonestyOf(
  credit: Pick<CreditList, 'get'>,
  opened: OpenedItem,
  organisation: OrganisationCode,
): Promise<Pick<z.input<typeof TaskDetailSchema>, 'dishonesty'>> {
  const condition = creditConditionOf(opened);
  if (!condition) return {};
  const listing = await credit.get(organisation);
  if (!listing?.listed) return {};
  const { since, source } = listing;
  return { dishonesty: { since, source, citation: condition.citation } };
}

/** Places that a correction has changed; of a first submission there are none. */
function changedSince(submissions: readonly SubmissionRecord[], number: number): string[] {
  const [before, after] = [number - 1, number].map((of) => submissions.find((one) => one.number === of));
  return before && after ? changedPaths(before, after) : [];
}
