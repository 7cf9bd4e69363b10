import { personalPlacesOf } from '../duplicates/screening/trace.ts';
import type { TraceStore } from '../duplicates/screening/trace-store.ts';
import type { Application } from '../filing/applications/application.ts';
import type { ApplicationStore } from '../filing/applications/application-store.ts';
import type { DocumentStore } from '../filing/documents/document-store.ts';
import type { ScanStore } from '../filing/documents/scan-store.ts';
import type { SweptKind } from '../policy/retention/retention-schema.ts';
import { groupsOf, transactionLimit } from '../shared/transaction.ts';
import type { ApplicationRows } from './application-rows.ts';
import type { PendingErasure } from './erasure.ts';
import { erasedApplication } from './erasure-decision.ts';
import type { ErasureStore } from './erasure-store.ts';

export interface EraseApplicationParts {
  readonly erasures: ErasureStore;
  readonly store: ApplicationStore;
  readonly documents: Pick<DocumentStore, 'list'>;
  readonly rows: Pick<ApplicationRows, 'leftovers'>;
  readonly scans: Pick<ScanStore, 'forgotten'>;
  readonly traces: Pick<TraceStore, 'remove'>;
}

/**
 * Erases an application: it is `deleted` from one transaction on, which records that, leaves the rest to be done, and fails
 * where the application has changed or is held meanwhile. Nothing happens to it any more, so the rest can be done in any
 * number of steps and again; its files are strays then, which `eraseStrayFiles` deletes.
 * @param rule version of the schedule of retention.
 * @throws HeldError; DomainError concurrent-change.
 */
export async function eraseApplication(
  parts: EraseApplicationParts,
  application: Application,
  { kind, rule, now }: { readonly kind: SweptKind; readonly rule: string; readonly now: Date },
): Promise<void> {
  const { applicationId, organisation } = application;
  const [documents, submissions] = await Promise.all([
    parts.documents.list(applicationId),
    parts.store.submissions(applicationId),
  ]);
  const files = [...documents, ...submissions.flatMap((one) => one.documents)];
  const contents = [application, ...submissions];
  const sha256s = files.map(({ sha256 }) => sha256);
  const pending = {
    ...{ kind, thing: applicationId },
    places: [...new Set(contents.flatMap((one) => personalPlacesOf(one, sha256s)))],
  };
  const { to, note } = erasedApplication(application, rule, now);
  await parts.erasures.write([
    ...parts.store.transition(application, to, note),
    ...parts.erasures.unheld([applicationId, organisation]),
    parts.erasures.record({ kind, thing: applicationId, organisation, rule, at: note.at }),
    parts.erasures.leave(pending),
  ]);
  await finishErasure(parts, pending);
}

/** Does what is left of an erasure; again makes no difference. */
export async function finishErasure(parts: EraseApplicationParts, pending: PendingErasure): Promise<void> {
  const { thing, places } = pending;
  await parts.traces.remove(places, thing);
  const { isErased, removals, files } = await parts.rows.leftovers(thing);
  const scans = files.map((file) => parts.scans.forgotten(file));
  for (const group of groupsOf([...scans, ...removals], transactionLimit - 1)) {
    await parts.erasures.write([isErased, ...group]);
  }
  await parts.erasures.write([parts.erasures.settled(pending)]);
}
