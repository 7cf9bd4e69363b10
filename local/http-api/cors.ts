/** CORS as the API's configuration says; headers of the functions play no part. */
import type { IncomingMessage } from 'node:http';
import type { CorsConfiguration } from './definition.ts';

type Headers = Readonly<Record<string, string>>;

/** Whether the request asks what another request may do. API Gateway answers it without any route. */
export function isPreflight(request: IncomingMessage): boolean {
  const { origin, 'access-control-request-method': asked } = request.headers;
  return request.method === 'OPTIONS' && origin !== undefined && asked !== undefined;
}

/** Headers of every answer to the request; none when its origin is not allowed. */
export function corsHeaders(cors: CorsConfiguration, origin: string | undefined): Headers {
  if (!origin || !cors.AllowOrigins.some((allowed) => matches(allowed, origin))) return {};
  const open = cors.AllowOrigins.includes('*') && !cors.AllowCredentials;
  return {
    'access-control-allow-origin': open ? '*' : origin,
    ...(!open && { vary: 'origin' }),
    ...(cors.AllowCredentials && { 'access-control-allow-credentials': 'true' }),
    ...(cors.ExposeHeaders.length > 0 && { 'access-control-expose-headers': cors.ExposeHeaders.join(',') }),
  };
}

/** Headers of the answer to a preflight request; none when its origin is not allowed. */
export function preflightHeaders(cors: CorsConfiguration, origin: string | undefined): Headers {
  const headers = corsHeaders(cors, origin);
  if (Object.keys(headers).length === 0) return {};
  return {
    ...headers,
    ...(cors.AllowMethods.length > 0 && { 'access-control-allow-methods': cors.AllowMethods.join(',') }),
    ...(cors.AllowHeaders.length > 0 && { 'access-control-allow-headers': cors.AllowHeaders.join(',') }),
    ...(cors.MaxAge !== undefined && { 'access-control-max-age': String(cors.MaxAge) }),
  };
}

/** `*`, `https://*` or an origin. */
function matches(allowed: string, origin: string): boolean {
  return allowed.endsWith('*') ? origin.startsWith(allowed.slice(0, -1)) : allowed === origin;
}
