/**
 * `npm run fuzz`: the property tests and the schedules of the money from a seed that was never tried; `npm run fuzz --
 * SEED` from one of before. `npm test` begins with the same seed each time, so that it never fails by chance.
 */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [given = String(randomInt(2 ** 31)), ...rest] = process.argv.slice(2);
if (!/^[0-9]{1,10}$/.test(given) || rest.length > 0) {
  console.error('usage: npm run fuzz [-- SEED]');
  process.exit(2);
}

const properties = globSync('test/**/*.test.ts', { cwd: root }).filter((file) =>
  /from '(fast-check|.*play-schedules\.ts)'/.test(readFileSync(`${root}${file}`, 'utf8')),
);
console.log(`npm run fuzz -- ${given} tries this again\n`);
const { status } = spawnSync(
  process.execPath,
  [`${root}node_modules/vitest/vitest.mjs`, 'run', '--project', 'rooms', ...properties],
  { cwd: root, stdio: 'inherit', env: { ...process.env, FUZZ_SEED: given } },
);
console.log(`\nnpm run fuzz -- ${given} tries this again`);
process.exitCode = status ?? 1;
