import type { Application, ApplicationIn } from '../filing/applications/application.ts';
import { emptied } from '../filing/applications/draft-decision.ts';
import type { HistoryNote } from '../filing/applications/history-row.ts';
import type { Document } from '../filing/documents/document.ts';
import { dueBefore, type Retention, type SweptKind } from '../policy/retention/retention-schema.ts';
import type { ObjectionIn, ObjectionNote } from '../publicity/objections/objection.ts';
import { systemActor } from '../shared/actor.ts';

/** Statuses that end an application without support, and that nothing comes after but what is asked for in time. */
export const endedStatuses = ['ineligible', 'refused', 'lapsed', 'duplicate', 'withdrawn'] as const;
/** Statuses of a document of which no file was accepted. */
export const unfinishedStatuses = ['awaiting-upload', 'quarantined', 'refused'] as const;

/** By which rule an application is due to be erased; undefined while it is not. */
export function kindOfDue(
  application: Application,
  retention: Retention,
  now: Date,
): 'drafts' | 'endedApplications' | undefined {
  const { status, updatedAt } = application;
  const isEnded = (endedStatuses as readonly string[]).includes(status);
  const kind = status === 'draft' ? 'drafts' : isEnded ? 'endedApplications' : undefined;
  if (!kind || new Date(updatedAt) >= dueBefore(retention, kind, now)) return undefined;
  return kind;
}

/** Whether something about an ended application is still to be decided. */
export function isPending(application: Application): boolean {
  const { reconsideration, reopening } = {
    ...('reconsideration' in application && { reconsideration: application.reconsideration }),
    ...('reopening' in application && { reopening: application.reopening }),
  };
  return (
    (reconsideration?.asked !== undefined && !reconsideration.upheld) ||
    (reopening !== undefined && !reopening.refused)
  );
}

/** An application as it is erased: by the schedule, or since it was asked for. */
export function erasedApplication(
  application: Application,
  rule: string,
  now: Date,
): { readonly to: ApplicationIn<'deleted'>; readonly note: HistoryNote } {
  const to = emptied(application, now);
  return { to, note: { at: to.updatedAt, actor: systemActor, event: 'erased', note: rule } };
}

/** Whether a file was never accepted and is not waited for any more. */
export function isLeftOver(document: Document, retention: Retention, now: Date): boolean {
  return (
    (unfinishedStatuses as readonly string[]).includes(document.status) &&
    new Date(document.requestedAt) < dueBefore(retention, 'unfinishedUploads', now)
  );
}

/** By which rule who brought something up is due to be erased. */
export function kindOfObjector({ kind }: Pick<ObjectionIn<'decided'>, 'kind'>): SweptKind {
  return kind === 'report' ? 'reporters' : 'objectors';
}

/** Whether who brought something up is due to be erased. */
export function isObjectorDue(objection: ObjectionIn<'decided'>, retention: Retention, now: Date): boolean {
  return new Date(objection.decision.at) < dueBefore(retention, kindOfObjector(objection), now);
}

const anonymous = { zh: '（保存期满，已匿名化）', en: '(anonymised at the end of its period)' };

/** An objection of which nothing tells any more who brought it up; what was decided stays. */
export function anonymisedObjection(
  { sealed: _, receiptHash: __, ...objection }: ObjectionIn<'decided'>,
  rule: string,
  now: Date,
): { readonly to: ObjectionIn<'decided'>; readonly note: ObjectionNote } {
  const at = now.toISOString();
  return {
    to: {
      ...objection,
      ...{ version: objection.version + 1, grounds: anonymous, evidence: [], anonymisedAt: at },
    },
    note: { at, actor: systemActor, event: 'anonymised', note: rule },
  };
}
