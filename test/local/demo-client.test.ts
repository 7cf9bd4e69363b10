import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ApiClient, inParallel, putFile } from '../../local/demo/client.ts';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

let server: Server;
let answers: Array<{ readonly status: number; readonly body: string }>;
let seen: Seen[];
let url: string;

beforeEach(async () => {
  answers = [];
  seen = [];
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    const answer = answers.shift() ?? { status: 500, body: '' };
    response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

describe('ApiClient', () => {
  it('sends JSON with a token that it asks for once', async () => {
    const asked: string[] = [];
    const client = new ApiClient(url, async (user) => {
      asked.push(user);
      return 'secret';
    });
    answers = [
      { status: 200, body: '{"n":1,"more":true}' },
      { status: 200, body: '{"n":2}' },
    ];
    const options = { user: 'admin-1', body: { a: 1 }, answer: z.object({ n: z.int() }) };
    expect(await client.call('POST', '/v1/x', options)).toEqual({ n: 1 });
    expect(await client.call('POST', '/v1/x', options)).toEqual({ n: 2 });
    expect(asked).toEqual(['admin-1']);
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: '/v1/x',
      headers: { authorization: 'Bearer secret', 'content-type': 'application/json' },
      body: '{"a":1}',
    });
  });

  it('reads a listing to its last page', async () => {
    const client = new ApiClient(url, async () => '');
    answers = [
      { status: 200, body: '{"items":[1,2],"nextCursor":"c/1"}' },
      { status: 200, body: '{"items":[3]}' },
    ];
    expect(await client.list('/v1/awards', { answer: z.int() })).toEqual([1, 2, 3]);
    expect(seen.map((request) => request.url)).toEqual([
      '/v1/awards?limit=100',
      '/v1/awards?limit=100&cursor=c%2F1',
    ]);
  });

  it('rejects with a line that says who asked for what, and the problem', async () => {
    const client = new ApiClient(url, async () => 't');
    const problem = { code: 'not-found', messages: { zh: '未找到', en: 'Not found' }, requestId: 'r-1' };
    answers = [
      { status: 404, body: JSON.stringify(problem) },
      { status: 502, body: '<html>' },
    ];
    const options = { user: 'admin-1', answer: z.unknown() };
    await expect(client.call('GET', '/v1/x', options)).rejects.toThrow(
      'GET /v1/x by admin-1: 404 not-found (未找到 · Not found); request r-1',
    );
    await expect(client.call('GET', '/v1/x', options)).rejects.toThrow('GET /v1/x by admin-1: 502 <html>');
  });
});

describe('putFile', () => {
  it('sends exactly the headers of the link, and gives the code of a refusal', async () => {
    const headers = {
      'content-type': 'image/png',
      'content-length': '3',
      'x-amz-checksum-sha256': 'abc=',
      'if-none-match': '*',
    };
    answers = [
      { status: 200, body: '' },
      { status: 400, body: '<Error><Code>BadDigest</Code></Error>' },
    ];
    const upload = { method: 'PUT', url: `${url}/key`, headers };
    expect(await putFile(upload, Buffer.from('abc'))).toEqual({ stored: true });
    expect(await putFile(upload, Buffer.from('abd'))).toEqual({ stored: false, code: 'BadDigest' });
    expect(seen[0]).toMatchObject({ method: 'PUT', url: '/key', headers, body: 'abc' });
  });
});

describe('inParallel', () => {
  it('keeps the order, works on a few at once, and on no more', async () => {
    let now = 0;
    let most = 0;
    const results = await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
      now -= 1;
      return item * 2;
    });
    expect(results).toEqual([2, 4, 6, 8, 10, 12, 14]);
    expect(most).toBe(3);
  });

  it('rejects with the first failure', async () => {
    const failing = inParallel([1, 2, 3], 2, async (item) => {
      if (item === 2) throw new Error('two');
    });
    await expect(failing).rejects.toThrow('two');
  });
});
