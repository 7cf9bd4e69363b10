import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { lawOf } from '../../functions/policy/policy-book.ts';
import { compilePolicy } from '../../policy/compile.ts';

const program = fileURLToPath(new URL('../../infra/ops.ts', import.meta.url));
const sampleFile = fileURLToPath(new URL('../../policy/guides/2026.yaml', import.meta.url));
const sampleText = readFileSync(sampleFile, 'utf8');
const { notice, guides } = compilePolicy();
const sample = guides.find(({ version }) => version === '2026.1');
if (!sample) throw new Error('the sample guide is gone');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'software-support-ops-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A copy of the sample with each text put in the place of another; its path. */
function variant(name: string, changes: readonly (readonly [from: string | RegExp, to: string])[]): string {
  const text = changes.reduce((given, [from, to]) => {
    const changed = given.replace(from, to);
    if (changed === given) throw new Error(`the sample has no ${from}`);
    return changed;
  }, sampleText);
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, text);
  return file;
}

function lineOf(file: string, text: string): number {
  return (
    readFileSync(file, 'utf8')
      .split('\n')
      .findIndex((line) => line.includes(text)) + 1
  );
}

/** Runs `npm run ops -- …`, as a process of its own so that a server of this one can answer it. */
async function ops(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { TOKEN: _, API_URL: __, ...inherited } = process.env;
  const child = spawn(process.execPath, [program, ...args], { env: { ...inherited, ...env } });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, out, err };
}

describe('ops guide validate', () => {
  it('shows of every item its clause, lead, window, ceiling and pool', async () => {
    const { code, out, err } = await ops(['guide', 'validate', sampleFile]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [title, , head, ...rows] = out.trimEnd().split('\n');
    expect(title).toBe(`2026.1 (illustrative): ${sample.items.length} items, no fault`);
    expect(head?.split(/ {2,}/)).toEqual([
      ...['item', 'clause', 'lead', 'window (Asia/Shanghai)', 'ceiling', 'pool'],
    ]);
    expect(rows.map((row) => row.split(' ')[0])).toEqual(sample.items.map(({ id }) => id));
    for (const [index, { id, pool }] of sample.items.entries()) {
      const cells = rows[index]?.split(/ {2,}/) ?? [];
      expect(cells).toHaveLength(6);
      expect([cells[1], cells[5]]).toEqual([lawOf(notice, id)?.item.clause, pool ?? '–']);
      expect(cells[2]).not.toMatch(/[a-z]/);
    }
    expect(out).toContain('500,000 yuan');
  });

  it('says the same to programs', async () => {
    const { code, out } = await ops(['guide', 'validate', sampleFile, '--json']);
    expect(code).toBe(0);
    const answer = JSON.parse(out);
    expect(answer).toMatchObject({ version: '2026.1', year: 2026, illustrative: true });
    expect(answer.items).toHaveLength(sample.items.length);
    expect(answer.items).toContainEqual({
      ...{ item: 'dcmm', clause: '二(二)6', lead: ['市工业和信息化局'], pool: expect.any(String) },
      opensAt: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      closesAt: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      ceiling: expect.stringContaining('500,000 yuan'),
    });
  });

  it('lists every fault at once, each with its file and line', async () => {
    const file = variant('faulty', [
      ['yuan: 500000 }', 'yuan: 500001 }'],
      ['facts.level >= 3', 'facts.height >= 3'],
      ['{ zh: 证书编号, en: Certificate number }', '{ zh: 证书编号 }'],
    ]);
    const { code, out, err } = await ops(['guide', 'validate', file]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    const lines = err.trimEnd().split('\n');
    const at = (text: string) => expect.stringContaining(`${file}:${lineOf(file, text)}: `);
    expect(lines).toHaveLength(3);
    expect(lines).toEqual(expect.arrayContaining([at('500001'), at('facts.height'), at('证书编号 }')]));
    const [ceiling] = lines.filter((line) => line.includes('500,001') || line.includes('500001'));
    expect(ceiling).toMatch(/500,?000\b.*二\(二\)6/);
  });

  it('says so of a file that is not there, and of a file that is no guide', async () => {
    const missing = await ops(['guide', 'validate', join(folder, 'missing.yaml')]);
    expect(missing).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/missing\.yaml: ENOENT/) });
    const file = join(folder, 'empty.yaml');
    writeFileSync(file, '');
    expect(await ops(['guide', 'validate', file])).toMatchObject({ code: 1, out: '' });
  });
});

describe('ops guide diff', () => {
  const changes = [
    ['version: "2026.1"', 'version: "2026.2"'],
    ['yuan: 500000 }', 'yuan: 400000 }'],
    ['facts.level >= 3', 'facts.level >= 4'],
  ] as const;

  it('says in words what an item gains and loses', async () => {
    const { code, out } = await ops(['guide', 'diff', sampleFile, variant('next', changes)]);
    expect(code).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines.slice(0, 2)).toEqual(['guide', '  version: 2026.1 → 2026.2']);
    expect(lines).toContain('dcmm');
    expect(lines.find((line) => line.startsWith('  amount: '))).toMatch(/500,000 yuan.* → .*400,000 yuan/);
    expect(lines.find((line) => line.includes('level >= 4'))).toMatch(
      /^ {2}conditions: \S+: expression: facts\.level >= 3.* → facts\.level >= 4/,
    );
    expect(lines.filter((line) => !line.startsWith(' '))).toEqual(['guide', 'dcmm']);
  });

  it('says the same to programs', async () => {
    const { out } = await ops(['guide', 'diff', sampleFile, variant('next-json', changes), '--json']);
    expect(JSON.parse(out)).toMatchObject({
      from: '2026.1',
      to: '2026.2',
      changes: [
        { item: 'guide', field: 'version', change: '2026.1 → 2026.2' },
        { item: 'dcmm', field: 'amount' },
        { item: 'dcmm', field: 'conditions' },
      ],
    });
  });

  it('says so when there is nothing to say', async () => {
    expect((await ops(['guide', 'diff', sampleFile, sampleFile])).out).toBe(
      '2026.1 and 2026.1 do not differ\n',
    );
  });
});

describe('ops guide publish', () => {
  let server: Server | undefined;
  const received: { path: string | undefined; authorization: string | undefined; body: unknown }[] = [];

  /** An API that answers every request so; its address. */
  async function apiThat(status: number, answer: unknown): Promise<string> {
    server = createServer(async (request, response) => {
      received.push({
        path: `${request.method} ${request.url}`,
        authorization: request.headers.authorization,
        body: JSON.parse(await textOf(request)),
      });
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
    await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function textOf(request: IncomingMessage): Promise<string> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    return text;
  }

  afterEach(async () => {
    received.length = 0;
    server?.closeAllConnections();
    await new Promise((done) => (server ? server.close(done) : done(undefined)));
    server = undefined;
  });

  it('sends the file as it is to the environment, as the bearer of the token', async () => {
    const url = await apiThat(201, {
      ...{ version: '2026.1', year: 2026, title: { zh: '指南', en: 'Guide' }, illustrative: true },
      ...{ publishedAt: '2026-11-23T02:00:00.000Z', publishedBy: 'operator-1', contentHash: 'abc' },
    });
    const { code, out } = await ops(['guide', 'publish', sampleFile, '--env', 'staging'], {
      API_URL: `${url}/`,
      TOKEN: 'a-token',
    });
    expect([code, out]).toEqual([
      0,
      'guide 2026.1 is published: 2026-11-23T02:00:00.000Z by operator-1, content abc\n',
    ]);
    expect(received).toEqual([
      { path: 'POST /v1/guides', authorization: 'Bearer a-token', body: parse(sampleText) },
    ]);
  });

  it('says everything that the API has against it', async () => {
    const url = await apiThat(409, {
      ...{ type: 'urn:problem:already-exists', title: 'It exists', status: 409, code: 'already-exists' },
      ...{ messages: { zh: '已存在', en: 'other content' }, requestId: 'r' },
    });
    const env = { API_URL: url, TOKEN: 'a-token' };
    expect(await ops(['guide', 'publish', sampleFile, '--env', 'prod'], env)).toEqual({
      code: 1,
      out: '',
      err: 'already-exists: other content\n',
    });
  });

  it('publishes nothing that has a fault', async () => {
    const env = { API_URL: await apiThat(201, {}), TOKEN: 'a-token' };
    const file = variant('unpublished', [['yuan: 500000 }', 'yuan: 500001 }']]);
    expect(await ops(['guide', 'publish', file, '--env', 'staging'], env)).toMatchObject({
      code: 1,
      out: '',
    });
    expect(received).toEqual([]);
  });

  it('says so when nothing answers', async () => {
    const url = await apiThat(201, {});
    await new Promise((done) => server?.close(done));
    const env = { API_URL: url, TOKEN: 'a-token' };
    expect(await ops(['guide', 'publish', sampleFile, '--env', 'local'], env)).toEqual({
      code: 1,
      out: '',
      err: `nothing answers at ${url}\n`,
    });
  });

  it.each([
    ['an environment', [], /^name an environment: --env local\|dev\|staging\|prod$/],
    ['an environment that there is', ['--env', 'moon'], /^name an environment/],
    ['the address', ['--env', 'prod'], /^set API_URL: /],
    ['the token', ['--env', 'local'], /^set TOKEN: TOKEN=\$\(npm run --silent token -- operator-1\)$/],
  ])('asks for %s in one line', async (_, args, message) => {
    const { code, out, err } = await ops(['guide', 'publish', sampleFile, ...args]);
    expect([code, out]).toEqual([1, '']);
    expect(err.trimEnd()).toMatch(message);
  });
});

describe('ops', () => {
  it('says how to use it', async () => {
    expect(await ops(['--help'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('guide publish FILE'),
    });
    expect(await ops(['guide', 'paint', 'it'])).toMatchObject({ code: 1, out: '' });
    expect(await ops(['guide', 'validate', sampleFile, '--nonsense'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('--nonsense'),
    });
  });
});
