import type { Actor } from '../../shared/actor.ts';
import { decodeCursor, encodeCursor, scopeOf } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Key } from '../../shared/keys.ts';
import type { Table } from '../../shared/table.ts';
import { applications } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { ApplicationId, InvitationId } from '../../shared/vocabulary.ts';
import { type Invitation, InvitationSchema } from './invitation.ts';

const { entities } = applications;

/** Experts' invitations, beside their application. */
export class InvitationStore {
  readonly #table: Table<'applications'>;

  constructor(table: Table<'applications'>) {
    this.#table = table;
  }

  /** The invitation, read consistently, or undefined. */
  async get(invitationId: InvitationId): Promise<Invitation | undefined> {
    const item = await this.#table.get(invitationKey(invitationId));
    return item && InvitationSchema.parse(item['invitation']);
  }

  /** An invitation of the caller. @throws DomainError not-found, for another expert's as for one that is not there. */
  async requireOwn(actor: Actor, invitationId: InvitationId): Promise<Invitation> {
    const invitation = await this.get(invitationId);
    if (invitation?.expert !== actor.id) throw new DomainError('not-found');
    return invitation;
  }

  /** Every invitation to an application, read consistently. */
  async ofApplication(applicationId: ApplicationId): Promise<Invitation[]> {
    const items = await this.#table.all(entities.invitation.of({ applicationId }));
    return items.map((item) => InvitationSchema.parse(item['invitation']));
  }

  /** A page of an expert's invitations, open ones first, the oldest of each first. */
  async ofExpert(expert: string, limit: number, cursor: string | undefined) {
    const range = entities.invitation.listed('invitations', { expert });
    const scope = scopeOf(range);
    const { items, lastKey } = await this.#table.page(range, { limit, start: decodeCursor(cursor, scope) });
    return {
      items: items.map((item) => InvitationSchema.parse(item['invitation'])),
      nextCursor: encodeCursor(lastKey, scope),
    };
  }

  /** The write of an invitation, on condition that it is still in the status it was read in, or not there. */
  put(before: Invitation | undefined, invitation: Invitation): GuardedWrite {
    const rank = invitation.status === 'open' ? '0' : '1';
    const attributes = {
      ...entities.invitation.entry('invitations', { ...invitation, rank }),
      invitation,
    };
    const key = invitationKey(invitation.invitationId);
    if (!before) return this.#table.putNew(key, attributes);
    return this.#table.put(key, attributes, {
      when: '#invitation.#status = :before',
      names: { '#invitation': 'invitation', '#status': 'status' },
      values: { ':before': before.status },
    });
  }
}

function invitationKey(invitationId: InvitationId): Key<'applications'> {
  const [applicationId = '', expert = ''] = invitationId.split('.');
  return entities.invitation.key({ applicationId, expert });
}
