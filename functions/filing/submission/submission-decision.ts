import { checkFacts } from '../../policy/guides/check-facts.ts';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import { DomainError, type FieldFault } from '../../shared/errors.ts';
import { contentHash } from '../../shared/hash.ts';
import type { Reason } from '../../shared/text.ts';
import type { Application, ApplicationIn } from '../applications/application.ts';
import { findGaps } from '../applications/content-rules.ts';
import { correctionCitation, currentCorrection, requireInTime } from '../applications/correction-rules.ts';
import { requireNoDecider } from '../applications/duty-rules.ts';
import type { HistoryNote } from '../applications/history-row.ts';
import { submittersOf } from '../applications/submission.ts';
import { changedPaths, type SubmissionRecord } from '../applications/submissions.ts';
import type { DocumentIn } from '../documents/document.ts';
import type { LateException } from '../late-exceptions/late-exception.ts';

/** An application that its organisation may hand in. */
export type Submittable = ApplicationIn<'draft' | 'returned'>;

/** A document that may still be accepted. */
type Awaited = DocumentIn<'awaiting-upload' | 'quarantined'>;

/** What is handed in, with which documents, under which guide, by whom and when. */
export interface SubmissionContext {
  readonly application: Submittable;
  /** Every document of the application that passed its verification. */
  readonly accepted: readonly DocumentIn<'accepted'>[];
  /** Documents whose files may still come in, or are being checked. */
  readonly awaited?: readonly Awaited[];
  /** Ids of documents that it is submitted without, though they may still be accepted. */
  readonly without?: readonly string[];
  /** What was submitted last, where it is a correction. */
  readonly before?: Pick<SubmissionRecord, 'content' | 'documents'> | undefined;
  /** The item that is open now; of a correction, that of its own guide. */
  readonly opened: OpenedItem;
  /** What lets it come after the closing. */
  readonly exception?: LateException | undefined;
  readonly actor: Actor;
  readonly now: Date;
}

/** What handing in does. */
interface Submitted {
  readonly to: ApplicationIn<'submitted'>;
  readonly note: HistoryNote;
  /** The submission that was waiting for this correction. */
  readonly corrects: number | undefined;
}

/**
 * An application that this person may hand in now, as far as it alone can tell.
 * @throws DomainError not-in-this-state; same-person for somebody who decided on it; deadline-passed for a correction.
 */
export function requireSubmittable(application: Application, actor: Actor, now: Date): Submittable {
  if (application.status !== 'draft' && application.status !== 'returned') {
    throw new DomainError('not-in-this-state');
  }
  if (application.status === 'returned') {
    requireNoDecider(application, actor.id);
    requireInTime(application, now);
  }
  return application;
}

/**
 * A draft, or what was corrected, as it is handed in: content and documents are fixed by a hash. A corrected application
 * stays under the guide and the date that it was first submitted under, and keeps what was decided on it.
 * @throws DomainError incomplete with every gap at once; same-person where the guide wants another one than the
 * preparer; incomplete for a document that is still being sent or checked, and for a correction in which nothing was corrected.
 */
export function submitted(context: SubmissionContext): Submitted {
  const { application, opened, exception, actor, now } = context;
  const earlier = application.status === 'returned' ? application : undefined;
  const accepted = context.accepted.filter((document) => !earlier || belongsTo(earlier, document));
  const { awaited = [], without = [] } = context;
  const missed = awaited.filter(
    (one) => !without.includes(one.documentId) && (!earlier || belongsTo(earlier, one)),
  );
  requireComplete(application, opened, accepted, missed);
  const documents = accepted.map(({ documentId, material, sha256 }) => ({ documentId, material, sha256 }));
  const preparedBy = [...new Set([...application.preparedBy, ...accepted.map((one) => one.requestedBy)])];
  requireOtherThanPreparer(preparedBy, opened, actor);
  if (earlier) requireChange(earlier, context.before, documents);
  const at = now.toISOString();
  const guide = opened.guide.version;
  const { applicationId, organisation, createdAt, createdBy, historyHash, reopenings, content, holder } =
    application;
  const hash = contentHash({ content, documents, guide });
  return {
    to: {
      ...{ applicationId, organisation, createdAt, createdBy, historyHash, reopenings, content, holder },
      preparedBy,
      status: 'submitted',
      guide,
      version: application.version + 1,
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
        contentHash: hash,
        ...(exception && { lateException: exception.exceptionId }),
      },
    },
    note: {
      at,
      actor: { id: actor.id, role: 'organisation-admin' },
      event: earlier ? 'corrected' : 'submitted',
      basisHash: hash,
      ...(exception && { reasons: [lateReason(exception)] }),
    },
    corrects: earlier?.submission.number,
  };
}

/** Why a submission after the closing was taken, for its history. */
function lateReason({ reason, citation, exceptionId }: LateException): Reason {
  const message = {
    zh: `经确认逾期受理（${exceptionId}）：${reason.zh}`,
    en: `taken after the closing, as was confirmed (${exceptionId}): ${reason.en}`,
  };
  return { code: 'late-exception', citation, message };
}

/**
 * The application as the answer to a submission that was made before under the same key.
 * @param earlier which application was submitted under it, and the number of that submission.
 * @throws DomainError idempotency-key-reused for another application, and for one that was returned since.
 */
export function answered(
  earlier: { readonly applicationId: string; readonly number: number },
  application: Application,
): Application {
  const number = 'submission' in application ? application.submission?.number : undefined;
  // Returned since: whether this is a late retry or the correction is not to be told, so nothing is passed off as done.
  const returnedSince = application.status === 'returned' && earlier.number === number;
  if (earlier.applicationId !== application.applicationId || returnedSince) {
    throw new DomainError('idempotency-key-reused');
  }
  return application;
}

/** A file that is accepted later would be missing without anybody knowing: whoever submits waits, or says so. */
function notThereYet({ status, documentId, material, fileName }: Awaited): FieldFault {
  const zh = `请稍候或移除，或以“?without=${documentId}”确认提交时不含此件`;
  const en = `wait, remove it, or confirm with ?without=${documentId} that it is left out`;
  return status === 'quarantined'
    ? {
        path: `documents.${material}`,
        rule: 'checked',
        message: {
          zh: `“${fileName}”正在进行病毒检查，通常几分钟内完成：${zh}`,
          en: `"${fileName}" is being scanned for harmful content, which usually takes minutes: ${en}`,
        },
      }
    : {
        path: `documents.${material}`,
        rule: 'arrived',
        message: {
          zh: `“${fileName}”尚未上传完成：${zh}`,
          en: `"${fileName}" is still being sent: ${en}`,
        },
      };
}

/** What was returned and comes back as it was is no correction: the round and the reviewers' time would be lost. */
function requireChange(
  application: ApplicationIn<'returned'>,
  before: SubmissionContext['before'],
  documents: SubmissionRecord['documents'],
): void {
  if (!before || changedPaths(before, { content: application.content, documents }).length > 0) return;
  const { items } = currentCorrection(application);
  throw new DomainError('incomplete', {
    faults: items.map(({ path, reason, citation = correctionCitation(application.guide) }) => ({
      path,
      rule: 'corrected',
      message: {
        zh: `尚未作任何补正：${reason.zh}`,
        en: `nothing was corrected: ${reason.en}`,
      },
      citation,
    })),
  });
}

function requireComplete(
  { content }: Submittable,
  { item, guide }: OpenedItem,
  accepted: readonly DocumentIn<'accepted'>[],
  awaited: readonly Awaited[],
): void {
  const there = [...accepted, ...awaited];
  const missing: FieldFault[] = item.materials
    .filter((material) => !there.some((document) => document.material === material.id))
    .map((material) => ({
      path: `documents.${material.id}`,
      rule: 'required-material',
      message: {
        zh: `缺少已通过校验的材料：${material.title.zh}`,
        en: `no accepted document of: ${material.title.en}`,
      },
      citation: `申报指南 ${guide.version} ${item.id}`,
    }));
  const faults = [
    ...findGaps(content, { item, guide }),
    ...checkFacts(item, guide.version, content.facts, true),
    ...missing,
    ...awaited.map(notThereYet),
  ];
  if (faults.length > 0) throw new DomainError('incomplete', { faults });
}

function requireOtherThanPreparer(
  preparedBy: readonly string[],
  { guide, item }: OpenedItem,
  actor: Actor,
): void {
  if (!item.duties?.submitterDiffersFromPreparer || !preparedBy.includes(actor.id)) return;
  throw new DomainError('same-person', {
    detail: {
      zh: `指南 ${guide.version} 要求“${item.id}”由申报人以外的企业管理员提交`,
      en: `guide ${guide.version} wants ${item.id} submitted by another person than those who prepared it`,
    },
  });
}

/**
 * Whether a correction holds a document: one that was submitted before, or of a material that was returned. A file that
 * arrived after the submission it was meant for does not get in by the next correction, whatever that is about.
 */
function belongsTo(
  application: ApplicationIn<'returned'>,
  { documentId, material }: DocumentIn<'accepted'> | Awaited,
): boolean {
  const submittedBefore = application.submission.documents.some(
    (document) => document.documentId === documentId,
  );
  return (
    submittedBefore ||
    currentCorrection(application).items.some(({ path }) => path === `documents.${material}`)
  );
}
