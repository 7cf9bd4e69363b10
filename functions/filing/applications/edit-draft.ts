import type * as z from 'zod';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Actor, ActorReference } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { NewId } from '../../shared/ids.ts';
import type { ApplicationId, OrganisationCode } from '../../shared/vocabulary.ts';
import { hashIdentity, type IdentityHashes } from '../enterprise/identity.ts';
import type { KeyedHash } from '../enterprise/keyed-hash.ts';
import type { Application, ApplicationIn } from './application.ts';
import type { ApplicationStore } from './application-store.ts';
import { entityTag } from './application-view.ts';
import { checkContent, requireOpenItem } from './check-content.ts';
import type { DraftBodySchema } from './draft-body.ts';
import { requireNoDecider } from './duties.ts';
import { correctionCitation, requireOpenChanges } from './open-to-correction.ts';
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
  const { guide } = await requireOpenItem(parts.policy, body.item, now);
  const content = await accept(parts, organisation, guide.version, body);
  const at = now.toISOString();
  const draft: Application = {
    status: 'draft',
    applicationId: parts.newId(),
    organisation,
    guide: guide.version,
    version: 1,
    createdAt: at,
    createdBy: actor.id,
    preparedBy: [actor.id],
    updatedAt: at,
    content,
  };
  await parts.store.write(
    parts.store.transition(undefined, draft, { at, actor: preparer(actor), event: 'created' }),
  );
  return draft;
}

/**
 * Replaces the content of a draft, or of what was returned for correction, if it is still at the version the change is
 * based on. A draft moves to the guide that is open now; a correction keeps its own and changes only what was returned.
 * @throws DomainError version-mismatch, not-in-this-state, deadline-passed, and the faults of the content.
 */
export async function editApplication(
  parts: DraftParts,
  actor: Actor,
  applicationId: ApplicationId,
  ifMatch: string,
  body: DraftBody,
): Promise<Application> {
  const application = await ownApplication(parts.store, actor, applicationId);
  if (application.status !== 'draft' && application.status !== 'returned') {
    throw new DomainError('not-in-this-state');
  }
  requireNoDecider(application, actor.id);
  if (ifMatch !== entityTag(application.version)) throw new DomainError('version-mismatch');
  const now = parts.clock();
  const guide = await guideOf(parts, application, body, now);
  const content = await accept(parts, application.organisation, guide, body, application.content.enterprise);
  if (application.status === 'returned') requireOpenChanges(application, content, now);
  const at = now.toISOString();
  const edited: Application = {
    ...application,
    guide,
    version: application.version + 1,
    updatedAt: at,
    preparedBy: [...new Set([...application.preparedBy, actor.id])],
    content,
  };
  const note = { at, actor: preparer(actor), event: 'edited' } as const;
  await parts.store.write(
    parts.store.transition(application, edited, note, () => new DomainError('version-mismatch')),
  );
  return edited;
}

async function guideOf(
  parts: DraftParts,
  application: ApplicationIn<'draft' | 'returned'>,
  body: DraftBody,
  now: Date,
): Promise<string> {
  if (application.status === 'draft')
    return (await requireOpenItem(parts.policy, body.item, now)).guide.version;
  if (body.item === application.content.item) return application.guide;
  throw new DomainError('invalid-request', {
    faults: [
      {
        path: 'item',
        rule: 'open-to-correction',
        message: { zh: '补正不得更换申报事项', en: 'a correction does not change the item' },
        citation: correctionCitation(application.guide),
      },
    ],
  });
}

/** Checks a body and turns it into content to store: nothing in clear goes further than this. */
async function accept(
  parts: DraftParts,
  organisation: OrganisationCode,
  guide: string,
  { confirmUscc, enterprise: stated, ...rest }: DraftBody,
  stored?: IdentityHashes,
): Promise<Application['content']> {
  const { legalRepresentative, bankAccount, ...enterprise } = stated;
  const content = { ...rest, enterprise };
  const opened = await parts.policy.requireItem(guide, content.item);
  checkContent(parts.policy, opened, organisation, content, confirmUscc ?? false);
  const hashes = await hashIdentity(parts.keyedHash, { legalRepresentative, bankAccount }, stored);
  return { ...content, enterprise: { ...enterprise, ...hashes } };
}

function preparer(actor: Actor): ActorReference {
  return { id: actor.id, role: actor.roles.includes('preparer') ? 'preparer' : 'organisation-admin' };
}
