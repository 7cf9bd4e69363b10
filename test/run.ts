/**
 * `npm test`: the check and every test side by side, as neither needs the other. Arguments are Vitest's. The tests say
 * what they find as they find it, the check says it after them; if either fails, the whole does.
 */
import { exec, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));

interface Ending {
  readonly passed: boolean;
  readonly said: string;
}

async function check(): Promise<Ending> {
  try {
    // Its errors among its other lines, as they came.
    const { stdout } = await promisify(exec)('npm run --silent check 2>&1', { maxBuffer: 64 * 1024 * 1024 });
    return { passed: true, said: stdout };
  } catch (error) {
    const { stdout = String(error) } = error as { stdout?: string };
    return { passed: false, said: stdout };
  }
}

const checked = check();
const tests = spawn(process.execPath, [vitest, 'run', ...process.argv.slice(2)], { stdio: 'inherit' });
const [code] = await once(tests, 'exit');
const { passed, said } = await checked;
console.log(`\n> npm run check\n\n${said}`);
console.log(`The check ${passed ? 'passed' : 'failed'}, the tests ${code === 0 ? 'passed' : 'failed'}.`);
process.exitCode = passed && code === 0 ? 0 : 1;
