import { describe, expect, it } from 'vitest';
import type { Application, ApplicationIn } from '../../../functions/filing/applications/application.ts';
import { type Status, statuses } from '../../../functions/filing/applications/lifecycle.ts';
import { outcomeOf, type Wait, waitNames } from '../../../functions/waits/wait-decision.ts';
import { returnedApplication } from '../../builders/signed-off-application.ts';

/** An application of which the status counts alone, with the submission that is waited for. */
const inStatus = (status: Status, more: object = {}) =>
  ({ ...returnedApplication(), status, ...more }) as unknown as Application;
const decide = (wait: Wait, application: Application, submission = 1): string | undefined =>
  outcomeOf[wait](application, submission);

describe('a wait', () => {
  it('is one of those that a state machine can name', () => {
    expect(waitNames).toEqual(Object.keys(outcomeOf));
  });

  /** What ends each wait, by the status that the application is in; in every other it goes on or never began. */
  const ends: Readonly<Record<Exclude<Wait, 'correction'>, Partial<Record<Status, string>>>> = {
    adjudication: {
      withdrawn: 'withdrawn',
      deduplication: 'decided',
      noticed: 'decided',
      duplicate: 'decided',
    },
    allocation: { allocated: 'allocated', noticed: 'allocated', withdrawn: 'withdrawn' },
    objections: { noticed: 'decided', cancelled: 'decided', withdrawn: 'decided' },
    payment: { closed: 'closed', cancelled: 'cancelled', duplicate: 'duplicate', withdrawn: 'withdrawn' },
  };
  it.each(
    Object.entries(ends).flatMap(([wait, outcomes]) =>
      Object.entries(outcomes).map(([status, outcome]) => [wait as Wait, status as Status, outcome] as const),
    ),
  )('for %s ends in status %s: %s', (wait, status, outcome) => {
    expect(decide(wait, inStatus(status))).toBe(outcome);
  });

  const suspicion = { taskId: 'task', suspicions: [], at: '2026-11-23T02:00:00.000Z' };
  it.each<[Wait, string, Application]>([
    ['adjudication', 'before an adjudicator', inStatus('adjudication')],
    ['adjudication', 'held by a late match', inStatus('noticed', { hold: suspicion })],
    ['allocation', 'in its pool', inStatus('pooled')],
    ['objections', 'objected to', inStatus('noticed', { openObjections: ['objection'] })],
    ['payment', 'under notice', inStatus('noticed')],
    ['payment', 'ordered, and not paid in full', inStatus('ordered')],
  ])('for %s goes on: %s', (wait, _, application) => {
    expect(decide(wait, application)).toBeUndefined();
  });

  it('for a payment goes on under notice and while it is ordered, and in no other status', () => {
    const open = statuses.filter((status) => decide('payment', inStatus(status)) === undefined);
    expect(open).toEqual(['noticed', 'ordered']);
  });

  const returned = returnedApplication();
  const later: ApplicationIn<'returned'> = {
    ...returned,
    submission: { ...returned.submission, number: 2 },
  };
  it.each<[string, Application, string | undefined]>([
    ['goes on while it is returned', returned, undefined],
    ['ends when it was handed in again, whatever became of that', later, 'corrected'],
    ['ends when it lapsed', inStatus('lapsed', { reasons: [] }), 'lapsed'],
    ['ends when it was withdrawn', inStatus('withdrawn', { withdrawnFrom: 'returned' }), 'withdrawn'],
  ])('for a correction %s', (_, application, outcome) => {
    expect(decide('correction', application)).toBe(outcome);
  });
});
