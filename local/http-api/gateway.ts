/** Answers HTTP requests as the HTTP API of the template does. */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { FunctionInvoker, Log } from '../contracts.ts';
import { type Access, accessLine } from './access-log.ts';
import { JwtAuthorizer } from './authorizer.ts';
import { corsHeaders, isPreflight, preflightHeaders } from './cors.ts';
import type { HttpApi, Route } from './definition.ts';
import { httpApiEvent, newRequestId, sourceOf } from './event.ts';
import { functionResponse, type HttpResponse, messageResponse } from './response.ts';
import { RouteLimits } from './route-limits.ts';
import { matchRoute } from './routes.ts';

export interface GatewayOptions {
  readonly api: HttpApi;
  readonly account: string;
  readonly invoker: FunctionInvoker;
  readonly log: Log;
  /** Takes the lines of the access log, where the API has one. */
  readonly accessLog?: (line: string) => void;
}

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const maximumBodyBytes = 10 * 1024 * 1024;
/** Lambda's limit of an event, which holds the body as text, or in base64. */
const maximumEventBytes = 6 * 1024 * 1024;

/** Gives the request handler of the API. It answers every request and never rejects. */
export function createGateway(options: GatewayOptions): RequestHandler {
  const { api, log } = options;
  const authorizer = new JwtAuthorizer();
  const limits = new RouteLimits(api, () => performance.now());

  return async (request, response) => {
    const requestId = newRequestId();
    const began = performance.now();
    const access: Access = { requestId, time: new Date(), sourceIp: sourceOf(request) };
    const { origin } = request.headers;
    let answer: HttpResponse;
    if (api.cors && isPreflight(request)) {
      const headers = preflightHeaders(api.cors, origin);
      answer = { status: 204, headers, cookies: [], body: Buffer.alloc(0) };
    } else {
      try {
        answer = await respond(options, { authorizer, limits }, request, access);
      } catch (error) {
        log(`[gateway] ${request.method} ${request.url}: ${error instanceof Error ? error.message : error}`);
        answer = messageResponse(500, 'Internal Server Error');
      }
      if (api.cors)
        answer = { ...answer, headers: replaceCors(answer.headers, corsHeaders(api.cors, origin)) };
    }
    if (api.accessLog !== undefined) {
      access.status = answer.status;
      access.responseLength = answer.body.length;
      access.responseLatency = Math.round(performance.now() - began);
      options.accessLog?.(accessLine(api.accessLog, access));
    }
    send(response, { ...answer, headers: { ...answer.headers, 'apigw-requestid': requestId } });
  };
}

/** With a CORS configuration, what a function says of CORS is thrown away. */
function replaceCors(
  headers: HttpResponse['headers'],
  configured: HttpResponse['headers'],
): HttpResponse['headers'] {
  const kept = Object.entries(headers).filter(([name]) => !name.startsWith('access-control-'));
  return { ...Object.fromEntries(kept), ...configured };
}

async function respond(
  options: GatewayOptions,
  { authorizer, limits }: { readonly authorizer: JwtAuthorizer; readonly limits: RouteLimits },
  request: IncomingMessage,
  seen: Access,
): Promise<HttpResponse> {
  const { api, account, invoker } = options;
  if (!request.url?.startsWith('/')) return messageResponse(400, 'Bad Request');
  const url = new URL(`http://gateway${request.url}`);
  const prefix = api.stage === '$default' ? '' : `/${api.stage}`;
  if (prefix && url.pathname !== prefix && !url.pathname.startsWith(`${prefix}/`)) return notFound();
  const method = request.method ?? 'GET';
  let match: ReturnType<typeof matchRoute<Route>>;
  try {
    match = matchRoute(api.routes, method, url.pathname.slice(prefix.length) || '/');
  } catch {
    return messageResponse(400, 'Bad Request');
  }
  if (!match) return notFound();
  const { route, pathParameters } = match;
  seen.routeKey = route.key;
  if (!limits.takes(route.key)) return messageResponse(429, 'Too Many Requests');

  const access = route.authorizer
    ? await authorizer.authorize(
        route.authorizer,
        request.headersDistinct[route.authorizer.header]?.[0],
        route.scopes,
      )
    : undefined;
  if (access && access.outcome !== 'granted') {
    seen.authorizerError = access.outcome === 'forbidden' ? 'insufficient_scope' : 'invalid_token';
    const headers = { 'www-authenticate': access.challenge };
    return access.outcome === 'forbidden'
      ? messageResponse(403, 'Forbidden', headers)
      : messageResponse(401, 'Unauthorized', headers);
  }

  seen.subject = access?.token.claims['sub'];
  const body = await readBody(request);
  if (body === 'too large') return messageResponse(413, 'Request Entity Too Large');
  const event = httpApiEvent({
    api,
    account,
    request,
    url,
    body,
    routeKey: route.key,
    pathParameters,
    token: access?.token,
    requestId: seen.requestId,
    time: seen.time,
  });
  // Written out only where it can matter: a byte of a body takes six characters at most.
  const mayBeLarge = (body?.length ?? 0) > maximumEventBytes / 7;
  if (mayBeLarge && Buffer.byteLength(JSON.stringify(event)) > maximumEventBytes) {
    return messageResponse(413, 'Request Entity Too Large');
  }
  // The function keeps running after the integration's time-out, as in Lambda.
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), route.timeoutMilliseconds);
  });
  const invoked = performance.now();
  const result = await Promise.race([invoker.invoke(route.functionArn, event), timeout]);
  clearTimeout(timer);
  seen.integrationLatency = Math.round(performance.now() - invoked);
  if (!result) seen.integrationError = 'Endpoint request timed out';
  return result ? functionResponse(result) : messageResponse(503, 'Service Unavailable');
}

function notFound(): HttpResponse {
  return messageResponse(404, 'Not Found');
}

/** Reads a body to its end even when it is too large: a client that still sends would not see the answer. */
async function readBody(request: IncomingMessage): Promise<Buffer | 'too large' | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= maximumBodyBytes) chunks.push(bytes);
    else chunks.length = 0;
  }
  if (size > maximumBodyBytes) return 'too large';
  return size > 0 ? Buffer.concat(chunks) : undefined;
}

/** Writes an answer; a client that has gone away is no fault. */
export function send(response: ServerResponse, answer: HttpResponse): void {
  if (response.destroyed || response.headersSent) return;
  const { status, cookies, body } = answer;
  const headers: OutgoingHttpHeaders = { ...answer.headers };
  if (cookies.length > 0) headers['set-cookie'] = [...cookies];
  const bodiless = status === 204 || status === 304;
  if (!bodiless) headers['content-length'] = body.length;
  try {
    response.writeHead(status, headers);
    response.end(bodiless ? undefined : body);
  } catch {
    // A header value that HTTP does not allow (a line break, for example).
    response.writeHead(500, { 'content-type': 'application/json' });
    response.end('{"message":"Internal Server Error"}');
  }
}
