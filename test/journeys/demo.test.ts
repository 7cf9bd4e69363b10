import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import * as z from 'zod';

const program = fileURLToPath(new URL('../../local/demo/play.ts', import.meta.url));

const fen = z.int().nonnegative();
const resultSchema = z.strictObject({
  applications: z.array(
    z.strictObject({
      id: z.string(),
      organisation: z.string(),
      item: z.enum(['dcmm', 'growth-milestone']),
      status: z.string(),
      ceilingFen: fen,
      awardFen: fen,
      reason: z.string(),
    }),
  ),
  pools: z.array(
    z.strictObject({ id: z.string(), appropriatedFen: fen, committedFen: fen, remainingFen: fen }),
  ),
});

let temporary: string;

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'demo-test-'));
});

afterEach(async () => {
  await rm(temporary, { recursive: true, force: true });
});

interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

/** Runs the demo with a temporary directory of its own. @param onOutput sees everything printed so far */
function run(
  args: readonly string[],
  onOutput: (stdout: string, interrupt: () => void) => void = () => {},
): Promise<Run> {
  const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, TMPDIR: temporary } });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    onOutput(stdout, () => void child.kill('SIGINT'));
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => done({ stdout, stderr, code }));
  });
}

const assembly = () => ['--assembly', inject('assemblyDir')];

describe('npm run demo', () => {
  it('plays a whole round whose money adds up, and leaves nothing behind', { timeout: 180_000 }, async () => {
    const { stdout, stderr, code } = await run(['--json', ...assembly()]);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    const { applications, pools } = resultSchema.parse(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''));

    expect(applications.length).toBeGreaterThanOrEqual(12);
    expect(new Set(applications.map(({ organisation }) => organisation)).size).toBe(applications.length);
    expect(new Set(applications.map(({ item }) => item))).toEqual(new Set(['dcmm', 'growth-milestone']));
    const one = (status: string) => applications.find((application) => application.status === status);
    expect(one('ineligible')?.reason).toContain('二(二)6');
    expect(one('refused')?.reason).not.toBe('');
    expect(one('duplicate')?.reason).toContain('穗示例规〔2025〕1号');
    expect(one('withdrawn')).toMatchObject({ awardFen: 0 });
    expect(stdout).toMatch(/SHA-256 与申报不符，被拒收（BadDigest）/);

    const [pool, ...others] = pools;
    expect(others).toEqual([]);
    const paid = applications.filter(({ awardFen }) => awardFen > 0);
    const awards = paid.reduce((sum, { awardFen }) => sum + awardFen, 0);
    expect(awards).toBe(pool?.committedFen);
    expect(awards + (pool?.remainingFen ?? 0)).toBe(pool?.appropriatedFen);
    expect(paid.map(({ status }) => status)).toEqual(paid.map(() => 'closed'));

    // Shares in proportion, cut down to whole yuan.
    const ceilings = paid.reduce((sum, { ceilingFen }) => sum + BigInt(ceilingFen), 0n);
    expect(ceilings).toBeGreaterThan(BigInt(pool?.appropriatedFen ?? 0));
    for (const { ceilingFen, awardFen } of paid) {
      const share = (BigInt(ceilingFen) * BigInt(pool?.appropriatedFen ?? 0)) / ceilings;
      expect(BigInt(awardFen)).toBe(share - (share % 100n));
    }
    expect(await readdir(temporary)).toEqual([]);
  });

  it('stops its instance and removes its data when it is interrupted', { timeout: 60_000 }, async () => {
    let url = '';
    const { stderr, code } = await run(assembly(), (stdout, interrupt) => {
      const started = /(http:\S+) · a fresh instance is up/.exec(stdout)?.[1];
      if (url !== '' || started === undefined) return;
      url = started;
      interrupt();
    });
    expect({ stderr, code }).toEqual({ stderr: 'interrupted\n', code: 1 });
    await expect(fetch(url)).rejects.toThrow();
    expect(await readdir(temporary)).toEqual([]);
  });

  it('says in one line what is wrong with an assembly, and leaves nothing behind', async () => {
    const { stderr, code } = await run(['--assembly', join(temporary, 'nothing')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^cannot read [^\n]*manifest\.json[^\n]*\n$/);
    expect(await readdir(temporary)).toEqual([]);
  });

  it('explains itself', async () => {
    expect(await run(['--help'])).toMatchObject({ code: 0, stderr: '', stdout: /--json/ });
    expect(await run(['--jsn'])).toMatchObject({ code: 1, stdout: '', stderr: /--jsn/ });
  });
});
