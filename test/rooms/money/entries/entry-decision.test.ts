import { describe, expect, it } from 'vitest';
import {
  confirmed,
  type EntryDecision,
  refused,
  requireDecidable,
} from '../../../../functions/money/entries/entry-decision.ts';
import type { Change, Proposal, ProposalIn } from '../../../../functions/money/entries/proposal.ts';
import { DomainError } from '../../../../functions/shared/errors.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { poolWith } from '../../../builders/pool.ts';

const at = '2026-12-31T02:00:00.000Z';
const by = { by: 'approver', at };
const confirm: EntryDecision = { outcome: 'confirm' };
const refuse: EntryDecision = { outcome: 'refuse', reason: 'no' };

function proposed(change: Change = { kind: 'appropriation', amountFen: fen(100) }): ProposalIn<'proposed'> {
  return {
    ...{ status: 'proposed', entryId: '0'.repeat(26), poolId: 'pool-1', change, cause: 'budget', key: 'key' },
    ...{ proposedBy: 'operator', proposedAt: at },
  };
}

const pool = poolWith({ appropriatedFen: 500 });
const next = poolWith({ poolId: 'pool-2', fiscalYear: 2027 });
const carryOver = { kind: 'carry-over', into: 'pool-2', amountFen: fen(500) } as const;

describe('a proposed entry', () => {
  it('is decided by anybody but whoever proposed it', () => {
    expect(requireDecidable(proposed(), 'approver', confirm)).toEqual(proposed());
    expect(() => requireDecidable(proposed(), 'operator', confirm)).toThrow(new DomainError('same-person'));
  });

  const asConfirmed = confirmed(proposed(), pool, undefined, by).to;
  const asRefused = refused(proposed(), 'no', by);
  it.each<[string, Proposal, string, EntryDecision, boolean]>([
    ['confirmed again by the same person', asConfirmed, 'approver', confirm, true],
    ['refused again by the same person for the same reason', asRefused, 'approver', refuse, true],
    ['confirmed by another', asConfirmed, 'somebody', confirm, false],
    ['refused after its confirmation', asConfirmed, 'approver', refuse, false],
    ['confirmed after its refusal', asRefused, 'approver', confirm, false],
    ['refused again for another reason', asRefused, 'approver', { ...refuse, reason: 'else' }, false],
    ['refused by another', asRefused, 'somebody', refuse, false],
  ])('that is decided, and is %s', (_name, proposal, person, decision, isRepeated) => {
    const decide = () => requireDecidable(proposal, person, decision);
    if (isRepeated) expect(decide()).toBe(proposal);
    else expect(decide).toThrow(new DomainError('not-in-this-state'));
  });

  it('is booked under the names of both, at the version that the pool comes to', () => {
    const { to, movement, carried } = confirmed(proposed(), pool, undefined, by);
    expect(to.decision).toEqual({ ...by, version: pool.version + 1 });
    expect(movement).toMatchObject({
      ...{ kind: 'appropriation', amountFen: 100, at, cause: 'budget', key: 'key' },
      ...{ actor: { id: 'operator' }, confirmedBy: { id: 'approver' } },
    });
    expect(carried).toBeUndefined();
  });

  it('moves money out of one pool and into the other', () => {
    const { movement, carried } = confirmed(proposed(carryOver), pool, next, by);
    expect(movement).toMatchObject({ direction: 'out', otherPoolId: 'pool-2', amountFen: 500 });
    expect(carried?.into).toBe(next);
    expect(carried?.movement).toMatchObject({ direction: 'in', otherPoolId: 'pool-1', amountFen: 500 });
  });

  it('lapses when there is no pool to go to', () => {
    const { movement, carried } = confirmed(
      proposed({ kind: 'carry-over', amountFen: fen(500) }),
      pool,
      undefined,
      by,
    );
    expect(movement).toMatchObject({ direction: 'lapse', amountFen: 500 });
    expect(carried).toBeUndefined();
  });
});

describe('the end of a year', () => {
  const closed = poolWith({ appropriatedFen: 0, closedAt: at });
  it.each([
    [
      'money is reserved',
      'not-in-this-state',
      poolWith({ appropriatedFen: 700, reservedFen: 200 }),
      next,
      500,
    ],
    ['another amount is there', 'basis-changed', pool, next, 499],
    ['nothing is left of a closed pool', 'not-in-this-state', closed, next, 0],
    ['the other pool does not stand', 'not-found', pool, undefined, 500],
    ['the other pool is of the same year', 'not-in-this-state', pool, poolWith({ poolId: 'pool-2' }), 500],
    ['the other pool is closed', 'not-in-this-state', pool, { ...next, closedAt: at }, 500],
  ] as const)('is refused when %s', (_why, code, from, into, amountFen) => {
    const proposal = proposed({ ...carryOver, amountFen: fen(amountFen) });
    expect(() => confirmed(proposal, from, into, by)).toThrow(expect.objectContaining({ code }));
  });

  it('is done again for what came back since', () => {
    const again = poolWith({ appropriatedFen: 500, closedAt: at });
    expect(confirmed(proposed(carryOver), again, next, by).movement.amountFen).toBe(500);
  });
});
