import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HashedEntry, hashed } from '../../functions/register/register-file.ts';
import { genesisRoot } from '../../functions/register/root.ts';
import { recompute } from '../../functions/register/verify-register.ts';
import { fen } from '../../functions/shared/money.ts';
import { OpsError } from '../../infra/ops/guide-file.ts';
import { verifyRegister } from '../../infra/ops/register-verify.ts';
import { registerFile, sampleEntries } from '../builders/register.ts';

const { roots } = recompute({ year: 2026, openingRoot: genesisRoot, entries: sampleEntries });
const root = (day: string) => roots.get(day) ?? '';
const last = root('2026-11-23');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'software-support-register-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(text: string, name = 'register'): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** Days and entries in which a file differs from a root; the refusal when it is no file of the register any more. */
async function differences(text: string, known = last): Promise<string[]> {
  try {
    const { faults } = await verifyRegister([written(text)], { root: known });
    return faults.map(({ day, entry, fault }) => `${entry ?? day}: ${fault}`);
  } catch (error) {
    if (error instanceof OpsError) return [error.message];
    throw error;
  }
}

describe.each(['csv', 'json'] as const)('a register as %s', (format) => {
  const original = registerFile(format, sampleEntries);

  it('is the one that was published', async () => {
    expect(await differences(original)).toEqual([]);
    expect(await verifyRegister([written(original)], undefined)).toEqual({
      ...{ year: 2026, entries: 5, lastDay: '2026-11-23', root: last, faults: [] },
    });
    // A root of a later day without entries covers it as well.
    expect(await differences(original, root('2026-12-31'))).toEqual([]);
  });

  it('is not, when any one character of an entry is another', async () => {
    const entries = sampleEntries.slice(1, 2);
    const text = registerFile(format, entries);
    const known = recompute({ year: 2026, openingRoot: genesisRoot, entries }).roots.get('2026-03-02') ?? '';
    expect(await differences(text, known)).toEqual([]);
    const head = format === 'csv' ? text.slice(0, text.indexOf('\n') + 1) : '';
    const characters = [...text.slice(head.length).trimEnd()];
    const unnoticed: string[] = [];
    for (const [place, character] of characters.entries()) {
      const other = /\d/.test(character)
        ? String((Number(character) + 1) % 10)
        : character === 'a'
          ? 'b'
          : 'a';
      const changed = [...characters.slice(0, place), other, ...characters.slice(place + 1)].join('');
      if ((await differences(head + changed, known)).length === 0) unnoticed.push(`${place}: ${character}`);
    }
    expect(unnoticed).toEqual([]);
  });

  it('is not, when an entry is left out, is added, stands twice or elsewhere, hashes made anew', async () => {
    for (const place of sampleEntries.keys()) {
      const without = sampleEntries.filter((_, index) => index !== place);
      expect(await differences(registerFile(format, without)), `without ${place}`).not.toEqual([]);
      const twice = sampleEntries.toSpliced(place, 0, sampleEntries[place] as HashedEntry);
      expect(await differences(registerFile(format, twice)), `twice ${place}`).not.toEqual([]);
      const forged = hashed({
        ...withoutHash(sampleEntries[place]),
        applicationId: '01K00000000000000000000003',
      });
      expect(
        await differences(registerFile(format, sampleEntries.toSpliced(place + 1, 0, forged))),
        `added ${place}`,
      ).not.toEqual([]);
      const altered = hashed({ ...withoutHash(sampleEntries[place]), amountFen: fen(1) });
      expect(
        await differences(registerFile(format, sampleEntries.with(place, altered))),
        `altered ${place}`,
      ).not.toEqual([]);
    }
    for (let place = 1; place < sampleEntries.length; place += 1) {
      const [one, two] = [sampleEntries[place - 1] as HashedEntry, sampleEntries[place] as HashedEntry];
      const swapped = sampleEntries.with(place - 1, two).with(place, one);
      expect(await differences(registerFile(format, swapped)), `swapped ${place}`).not.toEqual([]);
    }
    expect(await differences(registerFile(format, sampleEntries, 'f'.repeat(64)))).not.toEqual([]);
  });

  it('names the first entry whose hash does not fit', async () => {
    const [first, second, ...rest] = sampleEntries as readonly [HashedEntry, HashedEntry, ...HashedEntry[]];
    const entries = [first, { ...second, amountFen: fen(2) }, ...rest];
    const [fault] = await differences(registerFile(format, entries));
    expect(fault).toBe(
      '2026-03-02#01K00000000000000000000002#ordered#000001: does not have the hash that stands beside it',
    );
  });

  it('says of a root that is too early which days it does not cover', async () => {
    expect(await differences(original, root('2026-03-05'))).toEqual([
      '2026-11-23: stands after 2026-03-05, which the root is of: take a later root',
    ]);
  });

  it('may come in parts, which belong together', async () => {
    const parts = [sampleEntries.slice(0, 3), sampleEntries.slice(3)].map((entries, index) =>
      written(registerFile(format, entries), `part-${index}`),
    );
    expect((await verifyRegister(parts, { root: last })).faults).toEqual([]);
    expect((await verifyRegister(parts.toReversed(), { root: last })).faults).not.toEqual([]);
    const other = written(registerFile(format, sampleEntries.slice(3), 'f'.repeat(64)), 'other');
    await expect(verifyRegister([parts[0] ?? '', other], { root: last })).rejects.toThrow('not parts of one');
  });
});

it.each([
  ['nothing', ''],
  ['another table', '\uFEFFa,b\r\n1,2\r\n'],
  ['no mark', registerFile('csv', sampleEntries).slice(1)],
  ['no entry', registerFile('csv', [])],
  ['no JSON', '{"year":'],
])('refuses a file with %s', async (_, text) => {
  await expect(verifyRegister([written(text)], undefined)).rejects.toBeInstanceOf(OpsError);
});

function withoutHash(entry: HashedEntry | undefined) {
  if (!entry) throw new Error('there is no such entry');
  const { hash: _, ...rest } = entry;
  return rest;
}

describe('ops register verify', () => {
  const program = fileURLToPath(new URL('../../infra/ops.ts', import.meta.url));
  const published = [...roots].filter(([day]) => day <= '2026-11-23');
  const answers: Readonly<Record<string, unknown>> = {
    '/v1/register/roots?year=2026': {
      items: published.map(([day, root], index) => ({
        ...{ day, root, entries: 0, merkleRoot: root, provisional: day === '2026-11-23' },
        previous: published[index - 1]?.[1] ?? genesisRoot,
      })),
    },
    '/v1/register/download?year=2026&format=json': JSON.parse(registerFile('json', sampleEntries)),
  };
  let server: Server;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const answer = request.headers.authorization === undefined && answers[request.url ?? ''];
      response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer || {}));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { TOKEN: _, ...inherited } = process.env;
    // A listening server of TCP has an address with a port.
    env = { ...inherited, API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  });
  afterAll(() => server?.close());

  /** Runs it as a process of its own, so that a server of this one can answer it. */
  async function ops(...args: string[]): Promise<{ code: unknown; out: string; err: string }> {
    const child = spawn(process.execPath, [program, 'register', 'verify', ...args], { env });
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: child.exitCode ?? (await once(child, 'close'))[0], out, err };
  }

  it('compares with the published roots, without a login, and names the first entry that differs', async () => {
    const file = written(registerFile('csv', sampleEntries), 'same.csv');
    expect(await ops(file, '--env', 'local')).toEqual({
      ...{ code: 0, err: '' },
      out: `register of 2026, 5 entries: no difference\nroot of 2026-11-23 from the file: ${last}\n`,
    });
    const forged = sampleEntries.with(3, hashed({ ...withoutHash(sampleEntries[3]), amountFen: fen(7) }));
    const found = await ops(written(registerFile('csv', forged), 'forged.csv'), '--env', 'local', '--json');
    expect(found).toMatchObject({ code: 1, err: '' });
    expect(JSON.parse(found.out)).toMatchObject({
      faults: [
        { day: '2026-03-05', fault: expect.stringContaining('was published') },
        {
          day: '2026-03-05',
          entry: '2026-03-05#01K00000000000000000000001#paid#000002',
          fault: 'was published with other content',
        },
      ],
    });
    const shorter = await ops(written(registerFile('json', sampleEntries.slice(0, 4))), '--env', 'local');
    expect(shorter).toMatchObject({ code: 1, err: '' });
    expect(shorter.out).toMatch(/^2026-11-23: .*still open[\s\S]*#recovered#000001: is missing$/m);
  });

  it('compares with one root offline', async () => {
    const file = written(registerFile('json', sampleEntries), 'same.json');
    expect(await ops(file, '--root', last)).toMatchObject({ code: 0, err: '' });
    expect(await ops(file, '--root', 'f'.repeat(64))).toMatchObject({
      code: 1,
      out: expect.stringContaining('no day has the root'),
    });
    expect(await ops(file, '--root', 'short')).toMatchObject({ code: 1, out: '' });
    expect(await ops(file, '--root', last, '--env', 'local')).toMatchObject({ code: 1, out: '' });
    expect((await ops(file)).out).toContain('not compared');
  });
});
