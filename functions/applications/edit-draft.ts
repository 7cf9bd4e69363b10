import type { PolicyBook } from '../policy/policy-book.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import type { NewId } from '../shared/ids.ts';
import type { Application, Content } from './application.ts';
import type { ApplicationStore } from './application-store.ts';
import { entityTag } from './application-view.ts';
import { checkDraft } from './check-content.ts';
import { organisationOf, ownApplication } from './own-application.ts';

export interface DraftParts {
  readonly store: ApplicationStore;
  readonly policy: PolicyBook;
  readonly clock: Clock;
  readonly newId: NewId;
}

/** What a client sends for a draft: the content and the confirmation of an unusual credit code. */
export type DraftBody = Content & { readonly confirmUscc?: boolean | undefined };

/** Creates a draft of the caller's organisation under the guide that is open now. */
export async function createApplication(
  parts: DraftParts,
  actor: Actor,
  body: DraftBody,
): Promise<Application> {
  const { confirmUscc, ...content } = body;
  const organisation = organisationOf(actor);
  const now = parts.clock();
  const opened = await checkDraft(parts.policy, organisation, content, confirmUscc ?? false, now);
  const at = now.toISOString();
  const draft: Application = {
    status: 'draft',
    applicationId: parts.newId(),
    organisation,
    guide: opened.guide.version,
    version: 1,
    createdAt: at,
    createdBy: actor.id,
    updatedAt: at,
    content,
  };
  await parts.store.write(
    parts.store.transition(undefined, draft, { at, actor: preparer(actor), event: 'created' }),
  );
  return draft;
}

/**
 * Replaces a draft's content, if it is still at the version the change is based on.
 * @throws DomainError version-mismatch, not-in-this-state, and the faults of the content.
 */
export async function editApplication(
  parts: DraftParts,
  actor: Actor,
  applicationId: string,
  ifMatch: string,
  body: DraftBody,
): Promise<Application> {
  const { confirmUscc, ...content } = body;
  const draft = await ownApplication(parts.store, actor, applicationId);
  if (draft.status !== 'draft') throw new DomainError('not-in-this-state');
  if (ifMatch !== entityTag(draft.version)) throw new DomainError('version-mismatch');
  const now = parts.clock();
  const opened = await checkDraft(parts.policy, draft.organisation, content, confirmUscc ?? false, now);
  const at = now.toISOString();
  const edited: Application = {
    ...draft,
    guide: opened.guide.version,
    version: draft.version + 1,
    updatedAt: at,
    content,
  };
  const note = { at, actor: preparer(actor), event: 'edited' };
  await parts.store.write(
    parts.store.transition(draft, edited, note, () => new DomainError('version-mismatch')),
  );
  return edited;
}

function preparer(actor: Actor) {
  return { id: actor.id, role: actor.roles.includes('preparer') ? 'preparer' : 'organisation-admin' };
}
