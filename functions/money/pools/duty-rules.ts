import type { ApplicationIn } from '../../filing/applications/application.ts';
import { submittersOf } from '../../filing/applications/submission.ts';
import { type Actor, belongsTo } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Candidate } from './candidates.ts';

/** What tells of a candidate who has a part in it. */
export type Involved = Pick<Candidate, 'applicationId' | 'organisation' | 'predecessors' | 'deciders'>;

/** The enterprise that a candidate is of, and those that it continues. */
export type Concerned = Pick<Involved, 'applicationId' | 'organisation' | 'predecessors'>;

/**
 * Everybody who prepared, submitted, scored, had reopened or decided on an application, sorted: none of them decides on
 * its money.
 * @param stage the one that is decided in: whoever decided in no other may do so again, as on a second objection.
 */
export function involvedIn(
  application: Pick<
    ApplicationIn<'deduplication'>,
    'createdBy' | 'preparedBy' | 'submission' | 'deciders' | 'scores' | 'reopenings'
  >,
  stage?: 'objection' | 'payment' | 'clawback',
): string[] {
  const { createdBy, preparedBy, submission, deciders, scores, reopenings = [] } = application;
  const decided = Object.keys(deciders).filter((person) => deciders[person] !== stage);
  const reviewers = [...decided, ...Object.keys(scores), ...reopenings.map(({ by }) => by)];
  return [...new Set([createdBy, ...preparedBy, ...submittersOf(submission), ...reviewers])].sort();
}

/** What tells of an application who has a part in it. @param stage see `involvedIn` */
export function involved(
  application: Parameters<typeof involvedIn>[0] &
    Pick<ApplicationIn<'deduplication'>, 'applicationId' | 'organisation' | 'content'>,
  stage: Parameters<typeof involvedIn>[1],
): Involved {
  const { applicationId, organisation, content } = application;
  const { predecessors } = content.enterprise;
  return { applicationId, organisation, predecessors, deciders: involvedIn(application, stage) };
}

/**
 * Refuses a decision on the money of applications that the person has decided on or prepared.
 * @throws DomainError same-person
 */
export function requireNotInvolved(person: string, candidates: readonly Involved[]): void {
  const found = candidates.find(({ deciders }) => deciders.includes(person));
  if (!found) return;
  throw new DomainError('same-person', {
    detail: {
      zh: `此人已在其他环节办理过申报 ${found.applicationId}，不得再决定其资金`,
      en: `this person has acted on application ${found.applicationId} in another stage`,
    },
  });
}

/**
 * Refuses a decision on the money of organisations that the person belongs to or has an interest in, and of those that
 * continue one of them.
 * @param interests the person's, by organisation.
 * @throws DomainError conflict-of-interest
 */
export function requireNoInterest(
  actor: Actor,
  interests: Readonly<Record<string, unknown>>,
  candidates: readonly Concerned[],
): void {
  const found = candidates.find(({ organisation, predecessors = [] }) =>
    [organisation, ...predecessors].some((one) => belongsTo(actor, one) || Object.hasOwn(interests, one)),
  );
  if (!found) return;
  throw new DomainError('conflict-of-interest', {
    detail: {
      zh: `与申报 ${found.applicationId} 的单位有利害关系，应当回避`,
      en: `you have an interest in the organisation of application ${found.applicationId}`,
    },
  });
}
