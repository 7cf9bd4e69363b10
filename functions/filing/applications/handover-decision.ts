import type { Actor } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Application } from './application.ts';
import { type Editable, preparer } from './draft-decision.ts';
import { requireNoDecider } from './duty-rules.ts';
import type { HistoryNote } from './history-row.ts';
import { holderOf } from './own-application.ts';

/** What a step of a handover does; undefined where it was done before. */
type Step = { readonly to: Editable; readonly note: HistoryNote } | undefined;

/**
 * An application that is offered to a colleague, while its organisation works on it: by who holds it, or by an admin of the
 * organisation. Another offer takes the place of one that was not taken up.
 * @throws DomainError not-in-this-state; same-person for a decider; forbidden; invalid-request for who holds it already.
 */
export function offered(application: Application, to: string, actor: Actor, now: Date): Step {
  const editable = requireHandedOver(application, actor);
  const holder = holderOf(application);
  if (actor.id !== holder && !actor.roles.includes('organisation-admin')) {
    throw new DomainError('forbidden', {
      detail: {
        zh: '由经办人或企业管理员移交',
        en: 'its holder or an admin of the organisation hands it over',
      },
    });
  }
  if (to === holder) {
    const message = { zh: '此人已是经办人', en: 'this person holds it already' };
    throw new DomainError('invalid-request', { faults: [{ path: 'to', rule: 'other-person', message }] });
  }
  if (application.handover?.to === to) return undefined;
  const at = now.toISOString();
  return {
    to: { ...next(editable, at), handover: { to, by: actor.id, at } },
    note: { at, actor: preparer(actor), event: 'handover-offered', note: to },
  };
}

/**
 * An application that a colleague takes over. That it is one of the same organisation their own login says, so nobody outside
 * can be handed anything. Who held it before keeps the rights of everybody in the organisation.
 * @throws DomainError not-in-this-state where nothing is offered; forbidden where it is to somebody else; same-person.
 */
export function takenOver(application: Application, actor: Actor, now: Date): Step {
  if (!application.handover && application.holder === actor.id) return undefined;
  const { handover, ...kept } = requireHandedOver(application, actor);
  if (!handover) throw new DomainError('not-in-this-state');
  if (handover.to !== actor.id) throw new DomainError('forbidden');
  const at = now.toISOString();
  return {
    to: { ...next(kept, at), holder: actor.id },
    note: { at, actor: preparer(actor), event: 'handed-over', note: holderOf(application) },
  };
}

function requireHandedOver(application: Application, actor: Actor): Editable {
  if (application.status !== 'draft' && application.status !== 'returned') {
    throw new DomainError('not-in-this-state');
  }
  requireNoDecider(application, actor.id);
  return application;
}

function next<T extends Editable>(application: T, updatedAt: string): T {
  return { ...application, version: application.version + 1, updatedAt };
}
