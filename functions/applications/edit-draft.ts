import type * as z from 'zod';
import type { DraftBodySchema } from '../contracts/applicant.ts';
import { hashIdentity, type IdentityHashes } from '../enterprise/identity.ts';
import type { KeyedHash } from '../enterprise/keyed-hash.ts';
import type { OpenedItem, PolicyBook } from '../policy/policy-book.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import type { NewId } from '../shared/ids.ts';
import type { Application } from './application.ts';
import type { ApplicationStore } from './application-store.ts';
import { entityTag } from './application-view.ts';
import { checkDraft } from './check-content.ts';
import { organisationOf, ownApplication } from './own-application.ts';

export interface DraftParts {
  readonly store: ApplicationStore;
  readonly policy: PolicyBook;
  readonly keyedHash: KeyedHash;
  readonly clock: Clock;
  readonly newId: NewId;
}

/** What a client sends for a draft: the content with personal data in clear, and the confirmation of unusual codes. */
export type DraftBody = z.output<typeof DraftBodySchema>;

/** Creates a draft of the caller's organisation under the guide that is open now. */
export async function createApplication(
  parts: DraftParts,
  actor: Actor,
  body: DraftBody,
): Promise<Application> {
  const organisation = organisationOf(actor);
  const now = parts.clock();
  const { opened, content } = await accept(parts, organisation, body, now);
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
  const draft = await ownApplication(parts.store, actor, applicationId);
  if (draft.status !== 'draft') throw new DomainError('not-in-this-state');
  if (ifMatch !== entityTag(draft.version)) throw new DomainError('version-mismatch');
  const now = parts.clock();
  const { opened, content } = await accept(parts, draft.organisation, body, now, draft.content.enterprise);
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

/** Checks a body and turns it into content to store: nothing in clear goes further than this. */
async function accept(
  parts: DraftParts,
  organisation: string,
  { confirmUscc, enterprise: stated, ...rest }: DraftBody,
  now: Date,
  stored?: IdentityHashes,
): Promise<{ opened: OpenedItem; content: Application['content'] }> {
  const { legalRepresentative, bankAccount, ...enterprise } = stated;
  const content = { ...rest, enterprise };
  const opened = await checkDraft(parts.policy, organisation, content, confirmUscc ?? false, now);
  const hashes = await hashIdentity(parts.keyedHash, { legalRepresentative, bankAccount }, stored);
  return { opened, content: { ...content, enterprise: { ...enterprise, ...hashes } } };
}

function preparer(actor: Actor) {
  return { id: actor.id, role: actor.roles.includes('preparer') ? 'preparer' : 'organisation-admin' };
}
