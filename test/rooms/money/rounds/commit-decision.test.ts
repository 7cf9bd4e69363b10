import { describe, expect, it } from 'vitest';
import type { Application } from '../../../../functions/filing/applications/application.ts';
import { commit, type DueLine, requireHolding } from '../../../../functions/money/rounds/commit-decision.ts';
import type { Round } from '../../../../functions/money/rounds/round.ts';
import { DomainError } from '../../../../functions/shared/errors.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { plannedLine, poolId, roundId, roundIn } from '../../../builders/round.ts';

const at = '2026-11-24T02:00:00.000Z';
const applicationId = '1'.repeat(26);
const round = requireHolding(roundIn('approved'));

function due(changes: Partial<DueLine> = {}): DueLine {
  return { ...plannedLine(applicationId, 400), ...changes };
}

describe('a line of a plan', () => {
  it('is committed, with its application, its money and the round', () => {
    const { line, application } = plannedLine(applicationId, 400);
    const approver = { id: 'approver', role: 'budget-approver' };
    expect(commit(round, 3, [due()], at)).toEqual({
      to: {
        ...round,
        version: round.version + 1,
        reservation: { totalFen: 1000, committedFen: 400, releasedFen: 0 },
      },
      note: { at, actor: { id: 'system', role: 'system' }, event: 'batch-3-committed' },
      movements: [
        {
          ...{ kind: 'commitment', amountFen: 400, actor: approver, at, roundId, applicationId },
          cause: `round ${roundId}, plan 1`,
          key: `round#${roundId}#1#${applicationId}`,
        },
      ],
      settled: [{ ...line, status: 'committed', committedAt: at }],
      awards: [
        {
          from: application,
          to: {
            ...application,
            status: 'allocated',
            version: 6,
            updatedAt: at,
            deciders: { reviewer: 'step-1', approver: 'allocation' },
            award: { fen: 400, roundId, at },
          },
          note: { at, actor: approver, event: 'allocated', note: '全额' },
        },
      ],
    });
  });

  const { application, candidate } = plannedLine(applicationId, 400);
  // Only its status is looked at.
  const withdrawn = { ...application, status: 'withdrawn' } as unknown as Application;
  it.each([
    ['its application is gone', { application: undefined }],
    ['its application was withdrawn', { application: withdrawn }],
    ['its application waits in another pool', { application: { ...application, pool: 'pool-2' } }],
    ['its place in the pool is taken', { candidate: undefined }],
    ['another submission waits there', { candidate: { ...candidate, contentHash: 'other' } }],
    ['nothing is left to pay', { candidate: { ...candidate, ceilingFen: fen(0) } }],
  ] as const satisfies [string, Partial<DueLine>][])('is dropped when %s', (_why, changes) => {
    const { settled, awards, movements, to } = commit(round, 0, [due(changes)], at);
    expect(settled).toMatchObject([{ status: 'dropped', droppedAt: at, shareFen: 400 }]);
    expect([awards, movements]).toEqual([[], []]);
    expect(to.reservation).toEqual(round.reservation);
  });

  it.each([
    ['its place in the pool', { candidate: { ...candidate, ceilingFen: fen(399) } }],
    [
      'the application',
      { application: { ...application, ceiling: { ...application.ceiling, fen: fen(399) } } },
    ],
  ] as const satisfies [string, Partial<DueLine>][])(
    'pays no more than the ceiling that %s has by now, and the round keeps the rest',
    (_what, changes) => {
      const { settled, awards, movements, to } = commit(round, 0, [due(changes)], at);
      expect(settled).toMatchObject([{ status: 'committed', shareFen: 399, plannedFen: 400 }]);
      expect(awards[0]?.to.award.fen).toBe(399);
      expect(movements).toMatchObject([{ kind: 'commitment', amountFen: 399 }]);
      expect(to.reservation).toEqual({ totalFen: 1000, committedFen: 399, releasedFen: 0 });
    },
  );

  it('keeps none of the others from theirs', () => {
    const other = plannedLine('2'.repeat(26), 500);
    const { settled, movements, to } = commit(round, 0, [due({ candidate: undefined }), other], at);
    expect(settled.map(({ status }) => status)).toEqual(['dropped', 'committed']);
    expect(movements.map(({ amountFen }) => amountFen)).toEqual([500]);
    expect(to.reservation.committedFen).toBe(500);
  });

  it('takes no more than the round holds', () => {
    const lines = ['2', '3', '4'].map((digit) => plannedLine(digit.repeat(26), 400));
    expect(() => commit(round, 0, lines, at)).toThrow(RangeError);
  });
});

it.each<Round>([
  roundIn('approved', { reservation: undefined }),
  roundIn('planned'),
  roundIn('committed'),
  roundIn('failed'),
])('nothing is committed of a round that is $status without money in its hands', (other) => {
  expect(other.poolId).toBe(poolId);
  expect(() => requireHolding(other)).toThrow(new DomainError('not-in-this-state'));
});
