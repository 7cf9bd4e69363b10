import { setTimeout as pause } from 'node:timers/promises';
import { type HeldMoney, heldByAward, heldByRound } from '../../functions/audit/held-money.ts';
import { type Head, type LedgerBreak, LedgerCheck, readHead } from '../../functions/audit/ledger-check.ts';
import { AuditedPoolSchema, HolderSchema, StoredLedgerSchema } from '../../functions/audit/stored-view.ts';
import { pageOf } from '../../functions/shared/schemas.ts';
import { readFromApi, type Target } from './api-call.ts';

/** What an audit of ledgers found. */
export interface LedgerVerification {
  readonly pools: number;
  readonly entries: number;
  readonly rounds: number;
  /** Applications that hold money. */
  readonly awards: number;
  /** The first break of every pool that has one. */
  readonly breaks: readonly (LedgerBreak & { readonly poolId: string })[];
}

type Report = (line: string) => void;

const PoolsSchema = pageOf(AuditedPoolSchema);
const PlaceSchema = pageOf(AuditedPoolSchema).pick({ nextCursor: true });
const HoldersSchema = pageOf(HolderSchema);

const progressEvery = 5000;
/** How often what moves meanwhile is looked at again. */
const attempts = 5;

/**
 * Derives the balances of one pool, or of all, from the stored entries, and compares them with what the pool says, with
 * what rounds and awards hold of it, and with the other side of every carry-over. It keeps a few sums of each pool and
 * one page of rows at a time.
 * @param report is told now and then how far it is.
 * @throws OpsError when the API refuses or does not answer.
 */
export async function verifyLedgers(
  target: Target,
  only: string | undefined,
  report: Report,
): Promise<LedgerVerification> {
  const checks = new Map<string, LedgerCheck>();
  const breaks = new Map<string, LedgerBreak>();
  let entries = 0;
  for await (const poolId of poolsOf(target, only)) {
    const check = await checkLedger(target, poolId, report);
    checks.set(poolId, check);
    if (check.found) breaks.set(poolId, check.found);
    entries += check.entries;
    report(`${poolId}: ${check.entries} entries${check.found ? ', broken' : ''}`);
  }
  if (only === undefined) await checkCarryOvers(target, checks, breaks, report);
  const held = await checkHolders(target, [...checks.keys()], { breaks, report, all: only === undefined });
  return {
    ...{ pools: checks.size, entries, ...held },
    breaks: [...breaks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([poolId, found]) => ({ poolId, ...found })),
  };
}

async function* poolsOf(target: Target, only: string | undefined): AsyncGenerator<string, undefined> {
  if (only !== undefined) {
    yield only;
    return undefined;
  }
  const seen = new Set<string>();
  for await (const page of pages(target, '/v1/audit/pools')) {
    for (const { poolId } of PoolsSchema.parse(page).items) {
      if (seen.has(poolId)) continue;
      seen.add(poolId);
      yield poolId;
    }
  }
  return undefined;
}

/** Every page of a listing, one at a time. */
async function* pages(target: Target, path: string, limit?: number): AsyncGenerator<unknown, undefined> {
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({
      ...(limit !== undefined && { limit: String(limit) }),
      ...(cursor !== undefined && { cursor }),
    });
    const page = await readFromApi(target, `${path}?${query}`);
    yield page;
    cursor = PlaceSchema.parse(page).nextCursor;
  } while (cursor !== undefined);
  return undefined;
}

const ledgerPath = (poolId: string) => `/v1/audit/pools/${encodeURIComponent(poolId)}/ledger`;

async function headOf(target: Target, poolId: string): Promise<Head> {
  const page = StoredLedgerSchema.parse(await readFromApi(target, `${ledgerPath(poolId)}?limit=1`));
  return readHead(poolId, page.head);
}

/**
 * The pool is read before its entries and after them, so that what is booked meanwhile is no break: at the version of
 * the first reading the entries have to come to what the pool said then, and they end by that of the last.
 */
async function checkLedger(target: Target, poolId: string, report: Report): Promise<LedgerCheck> {
  const check = new LedgerCheck(poolId, await headOf(target, poolId));
  let latest: Head = { fault: 'the pool itself is missing' };
  for await (const page of pages(target, ledgerPath(poolId), 100)) {
    const { items, head } = StoredLedgerSchema.parse(page);
    for (const item of items) {
      check.take(item);
      if (check.entries % progressEvery === 0) report(`${poolId}: ${check.entries} entries so far`);
    }
    latest = readHead(poolId, head);
    if (check.found) return check;
  }
  check.end(latest);
  return check;
}

/** What went out of a pool has to have come into the other one. What differs is read again until it stands still. */
async function checkCarryOvers(
  target: Target,
  checks: ReadonlyMap<string, LedgerCheck>,
  breaks: Map<string, LedgerBreak>,
  report: Report,
): Promise<void> {
  for (const [first, second] of pairsOf(checks)) {
    let [one, other] = [checks.get(first), checks.get(second)];
    let before: string | undefined;
    for (;;) {
      const found = [
        [second, one?.carriedOut.get(second) ?? 0, other?.carriedIn.get(first) ?? 0],
        [first, other?.carriedOut.get(first) ?? 0, one?.carriedIn.get(second) ?? 0],
      ].filter(([, out, into]) => out !== into);
      const now = JSON.stringify([found, one?.entries, other?.entries]);
      if (found.length === 0 || breaks.has(first) || breaks.has(second)) break;
      if (now === before) {
        for (const [poolId, out, into] of found) {
          const from = poolId === second ? first : second;
          const fault = `${from} carried ${out} fen over into it, its own entries say ${into} fen`;
          breaks.set(String(poolId), { version: (poolId === first ? one : other)?.version ?? 1, fault });
        }
        break;
      }
      before = now;
      one = checks.has(first) ? await checkLedger(target, first, report) : undefined;
      other = checks.has(second) ? await checkLedger(target, second, report) : undefined;
    }
  }
}

function* pairsOf(checks: ReadonlyMap<string, LedgerCheck>): Generator<readonly [string, string]> {
  const seen = new Set<string>();
  for (const [poolId, { carriedIn, carriedOut }] of checks) {
    for (const otherId of [...carriedIn.keys(), ...carriedOut.keys()]) {
      const pair = [poolId, otherId].sort() as [string, string];
      if (seen.has(pair.join())) continue;
      seen.add(pair.join());
      yield pair;
    }
  }
}

/**
 * Compares pools with what rounds and awards hold of them. Every change of that changes the pool too, so that the sums
 * count for pools that are at the same version before and after they were added up.
 */
async function checkHolders(
  target: Target,
  poolIds: readonly string[],
  { breaks, report, all }: { breaks: Map<string, LedgerBreak>; report: Report; all: boolean },
): Promise<{ rounds: number; awards: number }> {
  let open = poolIds.filter((poolId) => !breaks.has(poolId));
  for (let attempt = 1; ; attempt += 1) {
    const before = await headsOf(target, open);
    const { sums, unreadable, ...counts } = await holders(target, report);
    if (all) {
      for (const poolId of sums.keys()) {
        if (!poolIds.includes(poolId))
          breaks.set(poolId, { version: 0, fault: 'money of a pool that is not there' });
      }
      if (unreadable)
        breaks.set(unreadable, { version: 0, fault: 'it does not say what it holds of which pool' });
    }
    const moving: string[] = [];
    for (const [poolId, after] of await headsOf(target, open)) {
      const first = before.get(poolId);
      if (!first || 'fault' in first || 'fault' in after || first.pool.version !== after.pool.version) {
        moving.push(poolId);
        continue;
      }
      const { version, ...pool } = after.pool;
      const held = sums.get(poolId) ?? { reservedFen: 0, committedFen: 0, paidFen: 0 };
      const names = ['reservedFen', 'committedFen', 'paidFen'] as const;
      const wrong = names.find((name) => pool[name] !== held[name]);
      if (!wrong) continue;
      const fault = `${wrong} is ${pool[wrong]}, rounds and awards come to ${held[wrong]}`;
      breaks.set(poolId, { version, fault });
    }
    if (moving.length === 0) return counts;
    if (attempt === attempts) {
      for (const poolId of moving) {
        breaks.set(poolId, { version: 0, fault: 'it kept changing while its rounds and awards were read' });
      }
      return counts;
    }
    open = moving;
    await pause(200 * attempt);
  }
}

async function headsOf(target: Target, poolIds: readonly string[]): Promise<Map<string, Head>> {
  const heads = new Map<string, Head>();
  for (const poolId of poolIds) heads.set(poolId, await headOf(target, poolId));
  return heads;
}

/** What rounds and awards hold, by pool, and one that could not be read. */
async function holders(target: Target, report: Report) {
  const sums = new Map<string, Omit<HeldMoney, 'poolId'>>();
  const counts = { rounds: 0, awards: 0 };
  let unreadable: string | undefined;
  const listings = [
    ['rounds', heldByRound],
    ['awards', heldByAward],
  ] as const;
  for (const [listing, read] of listings) {
    for await (const page of pages(target, `/v1/audit/${listing}`)) {
      for (const { id, state } of HoldersSchema.parse(page).items) {
        counts[listing] += 1;
        if (counts[listing] % progressEvery === 0) report(`${counts[listing]} ${listing} so far`);
        const held = read(state);
        if (!held) {
          unreadable ??= id;
          continue;
        }
        const sum = sums.get(held.poolId);
        sums.set(held.poolId, {
          reservedFen: (sum?.reservedFen ?? 0) + held.reservedFen,
          committedFen: (sum?.committedFen ?? 0) + held.committedFen,
          paidFen: (sum?.paidFen ?? 0) + held.paidFen,
        });
      }
    }
  }
  return { sums, unreadable, ...counts };
}
