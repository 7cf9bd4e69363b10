import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { localCredentials } from '../credentials.ts';

export interface SignedRequest {
  readonly method: string;
  /** Path and query as the client sent them. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

interface Signature {
  readonly credential: string;
  readonly date: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly payloadHash: string;
}

/**
 * Tells whether a request bears a correct Signature Version 4, in its header or its query, by the embedded
 * services' credentials. Time limits are not looked at.
 */
export function hasCorrectSignature(request: SignedRequest): boolean {
  const [path = '/', queryText = ''] = request.url.split(/\?(.*)/s);
  const query = queryText
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', value = ''] = part.split(/=(.*)/s);
      return { name: decode(name), value: decode(value) };
    });
  const given = signatureOf(request.headers, new Map(query.map(({ name, value }) => [name, value])));
  if (given === undefined) return false;

  const [accessKeyId, ...scope] = given.credential.split('/');
  const [day = '', region = '', service = ''] = scope;
  if (accessKeyId !== localCredentials.accessKeyId) return false;
  const canonicalRequest = [
    request.method,
    path.split('/').map(decode).map(encode).join('/'),
    query
      .filter(({ name }) => name !== 'X-Amz-Signature')
      .map(({ name, value }) => `${encode(name)}=${encode(value)}`)
      .sort()
      .join('&'),
    ...given.signedHeaders.split(';').map((name) => `${name}:${headerText(request.headers[name])}`),
    '',
    given.signedHeaders,
    given.payloadHash,
  ].join('\n');
  const text = [
    'AWS4-HMAC-SHA256',
    given.date,
    scope.join('/'),
    createHash('sha256').update(canonicalRequest).digest('hex'),
  ].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    `AWS4${localCredentials.secretAccessKey}`,
  );
  const expected = hmac(key, text);
  const actual = Buffer.from(given.signature, 'hex');
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

/**
 * The headers of a request that S3 wants signed and that are not: whoever holds a link could set what its maker did not
 * mean.
 */
export function unsignedHeaders(request: SignedRequest): string[] {
  const query = new Map(new URL(request.url, 'http://s3').searchParams);
  const signed = signatureOf(request.headers, query)?.signedHeaders.split(';') ?? [];
  return Object.keys(request.headers).filter((name) => name.startsWith('x-amz-') && !signed.includes(name));
}

function signatureOf(
  headers: IncomingHttpHeaders,
  query: ReadonlyMap<string, string>,
): Signature | undefined {
  const contentHash = headerText(headers['x-amz-content-sha256']);
  if (query.get('X-Amz-Algorithm') === 'AWS4-HMAC-SHA256') {
    return {
      credential: query.get('X-Amz-Credential') ?? '',
      date: query.get('X-Amz-Date') ?? '',
      signedHeaders: query.get('X-Amz-SignedHeaders') ?? '',
      signature: query.get('X-Amz-Signature') ?? '',
      payloadHash: contentHash || query.get('X-Amz-Content-Sha256') || 'UNSIGNED-PAYLOAD',
    };
  }
  const [, credential, signedHeaders, signature] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), *SignedHeaders=([^,]+), *Signature=([0-9a-f]+)$/.exec(
      headers.authorization ?? '',
    ) ?? [];
  if (credential === undefined || signedHeaders === undefined || signature === undefined) return undefined;
  const date = headerText(headers['x-amz-date']);
  return { credential, date, signedHeaders, signature, payloadHash: contentHash };
}

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

function headerText(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value.join(',') : (value ?? '')).trim().replace(/ +/g, ' ');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Everything but RFC 3986's unreserved characters, which are fewer than those that encodeURIComponent leaves. */
const encode = (text: string) =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
