import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { Reachable } from './ops.ts';
import { treeOf } from './process-tree.ts';

const program = fileURLToPath(new URL('./run-instance.ts', import.meta.url));

const ReadySchema = z.object({ url: z.string(), tokens: z.record(z.string(), z.string()) });

/** A system in a process of its own, with the database below it. */
export interface Running extends Reachable {
  readonly pid: number;
  call(user: string, method: string, path: string, sent?: { body?: unknown; key?: string }): Promise<unknown>;
  /** Ends it as an operating system does that runs out of memory: at once, and all of it. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a system, with the rehearsal's guides, and waits until it is ready.
 * @param users whose tokens are wanted
 * @param flags of Node for its process
 */
export async function startSystem({
  dataDir,
  assemblyDir,
  users,
  flags = [],
}: {
  readonly dataDir: string;
  readonly assemblyDir: string;
  readonly users: readonly string[];
  readonly flags?: readonly string[];
}): Promise<Running> {
  const child = spawn(process.execPath, [...flags, program, dataDir, assemblyDir, ...users], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk) => (errors = (errors + String(chunk)).slice(-2000)));
  const ended = once(child, 'close');
  const line = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([text]) => String(text)),
    ended.then(() => undefined),
  ]);
  if (line === undefined) throw new Error(`the system did not start: ${errors}`);
  const { url, tokens } = ReadySchema.parse(JSON.parse(line));
  const token = async (user: string) => tokens[user] ?? '';
  return {
    pid: child.pid ?? 0,
    url,
    token,
    async call(user, method, path, { body, key } = {}) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${await token(user)}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(key !== undefined && { 'idempotency-key': key }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      return response.json();
    },
    async kill() {
      if (!hasEnded(child)) for (const pid of treeOf(child.pid ?? 0).reverse()) killNow(pid);
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It has ended since it was listed.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
