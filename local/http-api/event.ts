/** The event of payload format 2.0 that an HTTP API hands to a function. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { clfTime } from './access-log.ts';
import type { AuthorizedToken } from './authorizer.ts';
import type { HttpApi } from './definition.ts';

export interface EventInput {
  readonly api: HttpApi;
  readonly account: string;
  readonly request: IncomingMessage;
  readonly url: URL;
  /** Undefined when the request has no body. */
  readonly body: Buffer | undefined;
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly token: AuthorizedToken | undefined;
  readonly requestId: string;
  /** When the request arrived. */
  readonly time: Date;
}

/** Builds the event. Keys that API Gateway leaves out when they are empty are left out here. */
export function httpApiEvent(input: EventInput): Readonly<Record<string, unknown>> {
  const { api, request, url, body, routeKey, token, requestId, time } = input;
  const path = decodeURIComponent(url.pathname);
  const sourceIp = sourceOf(request);
  const domainName = request.headers.host?.replace(/:\d+$/, '') ?? '127.0.0.1';
  const query = queryParameters(url);
  const headers = eventHeaders(request, sourceIp);
  const cookies = headers['cookie']?.split(/;\s*/).filter(Boolean);
  const isBase64Encoded = body !== undefined && !isText(headers['content-type']);
  return {
    version: '2.0',
    routeKey,
    // Decoded, other than its name says: so does API Gateway for HTTP APIs.
    rawPath: path,
    rawQueryString: url.search.slice(1),
    ...(cookies && { cookies }),
    headers,
    ...(query && { queryStringParameters: query }),
    requestContext: {
      accountId: input.account,
      apiId: api.id,
      ...(token && { authorizer: { jwt: { claims: token.claims, scopes: token.scopes } } }),
      domainName,
      domainPrefix: domainName.split('.')[0],
      http: {
        method: request.method,
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey,
      stage: api.stage,
      time: clfTime(time),
      timeEpoch: time.getTime(),
    },
    ...(Object.keys(input.pathParameters).length > 0 && { pathParameters: input.pathParameters }),
    ...(api.stageVariables && { stageVariables: api.stageVariables }),
    ...(body && { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    isBase64Encoded,
  };
}

/** Address that a request comes from. */
export function sourceOf(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
}

/** An id in the form of API Gateway's, `JKJaXmPLvHcESHA=`. */
export function newRequestId(): string {
  return randomBytes(11).toString('base64').replaceAll('/', 'x').replaceAll('+', 'y');
}

function eventHeaders(request: IncomingMessage, sourceIp: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    if (name !== 'connection' && name !== 'transfer-encoding') headers[name] = (values ?? []).join(',');
  }
  const forwarded = headers['x-forwarded-for'];
  headers['x-forwarded-for'] = forwarded ? `${forwarded}, ${sourceIp}` : sourceIp;
  headers['x-forwarded-port'] = String(request.socket.localPort ?? '');
  headers['x-forwarded-proto'] = 'http';
  const epoch = Math.floor(Date.now() / 1000).toString(16);
  headers['x-amzn-trace-id'] ??= `Root=1-${epoch}-${randomBytes(12).toString('hex')}`;
  return headers;
}

function queryParameters(url: URL): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const name of new Set(url.searchParams.keys())) {
    parameters[name] = url.searchParams.getAll(name).join(',');
  }
  return Object.keys(parameters).length > 0 ? parameters : undefined;
}

/** API Gateway hands over exactly these as text; forms, +json types and a missing type come as base64. */
function isText(contentType: string | undefined): boolean {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  return type.startsWith('text/') || /^application\/(json|xml|javascript)$/.test(type);
}
