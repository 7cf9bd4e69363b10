import type { codings, PortalFiles } from './portal-files.ts';

/** What a browser asks for. */
export interface PageRequest {
  /** Path, decoded. */
  readonly path: string;
  readonly acceptEncoding: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

/** Where the portal's scripts may send requests to, beside their own origin. */
export interface PortalOrigins {
  readonly issuer: string;
  readonly uploads: string;
}

/** An answer to a browser; without a file only status and headers. */
export interface PageAnswer {
  readonly status: 200 | 304 | 404;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

const page = '/index.html';

/**
 * The portal's file at a path. Every path that is not a file's is a page of the portal, which its script shows: an address
 * can be sent to a colleague. Undefined where the path belongs to the API, which answers itself.
 */
export function answerPage(
  files: PortalFiles,
  request: PageRequest,
  origins: PortalOrigins,
): PageAnswer | undefined {
  const { path } = request;
  if (/^\/(v\d+|oidc)(\/|$)/.test(path)) return undefined;
  const isFile = Object.hasOwn(files.index, path) && path !== page;
  // A script of an earlier release that a page left open asks for: not a page.
  if (!isFile && /^\/assets\/|\.[a-z0-9]{2,5}$/i.test(path)) {
    return { status: 404, headers: { ...guards(origins), 'cache-control': 'no-store' } };
  }
  const name = isFile ? path : page;
  const file = files.index[name];
  if (!file) throw new Error(`the portal has no ${name}`);
  const coding = file.codings.find((one) => takes(request.acceptEncoding, one));
  const etag = `"${file.hash}${coding === undefined ? '' : `-${coding}`}"`;
  const headers = {
    ...guards(origins),
    'content-type': file.type,
    // A file of assets/ has the hash of its content in its name.
    'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    vary: 'accept-encoding',
    etag,
    ...(coding !== undefined && { 'content-encoding': coding }),
  };
  if (request.ifNoneMatch?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)) {
    return { status: 304, headers };
  }
  return { status: 200, headers, body: files.read(name, coding) };
}

function takes(header: string | undefined, coding: (typeof codings)[number]): boolean {
  const asked = header?.split(',').map((one) => one.trim().split(/\s*;\s*/)) ?? [];
  return asked.some(([name, weight = '']) => name === coding && !/^q=0(\.0*)?$/.test(weight));
}

/** Headers of every answer: scripts and styles of the portal itself alone, sent nowhere else, framed by nobody. */
function guards({ issuer, uploads }: PortalOrigins): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // A document that was loaded, and its hash taken, is shown from memory.
    `img-src 'self' data: blob: ${uploads}`,
    "font-src 'self'",
    `connect-src 'self' ${issuer} ${uploads}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    // The one that names the script of the PDF renderer's worker.
    'trusted-types pdf-worker',
  ];
  return {
    'content-security-policy': policy.join('; '),
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    'referrer-policy': 'no-referrer',
    'strict-transport-security': 'max-age=63072000; includeSubDomains',
    'x-content-type-options': 'nosniff',
  };
}
