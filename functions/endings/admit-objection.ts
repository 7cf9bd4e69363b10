import { requireImpartial } from '../money/pools/duties.ts';
import type { ObjectionIn } from '../publicity/objections/objection.ts';
import { held } from '../publicity/objections/opening-decision.ts';
import type { Actor } from '../shared/actor.ts';
import { DomainError } from '../shared/errors.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import type { ObjectionId } from '../shared/vocabulary.ts';
import { type DecideObjectionParts, screened } from './decide-objection.ts';
import { involvedBefore } from './objection-duties.ts';

/**
 * Admits what somebody has brought up: it is to be decided, and holds its award until then, unless it is a complaint or the
 * award is ordered already. One that is admitted answers as it stands. What is not to be admitted takes two people.
 * @throws DomainError not-found, not-in-this-state when its end is proposed; same-person, conflict-of-interest;
 * concurrent-change.
 */
export async function admitObjection(
  parts: Pick<DecideObjectionParts, 'applications' | 'objections' | 'people' | 'outbox' | 'clock'>,
  actor: Actor,
  objectionId: ObjectionId,
): Promise<ObjectionIn<'received' | 'proposed' | 'decided'>> {
  return decideAgainOnConflict(async () => {
    const objection = await parts.objections.require(objectionId);
    if (objection.status !== 'screening') {
      if (objection.unadmitted) throw new DomainError('not-in-this-state');
      return objection;
    }
    const application = await parts.applications.require(objection.applicationId);
    const impartial = await requireImpartial(parts.people, actor, [involvedBefore(application)]);
    const at = parts.clock().toISOString();
    const by = { id: actor.id, role: 'operator' } as const;
    const { unadmitted: _, ...kept } = objection;
    const to: ObjectionIn<'received'> = { ...kept, status: 'received', version: objection.version + 1 };
    const holds = objection.kind !== 'complaint' && application.status === 'noticed';
    const award = holds ? held(application, objectionId, { at, actor: by }) : undefined;
    await parts.objections.write([
      impartial,
      ...parts.objections.transition(objection, to, { at, actor: by, event: 'admitted' }),
      ...(award ? parts.applications.transition(application, award.to, award.note) : []),
      ...screened(parts, objection, application),
    ]);
    return to;
  });
}
