import { expect, it } from 'vitest';
import {
  releaseReservation,
  requireApprovedLines,
  reserve,
} from '../../../../functions/money/rounds/reservation-calculation.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { poolWith } from '../../../builders/pool.ts';
import { plannedLine, roundId, roundIn } from '../../../builders/round.ts';

const at = '2026-11-24T02:00:00.000Z';
const round = roundIn('approved', { reservation: undefined });
const poolOf = (availableFen: number) =>
  poolWith({ appropriatedFen: 500 + availableFen, reservedFen: 200, committedFen: 300 });
const lines = ['1', '2'].map((digit) => plannedLine(digit.repeat(26), 400).line);

it('reserves the whole of a plan when the pool has just so much', () => {
  const { outcome, to, movements, note } = reserve(round, lines, poolOf(800), at);
  expect(outcome).toBe('reserved');
  expect(movements).toMatchObject([
    { kind: 'reservation', amountFen: 800, actor: { id: 'approver' }, key: `round#${roundId}#1` },
  ]);
  expect(to).toMatchObject({
    ...{ status: 'approved', version: round.version + 1 },
    reservation: { totalFen: 800, committedFen: 0, releasedFen: 0 },
  });
  expect(note.event).toBe('reserved');
});

it('reserves nothing when a fen is missing, and takes the plan back', () => {
  const { outcome, to, movements, note } = reserve(round, lines, poolOf(799), at);
  expect([outcome, movements, note.event]).toEqual(['insufficient', [], 'money-gone']);
  expect(to).toMatchObject({ status: 'frozen', version: round.version + 1, plansMade: 1 });
  for (const field of ['plan', 'decision', 'reservation']) expect(to).not.toHaveProperty(field);
});

it('moves nothing for a plan of nothing', () => {
  const { outcome, to, movements } = reserve(round, [], poolOf(0), at);
  expect([outcome, movements]).toEqual(['reserved', []]);
  expect(to).toMatchObject({ reservation: { totalFen: 0 } });
});

it('gives back what is neither committed nor given back before', () => {
  const held = { totalFen: fen(1000), committedFen: fen(600), releasedFen: fen(100) };
  const { reservation, movements } = releaseReservation(roundId, held, 'round failed', at);
  expect(movements).toMatchObject([{ amountFen: 300, cause: `round ${roundId}: round failed` }]);
  expect(releaseReservation(roundId, reservation, 'again', at)).toEqual({ reservation, movements: [] });
});

it('is for the lines that were approved', () => {
  expect(() => requireApprovedLines(round, lines)).toThrow('not those that were approved');
});
