import { describe, expect, it } from 'vitest';
import type { Application, ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import { lookedAt } from '../../../../functions/review/sign-off/correction-decision.ts';
import { returnedApplication, submittedApplication } from '../../../builders/signed-off-application.ts';

const warnAt = '2026-11-26T16:00:00.000Z';
const dueAt = '2026-11-27T16:00:00.000Z';
const lapsesAt = '2026-11-28T16:00:00.000Z';
const hour = 3600;

const returned = (overrides: Partial<ApplicationIn<'returned'>['corrections'][number]> = {}) =>
  returnedApplication({ warnAt, dueAt, lapsesAt, ...overrides });
const later = (instant: string, seconds: number) => new Date(Date.parse(instant) + seconds * 1000);

describe('a correction that is looked at', () => {
  it.each<[string, Application, Date, { outcome: string; seconds: number; event?: string; to?: string }]>([
    ['long before', returned(), later(warnAt, -hour), { outcome: 'waiting', seconds: hour }],
    ['half a second before the warning', returned(), later(warnAt, -0.5), { outcome: 'waiting', seconds: 1 }],
    [
      'when its warning is due',
      returned(),
      later(warnAt, 0),
      { outcome: 'waiting', seconds: 48 * hour, event: 'correction-warned', to: 'returned' },
    ],
    [
      'after its warning',
      returned({ warnedAt: warnAt }),
      later(warnAt, hour),
      { outcome: 'waiting', seconds: 47 * hour },
    ],
    [
      'whose guide warns nobody',
      returned({ warnAt: undefined }),
      later(warnAt, hour),
      { outcome: 'waiting', seconds: 47 * hour },
    ],
    [
      'in its grace',
      returned({ warnedAt: warnAt }),
      later(dueAt, 0),
      { outcome: 'waiting', seconds: 24 * hour },
    ],
    [
      'when its grace has ended, warned or not',
      returned(),
      later(lapsesAt, 0),
      { outcome: 'lapsed', seconds: 0, event: 'lapsed', to: 'lapsed' },
    ],
    [
      'that came, however late',
      submittedApplication(undefined, { submission: { ...returned().submission, number: 2 } }),
      later(lapsesAt, hour),
      { outcome: 'corrected', seconds: 0 },
    ],
  ])('%s', (_name, application, now, { event, to, ...expected }) => {
    const { change, ...outcome } = lookedAt(application, 1, now);
    expect(outcome).toEqual(expected);
    expect(change?.note.event).toBe(event);
    expect(change?.to.status).toBe(to);
    if (change) expect(change.to.version).toBe(application.version + 1);
  });

  it('is told once that it lapsed', () => {
    const { change } = lookedAt(returned(), 1, later(lapsesAt, 0));
    if (!change) throw new Error('it did not lapse');
    expect(lookedAt(change.to, 1, later(lapsesAt, hour))).toEqual({ outcome: 'lapsed', seconds: 0 });
  });

  it('is not awaited in a review that is under way', () => {
    expect(() => lookedAt(submittedApplication(), 1, later(warnAt, 0))).toThrow('submitted');
  });
});
