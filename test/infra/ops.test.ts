import { spawn } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { auditedKinds } from '../../functions/audit/find-break.ts';
import { headsHash, signedText } from '../../functions/audit/heads.ts';
import { lawOf } from '../../functions/policy/guides/policy-book.ts';
import { compilePolicy } from '../../policy/compile.ts';
import { draftHistory, type StoredHistory } from '../builders/stored-history.ts';

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

  it('says in words what differs, and what of it weakens the guide', async () => {
    const { code, out } = await ops(['guide', 'diff', sampleFile, variant('next', changes)]);
    expect(code).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines).toContain('        version: "2026.1" becomes "2026.2"');
    expect(lines).toContain('        item "dcmm", amount, cap: 500,000 yuan becomes 400,000 yuan');
    expect(lines.find((line) => line.includes('level >= 4'))).toMatch(
      /^unclear item "dcmm", condition "\S+", expression: "facts\.level >= 3/,
    );
    expect(lines.at(-1)).toBe('3 changes, 0 of them weaken the guide');
    const weak = variant('weak', [['facts.level >= 3', 'true']]);
    expect((await ops(['guide', 'diff', sampleFile, weak])).out).toMatch(/^WEAKER {2}item "dcmm", condition/);
  });

  it('says the same to programs', async () => {
    const { out } = await ops(['guide', 'diff', sampleFile, variant('next-json', changes), '--json']);
    expect(JSON.parse(out)).toMatchObject({
      from: '2026.1',
      to: '2026.2',
      changes: [
        { path: 'version', old: '2026.1', new: '2026.2', effect: 'not-weaker' },
        { path: 'items.dcmm.amount.fen', old: '50000000', new: '40000000' },
        { path: expect.stringMatching(/^items\.dcmm\.conditions\..*\.expression$/), effect: 'unclear' },
      ],
    });
  });

  it('says so when there is nothing to say', async () => {
    expect((await ops(['guide', 'diff', sampleFile, sampleFile])).out).toBe(
      '2026.1 and 2026.1 do not differ\n',
    );
  });
});

describe('ops guide propose', () => {
  let server: Server | undefined;
  const received: { path: string | undefined; authorization: string | undefined; body: unknown }[] = [];

  /** An API that answers every request so; its address. */
  async function apiThat(status: number, answer: unknown): Promise<string> {
    server = createServer(async (request, response) => {
      received.push({
        path: `${request.method} ${request.url}`,
        authorization: request.headers.authorization,
        body: JSON.parse((await textOf(request)) || 'null'),
      });
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
    await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function textOf(request: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString();
  }

  afterEach(async () => {
    received.length = 0;
    server?.closeAllConnections();
    await new Promise((done) => (server ? server.close(done) : done(undefined)));
    server = undefined;
  });

  const proposal = {
    ...{ proposalId: 'p1', status: 'proposed', version: '2026.1', year: 2026, illustrative: true },
    ...{ title: { zh: '指南', en: 'Guide' }, contentHash: 'abc', cause: '年度申报' },
    ...{ proposedBy: 'operator-1', proposedAt: '2026-11-23T02:00:00.000Z' },
  };

  it('sends the file as it is to the environment, as the bearer of the token', async () => {
    const env = { API_URL: `${await apiThat(201, proposal)}/`, TOKEN: 'a-token' };
    const from = ['--effective-from', '2027-01-01T00:00:00+08:00'];
    const args = ['guide', 'propose', sampleFile, '--env', 'staging', '--reason', '年度申报', ...from];
    const { code, out } = await ops(args, env);
    expect([code, out]).toEqual([0, 'guide 2026.1 is proposed: p1\n']);
    const terms = { cause: '年度申报', effectiveFrom: '2026-12-31T16:00:00.000Z' };
    expect(received).toEqual([
      {
        path: 'POST /v1/guide-proposals',
        authorization: 'Bearer a-token',
        body: { guide: parse(sampleText), ...terms },
      },
    ]);
  });

  it('shows the second person what it weakens, and decides on what was shown', async () => {
    const change = {
      ...{ path: 'items.dcmm.notice', old: '5', new: '1', effect: 'weaker' },
      sentence: { zh: '公示期缩短', en: 'the notice is shorter' },
    };
    const warning = {
      path: 'items.dcmm.conditions',
      sentence: { zh: '没有核对适用范围', en: 'it asks no scope' },
    };
    const detail = {
      ...{ ...proposal, comparedWith: ['2025.1'], isCurrent: true },
      ...{ changes: [change], warnings: [warning], guide: {} },
    };
    const env = { API_URL: await apiThat(200, detail), TOKEN: 'a-token' };
    const shown = await ops(['guide', 'review', 'p1', '--env', 'staging'], env);
    expect(shown.out).toContain('WEAKER  the notice is shorter');
    expect(shown.out).toContain('warning: items.dcmm.conditions: it asks no scope');
    expect(shown.out).toContain('content abc');
    const decide = ['guide', 'decide', 'p1', '--env', 'staging'];
    expect((await ops([...decide, '--confirm'], env)).err).toMatch(/--hash/);
    expect((await ops([...decide, '--hash', 'abc'], env)).err).toMatch(/one of --confirm, --refuse/);
    await ops([...decide, '--hash', 'abc', '--confirm'], env);
    await ops([...decide, '--hash', 'abc', '--refuse', '公示期过短'], env);
    expect(received.slice(1).map(({ path, body }) => [path, body])).toEqual([
      ['POST /v1/guide-proposals/p1/decision', { outcome: 'confirm', contentHash: 'abc' }],
      [
        'POST /v1/guide-proposals/p1/decision',
        { outcome: 'refuse', reason: '公示期过短', contentHash: 'abc' },
      ],
    ]);
  });

  it('says everything that the API has against it', async () => {
    const url = await apiThat(409, {
      ...{ type: 'urn:problem:already-exists', title: 'It exists', status: 409, code: 'already-exists' },
      ...{ messages: { zh: '已存在', en: 'other content' }, requestId: 'r' },
    });
    const env = { API_URL: url, TOKEN: 'a-token' };
    expect(await ops(['guide', 'propose', sampleFile, '--env', 'prod', '--reason', '年度申报'], env)).toEqual(
      {
        code: 1,
        out: '',
        err: 'already-exists: other content\n',
      },
    );
  });

  it('proposes nothing that has a fault', async () => {
    const env = { API_URL: await apiThat(201, {}), TOKEN: 'a-token' };
    const file = variant('unpublished', [['yuan: 500000 }', 'yuan: 500001 }']]);
    expect(
      await ops(['guide', 'propose', file, '--env', 'staging', '--reason', '年度申报'], env),
    ).toMatchObject({
      code: 1,
      out: '',
    });
    expect(received).toEqual([]);
  });

  it('says so when nothing answers', async () => {
    const url = await apiThat(201, {});
    await new Promise((done) => server?.close(done));
    const env = { API_URL: url, TOKEN: 'a-token' };
    expect(
      await ops(['guide', 'propose', sampleFile, '--env', 'local', '--reason', '年度申报'], env),
    ).toEqual({
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
    const { code, out, err } = await ops(['guide', 'propose', sampleFile, '--reason', '年度申报', ...args]);
    expect([code, out]).toEqual([1, '']);
    expect(err.trimEnd()).toMatch(message);
  });
});

describe('ops audit verify', () => {
  let server: Server | undefined;
  const asked: { path: string; authorization: string | undefined }[] = [];

  /** An API with these histories, listed and given out a few at a time; its address. */
  async function auditApi(
    histories: Readonly<Record<string, StoredHistory>>,
    answered: (path: string) => StoredHistory | 'busy' | undefined = () => undefined,
  ): Promise<string> {
    const ids = Object.keys(histories);
    const paged = <T>(all: readonly T[], cursor: string | null, size: number) => {
      const from = Number(cursor ?? 0);
      const rest = from + size < all.length && { nextCursor: String(from + size) };
      return { items: all.slice(from, from + size), ...rest };
    };
    server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://api');
      asked.push({ path: pathname, authorization: request.headers.authorization });
      const send = (status: number, body: unknown) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      const cursor = searchParams.get('cursor');
      if (pathname === '/v1/audit/applications') {
        const items = ids.map((applicationId) => ({ applicationId, status: 'draft' }));
        return send(200, paged(items, cursor, 50));
      }
      if (pathname.startsWith('/v1/audit/rows/')) return send(200, { items: [] });
      if (pathname === '/v1/audit/histories')
        return send(200, paged([{ kind: 'round', id: 'r1' }], cursor, 50));
      if (pathname === '/v1/audit/access') return send(200, paged([], cursor, 50));
      const answer =
        pathname === '/v1/audit/histories/round/r1'
          ? draftHistory('r1', 2, auditedKinds.round('r1'))
          : (answered(pathname) ?? histories[pathname.split('/')[4] ?? '']);
      if (answer === 'busy') return send(503, { message: 'Service Unavailable' });
      if (!answer) {
        return send(404, {
          ...{ type: 'urn:problem:not-found', title: 'Not found', status: 404, code: 'not-found' },
          ...{ messages: { zh: '未找到', en: 'Not found' }, requestId: 'r' },
        });
      }
      return send(200, { ...paged(answer.items, cursor, 3), head: answer.head });
    });
    await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  afterEach(async () => {
    asked.length = 0;
    server?.closeAllConnections();
    await new Promise((done) => (server ? server.close(done) : done(undefined)));
    server = undefined;
  });

  const verify = async (url: string, ...args: readonly string[]) =>
    ops(['audit', 'verify', '--env', 'staging', ...args], { API_URL: url, TOKEN: 'a-token' });
  const numbered = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, n) => [`app-${n}`, draftHistory(`app-${n}`, 1 + (n % 7))] as const),
    );
  /** A history in which one row was replaced. */
  const broken = (applicationId: string): StoredHistory => {
    const { items, head } = draftHistory(applicationId, 5);
    return { items: items.with(3, items[2] ?? null), head };
  };

  it('recomputes the history of every application, and says how far it is', async () => {
    const histories = numbered(210);
    const rows = Object.values(histories).reduce((sum, { items }) => sum + items.length, 0);
    expect(await verify(await auditApi(histories))).toEqual({
      code: 0,
      out: `210 applications, 1 others, ${rows + 2} rows, 0 with witnesses: no break\n`,
      err: '100 histories, 0 breaks\n200 histories, 0 breaks\n',
    });
    expect(new Set(asked.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer a-token']));
  });

  it('names the first break of each application, and ends with 1', async () => {
    const { head, items } = draftHistory('app-b', 2);
    const histories = {
      'app-a': draftHistory('app-a', 4),
      'app-b': { items: items.slice(0, 1), head },
      'app-c': broken('app-c'),
    };
    const { code, out, err } = await verify(await auditApi(histories));
    expect([code, err]).toEqual([1, '']);
    expect(out.split('\n')).toEqual([
      'application app-b HISTORY#000000002: it is missing; the state is at 2',
      'application app-c HISTORY#000000004: it is missing; HISTORY#000000003 stands there',
      '3 applications, 1 others, 12 rows, 0 with witnesses: 2 broken',
      '',
    ]);
  });

  it('says the same to programs', async () => {
    const { code, out } = await verify(await auditApi({ 'app-c': broken('app-c') }), '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      ...{ applications: 1, others: 1, rows: 7, witnessed: 0 },
      breaks: [{ kind: 'application', id: 'app-c', row: 'HISTORY#000000004', fault: expect.any(String) }],
    });
  });

  it('tells of rows that are not there any more, by the signed heads of an earlier day', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const hash = (history: StoredHistory) => {
      const rows = history.items as { row: { M: { hash: { S: string } } } }[];
      return rows.at(-1)?.row.M.hash.S;
    };
    const before = { 'app-1': draftHistory('app-1', 2), 'app-2': draftHistory('app-2', 3) };
    const lines = Object.entries(before).map(([id, history]) => `application ${id} ${hash(history)}\n`);
    const statement = {
      ...{ day: '2026-11-23', at: '2026-11-23T19:10:00.000Z', register: null, guides: 'g' },
      ...{ heads: 2, headsHash: headsHash(lines.join('')), breaks: 0 },
      ...{ leg: 1, previous: null, unverified: null },
    };
    const signature = sign('sha256', signedText(statement), privateKey).toString('base64');
    const [list, signed, key] = ['day.txt', 'day.json', 'day.pem'].map((name) => join(folder, name)) as [
      ...[string, string, string],
    ];
    writeFileSync(list, lines.join(''));
    writeFileSync(signed, JSON.stringify({ statement, keyId: 'key', signature }));
    writeFileSync(key, publicKey.export({ type: 'spki', format: 'pem' }));

    const kept = ['--heads', signed, '--key', key];
    // A history goes on, and every row of it is still there.
    const later = { ...before, 'app-1': draftHistory('app-1', 5) };
    expect(await verify(await auditApi(later), ...kept)).toMatchObject({ code: 0 });
    await new Promise((done) => server?.close(done));
    const rewritten = { 'app-1': draftHistory('app-1', 1) };
    const { code, out } = await verify(await auditApi(rewritten), ...kept);
    expect([code, out.split('\n').slice(0, 2)]).toEqual([
      1,
      [
        `application app-1 HISTORY: no row has the kept hash ${hash(before['app-1'])}`,
        'application app-2 STATE: it is gone',
      ],
    ]);
  });

  it('looks at one application alone, and says so when there is none', async () => {
    const url = await auditApi({ ...numbered(3), 'app-c': broken('app-c') });
    expect(await verify(url, '--application', 'app-2')).toMatchObject({
      code: 0,
      out: '1 applications, 0 others, 3 rows: no break\n',
    });
    expect(new Set(asked.map(({ path }) => path))).toEqual(new Set(['/v1/audit/applications/app-2/history']));
    expect(await verify(url, '--application', 'nothing')).toEqual({
      ...{ code: 1, out: '', err: 'not-found: Not found\n' },
    });
  });

  it('reads again what went on while it was read, and what the API was too busy for', async () => {
    let reads = 0;
    const url = await auditApi({ 'app-1': draftHistory('app-1', 2) }, () => {
      reads += 1;
      if (reads === 1) return 'busy';
      const { items } = draftHistory('app-1', 1);
      return reads === 2 ? { items, head: draftHistory('app-1', 2).head } : undefined;
    });
    expect(await verify(url)).toMatchObject({
      code: 0,
      out: '1 applications, 1 others, 4 rows, 0 with witnesses: no break\n',
    });
    expect(reads).toBe(3);
  });

  it('asks for the token of an auditor', async () => {
    const { code, err } = await ops(['audit', 'verify', '--env', 'local']);
    expect([code, err]).toEqual([1, 'set TOKEN: TOKEN=$(npm run --silent token -- auditor-1)\n']);
  });
});

describe('ops', () => {
  it('says how to use it', async () => {
    expect(await ops(['--help'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('guide propose FILE'),
    });
    expect(await ops(['guide', 'paint', 'it'])).toMatchObject({ code: 1, out: '' });
    expect(await ops(['guide', 'validate', sampleFile, '--nonsense'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('--nonsense'),
    });
  });
});
