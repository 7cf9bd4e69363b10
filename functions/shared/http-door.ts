import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type * as z from 'zod';
import type { Actor, Logins } from './actor.ts';
import { decodeText, isMangled } from './decode-text.ts';
import { DomainError, WeakLoginError } from './errors.ts';
import { log, tellSecurity } from './log.ts';
import { personalRead, type ReadRecorder } from './personal-read.ts';
import { faultsOf, toProblem } from './problem.ts';
import {
  asksForStrongLogin,
  bytesType,
  type RouteAnswer,
  type RouteContract,
  type RouteHandlers,
  type RouteRequest,
} from './route.ts';

type Event = APIGatewayProxyEventV2WithJWTAuthorizer;
type Result = APIGatewayProxyStructuredResultV2;

const maxJsonBytes = 1_000_000;

/** Headers of every answer, unless it has stricter ones of its own: data is neither run, framed nor referred. */
const guards = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
} as const;

/**
 * One Lambda for the routes of an audience: finds the route, checks the caller's role before anything that could tell
 * what exists, parses every part of the request, and translates answers and errors.
 * @param callers tells who asks and, where a route is marked with personal data, keeps who was given some before they are.
 */
export function httpDoor<T extends Readonly<Record<string, RouteContract>>>(
  routes: T,
  callers: CallersOf<T>,
  handlers: RouteHandlers<T>,
) {
  const logins: Logins & { readonly reads?: ReadRecorder } = callers;
  // The types of handler and contract match by construction of RouteHandlers; a dispatch table cannot say so.
  type AnyHandler = (request: RouteRequest<RouteContract>) => Promise<RouteAnswer<RouteContract>>;
  const byRouteKey = new Map(
    Object.entries(routes).map(([name, contract]) => [
      `${contract.method} ${contract.path}`,
      { name, contract, handle: handlers[name] as unknown as AnyHandler },
    ]),
  );

  return middy<Event, Result>()
    .after(({ event, response }) => {
      const requestId = event.requestContext.requestId;
      if (response) response.headers = { ...guards, ...response.headers, 'x-request-id': requestId };
      log.info('request.served', { request: requestId, route: event.routeKey, status: response?.statusCode });
    })
    .onError((request) => {
      const { event, error } = request;
      const requestId = event.requestContext.requestId;
      const problem = toProblem(error, requestId);
      if (problem.code === 'login-refused') tellSecurity('claims-refused', { request: requestId });
      if (problem.code === 'roles-apart') tellSecurity('roles-apart', { request: requestId });
      if (problem.status >= 500)
        log.error('request.failed', error, { request: requestId, route: event.routeKey });
      else
        log.info('request.served', {
          request: requestId,
          route: event.routeKey,
          status: problem.status,
          code: problem.code,
        });
      request.response = {
        statusCode: problem.status,
        headers: {
          ...guards,
          'content-type': 'application/problem+json',
          'cache-control': 'no-store',
          'x-request-id': requestId,
          ...(problem.status === 503 && { 'retry-after': '1' }),
          // Counted by the hour and by the day.
          ...(problem.status === 429 && { 'retry-after': '3600' }),
          ...(error instanceof WeakLoginError && { 'www-authenticate': error.challenge }),
        },
        body: JSON.stringify(problem),
      };
    })
    .handler(async (event: Event): Promise<Result> => {
      const route = byRouteKey.get(event.routeKey);
      if (!route) throw new DomainError('not-found');
      const { contract } = route;
      const actor = contract.roles.length === 0 ? undefined : await authorise(event, contract, logins);
      const parts = parseParts(event, contract);
      const answer = cutDown(
        contract,
        await route.handle({ actor, ...parts } as unknown as RouteRequest<RouteContract>),
      );
      if (contract.personal && actor) {
        if (!logins.reads) throw new Error('nobody keeps who is given personal data');
        await logins.reads.record(personalRead(contract, event.requestContext, actor, parts, answer));
      }
      return packed(event, toResult(contract, answer));
    });
}

/** What tells a door of its callers; somebody who keeps reads too, if a route of it holds personal data. */
type CallersOf<T extends Readonly<Record<string, RouteContract>>> = {
  [K in keyof T]: T[K] extends { readonly personal: readonly string[] } ? K : never;
}[keyof T] extends never
  ? Logins
  : Logins & { readonly reads: ReadRecorder };

function authorise(event: Event, contract: RouteContract, logins: Logins): Promise<Actor> {
  const claims = event.requestContext.authorizer?.jwt?.claims;
  if (!claims) throw new DomainError('unauthenticated');
  const login = logins.read(claims);
  if (!contract.roles.some((role) => login.actor.roles.includes(role))) throw new DomainError('forbidden');
  if (asksForStrongLogin(contract)) logins.requireStrength(claims);
  return logins.join(login, contract.roles);
}

function parseParts(event: Event, contract: RouteContract) {
  return {
    params: contract.params && parse(contract.params, event.pathParameters ?? {}, 'path'),
    query: contract.query && parse(contract.query, event.queryStringParameters ?? {}, 'query'),
    headers: contract.headers && parse(contract.headers, event.headers, 'header'),
    body: contract.body && parse(contract.body, readJson(event), ''),
    ...(contract.text && readText(event, contract.text)),
    source: event.requestContext.http?.sourceIp ?? '',
  };
}

function parse<S extends z.ZodType>(schema: S, value: unknown, prefix: string): z.output<S> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const faults = faultsOf(result.error, prefix);
  const precondition = faults.some((fault) => fault.path === 'header.if-match' && isIfMatchMissing(value));
  throw new DomainError(precondition ? 'precondition-required' : 'invalid-request', { faults });
}

/** RFC 6585: a missing precondition has a status of its own. */
function isIfMatchMissing(headers: unknown): boolean {
  return typeof headers === 'object' && headers !== null && !('if-match' in headers);
}

function rawBody(event: Event, maxBytes: number): string {
  const body = event.isBase64Encoded
    ? Buffer.from(event.body ?? '', 'base64').toString('utf8')
    : (event.body ?? '');
  if (Buffer.byteLength(body) > maxBytes) throw new DomainError('payload-too-large');
  return body;
}

function readJson(event: Event): unknown {
  const type = event.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== undefined && type !== 'application/json') throw new DomainError('unsupported-media-type');
  try {
    return JSON.parse(rawBody(event, maxJsonBytes));
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new DomainError('not-json');
  }
}

function readText(
  event: Event,
  text: NonNullable<RouteContract['text']>,
): { text: string; bytes: Uint8Array } {
  const type = event.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== text.contentType && type !== bytesType) throw new DomainError('unsupported-media-type');
  if (!event.isBase64Encoded) {
    const body = rawBody(event, text.maxBytes);
    if (isMangled(body)) throw otherEncoding();
    return { text: body, bytes: Buffer.from(body) };
  }
  const bytes = Buffer.from(event.body ?? '', 'base64');
  if (bytes.byteLength > text.maxBytes) throw new DomainError('payload-too-large');
  const body = decodeText(bytes);
  if (body === undefined || isMangled(body)) throw otherEncoding();
  return { text: body, bytes };
}

/** What the gateway hands on as text has lost by then whatever is not UTF-8. */
function otherEncoding(): DomainError {
  return new DomainError('invalid-request', {
    faults: [
      {
        path: 'body',
        rule: 'encoding',
        message: {
          zh: `文件不是 UTF-8 编码：GB18030（GBK）文件请以内容类型“${bytesType}”发送，或另存为 UTF-8`,
          en: `the file is not in UTF-8: send one in GB18030 (GBK) with content-type: ${bytesType}, or save it as UTF-8`,
        },
      },
    ],
  });
}

/** From so many characters on an answer is worth compressing. */
const worthPacking = 1024;

/**
 * An answer as the caller asked for it: none where a read has not changed since (If-None-Match), else compressed where
 * the caller takes it (RFC 9110). What names no version of its own is known by the hash of its text.
 */
function packed(event: Event, result: Result): Result {
  const { body, headers = {} } = result;
  if (result.statusCode !== 200 || typeof body !== 'string' || result.isBase64Encoded) return result;
  const isRead = event.routeKey.startsWith('GET ');
  const etag = headers['etag'] ?? (isRead ? `W/"${sha256(body).slice(0, 32)}"` : undefined);
  const known = { ...headers, vary: 'accept-encoding', ...(etag !== undefined && { etag }) };
  if (isRead && isKnown(event.headers['if-none-match'], String(etag)))
    return { statusCode: 304, headers: known };
  const takesGzip = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|\s|$))/.test(event.headers['accept-encoding'] ?? '');
  if (!takesGzip || body.length < worthPacking) return { ...result, headers: known };
  return {
    ...result,
    headers: { ...known, 'content-encoding': 'gzip' },
    body: gzipSync(body).toString('base64'),
    isBase64Encoded: true,
  };
}

/** Whether one of the tags that a caller has is that of the answer, weakly compared. */
function isKnown(header: string | undefined, etag: string): boolean {
  const plain = (tag: string) => tag.trim().replace(/^W\//, '');
  return header?.split(',').some((tag) => tag.trim() === '*' || plain(tag) === plain(etag)) ?? false;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** An answer as it is told: what its contract declares. */
type ShownAnswer = Omit<RouteAnswer<RouteContract>, 'body'> & { readonly body?: unknown };

/** Parsed on the way out too: a field that the contract does not declare never leaves. */
function cutDown(
  { response: { body: schema, contentType } }: RouteContract,
  answer: RouteAnswer<RouteContract>,
): ShownAnswer {
  if (!schema || contentType !== undefined) return answer;
  return { ...answer, body: schema.parse(answer.body) };
}

function toResult(contract: RouteContract, answer: ShownAnswer): Result {
  const { status, body: schema, contentType } = contract.response;
  const headers = {
    'cache-control': contract.roles.length === 0 ? 'public, max-age=5' : 'no-store',
    ...answer.headers,
  };
  if (contentType !== undefined) {
    const typed = { statusCode: status, headers: { 'content-type': contentType, ...headers } };
    const { body } = answer;
    return body instanceof Uint8Array
      ? { ...typed, body: Buffer.from(body).toString('base64'), isBase64Encoded: true }
      : { ...typed, body: String(body) };
  }
  if (!schema) return { statusCode: status, headers };
  const body = JSON.stringify(answer.body);
  return { statusCode: status, headers: { 'content-type': 'application/json', ...headers }, body };
}
