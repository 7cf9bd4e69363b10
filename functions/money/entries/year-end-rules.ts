import { DomainError } from '../../shared/errors.ts';
import { availableFen, type Pool, poolClosed } from '../pools/pool.ts';
import type { Change } from './proposal.ts';

export type YearEndChange = Extract<Change, { kind: 'carry-over' }>;

/**
 * Refuses to end a year that cannot be ended now, or not with this amount.
 * @param target the pool that the money is to go into, if it is to go into any and that one stands.
 * @returns the pool that the money goes into, if any does.
 * @throws DomainError not-found when that pool is not there; not-in-this-state while money is reserved, when nothing is
 * left of a closed pool, or the other pool is closed or of no later year; basis-changed when another amount is available
 * than was proposed.
 */
export function requireEndable(
  pool: Pool,
  { amountFen, into }: YearEndChange,
  target: Pool | undefined,
): Pool | undefined {
  if (pool.reservedFen > 0) {
    throw refusal({ zh: '该资金池尚有预留资金', en: 'money of the pool is still reserved' });
  }
  if (amountFen !== availableFen(pool)) throw new DomainError('basis-changed');
  if (pool.closedAt !== undefined && amountFen === 0) {
    throw refusal({ zh: '该资金池已年终结转，且无余额', en: 'the year has been ended, and nothing is left' });
  }
  if (into === undefined) return undefined;
  if (!target) {
    throw new DomainError('not-found', {
      detail: {
        zh: `结转目标资金池“${into}”尚未建立`,
        en: `the pool to carry into, ${into}, is not opened yet`,
      },
    });
  }
  if (target.fiscalYear <= pool.fiscalYear) {
    throw refusal({
      zh: `结转目标资金池“${into}”不属于以后年度`,
      en: `the pool to carry into, ${into}, is of no later year`,
    });
  }
  if (target.closedAt !== undefined) throw poolClosed();
  return target;
}

function refusal(detail: { readonly zh: string; readonly en: string }): DomainError {
  return new DomainError('not-in-this-state', { detail });
}
