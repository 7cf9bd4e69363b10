import type { IncomingHttpHeaders } from 'node:http';
import S3Error from '@20minutes/s3rver/lib/models/error.js';

/** First and last byte. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The bytes that a Range header asks for of an object. Undefined means all of them, as S3 answers to a header that it
 * does not understand, several ranges among them.
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 };
  }
  const [start, end] = [Number(first), last === '' ? Infinity : Number(last)];
  if (end < start) return undefined;
  return start >= size ? 'unsatisfiable' : { start, end: Math.min(end, size - 1) };
}

/**
 * Whether the object has changed as far as the conditions of a read ask; throws the error that S3 answers to a condition
 * that fails. S3 looks at If-Match and If-None-Match before the dates, and at a date only where the other is absent.
 * @param modified when the object was stored, to the second
 */
export function hasChanged(headers: IncomingHttpHeaders, etag: string, modified: Date): boolean {
  const match = headers['if-match'];
  const noneMatch = headers['if-none-match'];
  const unmodifiedSince = dateOf(headers['if-unmodified-since']);
  const modifiedSince = dateOf(headers['if-modified-since']);
  if (match !== undefined) {
    if (!names(match, etag)) throw preconditionFailed('If-Match');
  } else if (unmodifiedSince !== undefined && modified > unmodifiedSince) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  if (noneMatch !== undefined) return !names(noneMatch, etag);
  return modifiedSince === undefined || modified > modifiedSince || modifiedSince > new Date();
}

export function preconditionFailed(condition: string): S3Error {
  return new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    Condition: condition,
  });
}

/** Whether a list of entity tags, quoted or not, has this one. */
export function names(list: string, etag: string): boolean {
  const tags = list.split(',').map((tag) => tag.trim().replace(/^W\//, '').replaceAll('"', ''));
  return tags.includes('*') || tags.includes(etag.replaceAll('"', ''));
}

function dateOf(header: string | undefined): Date | undefined {
  const date = new Date(header ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date;
}
