import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import S3Error from '@20minutes/s3rver/lib/models/error.js';
import { keyOfPath } from './keys.ts';

const objectSuffix = '._S3rver_object';

/** Every key of a bucket, in the order in which S3 lists them: of their bytes. */
async function keysOf(bucketPath: string): Promise<string[]> {
  const keys: string[] = [];
  const walk = async (path: string): Promise<void> => {
    for (const entry of await readdir(join(bucketPath, path), { withFileTypes: true })) {
      const inner = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) await walk(inner);
      else if (entry.name.endsWith(objectSuffix)) {
        keys.push(keyOfPath(inner.slice(0, -objectSuffix.length)));
      }
    }
  };
  await walk('');
  return keys.sort(compareBytes);
}

function compareBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

export interface Page {
  readonly keys: readonly string[];
  readonly commonPrefixes: readonly string[];
  /** What the next page comes after; undefined when this one is the last. */
  readonly last: string | undefined;
}

interface PageOptions {
  readonly prefix?: string | undefined;
  readonly delimiter?: string | undefined;
  /** A key or a common prefix. */
  readonly startAfter?: string | undefined;
  readonly maxKeys?: number | undefined;
}

/** A page of a bucket's objects. A common prefix counts as one, as a key does. */
export async function listPage(
  bucketPath: string,
  { prefix = '', delimiter = '', startAfter = '', maxKeys = 1_000 }: PageOptions,
): Promise<Page> {
  const keys: string[] = [];
  const commonPrefixes: string[] = [];
  let last: string | undefined;
  for (const key of await keysOf(bucketPath)) {
    if (!key.startsWith(prefix)) continue;
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const shown = at < 0 ? key : key.slice(0, at + delimiter.length);
    if (compareBytes(shown, startAfter) <= 0 || shown === last) continue;
    if (keys.length + commonPrefixes.length === maxKeys) return { keys, commonPrefixes, last };
    (at < 0 ? keys : commonPrefixes).push(shown);
    last = shown;
  }
  return { keys, commonPrefixes, last: undefined };
}

/** A token of a page of a bucket: what it comes after. */
function continuationToken(bucket: string, last: string): string {
  return Buffer.from(JSON.stringify([bucket, last])).toString('base64');
}

/** @throws the error that S3 answers to a token that it did not give for this bucket */
function placeOfToken(bucket: string, token: string): string {
  try {
    const [of, last]: unknown[] = JSON.parse(Buffer.from(token, 'base64').toString());
    if (of === bucket && typeof last === 'string') return last;
  } catch {
    // Said below.
  }
  throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect', {
    ArgumentName: 'continuation-token',
  });
}

/** A name in the answer to a listing with `encoding-type=url`. */
function encodeName(name: string): string {
  return encodeURIComponent(name)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+')
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

type Query = Readonly<Record<string, string | string[] | undefined>>;

/**
 * The query of a listing as s3rver understands it: a token becomes the place that it stands for, since s3rver's own tokens
 * need a cipher that Node no longer has.
 * @throws the error that S3 answers to a token or an encoding that is none
 */
export function listingQuery(bucket: string, query: Query): Query {
  const encoding = query['encoding-type'];
  if (encoding !== undefined && encoding !== 'url') {
    throw new S3Error('InvalidArgument', 'Invalid Encoding Method specified in Request', {
      ArgumentName: 'encoding-type',
      ArgumentValue: String(encoding),
    });
  }
  const token = query['continuation-token'];
  if (query['list-type'] !== '2' || token === undefined) return query;
  const { 'continuation-token': _token, ...others } = query;
  return { ...others, 'start-after': placeOfToken(bucket, String(token)) };
}

/** s3rver's answer to a listing, with what it does not know of a page. */
export function completeListing(
  result: Readonly<Record<string, unknown>>,
  { keys, commonPrefixes, last }: Page,
  bucket: string,
  query: Query,
): object {
  const isSecond = query['list-type'] === '2';
  const url = query['encoding-type'] === 'url';
  const name = (text: unknown) => (url && typeof text === 'string' ? encodeName(text) : text);
  const token = query['continuation-token'];
  const more = last !== undefined;
  const { Contents, StartAfter, Marker, Delimiter, Prefix, NextMarker: _next, ...rest } = result;
  return {
    ...rest,
    Prefix: name(Prefix),
    Delimiter: name(Delimiter),
    IsTruncated: more,
    ...(url && { EncodingType: 'url' }),
    ...(isSecond
      ? {
          KeyCount: keys.length + commonPrefixes.length,
          StartAfter: token === undefined ? name(StartAfter) : undefined,
          ContinuationToken: token,
          NextContinuationToken: more ? continuationToken(bucket, last) : undefined,
        }
      : { Marker: name(Marker), NextMarker: more && Delimiter ? name(last) : undefined }),
    Contents: (Array.isArray(Contents) ? Contents : []).map((one) => ({ ...one, Key: name(one.Key) })),
    CommonPrefixes: commonPrefixes.map((prefix) => ({ Prefix: name(prefix) })),
  };
}
