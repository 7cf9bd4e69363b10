import type { ApplicationStore } from '../filing/applications/application-store.ts';
import { requireImpartial } from '../money/pools/duties.ts';
import type { PeopleStore } from '../people/people-store.ts';
import { type Objection, type Objector, ObjectorSchema } from '../publicity/objections/objection.ts';
import type { ObjectionStore } from '../publicity/objections/objection-store.ts';
import type { Actor, Role } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import { tellSecurity } from '../shared/log.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import type { Opener } from '../shared/sealing.ts';
import type { ObjectionId } from '../shared/vocabulary.ts';
import { involvedBefore } from './objection-duties.ts';

/** Who may learn of whom: of a report, nobody who decides anything. */
const readers = {
  objection: ['operator', 'budget-approver'],
  complaint: ['operator', 'budget-approver'],
  report: ['auditor'],
} as const satisfies Record<Objection['kind'], readonly Role[]>;

/**
 * Tells who has brought something up. First it is recorded who asks and why, in the history that auditors read; whoever
 * has a part in the application or an interest in its enterprise is told nothing.
 * @throws DomainError not-found, also where the system itself objects; forbidden for another role; same-person,
 * conflict-of-interest; concurrent-change.
 */
export async function readObjector(
  parts: {
    readonly applications: Pick<ApplicationStore, 'require'>;
    readonly objections: ObjectionStore;
    readonly people: PeopleStore;
    readonly objectors: Opener;
    readonly clock: Clock;
  },
  actor: Actor,
  objectionId: ObjectionId,
  reason: string,
): Promise<Objector> {
  const sealed = await decideAgainOnConflict(async () => {
    const objection = await parts.objections.require(objectionId);
    const allowed: readonly Role[] = readers[objection.kind];
    const role = actor.roles.find((one) => allowed.includes(one));
    // Whoever decides reports does not audit them, whatever other roles the same login has.
    const decides = objection.kind === 'report' && actor.roles.some((one) => one !== 'auditor');
    if (!role || decides) throw new DomainError('forbidden');
    if (objection.sealed === undefined) throw new DomainError('not-found');
    const application = await parts.applications.require(objection.applicationId);
    const impartial = await requireImpartial(parts.people, actor, [involvedBefore(application)]);
    const to: Objection = { ...objection, version: objection.version + 1 };
    await parts.objections.write([
      impartial,
      ...parts.objections.transition(objection, to, {
        ...{ at: parts.clock().toISOString(), actor: { id: actor.id, role } },
        ...{ event: 'identity-read', note: reason },
      }),
    ]);
    if (objection.kind === 'report') tellSecurity('reporter-read', { objection: objectionId, by: actor.id });
    return objection.sealed;
  });
  return ObjectorSchema.parse(await parts.objectors.open({ objection: objectionId }, sealed));
}
