import { expect, it } from 'vitest';
import type { ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import type { Status } from '../../../../functions/filing/applications/lifecycle.ts';
import { requireOrderable } from '../../../../functions/money/orders/orderable-rules.ts';
import { noticedApplication } from '../../../builders/order.ts';

const at = '2026-11-23T02:00:00.000Z';
const id = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

const noticed = (changes: Partial<ApplicationIn<'noticed'>> = {}) => noticedApplication(id, 100, changes);

it('is an award whose notice has ended with nothing against it', () => {
  expect(requireOrderable(noticed())).toEqual({ application: noticed() });
  expect(requireOrderable(noticed({ openObjections: [] }))).toHaveProperty('application');
});

it.each([
  ['notice-open', noticed({ notice: { opensAt: at, closesAt: at } })],
  ['objected', noticed({ openObjections: [id] })],
  ['held', noticed({ hold: { taskId: 'task', suspicions: [], at } })],
  ...(
    [
      ['pooled', 'withdrawn'],
      ['allocated', 'notice-open'],
      ['ordered', 'ordered-before'],
      ['closed', 'ordered-before'],
      ['cancelled', 'cancelled'],
      ['duplicate', 'duplicate'],
      ['withdrawn', 'withdrawn'],
    ] as const satisfies [Status, string][]
  ).map(([status, reason]) => [
    reason,
    // Only its status is looked at.
    { ...noticed(), status } as unknown as ApplicationIn<'noticed'>,
  ]),
] as [string, ApplicationIn<'noticed'>][])('is none for the reason %s', (leftOut, application) => {
  expect(requireOrderable(application)).toEqual({ leftOut });
});

it('is none of an enterprise that is on the list of serious dishonesty', () => {
  expect(requireOrderable(noticed(), true)).toEqual({ leftOut: 'dishonesty-listed' });
  const open = noticed({ notice: { opensAt: at, closesAt: at } });
  expect(requireOrderable(open, true)).toEqual({ leftOut: 'notice-open' });
});

it('is none that is not there', () => {
  expect(requireOrderable(undefined)).toEqual({ leftOut: 'withdrawn' });
});
