/** The demo from its first to its last breath: an instance of its own, the story, the checks, nothing left behind. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../contracts.ts';
import { type Instance, startInstance } from '../instance.ts';
import { ApiClient } from './client.ts';
import { findMoneyFaults } from './money.ts';
import { createProgress } from './progress.ts';
import { type Outcome, playStory } from './round.ts';
import { cutToWidth, formatYuan, renderTable } from './table.ts';

export interface DemoOptions {
  readonly print: Log;
  /** A cloud assembly of environment local that is synthesized already. */
  readonly assemblyDir?: string;
  /** Ends the demo early; everything is cleaned up then as well. */
  readonly signal: AbortSignal;
}

/**
 * Plays a year on a fresh instance with a free port and a data dir of its own, prints progress and the result, stops
 * the instance and removes its data. Rejects, after the same clean-up, when anything fails or the money does not add up.
 */
export async function playDemo({ print, assemblyDir, signal }: DemoOptions): Promise<Outcome> {
  const say = createProgress(print);
  const dataDir = await mkdtemp(join(tmpdir(), 'demo-'));
  let starting: Promise<Instance> | undefined;
  let ending = false;
  // What is cut off by the end is no news.
  const log: Log = (line) => void (ending || print(line));
  try {
    starting = startInstance({
      port: 0,
      dataDir,
      guides: 'rehearsal',
      ...(assemblyDir && { assemblyDir }),
      log,
      signal,
    });
    const story = starting.then((instance) => {
      say(`系统已启动 ${instance.url}`, 'a fresh instance is up');
      return playStory(new ApiClient(instance.url, (user) => instance.token(user)), say);
    });
    const outcome = await Promise.race([story, aborted(signal)]);
    for (const line of describe(outcome)) print(line);
    const faults = findMoneyFaults(outcome);
    if (faults.length > 0) throw new Error(`the money does not add up: ${faults.join('; ')}`);
    say('账目核对无误', 'awards, payments, pools, public notice and register agree to the fen');
    return outcome;
  } finally {
    ending = true;
    const instance = await starting?.catch(() => undefined);
    await instance?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void => reject(new Error('interrupted'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
  });
}

/** Columns of the table that a reason gets; --json has it whole. */
const reasonColumns = 90;

/** The table of the applications, the year of each pool, and the register's root. */
function describe({ applications, pools, registerRoot }: Outcome): string[] {
  const money = (fen: number) => (fen === 0 ? '–' : formatYuan(fen));
  const table = renderTable(
    [
      { title: '单位 Organisation' },
      { title: '事项 Item' },
      { title: '状态 Status' },
      { title: '上限（元） Ceiling', align: 'right' },
      { title: '奖励（元） Awarded', align: 'right' },
      { title: '下达（元） Ordered', align: 'right' },
      { title: '拨付（元） Paid', align: 'right' },
      { title: '追回（元） Recovered', align: 'right' },
      { title: '理由 Reason' },
    ],
    applications.map((application) => [
      ...[application.organisation, application.item, application.status],
      ...[application.ceilingFen, application.awardFen, application.orderedFen].map(money),
      ...[application.paidFen, application.recoveredFen].map(money),
      cutToWidth(application.reason.zh, reasonColumns),
    ]),
  );
  const years = pools.map((pool) => {
    const parts = [
      [' = 已拨付 paid ', pool.paidFen],
      [' − 追回 recovered ', pool.recoveredFen],
      [' + 待拨付 unpaid ', pool.unpaidFen],
      [' + 结转 carried over ', pool.carriedOverFen],
      [' + 注销 lapsed ', pool.lapsedFen],
      [' + 结余 remaining ', pool.remainingFen],
    ] as const;
    const sum = parts.filter(([, fen], index) => index === 0 || fen !== 0);
    const terms = sum.map(([name, fen]) => `${name}${formatYuan(fen)}`);
    return `资金池 Pool ${pool.id}: 预算 appropriated ${formatYuan(pool.appropriatedFen)}${terms.join('')}`;
  });
  const { day, root } = registerRoot;
  return ['', ...table, '', ...years, '', `登记簿根哈希 Root of the register, ${day}: ${root}`, ''];
}
