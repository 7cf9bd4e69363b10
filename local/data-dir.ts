/** The directory in which one instance keeps its state: ours alone, and one process at a time. */
import { mkdir, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import * as z from 'zod';

export interface DataDir {
  readonly path: string;
  /** Lets another process have the directory. */
  release(): Promise<void>;
}

export interface DataDirOptions {
  /** The port that this process listens on already; by it a lock is known to be alive. */
  readonly port: number;
  /** Whether to delete the state that is kept there. */
  readonly reset: boolean;
}

const markerName = 'embedded-cloud.json';
const lockName = 'instance.lock';
const lockSchema = z.object({ pid: z.number(), port: z.number() });

/**
 * Opens a data dir, new or one of ours. Rejects with one line when it is not a directory, cannot be
 * written, belongs to somebody else, or is used by a running instance.
 */
export async function openDataDir(directory: string, options: DataDirOptions): Promise<DataDir> {
  const path = resolve(directory);
  const entries = await prepare(path);
  if (entries.length > 0 && !entries.includes(markerName)) {
    throw new Error(`data dir ${path} holds files that are not ours; choose an empty or a new directory`);
  }
  // Before the lock: whoever comes second must find a directory that is ours.
  await write(path, markerName, '{"madeBy":"npm start","holds":"the state of one embedded cloud"}\n', 'w');
  await lock(path, options.port);
  const release = () => rm(join(path, lockName), { force: true });
  try {
    if (options.reset) await clear(path, entries);
  } catch (error) {
    await release();
    throw error;
  }
  return { path, release };
}

async function prepare(path: string): Promise<string[]> {
  try {
    await mkdir(path, { recursive: true });
    return await readdir(path);
  } catch (error) {
    throw new Error(`data dir ${path} cannot be used: ${messageOf(error)}`);
  }
}

async function clear(path: string, entries: readonly string[]): Promise<void> {
  for (const entry of entries) {
    if (entry === markerName || entry === lockName) continue;
    await rm(join(path, entry), { recursive: true, force: true });
  }
}

async function lock(path: string, port: number): Promise<void> {
  const content = JSON.stringify({ pid: process.pid, port });
  for (let attempt = 0; ; attempt++) {
    if (await write(path, lockName, content, 'wx')) return;
    const holder = await readLock(path);
    if (holder && holder.port !== port && isRunning(holder.pid) && (await answers(holder.port))) {
      throw new Error(
        `data dir ${path} is used by another instance (process ${holder.pid}, port ${holder.port})`,
      );
    }
    // Left behind by a process that was killed. Somebody else may be removing it at this moment too.
    if (attempt > 4) throw new Error(`data dir ${path} cannot be locked: ${join(path, lockName)}`);
    await unlink(join(path, lockName)).catch(() => {});
  }
}

async function readLock(path: string): Promise<z.infer<typeof lockSchema> | undefined> {
  try {
    return lockSchema.parse(JSON.parse(await readFile(join(path, lockName), 'utf8')));
  } catch {
    return undefined;
  }
}

/** False when the file exists and must not. */
async function write(path: string, name: string, content: string, flag: 'w' | 'wx'): Promise<boolean> {
  try {
    await writeFile(join(path, name), content, { flag });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw new Error(`data dir ${path} cannot be written: ${messageOf(error)}`);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not permitted: somebody else's process, but a process.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Process ids are used again (in containers at once); an instance that lives also listens on its port. */
function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (alive: boolean): void => {
      socket.destroy();
      done(alive);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.setTimeout(2000, () => settle(true));
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
