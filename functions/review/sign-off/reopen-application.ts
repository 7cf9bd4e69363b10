import type * as z from 'zod';
import type { Application, ApplicationIn } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import {
  organisationsOf,
  reopeningStages,
  requireOutsider,
  requireSeparateDuties,
} from '../../filing/applications/duties.ts';
import type { PeopleStore } from '../../people/people-store.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Outbox } from '../../shared/outbox.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { correctionDeadlines } from './correction-deadlines.ts';
import type { ReopeningViewSchema } from './reopening-view.ts';

export interface ReopenParts {
  readonly store: ApplicationStore;
  readonly people: PeopleStore;
  readonly policy: PolicyBook;
  readonly outbox: Outbox;
  readonly clock: Clock;
}

/** What the second operator decides; a refusal says why. */
export type ReopeningDecision =
  | { readonly outcome: 'approve'; readonly reason?: string | undefined }
  | { readonly outcome: 'refuse'; readonly reason: string };

/**
 * Asks for a lapsed application to be opened again. Asked again with the same words by the same person, it answers what
 * stands there; after a refusal it may be asked for anew.
 * @throws DomainError not-found, not-in-this-state, already-exists, same-person, conflict-of-interest.
 */
export async function requestReopening(
  parts: ReopenParts,
  actor: Actor,
  applicationId: string,
  reason: string,
): Promise<Application> {
  return decideAgainOnConflict(async () => {
    const application = await parts.store.require(applicationId);
    if (application.status !== 'lapsed') throw new DomainError('not-in-this-state');
    const { reopening } = application;
    if (reopening && !reopening.refused) {
      if (reopening.by === actor.id && reopening.reason === reason) return application;
      throw new DomainError('already-exists');
    }
    const stage = stageOfReopening(application);
    requireOutsider(application, actor);
    requireSeparateDuties(application, stage, [actor.id]);
    const at = parts.clock().toISOString();
    const requested: ApplicationIn<'lapsed'> = {
      ...application,
      version: application.version + 1,
      updatedAt: at,
      reopening: { reason, by: actor.id, at },
    };
    const note = { at, actor: operator(actor), event: 'reopening-requested', stage, note: reason };
    await parts.store.write([
      ...parts.store.transition(application, requested, note),
      parts.people.noInterest(actor.id, ...organisationsOf(application)),
    ]);
    return requested;
  });
}

/**
 * Decides on a request for reopening, by another operator than the one who made it. Approved, the application is with
 * the applicant once more, with the time that the guide gives from now on, and its review is executed under a new name.
 * Of an approval and a refusal at once, the later one is told that it came too late.
 * @throws DomainError not-found, not-in-this-state, same-person, conflict-of-interest.
 * @throws CalendarMissingError for a deadline beyond the loaded calendars.
 */
export async function decideReopening(
  parts: ReopenParts,
  actor: Actor,
  applicationId: string,
  decision: ReopeningDecision,
): Promise<Application> {
  return decideAgainOnConflict(async () => {
    const application = await parts.store.require(applicationId);
    if (isTaken(application, actor, decision)) return application;
    if (application.status !== 'lapsed' || !application.reopening || application.reopening.refused) {
      throw new DomainError('not-in-this-state');
    }
    const stage = stageOfReopening(application);
    requireOutsider(application, actor);
    requireSeparateDuties(application, stage, [actor.id]);
    if (application.reopening.by === actor.id) {
      throw new DomainError('same-person', {
        detail: {
          zh: '须由申请恢复办理者以外的人员决定',
          en: 'another person decides than the one who asks for the reopening',
        },
      });
    }
    const now = parts.clock();
    const at = now.toISOString();
    const decided = {
      ...application,
      version: application.version + 1,
      updatedAt: at,
      deciders: { ...application.deciders, [actor.id]: stage },
    };
    const { reason } = decision;
    const note = { at, actor: operator(actor), stage, ...(reason !== undefined && { note: reason }) };
    const unbiased = parts.people.noInterest(actor.id, ...organisationsOf(application));
    if (decision.outcome === 'refuse') {
      const refused = { by: actor.id, reason: decision.reason, at };
      const kept: Application = { ...decided, reopening: { ...application.reopening, refused } };
      const row = { ...note, event: 'reopening-refused' };
      await parts.store.write([...parts.store.transition(application, kept, row), unbiased]);
      return kept;
    }
    const reopened = await opened(parts, decided, actor, now);
    const { number, reopening } = reopened.submission;
    await parts.store.write([
      ...parts.store.transition(application, reopened, { ...note, event: 'reopened' }),
      unbiased,
      parts.outbox.message({ type: 'start-review', applicationId, submission: number, reopening }),
    ]);
    return reopened;
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

/** Whether this person has taken this decision already. */
function isTaken(application: Application, actor: Actor, { outcome }: ReopeningDecision): boolean {
  if (outcome === 'approve') {
    return application.status !== 'lapsed' && application.reopenings?.at(-1)?.approvedBy === actor.id;
  }
  return application.status === 'lapsed' && application.reopening?.refused?.by === actor.id;
}

/** The application with the applicant again; the last correction is due at a new time. */
async function opened(
  parts: ReopenParts,
  decided: ApplicationIn<'lapsed'>,
  actor: Actor,
  now: Date,
): Promise<ApplicationIn<'returned'>> {
  const { reasons: _, reopening: request, corrections, reopenings: earlier = [], ...kept } = decided;
  const last = corrections.at(-1);
  if (!request || !last) throw new Error(`nothing to reopen in ${decided.applicationId}`);
  const { warnAt: __, warnedAt: ___, ...correction } = last;
  const { item } = await parts.policy.requireItem(kept.guide, kept.content.item);
  const approved = { approvedBy: actor.id, approvedAt: now.toISOString() };
  const reopenings = [...earlier, { reason: request.reason, by: request.by, at: request.at, ...approved }];
  return {
    ...kept,
    status: 'returned',
    submission: { ...kept.submission, reopening: reopenings.length },
    corrections: [
      ...corrections.slice(0, -1),
      { ...correction, ...correctionDeadlines(item, now, parts.policy.calendar) },
    ],
    reopenings,
  };
}

function stageOfReopening({ reopenings = [] }: Application): string {
  return `${reopeningStages}${reopenings.length + 1}`;
}

function operator(actor: Actor) {
  return { id: actor.id, role: 'operator' };
}
