/** Whether the money of a played round adds up. */
import { formatYuan } from './table.ts';

export interface AwardedApplication {
  readonly id: string;
  readonly organisation: string;
  /** Pool that paid, where one did. */
  readonly pool?: string;
  readonly ceilingFen: number;
  readonly awardFen: number;
}

export interface PoolBalance {
  readonly id: string;
  readonly appropriatedFen: number;
  readonly reservedFen: number;
  readonly committedFen: number;
  readonly remainingFen: number;
}

export interface PublishedAward {
  readonly applicationId: string;
  readonly awardFen: number;
}

/** Every fault to the fen; none when awards, the pools' balances and the public notice agree. */
export function findMoneyFaults(
  applications: readonly AwardedApplication[],
  pools: readonly PoolBalance[],
  published: readonly PublishedAward[],
): readonly string[] {
  const amounts = [
    ...pools.flatMap(({ id: _, ...balance }) => Object.values(balance)),
    ...applications.flatMap(({ ceilingFen, awardFen }) => [ceilingFen, awardFen]),
    ...published.map(({ awardFen }) => awardFen),
  ];
  const wrong = amounts.filter((amount) => !Number.isSafeInteger(amount) || amount < 0);
  if (wrong.length > 0) return wrong.map((amount) => `${amount} is no amount of fen`);

  const faults: string[] = [];
  const expectEqual = (what: string, found: number, wanted: number): void => {
    if (found !== wanted) faults.push(`${what}: ${formatYuan(found)} ≠ ${formatYuan(wanted)}`);
  };
  expectEqual('awards, committed', sum(applications, 'awardFen'), sum(pools, 'committedFen'));
  for (const { id, committedFen, reservedFen, remainingFen, appropriatedFen } of pools) {
    const paid = applications.filter(({ pool }) => pool === id);
    expectEqual(`${id}: awards, committed`, sum(paid, 'awardFen'), committedFen);
    const entered = committedFen + reservedFen + remainingFen;
    expectEqual(`${id}: committed + reserved + remaining, appropriated`, entered, appropriatedFen);
    expectEqual(`${id}: still reserved`, reservedFen, 0);
  }
  for (const { organisation, awardFen, ceilingFen } of applications) {
    if (awardFen <= ceilingFen) continue;
    faults.push(`${organisation}: award ${formatYuan(awardFen)} > ceiling ${formatYuan(ceilingFen)}`);
  }
  const publishedFen = new Map(published.map(({ applicationId, awardFen }) => [applicationId, awardFen]));
  if (publishedFen.size !== published.length) faults.push('an award is published twice');
  for (const { id: applicationId, organisation, awardFen } of applications) {
    expectEqual(`${organisation}: published, awarded`, publishedFen.get(applicationId) ?? 0, awardFen);
    publishedFen.delete(applicationId);
  }
  for (const applicationId of publishedFen.keys()) {
    faults.push(`${applicationId} is published, and nobody here applied for it`);
  }
  return faults;
}

function sum<K extends string>(rows: ReadonlyArray<Readonly<Record<K, number>>>, key: K): number {
  return rows.reduce((total, row) => total + row[key], 0);
}
