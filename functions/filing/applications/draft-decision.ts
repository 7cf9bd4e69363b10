import type { Actor, ActorReference } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import { fen } from '../../shared/money.ts';
import type { ApplicationId, OrganisationCode } from '../../shared/vocabulary.ts';
import type { Application, ApplicationIn } from './application.ts';
import { entityTag } from './application-view.ts';
import { correctionCitation, requireOpenChanges } from './correction-rules.ts';
import { requireNoDecider } from './duty-rules.ts';
import type { HistoryNote } from './history-row.ts';

/** An application that its organisation may still change. */
export type Editable = ApplicationIn<'draft' | 'returned'>;

/** A draft as it is begun: of whom, under which guide, by whom and when. */
export interface NewDraft {
  readonly applicationId: ApplicationId;
  readonly organisation: OrganisationCode;
  readonly guide: string;
  readonly content: Application['content'];
  readonly actor: Actor;
  readonly now: Date;
  /** The application that it is a copy of. */
  readonly copyOf?: ApplicationId | undefined;
}

/** What content is put in the place of what stands, under which guide, by whom and when. */
export interface Edit {
  readonly application: Editable;
  readonly guide: string;
  readonly content: Application['content'];
  readonly actor: Actor;
  readonly now: Date;
}

/** What writing in an application does. */
interface Written<T extends Application> {
  readonly to: T;
  readonly note: HistoryNote;
}

/** A new draft. */
export function drafted(draft: NewDraft): Written<ApplicationIn<'draft'>> {
  const { applicationId, organisation, guide, content, actor, now, copyOf } = draft;
  const at = now.toISOString();
  return {
    to: {
      status: 'draft',
      ...{ applicationId, organisation, guide, content },
      version: 1,
      createdAt: at,
      createdBy: actor.id,
      preparedBy: [actor.id],
      updatedAt: at,
    },
    note: {
      at,
      actor: preparer(actor),
      ...(copyOf === undefined ? { event: 'created' } : { event: 'copied', note: copyOf }),
    },
  };
}

/**
 * An application that this person may change, if it is still at the version that the change is based on.
 * @param ifMatch the entity tag of that version.
 * @throws DomainError not-in-this-state; same-person for somebody who decided on it; version-mismatch.
 */
export function requireEditable(application: Application, actor: Actor, ifMatch: string): Editable {
  if (application.status !== 'draft' && application.status !== 'returned') {
    throw new DomainError('not-in-this-state');
  }
  requireNoDecider(application, actor.id);
  if (ifMatch !== entityTag(application.version)) throw new DomainError('version-mismatch');
  return application;
}

/**
 * An application that this person may change and that is one version beyond the one that a change is based on: the change may
 * be the one that made it. Undefined for any other.
 * @param ifMatch the entity tag of the version that the change is based on.
 */
export function repeatedOf(application: Application, actor: Actor, ifMatch: string): Editable | undefined {
  if (application.status !== 'draft' && application.status !== 'returned') return undefined;
  const isNext = ifMatch === entityTag(application.version - 1) && application.version > 1;
  return isNext && application.preparedBy.includes(actor.id) ? application : undefined;
}

/**
 * A draft that may be deleted, if it is still at the version that is meant.
 * @throws DomainError not-in-this-state for what was submitted: it may be withdrawn; version-mismatch.
 */
export function requireDeletable(application: Application, ifMatch: string): ApplicationIn<'draft'> {
  if (application.status !== 'draft') throw new DomainError('not-in-this-state');
  if (ifMatch !== entityTag(application.version)) throw new DomainError('version-mismatch');
  return application;
}

/** A draft as it is deleted: see `emptied`. */
export function deleted(
  draft: ApplicationIn<'draft'>,
  actor: Actor,
  now: Date,
): Written<ApplicationIn<'deleted'>> {
  const to = emptied(draft, now);
  return { to, note: { at: to.updatedAt, actor: preparer(actor), event: 'deleted' } };
}

/** What is left of an application: which item it was of, whose and under which guide, and nothing that was stated. */
export function emptied(
  { applicationId, organisation, guide, version, createdAt, createdBy, preparedBy, content }: Application,
  now: Date,
): ApplicationIn<'deleted'> {
  return {
    status: 'deleted',
    ...{ applicationId, organisation, guide, createdAt, createdBy, preparedBy },
    content: {
      ...{ item: content.item, direction: '', projectName: '', requestedFen: fen(0), facts: {} },
      enterprise: {
        ...{ uscc: organisation, name: '', district: '', registeredOn: '' },
        ...{ kind: 'legal-person', predecessors: [] },
      },
    },
    version: version + 1,
    updatedAt: now.toISOString(),
  };
}

/** Refuses another item than the one that was returned. @throws DomainError invalid-request */
export function requireSameItem({ content, guide }: ApplicationIn<'returned'>, item: string): void {
  if (item === content.item) return;
  throw new DomainError('invalid-request', {
    faults: [
      {
        path: 'item',
        rule: 'open-to-correction',
        message: { zh: '补正不得更换申报事项', en: 'a correction does not change the item' },
        citation: correctionCitation(guide),
      },
    ],
  });
}

/**
 * The application with other content.
 * @throws DomainError deadline-passed; invalid-request with every place of a correction that was not returned.
 */
export function edited({ application, guide, content, actor, now }: Edit): Written<Editable> {
  if (application.status === 'returned') requireOpenChanges(application, content, now);
  const at = now.toISOString();
  return {
    to: {
      ...application,
      ...{ guide, content },
      version: application.version + 1,
      updatedAt: at,
      preparedBy: [...new Set([...application.preparedBy, actor.id])],
    },
    note: { at, actor: preparer(actor), event: 'edited' },
  };
}

/** Who acts for an applicant, as histories name it. */
export function preparer(actor: Actor): ActorReference {
  return { id: actor.id, role: actor.roles.includes('preparer') ? 'preparer' : 'organisation-admin' };
}
