import { ledgerGenesis } from '../../functions/money/pools/ledger-calculation.ts';
import type { Balances, Pool } from '../../functions/money/pools/pool.ts';
import { fen } from '../../functions/shared/money.ts';

const definition = {
  ...{
    poolId: 'pool-1',
    fund: 'fund',
    fiscalYear: 2026,
    topic: 'topic',
    title: { zh: '资金池', en: 'pool' },
  },
  createdAt: '2026-11-23T02:00:00.000Z',
  createdBy: { id: 'operator', role: 'operator' } as const,
};

/** A pool with some balances, in fen, and none of the others. */
export function poolWith({
  appropriatedFen = 0,
  reservedFen = 0,
  committedFen = 0,
  paidFen = 0,
  ...changes
}: Partial<Omit<Pool, keyof Balances> & Record<keyof Balances, number>>): Pool {
  const defined = { ...definition, ...changes };
  return {
    ...defined,
    ...{ appropriatedFen: fen(appropriatedFen), reservedFen: fen(reservedFen) },
    ...{ committedFen: fen(committedFen), paidFen: fen(paidFen) },
    version: 4,
    ledgerHash: ledgerGenesis(defined),
  };
}
