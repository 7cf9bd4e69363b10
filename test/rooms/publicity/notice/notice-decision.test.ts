import { describe, expect, it } from 'vitest';
import type { Application, ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import {
  cleared,
  creditChecked,
  endedNotice,
  openedNotice,
} from '../../../../functions/publicity/notice/notice-decision.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { pooledApplication } from '../../../builders/budget.ts';
import { openedItem } from '../../../builders/opened-item.ts';
import { policy } from '../../../support/rooms.ts';

const now = new Date('2025-11-14T02:00:00Z');
const at = now.toISOString();
const pooled = pooledApplication('01J00000000000000000000001', 'software-2026', 100);
const allocated: ApplicationIn<'allocated'> = {
  ...pooled,
  status: 'allocated',
  award: { fen: fen(100), roundId: '01J00000000000000000000003', at },
};
const opensAt = '2025-11-10T02:00:00.000Z';
const closesAt = '2025-11-14T01:59:59.000Z';
const noticed: ApplicationIn<'noticed'> = { ...allocated, status: 'noticed', notice: { opensAt, closesAt } };
const withdrawn: Application = { ...allocated, status: 'withdrawn', withdrawnFrom: 'allocated' };
const duplicate: Application = { ...allocated, status: 'duplicate', reasons: [] };
const open = (application: Application, item = openedItem()) =>
  openedNotice(application, item, policy.calendar, now);

describe('the opening of a notice', () => {
  it.each([
    // Five working days, the first one included: published figures for 2025-11-14 end on 11-20.
    ['working days', { days: 5, unit: 'working' } as const, '2025-11-20T16:00:00.000Z'],
    ['calendar days', { days: 5, unit: 'calendar' } as const, '2025-11-18T16:00:00.000Z'],
    ['seconds, where a guide plays', { seconds: 90 }, '2025-11-14T02:01:30.000Z'],
  ])('counts in %s', (_, notice, end) => {
    const { outcome, closesAt: closing, change } = open(allocated, openedItem({ notice }));
    expect({ outcome, closing }).toEqual({ outcome: 'noticed', closing: end });
    expect(change).toMatchObject({
      to: { status: 'noticed', version: allocated.version + 1, notice: { opensAt: at, closesAt: end } },
      note: { at, event: 'notice-opened' },
    });
  });

  it.each<[string, Application, string, string]>([
    ['is the same again', noticed, 'noticed', closesAt],
    ['is none for what was withdrawn', withdrawn, 'withdrawn', at],
    ['is none for a duplicate', duplicate, 'duplicate', at],
  ])('%s', (_, application, outcome, end) => {
    expect(open(application)).toEqual({ outcome, closesAt: end });
  });

  it('is an error without an award', () => {
    expect(() => open(pooled)).toThrow('in status pooled');
  });
});

describe('the end of a notice', () => {
  const suspended = { taskId: 'task', suspicions: [], at } as unknown as ApplicationIn<'noticed'>['hold'];
  it.each<[string, Application, unknown]>([
    ['is due when its time is over', noticed, { due: noticed }],
    ['waits for a late match', { ...noticed, hold: suspended }, { outcome: 'held' }],
    ['waits for objections', { ...noticed, openObjections: ['objection'] }, { outcome: 'objected' }],
    ['comes once', { ...noticed, notice: { opensAt, closesAt, clearedAt: at } }, { outcome: 'cleared' }],
    [
      'is past for what is ordered',
      { ...noticed, status: 'ordered', paidFen: fen(0), order: { orderId: 'order', fen: fen(100), at } },
      { outcome: 'cleared' },
    ],
    [
      'is none for what was cancelled',
      { ...noticed, status: 'cancelled', reasons: [] },
      { outcome: 'cancelled' },
    ],
    ['is none for a duplicate', duplicate, { outcome: 'duplicate' }],
    ['is none for what was withdrawn', withdrawn, { outcome: 'withdrawn' }],
  ])('%s', (_, application, expected) => {
    expect(endedNotice(application, now)).toEqual(expected);
  });

  it('does not come before its time, and not without a notice', () => {
    expect(() => endedNotice(noticed, new Date('2025-11-14T01:59:58.999Z'))).toThrow('has not ended');
    expect(() => endedNotice(allocated, now)).toThrow('in status allocated');
  });

  it('clears the award, and keeps when credit was checked', () => {
    expect(cleared(noticed, now)).toMatchObject({
      to: { version: noticed.version + 1, notice: { closesAt, clearedAt: at, creditCheckedAt: at } },
      note: { at, event: 'notice-ended' },
    });
    const checked = creditChecked(noticed, now);
    const later = new Date('2025-11-15T02:00:00Z');
    expect(checked.version).toBe(noticed.version);
    expect(cleared(checked, later).to.notice).toMatchObject({
      ...{ clearedAt: later.toISOString(), creditCheckedAt: at },
    });
  });
});
