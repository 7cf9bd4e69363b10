import * as z from 'zod';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { contentHash } from '../../shared/hash.ts';
import type { IdempotencyRecords, KeyedRequest } from '../../shared/idempotency.ts';
import type { NewId } from '../../shared/ids.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { applications } from '../../shared/tables.ts';
import { type ApplicationId, ApplicationIdSchema } from '../../shared/vocabulary.ts';
import { hashIdentity, type IdentityHashes, type KeptNames, namesOf } from '../enterprise/identity.ts';
import type { KeyedHash } from '../enterprise/keyed-hash.ts';
import { type OpenParts, requireOpenFor } from '../late-exceptions/open-for.ts';
import type { Application } from './application.ts';
import type { ApplicationStore } from './application-store.ts';
import { checkContent } from './content-rules.ts';
import type { DraftBodySchema } from './draft-body.ts';
import {
  drafted,
  type Editable,
  edited,
  repeatedOf,
  requireEditable,
  requireSameItem,
} from './draft-decision.ts';
import { organisationOf, ownApplication } from './own-application.ts';

export interface DraftParts extends OpenParts {
  readonly store: ApplicationStore;
  readonly keyedHash: KeyedHash;
  readonly clock: Clock;
  readonly newId: NewId;
}

/** What a client sends for a draft: the content with personal data in clear, and the confirmation of unusual codes. */
export type DraftBody = z.output<typeof DraftBodySchema>;

const CreatedSchema = z.object({ applicationId: ApplicationIdSchema });

/**
 * Creates a draft of the caller's organisation under the guide that is open now. The same request under the same key finds
 * the draft that it made, as it is by then.
 * @throws DomainError item-not-open, the faults of the content, idempotency-key-reused; quota-exceeded.
 */
export async function createApplication(
  parts: DraftParts & { readonly records: IdempotencyRecords },
  actor: Actor,
  body: DraftBody,
  idempotencyKey?: string,
): Promise<Application> {
  const organisation = organisationOf(actor);
  const keyed = idempotencyKey && {
    key: applications.entities.draftAnswer.key({ organisation, idempotencyKey }),
    content: { by: actor.id, body: await withoutPersonalData(parts.keyedHash, body) },
  };
  return beginDraft(parts, actor, keyed || undefined, { item: body.item, body: () => body });
}

/** What a new draft is to hold. */
interface DraftBeginning {
  readonly item: string;
  /** Its content, under the guide that is open now. */
  readonly body: (opened: OpenedItem) => DraftBody;
  /** The application that it is a copy of. */
  readonly copyOf?: ApplicationId;
}

/** Begins a draft under the guide that is open now, once under a key; see `createApplication`. */
export async function beginDraft(
  parts: DraftParts & { readonly records: IdempotencyRecords },
  actor: Actor,
  keyed: KeyedRequest | undefined,
  { item, body, copyOf }: DraftBeginning,
): Promise<Application> {
  const organisation = organisationOf(actor);
  return decideAgainOnConflict(async () => {
    const given = keyed && (await parts.records.answer(keyed, CreatedSchema));
    if (given) return ownApplication(parts.store, actor, given.applicationId);
    const now = parts.clock();
    const { opened } = await requireOpenFor(parts, organisation, item, now);
    const guide = opened.guide.version;
    const content = await accept(parts, { actor, guide, isDraft: true }, body(opened));
    const applicationId = parts.newId();
    const { to, note } = drafted({ applicationId, organisation, guide, content, actor, now, copyOf });
    await parts.store.write([
      ...parts.store.transition(undefined, to, note),
      parts.store.takeDraftPlace(to, parts.policy.notice.applicants.drafts),
      ...(keyed ? [parts.records.record(keyed, { applicationId })] : []),
    ]);
    return to;
  });
}

/** What a request is known by: of the few names and accounts that there are, not even a plain hash is kept. */
async function withoutPersonalData(keyedHash: KeyedHash, { enterprise, ...body }: DraftBody) {
  const { legalRepresentative, bankAccount, ...rest } = enterprise;
  const hashes = await hashIdentity(keyedHash, { legalRepresentative, bankAccount }, undefined);
  return { ...body, enterprise: { ...rest, ...hashes } };
}

/**
 * Replaces the content of a draft, or of what was returned for correction, if it is still at the version the change is
 * based on; what this person has just done by the same request is done. A draft moves to the guide that is open now; a correction keeps its own and changes only what was returned.
 * @param change `ifMatch`: the entity tag of that version.
 * @throws DomainError version-mismatch, not-in-this-state, deadline-passed, and the faults of the content.
 */
export async function editApplication(
  parts: DraftParts,
  actor: Actor,
  applicationId: ApplicationId,
  change: { readonly ifMatch: string; readonly body: DraftBody },
): Promise<Application> {
  try {
    return await edit(parts, actor, applicationId, change);
  } catch (error) {
    // Another may have come between that was the same request, sent twice: it is done then.
    if (!(error instanceof DomainError && error.code === 'version-mismatch')) throw error;
    return edit(parts, actor, applicationId, change);
  }
}

async function edit(
  parts: DraftParts,
  actor: Actor,
  applicationId: ApplicationId,
  { ifMatch, body }: { readonly ifMatch: string; readonly body: DraftBody },
): Promise<Application> {
  const read = await ownApplication(parts.store, actor, applicationId);
  const now = parts.clock();
  const done = repeatedOf(read, actor, ifMatch);
  if (done) {
    const isDraft = done.status === 'draft';
    const asStored = { actor, guide: done.guide, stored: done.content.enterprise, isDraft };
    const content = await accept(parts, asStored, body).catch(() => undefined);
    // The answer to it was lost, or it was sent twice.
    if (content && contentHash(content) === contentHash(done.content)) return done;
  }
  const application = requireEditable(read, actor, ifMatch);
  const guide = await guideOf(parts, application, body.item, now);
  const { content: before, status } = application;
  const stored = before.enterprise;
  const content = await accept(parts, { actor, guide, stored, isDraft: status === 'draft' }, body);
  const { to, note } = edited({ application, guide, content, actor, now });
  await parts.store.write(
    parts.store.transition(application, to, note, () => new DomainError('version-mismatch')),
  );
  return to;
}

async function guideOf(parts: OpenParts, application: Editable, item: string, now: Date): Promise<string> {
  if (application.status === 'draft') {
    return (await requireOpenFor(parts, application.organisation, item, now)).opened.guide.version;
  }
  requireSameItem(application, item);
  return application.guide;
}

/** Whose content it is, under which guide, and what is kept of the enterprise already. */
interface Accepted {
  readonly actor: Actor;
  readonly guide: string;
  readonly stored?: IdentityHashes & KeptNames;
  /** A draft may have gaps; of what was submitted, the name stays as long as no other one is stated. */
  readonly isDraft: boolean;
}

/** Checks a body and turns it into content to store: nothing in clear goes further than this. */
async function accept(
  { policy, keyedHash, clock }: DraftParts,
  { actor, guide, stored, isDraft }: Accepted,
  { confirmUscc = false, enterprise: stated, ...rest }: DraftBody,
): Promise<Application['content']> {
  const organisation = organisationOf(actor);
  const { legalRepresentative, bankAccount, uscc = organisation, ...others } = stated;
  const enterprise = { uscc, ...others };
  const content = { ...rest, enterprise };
  const opened = await policy.requireItem(guide, content.item);
  checkContent({
    content,
    organisation,
    notice: policy.notice,
    opened,
    usccConfirmed: confirmUscc,
    now: clock(),
    isDraft,
  });
  const hashes = await hashIdentity(keyedHash, { legalRepresentative, bankAccount }, stored);
  const names = namesOf(enterprise.name, actor.organisationName, isDraft ? undefined : stored);
  return { ...content, enterprise: { ...enterprise, ...names, ...hashes } };
}
