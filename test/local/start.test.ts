import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

let dir: string;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'start-'));
});

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

const root = join(import.meta.dirname, '../..');

/** Runs local/start.ts, or another command. */
function run(
  args: string[],
  env: Record<string, string>,
  command = [process.execPath, join(root, 'local/start.ts')],
) {
  const [program = '', ...before] = command;
  const child = spawn(program, [...before, ...args], { cwd: root, env: { ...process.env, ...env } });
  running.add(child);
  let out = '';
  let err = '';
  const watchers = new Set<() => void>();
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
    for (const watcher of watchers) watcher();
  });
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  const ended = new Promise<{ code: number | null; out: string; err: string }>((done) => {
    child.once('close', (code) => {
      running.delete(child);
      done({ code, out, err });
    });
  });
  /** Resolves with the output once it has a line that begins so, or at the end. */
  const until = (start: string): Promise<string> =>
    Promise.race([
      new Promise<string>((done) => {
        watchers.add(() => out.split('\n').some((line) => line.startsWith(start)) && done(out));
      }),
      ended.then(({ err: problem }) => `${out}${problem}`),
    ]);
  return { child, ended, until };
}

async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return String(typeof address === 'object' ? address?.port : '');
}

describe('npm start', () => {
  it('says how to use it', async () => {
    const { code, out } = await run(['--help'], {}).ended;
    expect(code).toBe(0);
    expect(out).toContain('--reset');
  });

  it.each([
    ['an unknown option', ['--nonsense'], {}, /nonsense/],
    ['a port that is none', [], { PORT: 'http' }, /^PORT http is no port number$/],
    ['a data dir that is a file', [], { DATA_DIR: 'file' }, /^data dir .* cannot be used: /],
  ])('refuses %s in one line', async (_, args, env: Record<string, string>, message) => {
    await writeFile(join(dir, 'file'), '');
    const DATA_DIR = join(dir, env['DATA_DIR'] ?? 'unused');
    const { code, out, err } = await run(args, { PORT: await freePort(), ...env, DATA_DIR }).ended;
    expect([code, out]).toEqual([1, '']);
    expect(err.trim().split('\n')).toEqual([expect.stringMatching(message)]);
  });

  it('runs the system until it is interrupted, and then nothing of it is left', async () => {
    const PORT = await freePort();
    const { child, ended, until } = run([], { PORT, DATA_DIR: join(dir, 'data') });
    const out = await until('  token');
    expect(out.split('\n')).toContain(`ready http://127.0.0.1:${PORT}`);
    const awards = await fetch(`http://127.0.0.1:${PORT}/v1/awards`);
    expect([awards.status, await awards.json()]).toEqual([200, { items: [] }]);

    const second = await run([], { PORT, DATA_DIR: join(dir, 'other') }).ended;
    expect(second).toMatchObject({ code: 1, err: `port ${PORT} is taken; set PORT to another\n` });

    child.kill('SIGINT');
    // Twice, as npm and the terminal do for one Ctrl-C.
    child.kill('SIGINT');
    // `close` comes when every process that held the pipes is gone.
    expect(await ended).toMatchObject({ code: 0, err: '' });
    await expect(fetch(`http://127.0.0.1:${PORT}/v1/awards`)).rejects.toThrow();
  }, 120_000);

  // As npm does it: the signal goes to the shell of the script, which ends by it and hands it on to nobody.
  it.runIf(process.platform !== 'win32')('leaves no process when npm is ended', async () => {
    const script = `"${process.execPath}" local/start.ts; exit 7`;
    const env = { PORT: await freePort(), DATA_DIR: join(dir, 'ended'), npm_lifecycle_event: 'start' };
    const { child, ended, until } = run([], env, ['sh', '-c', script]);
    await until('synthesizing');
    child.kill('SIGTERM');
    // `close` comes when every process that held the pipes is gone.
    const { out, err } = await ended;
    expect([err, out]).toEqual(['', expect.stringContaining('stopping (npm has ended)')]);
    expect(child.signalCode).toBe('SIGTERM');
  });
});
