import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';

const program = fileURLToPath(new URL('../../local/demo/play.ts', import.meta.url));

const fen = z.int().nonnegative();
const resultSchema = z.strictObject({
  applications: z.array(
    z.strictObject({
      id: z.string(),
      organisation: z.string(),
      item: z.string(),
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

const guide = z
  .object({
    pools: z.array(
      z.object({
        id: z.string(),
        allocation: z.object({
          mode: z.enum(['pro-rata', 'ranked']),
          residue: z.enum(['keep', 'largest-remainder']),
          unit: z.literal('yuan'),
        }),
      }),
    ),
    items: z.array(z.object({ id: z.string(), pool: z.string().optional() })),
  })
  .parse(parse(readFileSync(new URL('../../policy/guides/2026.yaml', import.meta.url), 'utf8')));

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
  const story = 'plays every item of the guide, the money of each pool adds up, and nothing is left behind';
  it(story, { timeout: 300_000 }, async () => {
    const { stdout, stderr, code } = await run(['--json', ...assembly()]);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    const { applications, pools } = resultSchema.parse(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''));

    const played = new Set(applications.map(({ item }) => item));
    expect([...played].sort()).toEqual(guide.items.map(({ id }) => id).sort());
    const matters = applications.map(({ organisation, item }) => `${organisation} ${item}`);
    expect(new Set(matters).size).toBe(applications.length);
    for (const { id, pool } of guide.items) {
      const [end, reason] = pool ? ['closed', /元/] : ['recognised', new RegExp(`2026-${id}-[0-9A-Z]{16}`)];
      const ended = applications.find(({ item, status }) => item === id && status === end);
      expect(ended?.reason, id).toMatch(reason);
    }
    const one = (status: string) => applications.find((application) => application.status === status);
    expect(one('ineligible')?.reason).toContain('二(二)6');
    expect(one('refused')?.reason).not.toBe('');
    expect(one('duplicate')?.reason).toContain('穗示例规〔2025〕1号');
    expect(one('withdrawn')).toMatchObject({ awardFen: 0 });
    expect(stdout).toMatch(/SHA-256 与申报不符，被拒收（BadDigest）/);
    for (const rule of ['s2-other', 's3', 's4', 's5']) expect(stdout).toContain(`疑似重复（${rule}）`);
    for (const verdict of ['同一事项', '不是同一事项', '补差额'])
      expect(stdout).toContain(`裁定为${verdict}`);

    // A share of the verified input, the smaller of two departments' amounts, what another scheme has left to pay.
    const ceilingOf = (name: string) => applications.find(({ item }) => item === name)?.ceilingFen;
    expect(ceilingOf('open-source')).toBe(1_040_000_000 * 0.3);
    expect(ceilingOf('core-tech-a')).toBe(385_000_000);
    expect(ceilingOf('first-release')).toBe(300_000_000 - 60_000_000);

    expect(pools.map(({ id }) => id).sort()).toEqual(guide.pools.map(({ id }) => id).sort());
    const poolOf = new Map(guide.items.map(({ id, pool }) => [id, pool]));
    for (const { id, allocation } of guide.pools) {
      const pool = pools.find((one) => one.id === id);
      const money = BigInt(pool?.appropriatedFen ?? 0);
      const paid = applications.filter(({ item, awardFen }) => poolOf.get(item) === id && awardFen > 0);
      const awards = paid.reduce((sum, { awardFen }) => sum + awardFen, 0);
      expect(awards).toBe(pool?.committedFen);
      expect(awards + (pool?.remainingFen ?? 0)).toBe(pool?.appropriatedFen);
      expect(paid.map(({ status }) => status)).toEqual(paid.map(() => 'closed'));

      // Shares in proportion, cut down to whole yuan; what that leaves is kept, or goes out yuan by yuan.
      const ceilings = paid.reduce((sum, { ceilingFen }) => sum + BigInt(ceilingFen), 0n);
      expect(ceilings).toBeGreaterThan(money);
      if (allocation.mode === 'ranked') {
        // The best in full while the money lasts, the next one what is left.
        const inFull = paid.filter(({ ceilingFen, awardFen }) => awardFen === ceilingFen);
        expect(inFull).toHaveLength(paid.length - 1);
        continue;
      }
      for (const { ceilingFen, awardFen } of paid) {
        const share = (BigInt(ceilingFen) * money) / ceilings;
        const cut = Number(share - (share % 100n));
        expect(allocation.residue === 'keep' ? [cut] : [cut, cut + 100]).toContain(awardFen);
      }
      if (allocation.residue === 'largest-remainder') expect(pool?.remainingFen).toBe(0);
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
