import type { Application, ApplicationIn } from '../../filing/applications/application.ts';
import { requireOutsider, requireSeparateDuties } from '../../filing/applications/duty-rules.ts';
import type { ExpertScore } from '../../filing/applications/expert-score.ts';
import type { HistoryNote } from '../../filing/applications/history-row.ts';
import type { ExpertReview } from '../../policy/guides/guide-schema.ts';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import { DomainError, type FieldFault } from '../../shared/errors.ts';
import { contentHash } from '../../shared/hash.ts';
import type { Bilingual } from '../../shared/text.ts';
import type { Invitation } from './invitation.ts';
import { expertBasis, scoresMissing } from './scores.ts';
import { expertStage, isApproved, isStanding, reviewOver } from './stage.ts';

/** What an expert gives. */
export interface GivenScore {
  /** By criterion. */
  readonly points: Readonly<Record<string, number>>;
  readonly comment?: string | undefined;
  /** What the invitation showed. */
  readonly contentHash: string;
}

/** What is scored, by which guide, by whom and when. */
export interface ScoreContext {
  readonly invitation: Invitation;
  readonly application: ApplicationIn<'sign-off'>;
  readonly opened: OpenedItem;
  readonly actor: Actor;
  readonly now: Date;
}

/** What a score does. */
interface Scored {
  readonly to: ApplicationIn<'sign-off'>;
  readonly note: HistoryNote;
  readonly invitation: Invitation;
}

/**
 * The application of an invitation that its expert may score.
 * @throws DomainError not-in-this-state once it does not stand; forbidden for people of the applicant.
 */
export function requireScorable(
  invitation: Invitation,
  application: Application,
  actor: Actor,
): ApplicationIn<'sign-off'> {
  if (!isStanding(invitation) || application.status !== 'sign-off') throw reviewOver();
  requireOutsider(application, actor);
  return application;
}

/**
 * The score of an expert by every criterion of the guide, or a change of it until the department approves; undefined
 * where the same stands there already.
 * @throws DomainError invalid-request with every criterion that is missing or out of range; basis-changed;
 * not-in-this-state; same-person.
 */
export function scored(context: ScoreContext, given: GivenScore): Scored | undefined {
  const { invitation, application, opened, actor } = context;
  const score = scoreOn(context, given);
  if (isSame(application.scores[actor.id], score) && invitation.comment === given.comment) return undefined;
  // An approval that outlived a correction counted on the scores from before; those of now have still to be given.
  if (isApproved(application) && scoresMissing(application, opened).missing <= 0) throw reviewOver();
  requireSeparateDuties(application, expertStage, [actor.id]);
  const { comment: _, ...rest } = invitation;
  return {
    to: {
      ...application,
      version: application.version + 1,
      updatedAt: score.at,
      deciders: { ...application.deciders, [actor.id]: expertStage },
      scores: { ...application.scores, [actor.id]: score },
    },
    note: {
      at: score.at,
      actor: { id: actor.id, role: 'expert' },
      event: 'expert-scored',
      stage: expertStage,
      basisHash: score.contentHash,
    },
    invitation: {
      ...rest,
      status: 'scored',
      settledAt: score.at,
      ...(given.comment !== undefined && { comment: given.comment }),
    },
  };
}

function scoreOn({ application, opened, now }: ScoreContext, given: GivenScore): ExpertScore {
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
