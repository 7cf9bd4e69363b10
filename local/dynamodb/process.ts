import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Log } from '../contracts.ts';

/** A running dynoxide. */
export interface Dynoxide {
  readonly endpoint: string;
  /** The process that owns the database process; both are gone when `stop` resolves. */
  readonly pid: number;
  stop(): Promise<void>;
}

const supervisor = fileURLToPath(new URL('./supervisor.ts', import.meta.url));
const startAttempts = 5;
const startTimeoutMs = 15_000;

/**
 * Starts the DynamoDB binary of this platform on a free loopback port and waits until it answers.
 * It ends with `stop` and also when this process ends in any way.
 * @param options.dbPath file of the database; in memory without it
 */
export async function startDynoxide(options: { dbPath?: string; log: Log }): Promise<Dynoxide> {
  const binary = findBinary();
  for (let attempt = 1; ; attempt++) {
    // The binary does not tell the port that it got for port 0, so we find one that is free; another process may
    // take it before the binary does, hence the attempts.
    const port = await findFreePort();
    const started = await tryStart(binary, port, options);
    if (typeof started !== 'string') return started;
    if (attempt === startAttempts || !/in use/i.test(started)) {
      throw new Error(`DynamoDB (${binary}) did not start: ${started}`);
    }
  }
}

function findBinary(): string {
  const packageName = `@dynoxide/${process.platform}-${process.arch}`;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
    return join(dirname(manifest), process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide');
  } catch (cause) {
    throw new Error(
      `The package ${packageName} is missing: it holds the DynamoDB binary for this platform. ` +
        'Install with optional dependencies (npm ci); platforms: darwin and linux on arm64 and x64, win32 on x64.',
      { cause },
    );
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port on 127.0.0.1');
  return address.port;
}

/** Gives the running process, or what it printed before it ended. */
async function tryStart(
  binary: string,
  port: number,
  options: { dbPath?: string; log: Log },
): Promise<Dynoxide | string> {
  const args = ['serve', '--host', '127.0.0.1', '--port', String(port)];
  if (options.dbPath !== undefined) args.push('--db-path', options.dbPath);
  const child = spawn(process.execPath, [supervisor, binary, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '' },
    windowsHide: true,
  });
  let output = '';
  const collect = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4_000);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  child.stdin.on('error', () => {});
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));

  const endpoint = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + startTimeoutMs;
  while (!(output.includes('listening') && (await answers(endpoint)))) {
    if (hasExited(child)) return output.trim() || `exit code ${child.exitCode}`;
    if (Date.now() > deadline) {
      await endProcess(child, exited);
      return `no answer within ${startTimeoutMs / 1000} s. ${output.trim()}`;
    }
    await delay(10);
  }

  let stopping = false;
  void exited.then(() => {
    if (stopping) return;
    options.log(
      `!!! DynamoDB ended unexpectedly (${child.signalCode ?? `exit code ${child.exitCode}`}); ` +
        `every request that needs it fails until a restart. ${output.trim()}`,
    );
  });
  return {
    endpoint,
    pid: child.pid ?? 0,
    async stop() {
      stopping = true;
      await endProcess(child, exited);
    },
  };
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(endpoint, { signal: AbortSignal.timeout(1_000) })).status > 0;
  } catch {
    return false;
  }
}

const hasExited = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

async function endProcess(child: ChildProcess, exited: Promise<void>): Promise<void> {
  // The end of its stdin tells the supervisor to end; a signal would end it on Windows before its child.
  child.stdin?.end();
  await exited;
}
