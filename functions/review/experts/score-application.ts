import type { ApplicationIn, ExpertScore } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import { organisationsOf, requireOutsider, requireSeparateDuties } from '../../filing/applications/duties.ts';
import type { PeopleStore } from '../../people/people-store.ts';
import type { ExpertReview } from '../../policy/guides/guide-schema.ts';
import type { OpenedItem, PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError, type FieldFault } from '../../shared/errors.ts';
import { contentHash } from '../../shared/hash.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { Bilingual } from '../../shared/text.ts';
import type { InvitationStore } from './invitation-store.ts';
import { expertBasis, scoresMissing } from './scores.ts';
import { isStanding, scoreBy } from './show-invitation.ts';
import { expertStage, isApproved, reviewOver } from './stage.ts';

export interface ScoreParts {
  readonly store: ApplicationStore;
  readonly invitations: InvitationStore;
  readonly people: PeopleStore;
  readonly policy: PolicyBook;
  readonly clock: Clock;
}

/** What an expert gives. */
export interface GivenScore {
  /** By criterion. */
  readonly points: Readonly<Record<string, number>>;
  readonly comment?: string | undefined;
  /** What the invitation showed. */
  readonly contentHash: string;
}

/**
 * Scores an application by every criterion of its guide, or changes a score until the department approves. One
 * transaction keeps the score, who gave it and what it was based on, on condition that the expert declared no interest;
 * so it never stands beside a decision that did not see it. The same score sent again changes nothing.
 * @throws DomainError invalid-request with every criterion that is missing or out of range; basis-changed;
 * not-in-this-state; same-person; conflict-of-interest; forbidden; not-found.
 */
export async function scoreApplication(
  parts: ScoreParts,
  actor: Actor,
  invitationId: string,
  given: GivenScore,
) {
  return decideAgainOnConflict(async () => {
    const invitation = await parts.invitations.requireOwn(actor, invitationId);
    const application = await parts.store.require(invitation.applicationId);
    if (!isStanding(invitation) || application.status !== 'sign-off') throw reviewOver();
    requireOutsider(application, actor);
    const opened = await parts.policy.requireItem(application.guide, application.content.item);
    const score = scoreOn(application, opened, given, parts.clock());
    if (isSame(application.scores[actor.id], score) && invitation.comment === given.comment) {
      return { ...scoreBy(actor.id, application, opened), invitationId, status: invitation.status };
    }
    // An approval that outlived a correction counted on the scores from before; those of now have still to be given.
    if (isApproved(application) && scoresMissing(application, opened).missing <= 0) throw reviewOver();
    requireSeparateDuties(application, expertStage, [actor.id]);
    const changed: ApplicationIn<'sign-off'> = {
      ...application,
      version: application.version + 1,
      updatedAt: score.at,
      deciders: { ...application.deciders, [actor.id]: expertStage },
      scores: { ...application.scores, [actor.id]: score },
    };
    const { comment: _, ...rest } = invitation;
    await parts.store.write([
      ...parts.store.transition(application, changed, {
        at: score.at,
        actor: { id: actor.id, role: 'expert' },
        event: 'expert-scored',
        stage: expertStage,
        basisHash: score.contentHash,
      }),
      parts.invitations.put(invitation, {
        ...rest,
        status: 'scored',
        settledAt: score.at,
        ...(given.comment !== undefined && { comment: given.comment }),
      }),
      parts.people.noInterest(actor.id, ...organisationsOf(application)),
    ]);
    return { ...scoreBy(actor.id, changed, opened), invitationId, status: 'scored' as const };
  });
}

function scoreOn(
  application: ApplicationIn<'sign-off'>,
  opened: OpenedItem,
  given: GivenScore,
  now: Date,
): ExpertScore {
  const { experts } = opened.item;
  if (!experts) throw new Error(`guide ${application.guide} has no experts for ${opened.item.id}`);
  if (given.contentHash !== expertBasis(application, opened)) throw new DomainError('basis-changed');
  const faults = pointFaults(experts, given.points, `申报指南 ${application.guide} ${opened.item.id}`);
  if (faults.length > 0) throw new DomainError('invalid-request', { faults });
  return {
    points: given.points,
    total: Object.values(given.points).reduce((sum, points) => sum + points, 0),
    at: now.toISOString(),
    submission: application.submission.number,
    contentHash: given.contentHash,
  };
}

function pointFaults(
  { criteria }: ExpertReview,
  points: GivenScore['points'],
  citation: string,
): FieldFault[] {
  const fault = (id: string, rule: string, message: Bilingual): FieldFault[] => [
    { path: `points.${id}`, rule, message, citation },
  ];
  const unknown = Object.keys(points).filter((id) => !criteria.some((criterion) => criterion.id === id));
  return [
    ...criteria.flatMap(({ id, title, points: most }) => {
      const given = points[id];
      if (given === undefined) {
        return fault(id, 'required', { zh: `请评分：${title.zh}`, en: `give points for: ${title.en}` });
      }
      if (Number.isInteger(given) && given >= 0 && given <= most) return [];
      return fault(id, `0-to-${most}`, { zh: `${title.zh}：0 至 ${most} 分`, en: `0 to ${most} points` });
    }),
    ...unknown.flatMap((id) =>
      fault(id, 'known-criterion', { zh: '指南中没有该评分项', en: 'the guide has no such criterion' }),
    ),
  ];
}

function isSame(before: ExpertScore | undefined, after: ExpertScore): boolean {
  return (
    before?.contentHash === after.contentHash && contentHash(before.points) === contentHash(after.points)
  );
}
