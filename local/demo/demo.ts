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
 * Plays rounds on a fresh instance with a free port and a data dir of its own, prints progress and the result, stops
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
    });
    const story = starting.then((instance) => {
      say(`系统已启动 ${instance.url}`, 'a fresh instance is up');
      return playStory(new ApiClient(instance.url, (user) => instance.token(user)), say);
    });
    const outcome = await Promise.race([story, aborted(signal)]);
    for (const line of describe(outcome)) print(line);
    const faults = findMoneyFaults(outcome.applications, outcome.pools, outcome.published);
    if (faults.length > 0) throw new Error(`the money does not add up: ${faults.join('; ')}`);
    say('账目核对无误', 'awards, balance and public notice agree to the fen');
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
const reasonColumns = 110;

/** The table of the applications and the balance of each pool. */
function describe({ applications, pools }: Outcome): string[] {
  const money = (fen: number) => (fen === 0 ? '–' : formatYuan(fen));
  const table = renderTable(
    [
      { title: '单位 Organisation' },
      { title: '事项 Item' },
      { title: '状态 Status' },
      { title: '上限（元） Ceiling', align: 'right' },
      { title: '奖励（元） Award', align: 'right' },
      { title: '理由 Reason' },
    ],
    applications.map(({ organisation, item, status, ceilingFen, awardFen, reason }) => [
      ...[
        organisation,
        item,
        status,
        money(ceilingFen),
        money(awardFen),
        cutToWidth(reason.zh, reasonColumns),
      ],
    ]),
  );
  const balances = pools.map(
    ({ id, appropriatedFen, committedFen, remainingFen }) =>
      `资金池 Pool ${id}: 预算 appropriated ${formatYuan(appropriatedFen)}` +
      ` = 已安排 committed ${formatYuan(committedFen)} + 结余 remaining ${formatYuan(remainingFen)}`,
  );
  return ['', ...table, '', ...balances, ''];
}
