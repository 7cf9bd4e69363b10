import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { ApiClient } from '../../local/demo/client.ts';
import { playStory } from '../../local/demo/round.ts';
import { memoryMb, processorSeconds } from '../support/process-tree.ts';

const targets = { idleMb: 250, aMinuteLaterMb: 600 };
const repository = fileURLToPath(new URL('../..', import.meta.url));
const manifestSchema = z.object({ scripts: z.object({ start: z.string().startsWith('node ') }) });
const tokenSchema = z.object({ access_token: z.string() });

/**
 * `npm run bench -- memory [--json]`: what `npm start` takes, of all its processes together and what they share once:
 * half a minute after it is ready, at the end of a year of the demo, and a minute later. One line of JSON, in MB, with
 * the processor time that the year took. Linux only.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean', default: false } } });
  const report = (line: string) => {
    if (!values.json) console.error(line);
  };
  const manifest = await readFile(join(repository, 'package.json'), 'utf8');
  const [, ...command] = manifestSchema.parse(JSON.parse(manifest)).scripts.start.split(' ');
  const dataDir = await mkdtemp(join(tmpdir(), 'bench-memory-'));
  const port = await freePort();
  const child = spawn(process.execPath, [...command, '--rehearsal'], {
    cwd: repository,
    env: { ...process.env, PORT: String(port), DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const pid = child.pid ?? 0;
  try {
    report('starting');
    await readyLine(child.stdout);
    await pause(30_000);
    const idleMb = memoryMb(pid);
    report(`idle ${idleMb} MB; playing the demo`);
    const url = `http://127.0.0.1:${port}`;
    const [since, processorSince] = [performance.now(), processorSeconds(pid)];
    await playStory(new ApiClient(url, (user) => demoToken(url, user)), () => {});
    const afterDemoMb = memoryMb(pid);
    const seconds = Math.round((performance.now() - since) / 1_000);
    const processor = Math.round((processorSeconds(pid) - processorSince) * 10) / 10;
    await pause(60_000);
    const aMinuteLaterMb = memoryMb(pid);
    console.log(
      JSON.stringify({ idleMb, afterDemoMb, aMinuteLaterMb, demo: { seconds, processorSeconds: processor } }),
    );
    const isWithin = idleMb <= targets.idleMb && aMinuteLaterMb <= targets.aMinuteLaterMb;
    report(isWithin ? 'within the targets' : `beyond ${JSON.stringify(targets)}`);
  } finally {
    child.kill('SIGTERM');
    await ended;
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no free port on 127.0.0.1');
  return address.port;
}

/** Waits for the line that tells that the system is ready, and reads on, so that it can print. */
async function readyLine(output: NodeJS.ReadableStream): Promise<void> {
  const lines = createInterface(output);
  for (;;) {
    const [line] = await Promise.race([
      once(lines, 'line'),
      once(lines, 'close').then(() => {
        throw new Error('the system did not start');
      }),
    ]);
    if (String(line).startsWith('ready ')) return;
  }
}

async function demoToken(url: string, user: string): Promise<string> {
  const response = await fetch(`${url}/oidc/demo-token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user }),
  });
  return tokenSchema.parse(await response.json()).access_token;
}
