import type { PlannedLine, Round, RoundIn } from '../../functions/money/rounds/round.ts';
import { fen } from '../../functions/shared/money.ts';
import { candidateOf, pooledApplication } from './budget.ts';

const at = '2026-11-23T02:00:00.000Z';
export const roundId = '0'.repeat(26);
export const poolId = 'pool-1';

const fields = {
  roundId,
  poolId,
  terms: { mode: 'pro-rata', residue: 'keep', unit: 'yuan', minimumPayableFen: fen(0) },
  version: 7,
  createdAt: at,
  openedBy: 'opener',
  closedBy: 'closer',
  closedAt: at,
  plansMade: 1,
  list: { candidateCount: 1, candidatesHash: 'list' },
  plan: {
    number: 1,
    hash: 'plan',
    algorithm: 'algorithm',
    availableFen: fen(1000),
    plannedFen: fen(1000),
    residueFen: fen(0),
    at,
  },
  decision: { by: 'approver', at, reason: 'reason' },
  reservation: { totalFen: fen(1000), committedFen: fen(0), releasedFen: fen(0) },
  noticedAt: at,
  orderedAt: at,
  settledAt: at,
  abandonment: { by: 'operator', at, reason: 'reason' },
  failedFrom: 'approved',
  failure: { error: 'Error', cause: 'cause', at },
};

/** A round in a status, with what it would have by then; a field that is given as undefined it has not. */
export function roundIn<S extends Round['status']>(status: S, changes: object = {}): RoundIn<S> {
  // Of each status these are the fields, and some more that no decision looks at.
  return { ...fields, status, ...changes } as unknown as RoundIn<S>;
}

/** A planned line of an application of its own, and what stands of that in the pool. */
export function plannedLine(applicationId: string, shareFen: number) {
  const application = pooledApplication(applicationId, poolId, shareFen);
  const candidate = candidateOf(application);
  const { poolId: _, ...identity } = candidate;
  const line: PlannedLine = {
    ...identity,
    ...{ roundId, status: 'planned', planNumber: 1, class: 1, shareFen: fen(shareFen) },
    explanation: { zh: '全额', en: 'in full' },
  };
  return { line, application, candidate };
}
