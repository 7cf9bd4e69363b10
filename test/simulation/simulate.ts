import { parseArgs } from 'node:util';
import { playSchedule } from './schedule.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { trace: { type: 'boolean', default: false }, count: { type: 'string', default: '1' } },
});
const first = Number(positionals[0]);
const count = Number(values.count);
if (!Number.isSafeInteger(first) || !Number.isSafeInteger(count) || positionals.length !== 1) {
  console.error('usage: npm run simulate -- SEED [--trace] [--count N]');
  process.exit(2);
}

const out = console.log;
let failed = 0;
let steps = 0;
for (let seed = first; seed < first + count; seed += 1) {
  try {
    steps += await playSchedule(seed, values.trace ? { trace: out } : {});
  } catch (error) {
    failed += 1;
    process.exitCode = 1;
    out(`seed ${seed}: ${values.trace && error instanceof Error ? error.stack : error}`);
  }
}
out(`${count} schedules, ${steps} steps, ${failed} failed`);
