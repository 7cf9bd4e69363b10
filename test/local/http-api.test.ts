import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPair, importJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { InvocationResult } from '../../local/contracts.ts';
import { HttpApiDefinition, type HttpApiType } from '../../local/http-api/definition.ts';
import { createGateway } from '../../local/http-api/gateway.ts';
import { RouteLimits } from '../../local/http-api/route-limits.ts';
import { createIssuer, type Issuer } from '../../local/issuer/issuer.ts';

const functionArn = 'arn:aws-cn:lambda:cn-north-1:000000000000:function:door';
const audience = 'https://api.example.test';

let dataDir: string;
let server: Server;
let issuer: Issuer;
let url: string;
/** What the function answers, and the events that it got. */
let answer: (event: unknown) => Promise<InvocationResult> | InvocationResult;
let events: Array<Record<string, unknown>>;
let accessLines: string[];

function define(definition: HttpApiDefinition, issuerUrl: string): void {
  const add = (id: string, type: string, properties: Record<string, unknown>): void => {
    const fullType = `AWS::ApiGatewayV2::${type}` as HttpApiType;
    definition.add(id, fullType, { ...(type !== 'Api' && { ApiId: 'Api' }), ...properties });
  };
  add('Api', 'Api', {
    Name: 'api',
    ProtocolType: 'HTTP',
    CorsConfiguration: {
      AllowOrigins: ['https://portal.example.test'],
      AllowMethods: ['GET', 'PUT'],
      AllowHeaders: ['authorization', 'if-match'],
      ExposeHeaders: ['etag'],
      MaxAge: 600,
    },
  });
  add('Stage', 'Stage', {
    StageName: '$default',
    AutoDeploy: true,
    AccessLogSettings: {
      DestinationArn: 'arn:aws-cn:logs:cn-north-1:000000000000:log-group:access',
      Format: JSON.stringify({
        ...{ request: '$context.requestId', at: '$context.requestTime', from: '$context.identity.sourceIp' },
        ...{ who: '$context.authorizer.claims.sub', route: '$context.routeKey', status: '$context.status' },
        ...{ ms: '$context.responseLatency', why: '$context.authorizer.error' },
      }),
    },
    DefaultRouteSettings: { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 1000 },
    RouteSettings: { 'GET /v1/few': { ThrottlingRateLimit: 0.001, ThrottlingBurstLimit: 2 } },
  });
  add('Integration', 'Integration', {
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: functionArn,
    PayloadFormatVersion: '2.0',
  });
  add('Slow', 'Integration', {
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: `arn:aws-cn:apigateway:cn-north-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
    PayloadFormatVersion: '2.0',
    TimeoutInMillis: 50,
  });
  add('Authorizer', 'Authorizer', {
    Name: 'jwt',
    AuthorizerType: 'JWT',
    IdentitySource: ['$request.header.Authorization'],
    JwtConfiguration: { Issuer: issuerUrl, Audience: [audience] },
  });
  const target = { Target: 'integrations/Integration' };
  const jwt = { ...target, AuthorizationType: 'JWT', AuthorizerId: 'Authorizer' };
  add('Items', 'Route', { RouteKey: 'GET /v1/items/{id}', ...target });
  add('Put', 'Route', { RouteKey: 'PUT /v1/items/{id}', ...target });
  add('Me', 'Route', { RouteKey: 'GET /v1/me', ...jwt });
  add('Scoped', 'Route', { RouteKey: 'GET /v1/scoped', ...jwt, AuthorizationScopes: ['apply', 'more'] });
  add('Other', 'Route', { RouteKey: 'GET /v1/other-scope', ...jwt, AuthorizationScopes: ['write'] });
  add('Few', 'Route', { RouteKey: 'GET /v1/few', ...target });
  add('SlowRoute', 'Route', { RouteKey: 'GET /v1/slow', Target: 'integrations/Slow' });
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'http-api-'));
  let handle: ReturnType<typeof createGateway>;
  server = createServer((request, response) => {
    if (request.url?.startsWith('/oidc/')) void issuer.handle(request, response);
    else void handle(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  issuer = await createIssuer({ serverUrl: url, audience, dataDir, log: () => {} });
  const definition = new HttpApiDefinition(url);
  define(definition, issuer.url);
  const api = definition.build();
  if (!api) throw new Error('no API was defined');
  handle = createGateway({
    api,
    account: '000000000000',
    log: () => {},
    accessLog: (line) => accessLines.push(line),
    invoker: {
      async invoke(name, event) {
        expect(name).toBe(functionArn);
        events.push(JSON.parse(JSON.stringify(event)));
        return answer(event);
      },
    },
  });
});

beforeEach(() => {
  events = [];
  accessLines = [];
  answer = () => ({ payload: { statusCode: 200, body: 'ok' } });
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  await rm(dataDir, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${url}${path}`, { headers });

describe('a limit', () => {
  it('of a route keeps what is beyond it away from the function, and leaves other routes alone', async () => {
    const statuses = [];
    for (let ask = 0; ask < 4; ask += 1) statuses.push((await get('/v1/few')).status);
    expect(statuses).toEqual([200, 200, 429, 429]);
    expect(await (await get('/v1/few')).json()).toEqual({ message: 'Too Many Requests' });
    expect(events).toHaveLength(2);
    expect((await get('/v1/items/1')).status).toBe(200);
  });

  it('fills up again by its rate, and no further than its burst', () => {
    let now = 0;
    const limit = { ThrottlingRateLimit: 2, ThrottlingBurstLimit: 3 };
    const limits = new RouteLimits({ limit, limits: {} }, () => now);
    const taken = (key: string) => [1, 2, 3, 4].filter(() => limits.takes(key)).length;
    expect([taken('GET /a'), taken('GET /b')]).toEqual([3, 3]);
    now = 500;
    expect([taken('GET /a'), taken('GET /a')]).toEqual([1, 0]);
    now = 100_000;
    expect(taken('GET /a')).toBe(3);
  });

  it('of a route that there is not fails the start', () => {
    const definition = new HttpApiDefinition(url);
    define(definition, url);
    expect(() => definition.build()).not.toThrow();
    const other = new HttpApiDefinition(url);
    other.add('Api', 'AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP' });
    const RouteSettings = { 'GET /none': { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 } };
    other.add('Stage', 'AWS::ApiGatewayV2::Stage', { ApiId: 'Api', StageName: '$default', RouteSettings });
    expect(() => other.build()).toThrow('GET /none');
  });
});

describe('the event', () => {
  it('has payload format 2.0', async () => {
    const response = await fetch(`${url}/v1/items/a%20b%2Fc?x=1&x=2&name=%E5%B9%BF+z&empty=`, {
      method: 'PUT',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'X-Custom': 'Value',
        cookie: 'a=1; b=2',
        'user-agent': 'test/1',
      },
      body: '{"n":1}',
    });
    const [event] = events;
    expect(event).toEqual({
      version: '2.0',
      routeKey: 'PUT /v1/items/{id}',
      rawPath: '/v1/items/a b/c',
      rawQueryString: 'x=1&x=2&name=%E5%B9%BF+z&empty=',
      cookies: ['a=1', 'b=2'],
      headers: expect.objectContaining({
        'content-type': 'application/json; charset=utf-8',
        'x-custom': 'Value',
        'content-length': '7',
        host: new URL(url).host,
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-port': new URL(url).port,
        'x-forwarded-proto': 'http',
      }),
      queryStringParameters: { x: '1,2', name: '广 z', empty: '' },
      pathParameters: { id: 'a b/c' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'Api',
        domainName: '127.0.0.1',
        domainPrefix: '127',
        http: {
          method: 'PUT',
          path: '/v1/items/a b/c',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test/1',
        },
        requestId: response.headers.get('apigw-requestid'),
        routeKey: 'PUT /v1/items/{id}',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
      body: '{"n":1}',
      isBase64Encoded: false,
    });
  });

  it('leaves out what the request does not have', async () => {
    await get('/v1/items/1');
    const [event] = events;
    expect(event).not.toHaveProperty('body');
    expect(event).not.toHaveProperty('queryStringParameters');
    expect(event).not.toHaveProperty('cookies');
    expect(event).toMatchObject({ rawQueryString: '', isBase64Encoded: false });
  });

  it.each([
    ['text/csv', false],
    ['application/json', false],
    ['application/merge-patch+json', true],
    ['application/x-www-form-urlencoded', true],
    ['image/png', true],
  ])('holds a body of type %s in base64: %s', async (type, isBase64Encoded) => {
    const body = 'a=广';
    await fetch(`${url}/v1/items/1`, { method: 'PUT', headers: { 'content-type': type }, body });
    const encoded = Buffer.from(body).toString(isBase64Encoded ? 'base64' : 'utf8');
    expect(events).toMatchObject([{ body: encoded, isBase64Encoded }]);
  });

  it('joins a repeated header by a comma', async () => {
    await new Promise((done, fail) => {
      const headers = ['x-many', 'one', 'X-Many', 'two', 'host', 'h'];
      httpRequest(`${url}/v1/items/1`, { headers }, (response) => response.resume().on('end', done))
        .on('error', fail)
        .end();
    });
    expect(events).toMatchObject([{ headers: { 'x-many': 'one,two' } }]);
  });
});

describe('the response', () => {
  it('takes status, headers, cookies and body of the answer', async () => {
    answer = () => ({
      payload: {
        statusCode: 201,
        headers: { 'Content-Type': 'application/problem+json', ETag: '"1"', 'x-count': 3 },
        cookies: ['a=1; Path=/', 'b=2'],
        body: '{}',
      },
    });
    const response = await get('/v1/items/1');
    expect(response.status).toBe(201);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('etag')).toBe('"1"');
    expect(response.headers.get('x-count')).toBe('3');
    expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2']);
    expect(await response.text()).toBe('{}');
  });

  it('decodes a base64 body and may have none', async () => {
    answer = () => ({ payload: { statusCode: 200, body: 'AAH/', isBase64Encoded: true } });
    const bytes = await (await get('/v1/items/1')).bytes();
    expect([...bytes]).toEqual([0, 1, 255]);
    answer = () => ({ payload: { statusCode: 204 } });
    const empty = await get('/v1/items/1');
    expect([empty.status, await empty.text()]).toEqual([204, '']);
  });

  it('is 200 with JSON when the answer has no status', async () => {
    answer = () => ({ payload: { hello: 'world' } });
    const response = await get('/v1/items/1');
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({ hello: 'world' });
    answer = () => ({ payload: 'text' });
    expect(await (await get('/v1/items/1')).text()).toBe('text');
  });

  it.each([
    ['a function error', { payload: { errorMessage: 'secret' }, functionError: 'Unhandled' as const }],
    ['an answer with a body that is no text', { payload: { statusCode: 200, body: { a: 1 } } }],
    [
      'an answer with a header that HTTP does not allow',
      { payload: { statusCode: 200, headers: { a: 'b\nc' } } },
    ],
  ])('is a 500 without details after %s', async (_, result) => {
    answer = () => result;
    const response = await get('/v1/items/1');
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ message: 'Internal Server Error' });
  });

  it('is 503 when the function takes longer than the integration allows', async () => {
    let finish: (result: InvocationResult) => void = () => {};
    answer = () => new Promise((resolve) => (finish = resolve));
    const response = await get('/v1/slow');
    finish({ payload: 1 });
    expect([response.status, await response.json()]).toEqual([503, { message: 'Service Unavailable' }]);
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB for a request, of which a body of
  // another type than text takes four thirds of its size.
  it.each([
    ['text/csv', 6 * 1024 * 1024 - 4_000, 200],
    ['text/csv', 6 * 1024 * 1024, 413],
    ['image/png', 4.5 * 1024 * 1024 - 4_000, 200],
    ['image/png', 4.5 * 1024 * 1024, 413],
  ])('for %s of %i bytes is %i', async (type, size, status) => {
    const body = new Uint8Array(size).fill(97);
    const headers = { 'content-type': type };
    const response = await fetch(`${url}/v1/items/1`, { method: 'PUT', headers, body });
    expect(response.status).toBe(status);
    if (status === 413) expect(await response.json()).toEqual({ message: 'Request Entity Too Large' });
    expect(events).toHaveLength(status === 200 ? 1 : 0);
  });

  it('leaves a line in the access log, whatever becomes of it: who, from where, by which route, and no path or token', async () => {
    const secret = 'receipt-of-somebody';
    await fetch(`${url}/v1/items/${secret}?receipt=${secret}`, { headers: { authorization: secret } });
    await fetch(`${url}/v1/me?token=${secret}`, { headers: { authorization: `Bearer ${secret}` } });
    const authorization = `Bearer ${await issuer.token('admin-1')}`;
    const known = await fetch(`${url}/v1/me`, { headers: { authorization } });
    await fetch(`${url}/v1/other-scope`, { headers: { authorization } });
    await fetch(`${url}/nowhere/${secret}`);
    await fetch(`${url}/v1/slow?${secret}`);
    const line = {
      at: expect.stringMatching(/^\d\d\/\w{3}\/\d{4}:.* \+0000$/),
      from: '127.0.0.1',
      who: '-',
      why: '-',
    };
    const lines = accessLines.map((text) => JSON.parse(text) as Record<string, string>);
    expect(lines).toMatchObject([
      { ...line, route: 'GET /v1/items/{id}', status: '200' },
      { ...line, route: 'GET /v1/me', status: '401', why: 'invalid_token' },
      { ...line, route: 'GET /v1/me', status: '200', who: 'admin-1' },
      { ...line, route: 'GET /v1/other-scope', status: '403', why: 'insufficient_scope' },
      { ...line, route: '-', status: '404' },
      { ...line, route: 'GET /v1/slow' },
    ]);
    expect(lines[2]?.['request']).toBe(known.headers.get('apigw-requestid'));
    for (const { ms } of lines) expect(ms).toMatch(/^\d+$/);
    expect(accessLines.join()).not.toContain(secret);
  });

  it('is 404 without a route, 400 for a broken encoding, 413 above 10 MB; always with a request id', async () => {
    const big = { method: 'PUT', body: new Uint8Array(10 * 1024 * 1024 + 1) };
    for (const [response, status, message] of [
      [await get('/v1/nothing'), 404, 'Not Found'],
      [await fetch(`${url}/v1/items/1`, { method: 'DELETE' }), 404, 'Not Found'],
      [await get('/v1/items/%zz'), 400, 'Bad Request'],
      [await fetch(`${url}/v1/items/1`, big), 413, 'Request Entity Too Large'],
    ] as const) {
      expect([response.status, await response.json()]).toEqual([status, { message }]);
      expect(response.headers.get('apigw-requestid')).toMatch(/^[\w=]{16}$/);
    }
    expect(events).toEqual([]);
  });
});

describe('the authorizer', () => {
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  /** A token signed with the issuer's own key, so that only the claim in question is wrong. */
  async function sign(
    claims: { iss?: string; aud?: string; exp?: number; iat?: number; nbf?: number },
    signingKey?: Parameters<SignJWT['sign']>[0],
    kid?: string | null,
  ) {
    const secrets = await readFile(join(dataDir, 'issuer', 'secrets.json'), 'utf8');
    const [jwk] = JSON.parse(secrets).jwks.keys;
    const { iat, nbf } = claims;
    const named = kid === null ? {} : { kid: kid ?? jwk.kid };
    return new SignJWT({ sub: 'operator-1', roles: ['operator'], ...(iat && { iat }), ...(nbf && { nbf }) })
      .setProtectedHeader({ alg: 'RS256', ...named })
      .setIssuer(claims.iss ?? issuer.url)
      .setAudience(claims.aud ?? audience)
      .setExpirationTime(claims.exp ?? '1h')
      .sign(signingKey ?? (await importJWK(jwk)));
  }

  it('hands the claims to the function as text', async () => {
    const response = await get('/v1/me', bearer(await issuer.token('admin-1')));
    expect(response.status).toBe(200);
    expect(events).toMatchObject([
      {
        requestContext: {
          authorizer: {
            jwt: {
              claims: {
                sub: 'admin-1',
                roles: '[organisation-admin]',
                organisation_name: '广州示例云帆软件有限公司',
                exp: expect.stringMatching(/^\d{10}$/),
                aud: audience,
              },
              scopes: null,
            },
          },
        },
      },
    ]);
  });

  it('wants one of the route’s scopes', async () => {
    const headers = bearer(await issuer.token('admin-1'));
    expect((await get('/v1/scoped', headers)).status).toBe(200);
    expect(events).toMatchObject([
      { requestContext: { authorizer: { jwt: { scopes: ['apply', 'work'] } } } },
    ]);
    const refused = await get('/v1/other-scope', headers);
    expect([refused.status, await refused.json()]).toEqual([403, { message: 'Forbidden' }]);
  });

  it.each([
    ['no token', async () => ''],
    ['no JWT', async () => 'nonsense'],
    ['a signature of another key', async () => sign({}, (await generateKeyPair('RS256')).privateKey)],
    ['another issuer', async () => sign({ iss: 'https://other.example.test' })],
    ['another audience', async () => sign({ aud: 'https://other.example.test' })],
    ['an expired token', async () => sign({ exp: Math.floor(Date.now() / 1000) - 10 })],
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
    ['a token that was issued in the future', async () => sign({ iat: Math.floor(Date.now() / 1000) + 60 })],
    ['a token that is valid later', async () => sign({ nbf: Math.floor(Date.now() / 1000) + 60 })],
    ['a token that names no key', async () => sign({}, undefined, null)],
    ['a token that names an empty key', async () => sign({}, undefined, '')],
    ['a token that names another key', async () => sign({}, undefined, 'other')],
    [
      'changed claims',
      async () => {
        const [header, , signature] = (await issuer.token('preparer-1')).split('.');
        const [, payload] = (await issuer.token('operator-1')).split('.');
        return [header, payload, signature].join('.');
      },
    ],
  ])('answers 401 for %s', async (_, makeToken) => {
    const response = await get('/v1/me', bearer(await makeToken()));
    expect([response.status, await response.json()]).toEqual([401, { message: 'Unauthorized' }]);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(events).toEqual([]);
  });

  it('lets a token pass that is signed like those, with nothing wrong', async () => {
    expect((await get('/v1/me', bearer(await sign({})))).status).toBe(200);
    const past = Math.floor(Date.now() / 1000) - 5;
    expect((await get('/v1/me', bearer(await sign({ iat: past, nbf: past })))).status).toBe(200);
  });

  it('refuses a token that it let pass, from the second on in which it expires', async () => {
    const exp = Math.floor(Date.now() / 1000) + 2;
    const headers = bearer(await sign({ exp }));
    const statuses: number[] = [];
    do statuses.push((await get('/v1/me', headers)).status);
    while (Date.now() < exp * 1000);
    expect(statuses[0]).toBe(200);
    const late = await get('/v1/me', headers);
    expect([late.status, late.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('the token has expired'),
    ]);
  });
});

describe('CORS', () => {
  const preflight = (origin: string) =>
    fetch(`${url}/v1/anything`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'PUT' },
    });

  it('answers a preflight from the configuration, without a route', async () => {
    const response = await preflight('https://portal.example.test');
    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': 'https://portal.example.test',
      'access-control-allow-methods': 'GET,PUT',
      'access-control-allow-headers': 'authorization,if-match',
      'access-control-max-age': '600',
    });
    const other = await preflight('https://evil.example.test');
    expect([other.status, other.headers.get('access-control-allow-origin')]).toEqual([204, null]);
  });

  it('marks answers to an allowed origin, whatever the function says', async () => {
    const headers = { 'access-control-allow-origin': '*' };
    answer = () => ({ payload: { statusCode: 200, headers } });
    const allowed = await get('/v1/items/1', { origin: 'https://portal.example.test' });
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://portal.example.test');
    expect(allowed.headers.get('access-control-expose-headers')).toBe('etag');
    const other = await get('/v1/items/1', { origin: 'https://evil.example.test' });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });
});
