import { checkFacts } from '../../policy/guides/check-facts.ts';
import type { OpenedItem, PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError, type FieldFault } from '../../shared/errors.ts';
import { contentHash } from '../../shared/hash.ts';
import type { Outbox } from '../../shared/outbox.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { waitIds } from '../../shared/wait-repository.ts';
import type { Application, ApplicationIn } from '../applications/application.ts';
import type { ApplicationStore, SubmissionAnswer } from '../applications/application-store.ts';
import { requireOpenItem } from '../applications/check-content.ts';
import { requireNoDecider } from '../applications/duties.ts';
import { currentCorrection, requireInTime } from '../applications/open-to-correction.ts';
import { ownApplication } from '../applications/own-application.ts';
import { submittersOf } from '../applications/submission.ts';
import type { DocumentIn } from '../documents/document.ts';
import type { DocumentStore } from '../documents/document-store.ts';

export interface SubmitParts {
  readonly store: ApplicationStore;
  readonly documents: DocumentStore;
  readonly policy: PolicyBook;
  readonly outbox: Outbox;
  readonly clock: Clock;
}

/**
 * Submits a draft, or what was corrected. One transaction fixes content and documents, writes the history, remembers
 * the key and asks the relay to start the review; so however often it is sent, there is one submission and one
 * execution. A corrected application stays under the guide and the date that it was first submitted under.
 * @throws DomainError incomplete with every gap at once; item-not-open; deadline-passed; same-person where the guide
 * wants another one than the preparer; not-in-this-state; idempotency-key-reused.
 */
export async function submitApplication(
  parts: SubmitParts,
  actor: Actor,
  applicationId: string,
  idempotencyKey: string,
): Promise<Application> {
  return decideAgainOnConflict(async () => {
    const application = await ownApplication(parts.store, actor, applicationId);
    // The key is read after the application: whoever sees a submission of this key sees the key as well.
    const earlier = await parts.store.submissionUnder(application.organisation, idempotencyKey);
    if (earlier) return repeated(earlier, await ownApplication(parts.store, actor, applicationId));
    if (application.status !== 'draft' && application.status !== 'returned') {
      throw new DomainError('not-in-this-state');
    }
    requireNoDecider(application, actor.id);
    const now = parts.clock();
    const opened = await openedFor(parts, application, now);
    const submitted = await assemble(parts, application, actor, opened, now);
    requireOtherThanPreparer(submitted, opened, actor);
    const { number } = submitted.submission;
    await parts.store.write([
      ...parts.store.transition(application, submitted, {
        at: submitted.updatedAt,
        actor: { id: actor.id, role: 'organisation-admin' },
        event: application.status === 'draft' ? 'submitted' : 'corrected',
        basisHash: submitted.submission.contentHash,
      }),
      parts.store.keepSubmission(submitted),
      ...parts.documents.stillAccepted(
        submitted.submission.documents.map(({ documentId }) => ({ applicationId, documentId })),
      ),
      parts.store.rememberSubmission(submitted, idempotencyKey, now),
      ...(application.status === 'returned'
        ? [
            parts.outbox.message({
              type: 'resume',
              waitId: waitIds.correction(applicationId, application.submission.number),
              output: { outcome: 'corrected' },
            }),
          ]
        : []),
      parts.outbox.message({ type: 'start-review', applicationId, submission: number }),
    ]);
    return submitted;
  });
}

/** Answers a submission that was made before under the same key. */
function repeated(earlier: SubmissionAnswer, application: Application): Application {
  const number = 'submission' in application ? application.submission?.number : undefined;
  // Returned since: whether this is a late retry or the correction is not to be told, so nothing is passed off as done.
  const returnedSince = application.status === 'returned' && earlier.number === number;
  if (earlier.applicationId !== application.applicationId || returnedSince) {
    throw new DomainError('idempotency-key-reused');
  }
  return application;
}

async function openedFor(
  parts: SubmitParts,
  application: ApplicationIn<'draft' | 'returned'>,
  now: Date,
): Promise<OpenedItem> {
  const { item } = application.content;
  if (application.status === 'draft') return requireOpenItem(parts.policy, item, now);
  requireInTime(application, now);
  return parts.policy.requireItem(application.guide, item);
}

function requireOtherThanPreparer(
  { preparedBy }: Application,
  { guide, item }: OpenedItem,
  actor: Actor,
): void {
  if (!item.duties?.submitterDiffersFromPreparer || !preparedBy.includes(actor.id)) return;
  throw new DomainError('same-person', {
    detail: {
      zh: `指南 ${guide.version} 要求 ${item.id} 由申报人以外的企业管理员提交`,
      en: `guide ${guide.version} wants ${item.id} submitted by another person than those who prepared it`,
    },
  });
}

async function assemble(
  parts: SubmitParts,
  draft: ApplicationIn<'draft' | 'returned'>,
  actor: Actor,
  opened: OpenedItem,
  now: Date,
): Promise<ApplicationIn<'submitted'>> {
  const earlier = draft.status === 'returned' ? draft : undefined;
  const accepted = (await parts.documents.acceptedDocuments(draft.applicationId)).filter(
    (document) => !earlier || belongsTo(earlier, document),
  );
  const documents = accepted.map(({ documentId, material, sha256 }) => ({ documentId, material, sha256 }));
  const guide = opened.guide.version;
  const missing: FieldFault[] = opened.item.materials
    .filter((material) => !documents.some((document) => document.material === material.id))
    .map((material) => ({
      path: `documents.${material.id}`,
      rule: 'required-material',
      message: {
        zh: `缺少已通过校验的材料：${material.title.zh}`,
        en: `no accepted document of: ${material.title.en}`,
      },
      citation: `申报指南 ${guide} ${opened.item.id}`,
    }));
  const faults = [...checkFacts(opened.item, guide, draft.content.facts, true), ...missing];
  if (faults.length > 0) throw new DomainError('incomplete', { faults });
  const at = now.toISOString();
  const { applicationId, organisation, createdAt, createdBy, historyHash, reopenings, content } = draft;
  return {
    ...{ applicationId, organisation, createdAt, createdBy, historyHash, reopenings, content },
    preparedBy: [...new Set([...draft.preparedBy, ...accepted.map(({ requestedBy }) => requestedBy)])],
    status: 'submitted',
    guide,
    version: draft.version + 1,
    updatedAt: at,
    deciders: earlier?.deciders ?? {},
    corrections: earlier
      ? [...earlier.corrections.slice(0, -1), { ...currentCorrection(earlier), correctedAt: at }]
      : [],
    scores: earlier?.scores ?? {},
    signOffs: earlier?.signOffs ?? {},
    submission: {
      number: (earlier?.submission.number ?? 0) + 1,
      firstAt: earlier?.submission.firstAt ?? at,
      at,
      by: actor.id,
      ...(earlier && { earlierBy: submittersOf(earlier.submission) }),
      documents,
      contentHash: contentHash({ content: draft.content, documents, guide }),
    },
  };
}

/**
 * Whether a correction holds a document: one that was submitted before, or of a material that was returned. A file that
 * arrived after the submission it was meant for does not get in by the next correction, whatever that is about.
 */
function belongsTo(
  application: ApplicationIn<'returned'>,
  { documentId, material }: DocumentIn<'accepted'>,
): boolean {
  const submitted = application.submission.documents.some((document) => document.documentId === documentId);
  return (
    submitted || currentCorrection(application).items.some(({ path }) => path === `documents.${material}`)
  );
}
