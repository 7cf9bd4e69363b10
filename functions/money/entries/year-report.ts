import type { PoolId } from '../../shared/vocabulary.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import { noSums, reportOf, withMovements } from './year-calculation.ts';
import type { YearReport } from './year-report-view.ts';

/**
 * What a pool had in its year and what became of it, in fen. Every line is added up from the ledger's entries, page by
 * page, but what is available: that is the pool's own word, and the equation holds it against the ledger.
 * @throws DomainError not-found
 */
export async function yearReport(parts: { readonly pools: PoolStore }, poolId: PoolId): Promise<YearReport> {
  const pool = await parts.pools.require(poolId);
  let sums = noSums;
  for await (const entries of parts.pools.entryPages(poolId)) {
    // What is booked meanwhile belongs to the next report.
    const booked = entries.filter(({ version }) => version <= pool.version);
    sums = withMovements(
      sums,
      booked.map(({ movement }) => movement),
    );
  }
  return reportOf(pool, sums);
}
