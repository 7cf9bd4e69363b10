/**
 * `npm run fuzz`: the property tests and the schedules of the money from a seed that was never tried; `npm run fuzz --
 * SEED` from one of before; `npm run fuzz -- api [SEED]`: forty thousand odd requests to the doors of the API. `npm test` begins with the same seed each time, so that it never fails by chance.
 */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [first, ...others] = process.argv.slice(2);
const isApi = first === 'api';
const [given = String(randomInt(2 ** 31)), ...rest] = isApi ? others : process.argv.slice(2);
if (!/^[0-9]{1,10}$/.test(given) || rest.length > 0) {
  console.error('usage: npm run fuzz [-- [api] [SEED]]');
  process.exit(2);
}

const requests = 'test/rooms/contracts/odd-requests.test.ts';
const properties = globSync('test/**/*.test.ts', { cwd: root }).filter((file) =>
  /from '(fast-check|.*play-schedules\.ts)'/.test(readFileSync(`${root}${file}`, 'utf8')),
);
const again = `npm run fuzz -- ${isApi ? 'api ' : ''}${given} tries this again`;
console.log(`${again}\n`);
const { status } = spawnSync(
  process.execPath,
  [
    `${root}node_modules/vitest/vitest.mjs`,
    'run',
    '--project',
    'rooms',
    ...(isApi ? [requests] : properties),
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, FUZZ_SEED: given, ...(isApi && { FUZZ_INPUTS: '40000' }) },
  },
);
console.log(`\n${again}`);
process.exitCode = status ?? 1;
