import type * as z from 'zod';
import type { Actor } from '../../shared/actor.ts';
import type { IdempotencyRecords } from '../../shared/idempotency.ts';
import { listFaults } from '../../shared/problem.ts';
import { applications } from '../../shared/tables.ts';
import type { ApplicationId } from '../../shared/vocabulary.ts';
import type { Application } from '../applications/application.ts';
import { toApplicationView } from '../applications/application-view.ts';
import { beginDraft, type DraftParts } from '../applications/edit-draft.ts';
import { ownApplication } from '../applications/own-application.ts';
import type { DocumentStore } from '../documents/document-store.ts';
import { copiedBody, leftOutOf } from './copy-rules.ts';
import type { CopyViewSchema } from './copy-view.ts';

export interface CopyParts extends DraftParts {
  readonly documents: DocumentStore;
  readonly records: IdempotencyRecords;
}

/**
 * Copies an application of the caller's organisation, whatever its status, into a new draft of the same item under the guide
 * that is open now. Facts that this guide has no more, or has in another form, are left out and listed. No document is
 * copied: a certificate or a statement of last year may hold no more, so each is handed in again. Under one key there is
 * one copy.
 * @throws DomainError not-found, item-not-open, idempotency-key-reused, and what else a new draft is refused for.
 */
export async function copyApplication(
  parts: CopyParts,
  actor: Actor,
  applicationId: ApplicationId,
  idempotencyKey: string,
): Promise<{ readonly draft: Application; readonly view: z.input<typeof CopyViewSchema> }> {
  const source = await ownApplication(parts.store, actor, applicationId);
  const { organisation } = source;
  const keyed = {
    key: applications.entities.draftAnswer.key({ organisation, idempotencyKey }),
    content: { by: actor.id, copyOf: applicationId },
  };
  const draft = await beginDraft(parts, actor, keyed, {
    item: source.content.item,
    body: (opened) => copiedBody(source, opened),
    copyOf: applicationId,
  });
  const [opened, documents] = await Promise.all([
    parts.policy.requireItem(draft.guide, source.content.item),
    parts.documents.list(applicationId),
  ]);
  const namesOf = (material: string) =>
    documents
      .filter((document) => document.material === material && document.status === 'accepted')
      .map(({ fileName }) => fileName);
  return {
    draft,
    view: {
      application: toApplicationView(draft),
      leftOut: listFaults(leftOutOf(source, opened)).listed,
      toHandIn: opened.item.materials.map(({ id, title }) => ({
        ...{ material: id, title, earlierFiles: namesOf(id) },
      })),
    },
  };
}
