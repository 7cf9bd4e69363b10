import type * as z from 'zod';
import type { Application } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import { organisationsOf } from '../../filing/applications/duty-rules.ts';
import type { PeopleStore } from '../../people/people-store.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Outbox } from '../../shared/outbox.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { ApplicationId } from '../../shared/vocabulary.ts';
import {
  isTaken,
  type ReopeningDecision,
  refused,
  reopened,
  requested,
  requireAsked,
} from './reopening-decision.ts';
import type { ReopeningViewSchema } from './reopening-view.ts';

export interface ReopenParts {
  readonly store: ApplicationStore;
  readonly people: PeopleStore;
  readonly policy: PolicyBook;
  readonly outbox: Outbox;
  readonly clock: Clock;
}

/**
 * Asks for a lapsed application to be opened again. Asked again with the same words by the same person, it answers what
 * stands there; after a refusal it may be asked for anew.
 * @throws DomainError not-found, not-in-this-state, already-exists, forbidden, same-person, conflict-of-interest.
 */
export async function requestReopening(
  { store, people, clock }: ReopenParts,
  actor: Actor,
  applicationId: ApplicationId,
  reason: string,
): Promise<Application> {
  return decideAgainOnConflict(async () => {
    const application = await store.require(applicationId);
    const request = requested(application, reason, { actor, now: clock() });
    if (!request) return application;
    await store.write([
      ...store.transition(application, request.to, request.note),
      people.noInterest(actor.id, ...organisationsOf(application)),
    ]);
    return request.to;
  });
}

/**
 * Decides on a request for reopening, by another operator than the one who made it. Approved, the application is with
 * the applicant once more, with the time that the guide gives from now on, and its review is executed under a new name.
 * Of an approval and a refusal at once, the later one is told that it came too late.
 * @throws DomainError not-found, not-in-this-state, forbidden, same-person, conflict-of-interest.
 * @throws CalendarMissingError for a deadline beyond the loaded calendars.
 */
export async function decideReopening(
  { store, people, policy, outbox, clock }: ReopenParts,
  actor: Actor,
  applicationId: ApplicationId,
  decision: ReopeningDecision,
): Promise<Application> {
  return decideAgainOnConflict(async () => {
    const application = await store.require(applicationId);
    if (isTaken(application, actor, decision)) return application;
    const asked = requireAsked(application, actor);
    const doing = { actor, now: clock() };
    const unbiased = people.noInterest(actor.id, ...organisationsOf(application));
    if (decision.outcome === 'refuse') {
      const { to, note } = refused(asked, decision.reason, doing);
      await store.write([...store.transition(application, to, note), unbiased]);
      return to;
    }
    const { item } = await policy.requireItem(application.guide, application.content.item);
    const { calendar } = policy;
    const { to, note, reopening } = reopened(asked, decision.reason, { ...doing, item, calendar });
    const { number: submission } = to.submission;
    await store.write([
      ...store.transition(application, to, note),
      unbiased,
      outbox.message({ type: 'start-review', applicationId, submission, reopening }),
    ]);
    return to;
  });
}

/** What operators see of it. */
export function reopeningView(application: Application): z.input<typeof ReopeningViewSchema> {
  const { applicationId, status, organisation, content, reopenings = [] } = application;
  const request = status === 'lapsed' ? application.reopening : undefined;
  const correction = 'corrections' in application ? application.corrections?.at(-1) : undefined;
  return {
    ...{ applicationId, status, organisation, reopenings },
    item: content.item,
    organisationName: content.enterprise.name,
    ...(correction && { dueAt: correction.dueAt, lapsesAt: correction.lapsesAt }),
    ...(request && { request }),
    ...(request?.refused && { refusal: request.refused }),
  };
}
