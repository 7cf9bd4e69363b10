import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { PoolStore } from '../../functions/money/pools/pool-store.ts';
import { RoundStore } from '../../functions/money/rounds/round-store.ts';
import { newUlid } from '../../functions/shared/ids.ts';
import { Table } from '../../functions/shared/table.ts';
import { localCredentials } from '../../local/credentials.ts';
import { startDynoxide } from '../../local/dynamodb/process.ts';
import { candidateOf, pooledApplication } from '../builders/budget.ts';
import { runOps } from './ops.ts';
import { type Running, startSystem } from './running-system.ts';
import { applicationKey } from './tables.ts';

/** What came of a commit in whose middle everything was killed. */
interface InterruptedCommit {
  readonly awards: number;
  /** Awards that stood when it was killed. */
  readonly killedAt: number;
  /** Transactions that moved awards from reserved to committed. */
  readonly transactions: number;
  /** From the approval to the kill, and from the second start to the end. */
  readonly seconds: number;
  /** What is wrong with the books: nothing, when every award stands once and the sums are exact. */
  readonly faults: readonly string[];
}

const poolId = 'software-2026';
const users = ['operator-1', 'approver-1', 'auditor-1'];

const RoundSchema = z.object({ roundId: z.string(), status: z.string(), planHash: z.string().optional() });
const EntrySchema = z.object({ entryId: z.string() });
const PoolSchema = z.object({ reservedFen: z.int(), committedFen: z.int(), appropriatedFen: z.int() });
const LineSchema = z.object({ applicationId: z.string(), shareFen: z.int(), status: z.string() });
const MovementSchema = z.object({
  version: z.int(),
  kind: z.string(),
  amountFen: z.int(),
  applicationId: z.string().optional(),
});

/**
 * Commits awards in a system of its own, kills every process of it (SIGKILL) in the middle, starts it again on the same
 * data and lets it come to its end. The applications are written into the tables as they stand when they wait in a
 * pool; they have no executions, so nobody waits for the messages that wake them.
 * @param report is told what is being done.
 */
export async function commitInterrupted(
  { awards, assemblyDir }: { readonly awards: number; readonly assemblyDir: string },
  report: (line: string) => void = () => {},
): Promise<InterruptedCommit> {
  const dataDir = await mkdtemp(join(tmpdir(), 'interrupted-commit-'));
  const ceilings = Array.from({ length: awards }, (_, index) => 1_000_000 + (index % 97) * 123_400);
  const total = ceilings.reduce((sum, ceiling) => sum + ceiling, 0);
  const available = Math.floor(total * 0.6);
  let running: Running | undefined;
  const start = async () => {
    running = await startSystem({ dataDir, assemblyDir, users });
    return running;
  };
  try {
    report('putting money into a pool');
    const first = await start();
    await fund(first, available);
    await first.stop();
    report(`putting ${awards} applications into it`);
    const ids = await onDatabase(dataDir, ({ pools, applications }) => seed(pools, applications, ceilings));

    const second = await start();
    const { roundId, planHash } = await plan(second);
    report('committing');
    const began = performance.now();
    await second.call('approver-1', 'POST', `/v1/rounds/${roundId}/approval`, {
      body: { outcome: 'approve', planHash },
    });
    await committing(second, roundId, total * 0.2);
    const before = performance.now() - began;
    await second.kill();
    const killedAt = await onDatabase(dataDir, async ({ rounds }) => {
      const lines = await rounds.lines(roundId);
      return lines.filter(({ status }) => status === 'committed').length;
    });
    report(`killed when ${killedAt} awards stood; starting again`);
    const third = await start();
    const again = performance.now();
    await reaches(third, roundId, 'noticed');
    const seconds = Math.round(before + performance.now() - again) / 1000;

    report('looking at the books');
    // Shares in proportion, down to whole yuan.
    const shares = ceilings.map((ceiling) => {
      const units = (BigInt(ceiling / 100) * BigInt(available)) / BigInt(total / 100) / 100n;
      return Number(units) * 100;
    });
    const expected = new Map(ids.map((id, index) => [id, shares[index] ?? 0]));
    const { transactions, faults } = await inspect(third, roundId, expected);
    await third.stop();
    return { awards, killedAt, transactions, seconds, faults };
  } finally {
    await running?.kill();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function fund({ call }: Running, amountFen: number): Promise<void> {
  await call('operator-1', 'POST', '/v1/pools', { body: { poolId } });
  const path = `/v1/pools/${poolId}/entries`;
  const body = { kind: 'appropriation', amountFen, cause: '年度预算' };
  const entered = await call('operator-1', 'POST', path, { body, key: 'appropriation' });
  const { entryId } = EntrySchema.parse(entered);
  await call('approver-1', 'POST', `${path}/${entryId}/decision`, { body: { outcome: 'confirm' } });
}

interface Database {
  readonly pools: PoolStore;
  readonly rounds: RoundStore;
  readonly applications: Table<'applications'>;
}

/** Opens the database of a system that does not run. */
async function onDatabase<T>(dataDir: string, use: (database: Database) => Promise<T>): Promise<T> {
  const dynoxide = await startDynoxide({ dbPath: join(dataDir, 'dynamodb.sqlite'), log: () => {} });
  const config = { region: 'cn-north-1', endpoint: dynoxide.endpoint, credentials: localCredentials };
  const client = new DynamoDBClient(config);
  try {
    const { TableNames = [] } = await client.send(new ListTablesCommand({}));
    const table = (name: string) => {
      const found = TableNames.find((one) => one.toLowerCase().includes(name));
      if (!found) throw new Error(`no table ${name} among ${TableNames.join()}`);
      return found;
    };
    const documents = DynamoDBDocumentClient.from(client, {
      marshallOptions: { removeUndefinedValues: true },
    });
    return await use({
      pools: new PoolStore(new Table(documents, table('budget'))),
      rounds: new RoundStore(new Table(documents, table('budget'))),
      applications: new Table(documents, table('applications')),
    });
  } finally {
    client.destroy();
    await dynoxide.stop();
  }
}

async function seed(
  pools: PoolStore,
  applications: Table<'applications'>,
  ceilings: readonly number[],
): Promise<readonly string[]> {
  const ids = ceilings.map(() => newUlid()).sort();
  for (let start = 0; start < ids.length; start += 30) {
    await pools.write(
      ids.slice(start, start + 30).flatMap((id, index) => {
        const application = pooledApplication(id, poolId, ceilings[start + index] ?? 0);
        return [
          applications.put(applicationKey(id), { state: application }),
          pools.enter(candidateOf(application)),
        ];
      }),
    );
  }
  return ids;
}

async function plan(running: Running) {
  const opened = await running.call('operator-1', 'POST', '/v1/rounds', {
    body: { poolId },
    key: 'round-to-interrupt',
  });
  const { roundId } = RoundSchema.parse(opened);
  await running.call('operator-1', 'POST', `/v1/rounds/${roundId}/closing`);
  return reaches(running, roundId, 'planned');
}

async function reaches({ call }: Running, roundId: string, wanted: string) {
  for (;;) {
    const round = RoundSchema.parse(await call('operator-1', 'GET', `/v1/rounds/${roundId}`));
    if (round.status === wanted) return round;
    if (round.status === 'failed') throw new Error('the round has failed');
    await pause(50);
  }
}

/** Waits until an amount, in fen, is committed of the pool. @throws when the round ended before anybody looked. */
async function committing({ call }: Running, roundId: string, amountFen: number): Promise<void> {
  for (;;) {
    const { committedFen } = PoolSchema.parse(await call('operator-1', 'GET', `/v1/pools/${poolId}`));
    if (committedFen >= amountFen) return;
    const { status } = RoundSchema.parse(await call('operator-1', 'GET', `/v1/rounds/${roundId}`));
    if (status === 'failed' || status === 'noticed') throw new Error(`the round is ${status} already`);
    await pause(20);
  }
}

/** Everything that a list of the API holds. */
async function list<S extends z.ZodType>({ call }: Running, path: string, schema: S): Promise<z.output<S>[]> {
  const PageSchema = z.object({ items: z.array(schema), nextCursor: z.string().optional() });
  const items: z.output<S>[] = [];
  let cursor: string | undefined;
  do {
    const query = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = PageSchema.parse(await call('operator-1', 'GET', `${path}?limit=100${query}`));
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return items;
}

async function inspect(running: Running, roundId: string, expected: ReadonlyMap<string, number>) {
  const faults: string[] = [];
  const total = [...expected.values()].reduce((sum, share) => sum + share, 0);
  const pool = PoolSchema.parse(await running.call('operator-1', 'GET', `/v1/pools/${poolId}`));
  if (pool.committedFen !== total) faults.push(`committed are ${pool.committedFen}, awarded ${total}`);
  if (pool.reservedFen !== 0) faults.push(`${pool.reservedFen} are still reserved`);

  const lines = await list(running, `/v1/rounds/${roundId}/plan`, LineSchema);
  if (lines.length !== expected.size) faults.push(`the plan has ${lines.length} lines`);
  for (const { applicationId, shareFen, status } of lines) {
    if (status !== 'committed' || shareFen !== expected.get(applicationId)) {
      faults.push(`${applicationId} is ${status} with ${shareFen}`);
    }
  }
  const ledger = await list(running, `/v1/pools/${poolId}/ledger`, MovementSchema);
  const commitments = ledger.filter(({ kind }) => kind === 'commitment');
  const seen = new Set<string | undefined>();
  for (const { applicationId, amountFen } of commitments) {
    if (seen.has(applicationId)) faults.push(`${applicationId} is awarded twice`);
    seen.add(applicationId);
    if (amountFen !== expected.get(applicationId ?? ''))
      faults.push(`${applicationId} is awarded ${amountFen}`);
  }
  for (const id of expected.keys()) if (!seen.has(id)) faults.push(`the award of ${id} is lost`);
  // Derives the balances again, and compares them with what rounds and applications hold.
  const verified = await runOps(running, 'auditor-1', 'ledger', 'verify', '--env', 'local');
  if (verified.code !== 0) faults.push(verified.out + verified.err);
  return { transactions: new Set(commitments.map(({ version }) => version)).size, faults };
}
