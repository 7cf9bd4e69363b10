/**
 * `npm run faults`: every journey on a cloud that fails as AWS does now and then, on twenty seeds that were never tried;
 * `npm run faults -- SEED` on one. Transactions meet each other, requests are throttled, indexes are late, streams come in
 * another order and twice. `npm test` plays one seed, in test/journeys/faults.test.ts.
 */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [given, ...rest] = process.argv.slice(2);
if ((given !== undefined && !/^[0-9]{1,10}$/.test(given)) || rest.length > 0) {
  console.error('usage: npm run faults [-- SEED]');
  process.exit(2);
}

const seeds = given === undefined ? Array.from({ length: 20 }, () => randomInt(2 ** 31)) : [Number(given)];
const failed = seeds.filter((seed) => {
  console.log(`\nnpm run faults -- ${seed} tries this again\n`);
  const { status } = spawnSync(
    process.execPath,
    // What is tried again takes longer than the journeys allow for.
    [`${root}node_modules/vitest/vitest.mjs`, 'run', '--project', 'journeys', '--testTimeout', '300000'],
    { cwd: root, stdio: 'inherit', env: { ...process.env, FAULTS_SEED: String(seed) } },
  );
  return status !== 0;
});
console.log(`\n${seeds.length - failed.length} of ${seeds.length} seeds passed`);
for (const seed of failed) console.log(`npm run faults -- ${seed} tries one that failed again`);
process.exitCode = failed.length === 0 ? 0 : 1;
