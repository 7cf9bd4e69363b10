/** Whether the money of a played year adds up. */
import { formatYuan } from './table.ts';

export interface AwardedApplication {
  readonly id: string;
  readonly organisation: string;
  readonly status: string;
  /** Pool that paid, where one did. */
  readonly pool?: string;
  readonly ceilingFen: number;
  readonly awardFen: number;
  readonly orderedFen: number;
  /** Less what the bank returned; what was recovered later is in it. */
  readonly paidFen: number;
  readonly recoveredFen: number;
}

/** What a pool had in its year, and what became of it. */
export interface PoolYear {
  readonly id: string;
  readonly appropriatedFen: number;
  /** Less what the bank returned; what was recovered later is in it. */
  readonly paidFen: number;
  readonly recoveredFen: number;
  /** Awarded, and not paid yet. */
  readonly unpaidFen: number;
  readonly reservedFen: number;
  readonly carriedOverFen: number;
  readonly lapsedFen: number;
  readonly remainingFen: number;
  /** Whether the system itself finds that ledger and balances agree. */
  readonly balanced: boolean;
}

export interface PublishedAward {
  readonly applicationId: string;
  /** What became of it; nothing of note unless given. */
  readonly status?: string;
  readonly awardFen: number;
}

/** An award as the public register has it. */
export type RegisteredAward = Pick<AwardedApplication, 'orderedFen' | 'paidFen' | 'recoveredFen'> & {
  readonly applicationId: string;
};

/** Everything that has to agree. */
export interface Accounts {
  readonly applications: readonly AwardedApplication[];
  readonly pools: readonly PoolYear[];
  readonly published: readonly PublishedAward[];
  readonly register: readonly RegisteredAward[];
}

/** Every fault to the fen; none when awards, payments, the pools' years, public notice and register agree. */
export function findMoneyFaults({ applications, pools, published, register }: Accounts): readonly string[] {
  const amounts = [applications, pools, published, register].flatMap((rows) => rows.flatMap(amountsOf));
  const wrong = amounts.filter((amount) => !Number.isSafeInteger(amount) || amount < 0);
  if (wrong.length > 0) return wrong.map((amount) => `${amount} is no amount of fen`);

  const faults: string[] = [];
  for (const name of ['paidFen', 'recoveredFen'] as const) {
    faults.push(...unequal(`${name} of applications, of pools`, sum(applications, name), sum(pools, name)));
  }
  for (const pool of pools) {
    const { id, appropriatedFen, paidFen, recoveredFen, unpaidFen, reservedFen } = pool;
    const own = applications.filter((application) => application.pool === id);
    faults.push(...unequal(`${id}: payments, paid`, sum(own, 'paidFen'), paidFen));
    faults.push(...unequal(`${id}: clawbacks, recovered`, sum(own, 'recoveredFen'), recoveredFen));
    const left = pool.carriedOverFen + pool.lapsedFen + pool.remainingFen;
    const used = paidFen - recoveredFen + unpaidFen + reservedFen + left;
    faults.push(...unequal(`${id}: paid − recovered + left, appropriated`, used, appropriatedFen));
    faults.push(...unequal(`${id}: still to be paid or reserved`, unpaidFen + reservedFen, 0));
    if (!pool.balanced) faults.push(`${id}: ledger and balances differ`);
  }
  for (const { organisation, ceilingFen, awardFen, orderedFen, paidFen, recoveredFen } of applications) {
    const steps = {
      ceiling: ceilingFen,
      award: awardFen,
      order: orderedFen,
      paid: paidFen,
      recovered: recoveredFen,
    };
    const names = Object.entries(steps);
    for (const [index, [name, amount]] of names.entries()) {
      const [limit = '', most = amount] = names[index - 1] ?? [];
      if (amount <= most) continue;
      faults.push(`${organisation}: ${name} ${formatYuan(amount)} > ${limit} ${formatYuan(most)}`);
    }
    faults.push(...unequal(`${organisation}: paid, ordered`, paidFen, orderedFen));
  }
  faults.push(...findPublicFaults({ applications, published, register }));
  return faults;
}

function findPublicFaults({ applications, published, register }: Omit<Accounts, 'pools'>): string[] {
  const faults: string[] = [];
  // An award that was taken back is still shown, as cancelled, and counts for nothing.
  const publishedFen = new Map(
    published.map(({ applicationId, awardFen, status }) => [
      applicationId,
      status === 'cancelled' ? 0 : awardFen,
    ]),
  );
  const registered = new Map(register.map((award) => [award.applicationId, award]));
  if (publishedFen.size !== published.length) faults.push('an award is published twice');
  if (registered.size !== register.length) faults.push('an award is registered twice');
  for (const application of applications) {
    const { id, organisation, awardFen } = application;
    const stands = application.status === 'cancelled' ? 0 : awardFen;
    faults.push(...unequal(`${organisation}: published, awarded`, publishedFen.get(id) ?? 0, stands));
    for (const name of ['orderedFen', 'paidFen', 'recoveredFen'] as const) {
      faults.push(
        ...unequal(`${organisation}: ${name} registered`, registered.get(id)?.[name] ?? 0, application[name]),
      );
    }
    publishedFen.delete(id);
    registered.delete(id);
  }
  for (const id of new Set([...publishedFen.keys(), ...registered.keys()])) {
    faults.push(`${id} is published, and nobody here applied for it`);
  }
  return faults;
}

function unequal(what: string, found: number, wanted: number): string[] {
  return found === wanted ? [] : [`${what}: ${formatYuan(found)} ≠ ${formatYuan(wanted)}`];
}

function amountsOf(row: object): number[] {
  const values: unknown[] = Object.values(row);
  return values.filter((value) => typeof value === 'number');
}

function sum<K extends string>(rows: ReadonlyArray<Readonly<Record<K, number>>>, key: K): number {
  return rows.reduce((total, row) => total + row[key], 0);
}
