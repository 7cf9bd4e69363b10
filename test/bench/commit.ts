import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { synthesize } from '../../local/assembly.ts';
import { commitInterrupted } from '../support/interrupted-commit.ts';

const target = 0.2;

/**
 * `npm run bench -- commit [--awards N] [--json]`: commits 5,000 awards in a system of its own, kills every process of it
 * in the middle, and starts it again on the same data. `seconds` run from the approval to the end, without the time
 * that the system was down. The applications have no executions: what their reviews do next is not part of it.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean', default: false }, awards: { type: 'string', default: '5000' } },
  });
  const awards = Number(values.awards);
  if (!Number.isInteger(awards) || awards < 100) throw new Error('--awards is a whole number from 100');
  const report = (line: string) => {
    if (!values.json) console.error(line);
  };
  const assemblyDir = await mkdtemp(join(tmpdir(), 'bench-assembly-'));
  try {
    report('synthesizing');
    await synthesize({ environment: 'local', outDir: assemblyDir, log: () => {} });
    const { transactions, seconds, killedAt, faults } = await commitInterrupted(
      { awards, assemblyDir },
      report,
    );
    const transactionsPerAward = Math.round((transactions / awards) * 10_000) / 10_000;
    const sumsExact = faults.length === 0;
    console.log(JSON.stringify({ awards, transactionsPerAward, seconds, killedAt, sumsExact }));
    for (const fault of faults.slice(0, 20)) report(fault);
    report(
      transactionsPerAward <= target && sumsExact ? 'within the target' : `beyond ${target}, or not exact`,
    );
  } finally {
    await rm(assemblyDir, { recursive: true, force: true });
  }
}
