import { gunzipSync } from 'node:zlib';
import type { APIGatewayProxyEventV2WithJWTAuthorizer, Context } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { loginStrength, readClaims, requireStrength } from '../../../functions/people/claims.ts';
import type { Logins } from '../../../functions/shared/actor.ts';
import { DomainError } from '../../../functions/shared/errors.ts';
import { httpDoor } from '../../../functions/shared/http-door.ts';
import { FenSchema } from '../../../functions/shared/money.ts';
import type { RouteContract } from '../../../functions/shared/route.ts';
import { gb18030 } from '../../builders/gb18030.ts';
import { toldSecurity } from '../../support/told-security.ts';

const routes = {
  save: {
    method: 'POST',
    path: '/things/{id}',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '存', en: 'Save' },
    params: z.object({ id: z.string().min(2) }),
    headers: z.object({ 'if-match': z.string() }),
    body: z.strictObject({ amountFen: FenSchema }),
    response: { status: 200, body: z.object({ amountFen: FenSchema }) },
    problems: [],
  },
  file: {
    method: 'POST',
    path: '/files',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '传', en: 'Send' },
    text: { contentType: 'text/csv', maxBytes: 100 },
    response: { status: 200, body: z.object({ text: z.string() }) },
    problems: [],
  },
  open: {
    method: 'GET',
    path: '/open',
    roles: [],
    owner: 'none',
    summary: { zh: '看', en: 'Look' },
    response: { status: 200, body: z.object({ ok: z.boolean(), text: z.string().optional() }) },
    problems: [],
  },
} as const satisfies Record<string, RouteContract>;

interface Given {
  readonly routeKey?: string;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly headers?: Record<string, string>;
  readonly claims?: Record<string, string> | undefined;
  readonly withoutIfMatch?: boolean;
}

let thrown: Error | undefined;
let answered: { ok: boolean; text?: string } = { ok: true };
const given = { departments: new Set(['gz-miit']), personClaim: 'sub' };
const logins: Logins = {
  read: (claims) => readClaims(claims, given),
  requireStrength: (claims) => requireStrength(claims, loginStrength('acr two-factor')),
  join: async ({ actor }) => actor,
};
const handler = httpDoor(routes, logins, {
  save: async ({ body }) => {
    if (thrown) throw thrown;
    return { body: { ...body, secret: 'token' } as { amountFen: number } };
  },
  file: async ({ text }) => ({ body: { text } }),
  open: async () => ({ body: answered }),
});

async function raw(given: Given = {}) {
  const event = {
    version: '2.0',
    routeKey: given.routeKey ?? 'POST /things/{id}',
    pathParameters: { id: 'thing' },
    headers: {
      'content-type': 'application/json',
      ...(!given.withoutIfMatch && { 'if-match': '"1"' }),
      ...given.headers,
    },
    body: given.body ?? '{"amountFen":100}',
    isBase64Encoded: given.isBase64Encoded ?? false,
    requestContext: {
      requestId: 'request-1',
      ...(!('claims' in given) && {
        authorizer: {
          jwt: { claims: { sub: 'myself', acr: 'two-factor', roles: '[operator]' }, scopes: [] },
        },
      }),
      ...(given.claims && { authorizer: { jwt: { claims: given.claims, scopes: [] } } }),
    },
  } as unknown as APIGatewayProxyEventV2WithJWTAuthorizer;
  return handler(event, {} as Context);
}

async function call(given: Given = {}) {
  const result = await raw(given);
  return { ...result, json: JSON.parse(String(result.body)) };
}

beforeEach(() => {
  thrown = undefined;
  for (const method of ['info', 'warn', 'error'] as const)
    vi.spyOn(console, method).mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());

describe('a door of the API', () => {
  it('tells of claims that were refused and of roles that are kept apart, and of no other refusal', async () => {
    const told = toldSecurity();
    await call({ claims: { sub: 'myself', roles: 'operators' } });
    expect(told()).toEqual(['security.claims-refused']);
    thrown = new DomainError('roles-apart');
    await call();
    thrown = new DomainError('forbidden');
    await call();
    expect(told()).toEqual(['security.claims-refused', 'security.roles-apart']);
  });

  it('answers with what the contract declares and nothing more, and with the request id', async () => {
    const { statusCode, headers, json } = await call();
    expect(statusCode).toBe(200);
    expect(json).toEqual({ amountFen: 100 });
    expect(headers).toMatchObject({ 'x-request-id': 'request-1', 'cache-control': 'no-store' });
  });

  it.each([
    ['not JSON', { body: '{amount' }, 400, 'not-json', undefined],
    ['an unknown field', { body: '{"amountFen":1,"colour":"red"}' }, 400, 'invalid-request', 'colour'],
    ['an amount with a fraction', { body: '{"amountFen":0.5}' }, 400, 'invalid-request', 'amountFen'],
    ['an amount above 2^53', { body: '{"amountFen":9007199254740993}' }, 400, 'invalid-request', 'amountFen'],
    ['a negative amount', { body: '{"amountFen":-1}' }, 400, 'invalid-request', 'amountFen'],
    [
      'a body of another type',
      { headers: { 'content-type': 'text/plain' } },
      415,
      'unsupported-media-type',
      undefined,
    ],
    ['a body that is too large', { body: `"${'x'.repeat(1_000_001)}"` }, 413, 'payload-too-large', undefined],
    ['no login', { claims: undefined }, 401, 'unauthenticated', undefined],
    ['another role', { claims: { sub: 'myself', roles: '[preparer]' } }, 403, 'forbidden', undefined],
    [
      'a role that nobody knows',
      { claims: { sub: 'myself', roles: 'operators' } },
      403,
      'login-refused',
      'token.roles.0',
    ],
    ['a route that is not there', { routeKey: 'GET /nothing' }, 404, 'not-found', undefined],
  ])('refuses %s with a problem that names it', async (_, given, status, code, path) => {
    const { statusCode, headers, json } = await call(given);
    expect(statusCode).toBe(status);
    expect(headers?.['content-type']).toBe('application/problem+json');
    expect(json).toMatchObject({
      status,
      code,
      requestId: 'request-1',
      messages: { zh: expect.any(String) },
    });
    expect(json.errors?.[0]?.path).toBe(path);
  });

  it('tells what is missing from what is wrong', async () => {
    const [missing, wrong] = [await call({ body: '{}' }), await call({ body: '{"amountFen":"1"}' })];
    const messages = { zh: '缺少金额', en: 'amountFen is missing' };
    expect(missing.json.errors).toEqual([{ path: 'amountFen', rule: 'missing', messages }]);
    expect(wrong.json.errors).toMatchObject([{ path: 'amountFen', rule: 'invalid_type' }]);
  });

  it('checks the role before it looks at the request', async () => {
    const { json } = await call({ claims: { sub: 'myself', roles: '' }, body: 'broken' });
    expect(json.code).toBe('forbidden');
  });

  it('asks for a stronger login where an operator acts, in the words of RFC 9470', async () => {
    const weak = await call({
      claims: { sub: 'myself', roles: '[operator]', acr: 'password' },
      body: 'broken',
    });
    expect(weak).toMatchObject({
      statusCode: 401,
      headers: {
        'www-authenticate': 'Bearer error="insufficient_user_authentication", acr_values="two-factor"',
      },
      json: { code: 'login-too-weak' },
    });
  });

  it('asks for If-Match where it is missing (428)', async () => {
    expect(await call({ withoutIfMatch: true })).toMatchObject({
      statusCode: 428,
      json: { code: 'precondition-required', errors: [{ path: 'header.if-match' }] },
    });
  });

  it('tells a refusal of the domain with its faults', async () => {
    const message = { zh: '过高', en: 'too high' };
    thrown = new DomainError('amount-too-high', {
      faults: [{ path: 'amountFen', rule: 'at-most-5', message, citation: '二' }],
    });
    const { statusCode, json } = await call();
    expect(statusCode).toBe(422);
    expect(json.errors).toEqual([
      { path: 'amountFen', rule: 'at-most-5', messages: message, citation: '二' },
    ]);
  });

  it('does not show the cause of an unknown error, and logs it without the request', async () => {
    thrown = new Error('connection to secret-host failed');
    const { statusCode, json } = await call();
    expect(statusCode).toBe(500);
    expect(JSON.stringify(json)).not.toContain('secret-host');
    expect(console.error).toHaveBeenCalledWith(
      expect.objectContaining({ message: 'request.failed', request: 'request-1' }),
    );
  });

  it('asks the caller to try again when a store is busy', async () => {
    thrown = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    expect(await call()).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } });
  });

  it('has every answer sent by TLS alone, sniffed, framed and referred by nobody', async () => {
    const read = { routeKey: 'GET /open', claims: undefined };
    const answers = [await raw(), await raw(read), await raw({ ...read, headers: { 'if-none-match': '*' } })];
    thrown = new DomainError('not-found');
    answers.push(await raw(), await raw({ claims: undefined }));
    thrown = new Error('broken');
    answers.push(await raw());
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 304, 404, 401, 500]);
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'strict-transport-security': 'max-age=63072000; includeSubDomains',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
      });
    }
  });

  it('answers nothing to whoever has it already, and another tag when it has changed', async () => {
    const first = await raw({ routeKey: 'GET /open', claims: undefined });
    const etag = String(first.headers?.['etag']);
    expect(etag).toMatch(/^W\/"[0-9a-f]{32}"$/);
    for (const tag of [etag, etag.slice(2), `"other", ${etag}`, '*']) {
      const again = await raw({
        routeKey: 'GET /open',
        claims: undefined,
        headers: { 'if-none-match': tag },
      });
      expect(again).toMatchObject({ statusCode: 304, headers: { etag, 'x-request-id': 'request-1' } });
      expect(again.body).toBeUndefined();
    }
    const other = { 'if-none-match': '"other"' };
    expect((await raw({ routeKey: 'GET /open', claims: undefined, headers: other })).statusCode).toBe(200);
    // A write is done whatever the caller has.
    expect((await call({ headers: { 'if-none-match': '*' } })).statusCode).toBe(200);
  });

  it('compresses what is long, for callers who take it', async () => {
    const text = 'x'.repeat(5_000);
    answered = { ok: true, text };
    const open = (accepted: string) =>
      raw({ routeKey: 'GET /open', claims: undefined, headers: { 'accept-encoding': accepted } });
    const packed = await open('br, gzip');
    expect(packed).toMatchObject({ isBase64Encoded: true, headers: { 'content-encoding': 'gzip' } });
    expect(JSON.parse(gunzipSync(Buffer.from(String(packed.body), 'base64')).toString())).toEqual(answered);
    for (const accepted of ['', 'br', 'gzip;q=0', 'gzip; q=0.0, br']) {
      expect((await open(accepted)).isBase64Encoded).toBeUndefined();
    }
    answered = { ok: true };
    expect((await open('gzip')).isBase64Encoded).toBeUndefined();
  });

  it('serves a public route without a login', async () => {
    expect((await call({ routeKey: 'GET /open', claims: undefined })).json).toEqual({ ok: true });
  });
});

describe('a file as the body', () => {
  const csv = 'reason\n账号与户名不符，已退回\n';
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('退回', 'utf16le')]);
  const sent = (body: Buffer, contentType = 'application/octet-stream') =>
    call({
      ...{ routeKey: 'POST /files', headers: { 'content-type': contentType } },
      ...{ body: body.toString('base64'), isBase64Encoded: true },
    });

  it.each<[string, Buffer, string]>([
    ['UTF-8', Buffer.from(csv), csv],
    ['GB18030', gb18030('reason\n账号与户名不符，已退回\n'), 'reason\n账号与户名不符，已退回\n'],
    // The bytes of these are Cyrillic letters in UTF-8.
    ['GB18030 that could be UTF-8', Buffer.from('reason,ѡѡ'), 'reason,选选'],
    ['UTF-16 with a mark', utf16, '\ufeff退回'],
    ['plain ASCII', Buffer.from('a,b'), 'a,b'],
  ])('is read as bytes in %s', async (_, bytes, text) => {
    expect((await sent(bytes)).json).toEqual({ text });
  });

  it('is taken as text in UTF-8, and refused when its characters are lost already', async () => {
    const asText = (body: string) =>
      call({ routeKey: 'POST /files', headers: { 'content-type': 'text/csv; charset=gb18030' }, body });
    expect((await asText(csv)).json).toEqual({ text: csv });
    const lost = await asText(gb18030(csv).toString('utf8'));
    expect(lost).toMatchObject({ statusCode: 400, json: { errors: [{ path: 'body', rule: 'encoding' }] } });
  });

  it('is refused as bytes of no text, beyond the size, or of another type', async () => {
    expect((await sent(Buffer.from([0xff, 0xff, 0xff]))).json.errors).toMatchObject([{ rule: 'encoding' }]);
    expect((await sent(Buffer.alloc(101, 'a'))).statusCode).toBe(413);
    expect((await sent(Buffer.from('a'), 'application/pdf')).statusCode).toBe(415);
  });
});
