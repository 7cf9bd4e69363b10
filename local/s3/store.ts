import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, rmSync, statSync } from 'node:fs';
import { mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type S3rver from '@20minutes/s3rver';
import S3Error from '@20minutes/s3rver/lib/models/error.js';
import S3Object from '@20minutes/s3rver/lib/models/object.js';
import * as z from 'zod';
import type { BusEvent, ServiceOptions } from '../contracts.ts';
import { busEventSchema } from '../events/bus-event.ts';
import { Journal } from '../journal.ts';
import type { BucketProperties } from './bucket-properties.ts';
import { checksumAlgorithms, checksumHeader, claimedChecksum, defaultChecksum } from './checksum.ts';
import { IncomingBody } from './incoming.ts';
import { maximumKeyBytes, pathOfKey } from './keys.ts';
import { completeListing, listingQuery, listPage, type Page } from './listing.ts';
import { checkPartNumber, MultipartUpload, partsResult } from './multipart.ts';
import { type ObjectChange, objectEvent } from './object-event.ts';
import { hasChanged, names, preconditionFailed, rangeOf } from './reading.ts';
import { hasCorrectSignature, unsignedHeaders } from './signature.ts';

/** An event that is sent once its change has happened: noted before, so that a crash between the two loses nothing. */
const intentSchema = z.object({
  event: busEventSchema,
  path: z.string(),
  /** The time of the file by which the new object is known; null for a deletion. */
  modifiedMs: z.number().nullable(),
});

interface RequestFacts {
  readonly method: string;
  readonly bucket: string;
  /** Empty for a request of a bucket as a whole. */
  readonly key: string;
  readonly query: S3rver.Context['query'];
  readonly headers: IncomingHttpHeaders;
  readonly ip: string;
  readonly id: string;
  /** Headers of the answer that are known only when its object is stored. */
  readonly answered: Map<string, string>;
  /** What a listing has found. */
  page?: Page;
}

/** What an object says of its checksum, and only to those who ask for it. */
const checksumHeaders = [...checksumAlgorithms.map(checksumHeader), 'x-amz-checksum-type'];

/**
 * Gives the store of s3rver what S3 promises and it does not keep: objects that appear whole or not at all, checked
 * digests, conditions, ranges, and an event for every change.
 * s3rver verifies signatures before it calls its store, so nothing here runs for a request that is not allowed.
 */
export class ObservedStore {
  readonly #options: ServiceOptions;
  readonly #publish: (event: BusEvent) => void;
  readonly #incomingDir: string;
  readonly #intents: Journal<z.infer<typeof intentSchema>>;
  readonly #buckets = new Map<string, BucketProperties>();
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #request = new AsyncLocalStorage<RequestFacts>();
  #open = false;

  constructor(app: S3rver, options: ServiceOptions, publish: (event: BusEvent) => void) {
    this.#options = options;
    this.#publish = publish;
    this.#incomingDir = join(options.dataDir, 's3-incoming');
    rmSync(this.#incomingDir, { recursive: true, force: true });
    mkdirSync(this.#incomingDir, { recursive: true });
    this.#intents = new Journal(join(options.dataDir, 's3-intents.jsonl'), intentSchema);
    // The last middleware is the router, which verifies the signature first of all.
    app.middleware.splice(-1, 0, (context, next) => this.#admit(context, next));
    for (const name of checksumHeaders) {
      if (!S3Object.ALLOWED_METADATA.includes(name)) S3Object.ALLOWED_METADATA.push(name);
    }
    this.#extend(app.store);
    keepConfiguration(app.store);
  }

  addBucket(bucket: BucketProperties): void {
    this.#buckets.set(bucket.name, bucket);
  }

  /** Admits requests. Before, an object could be stored of which a bucket that is not known yet tells nobody. */
  open(): void {
    this.#open = true;
  }

  /** Sends the events of changes that happened just before a crash. */
  recover(): void {
    for (const { id, entry } of this.#intents.entries()) {
      const modifiedMs = statSync(entry.path, { throwIfNoEntry: false })?.mtimeMs ?? null;
      if (modifiedMs === entry.modifiedMs) this.#publish(entry.event);
      this.#intents.remove(id);
    }
  }

  close(): void {
    this.#intents.close();
  }

  async #admit(context: S3rver.Context, next: () => Promise<void>): Promise<void> {
    if (!this.#open) throw new S3Error('ServiceUnavailable', 'Service is unable to handle request.');
    const { method, query, headers, ip } = context;
    const old = 'Signature' in query || headers.authorization?.startsWith('AWS ');
    const signed = 'authorization' in headers || 'X-Amz-Algorithm' in query;
    if (old) {
      throw new S3Error(
        'InvalidRequest',
        'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
      );
    }
    // s3rver lets unsigned requests pass; the buckets here are never public.
    if (!signed && method !== 'OPTIONS') throw new S3Error('AccessDenied', 'Access Denied');
    const [, bucket = '', ...segments] = decodedPath(context.path).split('/');
    const key = segments.join('/');
    if ([bucket, ...segments].includes('..')) {
      throw new S3Error('InvalidURI', 'A key with the path segment ".." cannot be stored in a file.');
    }
    const keyBytes = Buffer.byteLength(key);
    if (keyBytes > maximumKeyBytes) {
      throw new S3Error('KeyTooLongError', 'Your key is too long', {
        Size: String(keyBytes),
        MaxSizeAllowed: String(maximumKeyBytes),
      });
    }
    // s3rver miscalculates the signature for `/bucket/`, as the SDK writes operations on a bucket, and for !'()* in
    // the query, as in the name of a download. What is signed correctly passes; the rest is left for s3rver to refuse.
    const request = { method, headers, url: context.req.url ?? '/' };
    if (hasCorrectSignature(request)) {
      context.app = Object.create(context.app, { allowMismatchedSignatures: { value: true } });
      const unsigned = unsignedHeaders(request);
      if (unsigned.length > 0) {
        throw new S3Error('AccessDenied', 'There were headers present in the request which were not signed', {
          HeadersNotSigned: unsigned.join(', '),
        });
      }
      if (method === 'PUT' && !('content-length' in headers)) {
        throw new S3Error('MissingContentLength', 'You must provide the Content-Length HTTP header.');
      }
      // Only now, as it is signed as it came.
      if (method === 'GET' && bucket !== '' && key === '') context.query = listingQuery(bucket, query);
    }
    const id = randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase();
    context.set('x-amz-request-id', id);
    const answered = new Map<string, string>();
    const facts: RequestFacts = { method, bucket, key, query, headers, ip, id, answered };
    await this.#request.run(facts, () => this.#answer(context, facts, next));
    for (const [name, value] of answered) context.set(name, value);
  }

  /** Lets s3rver answer, and adds what it leaves out of an answer or does not know at all. */
  async #answer(context: S3rver.Context, facts: RequestFacts, next: () => Promise<void>): Promise<void> {
    const { method, bucket, key, query } = facts;
    try {
      await next();
    } catch (fault) {
      // Signature and bucket are right when s3rver says that.
      const isUploads = fault instanceof S3Error && fault.code === 'MethodNotAllowed' && 'uploadId' in query;
      if (!isUploads || key === '' || (method !== 'DELETE' && method !== 'GET')) throw fault;
      const upload = await this.#uploadOf(context.store, String(query['uploadId']));
      if (method === 'DELETE') await upload.remove();
      context.status = method === 'DELETE' ? 204 : 200;
      if (method === 'GET') context.body = await partsResult(upload, bucket, key, query);
    }
    const { ListBucketResult: result } = Object(context.body);
    if (result !== undefined && facts.page !== undefined) {
      context.body = { ListBucketResult: completeListing(result, facts.page, bucket, query) };
    }
  }

  /** The upload in parts that the request is about. */
  #uploadOf(store: S3rver.Store, id: string): Promise<MultipartUpload> {
    const { bucket = '', key = '' } = this.#request.getStore() ?? {};
    return MultipartUpload.find(store.getResourcePath(bucket, undefined, 'uploads'), id, key);
  }

  #extend(store: S3rver.Store): void {
    const putContent = store.putContent.bind(store);
    const putObject = store.putObject.bind(store);
    const copyObject = store.copyObject.bind(store);
    const getObject = store.getObject.bind(store);
    const getResourcePath = store.getResourcePath.bind(store);

    store.getResourcePath = (bucket, key, resource) =>
      getResourcePath(bucket, key === undefined ? undefined : pathOfKey(key), resource);
    store.listObjects = async (bucket, options) => {
      const page = await listPage(store.getBucketPath(bucket), options);
      const request = this.#request.getStore();
      if (request !== undefined) request.page = page;
      const objects = page.keys.map(async (key) => {
        try {
          return [new S3Object(bucket, key, null, await store.getMetadata(bucket, key))];
        } catch {
          // Deleted since it was found.
          return [];
        }
      });
      // What follows is told by `completeListing`, since s3rver has no way to tell it.
      return {
        objects: (await Promise.all(objects)).flat(),
        commonPrefixes: page.commonPrefixes,
        isTruncated: false,
      };
    };
    store.putPart = async (bucket, uploadId, partNumber, content) => {
      checkPartNumber(partNumber);
      await this.#uploadOf(store, uploadId);
      const request = this.#request.getStore();
      // A copied part has no body of its own to check.
      const headers = request && !('x-amz-copy-source' in request.headers) ? request.headers : {};
      const claimed = claimedChecksum(headers);
      const algorithm = claimed?.algorithm ?? defaultChecksum;
      const body = await IncomingBody.receive(this.#incomingDir, content, algorithm);
      try {
        body.verify(headers);
        const path = join(store.getResourcePath(bucket, undefined, 'uploads'), uploadId, partNumber);
        await writeFile(`${path}.md5`, body.md5);
        await rename(body.path, path);
        if (claimed !== undefined) request?.answered.set(checksumHeader(algorithm), claimed.value);
        return { size: body.size, md5: body.md5 };
      } finally {
        await body.discard();
      }
    };
    store.putObjectMultipart = async (bucket, uploadId, parts) => {
      const upload = await this.#uploadOf(store, uploadId);
      const { content, etag } = await upload.assemble(parts);
      const { key = '' } = this.#request.getStore() ?? {};
      const object = new S3Object(bucket, key, content, await upload.metadata());
      const stored = await this.#put(store, putObject, object, etag);
      await upload.remove();
      return stored;
    };

    store.getObject = async (bucket, key, copied) => {
      const object = await getObject(bucket, key);
      const request = this.#request.getStore();
      if (object === null || request === undefined) return object;
      const { size } = object;
      if (copied !== undefined && request.method === 'PUT') {
        const { start = 0, end = Infinity } = copied;
        if (copied.start === undefined) return object;
        return cutOut(
          store,
          { bucket, key, object },
          start < size && { start, end: Math.min(end, size - 1) },
        );
      }
      return this.#read(store, { bucket, key, object }, request);
    };
    store.putContent = async (path, content) => {
      if (!(content instanceof IncomingBody)) return putContent(path, content);
      await rename(content.path, path).catch(async () => {
        // A deletion has taken the empty directory away that s3rver had just made.
        await mkdir(dirname(path), { recursive: true });
        await rename(content.path, path);
      });
      return [content.size, content.etag];
    };
    store.putObject = (object) => this.#put(store, putObject, object);
    store.copyObject = async (sourceBucket, sourceKey, bucket, key, metadata) => {
      const copied = await copyObject(sourceBucket, sourceKey, bucket, key, metadata);
      const created = { size: copied['content-length'], etag: copied.etag.replaceAll('"', '') };
      const event = this.#eventOf({ bucket, key, reason: 'CopyObject', created });
      if (event !== undefined) this.#publish(event);
      return copied;
    };
    store.deleteObject = async (bucket, key) => {
      const deletionType = this.#buckets.get(bucket)?.versioned
        ? 'Delete Marker Created'
        : 'Permanently Deleted';
      const path = store.getResourcePath(bucket, key, 'object');
      await this.#inTurn(`${bucket}/${key}`, async () => {
        const request = this.#request.getStore();
        // One object: the conditions of a list of deletions are in its body, and not looked at here.
        if (request?.method === 'DELETE') await checkConditions(store, bucket, key, request.headers);
        await this.#announce({ bucket, key, reason: 'DeleteObject', deletionType }, path, null, () =>
          removeObject(store, bucket, key),
        );
      });
    };
  }

  /** @param etag of an object in parts, which is not the digest of the whole */
  async #put(
    store: S3rver.Store,
    putObject: S3rver.Store['putObject'],
    object: S3rver.StoredObject,
    etag?: string,
  ): Promise<{ size: number; md5: string }> {
    const { bucket, key } = object;
    const request = this.#request.getStore();
    const claimed = request?.method === 'PUT' ? claimedChecksum(request.headers) : undefined;
    const algorithm = claimed?.algorithm ?? defaultChecksum;
    const body = await IncomingBody.receive(this.#incomingDir, object.content, algorithm);
    try {
      if (request?.method === 'PUT') body.verify(request.headers);
      body.etag = etag ?? body.md5;
      object.content = body;
      for (const name of checksumHeaders) delete object.metadata[name];
      const checksum = { [checksumHeader(algorithm)]: body.checksum, 'x-amz-checksum-type': 'FULL_OBJECT' };
      Object.assign(object.metadata, checksum);
      return await this.#inTurn(`${bucket}/${key}`, async () => {
        await checkConditions(store, bucket, key, request?.headers ?? {});
        const path = store.getResourcePath(bucket, key, 'object');
        const created = { size: body.size, etag: body.etag };
        const stored = await this.#announce(
          { bucket, key, reason: reasonOf(request), created },
          path,
          body.modifiedMs,
          () => putObject(object),
        );
        if (request?.method === 'PUT') {
          for (const [name, value] of Object.entries(checksum)) request.answered.set(name, value);
        }
        return stored;
      });
    } finally {
      await body.discard();
    }
  }

  /** What S3 answers to a read: its conditions, its range, and a checksum of the whole if it asks for one. */
  #read(store: S3rver.Store, found: FoundObject, { headers }: RequestFacts): S3rver.ReadObject {
    const { object } = found;
    const changed = orLetGo(object, () =>
      hasChanged(headers, String(object.metadata['etag']), object.lastModifiedDate),
    );
    // s3rver understands one tag, and knows nothing of tags that make a date irrelevant.
    delete headers['if-modified-since'];
    delete headers['if-none-match'];
    const range = changed ? rangeOf(headers.range, object.size) : undefined;
    const whole =
      range === undefined || (range !== 'unsatisfiable' && range.end - range.start + 1 === object.size);
    if (headers['x-amz-checksum-mode'] !== 'ENABLED' || !whole) {
      for (const name of checksumHeaders) delete object.metadata[name];
    }
    if (!changed) {
      headers['if-none-match'] = '*';
      object.content?.destroy();
      object.content = Readable.from([]);
      return object;
    }
    if (range === undefined) return object;
    return cutOut(store, found, range !== 'unsatisfiable' && range);
  }

  async #announce<T>(
    change: Omit<ObjectChange, 'requestId' | 'sourceIp'>,
    path: string,
    modifiedMs: number | null,
    act: () => Promise<T>,
  ): Promise<T> {
    const event = this.#eventOf(change);
    if (event === undefined) return act();
    const intent = this.#intents.add({ event, path, modifiedMs });
    let result: T;
    try {
      result = await act();
    } catch (fault) {
      this.#intents.remove(intent);
      throw fault;
    }
    this.#publish(event);
    this.#intents.remove(intent);
    return result;
  }

  #eventOf(change: Omit<ObjectChange, 'requestId' | 'sourceIp'>): BusEvent | undefined {
    if (!this.#buckets.get(change.bucket)?.notifies) return undefined;
    const request = this.#request.getStore();
    const source = { requestId: request?.id ?? randomUUID(), sourceIp: request?.ip ?? '127.0.0.1' };
    return objectEvent({ ...change, ...source }, this.#options);
  }

  /** Changes of one key happen one after the other: a condition holds until its write is done. */
  async #inTurn<T>(key: string, act: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(key) ?? Promise.resolve()).then(act);
    const ended = turn.catch(() => {});
    this.#turns.set(key, ended);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(key) === ended) this.#turns.delete(key);
    }
  }
}

/** @throws the error that S3 answers to escapes that are none */
function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new S3Error('InvalidURI', "Couldn't parse the specified URI.", { URI: path });
  }
}

/**
 * Keeps in memory which buckets there are and how they are configured, until one of them changes: s3rver looks for
 * half a dozen files at every request. Nobody else writes them.
 */
function keepConfiguration(store: S3rver.Store): void {
  const kept = new Map<string, Promise<object | null>>();
  const keep = (name: string, read: () => Promise<object | null>): Promise<object | null> => {
    const known = kept.get(name) ?? read();
    kept.set(name, known);
    known.catch(() => kept.delete(name));
    return known;
  };
  const forgettingAfter =
    <Args extends unknown[], T>(change: (...args: Args) => Promise<T>) =>
    (...args: Args): Promise<T> =>
      change.apply(store, args).finally(() => kept.clear());

  const getBucket = store.getBucket.bind(store);
  const getSubresource = store.getSubresource.bind(store);
  store.getBucket = (bucket) => keep(bucket, () => getBucket(bucket));
  store.getSubresource = (bucket, key, type) => {
    const read = () => getSubresource(bucket, key, type);
    return key === undefined ? keep(`${bucket}/${type}`, read) : read();
  };
  store.putBucket = forgettingAfter(store.putBucket);
  store.deleteBucket = forgettingAfter(store.deleteBucket);
  store.putSubresource = forgettingAfter(store.putSubresource);
  store.deleteSubresource = forgettingAfter(store.deleteSubresource);
}

/** Removes an object, and the directories that nothing else is in: never one that another object has just got into. */
async function removeObject(store: S3rver.Store, bucket: string, key: string): Promise<void> {
  const path = store.getResourcePath(bucket, key, 'object');
  for (const resource of ['object', 'object.md5', 'metadata.json'] as const) {
    await rm(store.getResourcePath(bucket, key, resource), { force: true });
  }
  const root = store.getBucketPath(bucket);
  for (let dir = dirname(path); dir !== root; dir = dirname(dir)) {
    const removed = await rmdir(dir).then(
      () => true,
      () => false,
    );
    if (!removed) return;
  }
}

interface FoundObject {
  readonly bucket: string;
  readonly key: string;
  readonly object: S3rver.ReadObject;
}

/** An object with a part of its content, or with none and the range that s3rver then answers 416 for. */
function cutOut(
  store: S3rver.Store,
  { bucket, key, object }: FoundObject,
  range: { readonly start: number; readonly end: number } | false,
): S3rver.ReadObject {
  object.content?.destroy();
  object.content = range ? createReadStream(store.getResourcePath(bucket, key, 'object'), range) : null;
  object.range = range || { start: 0, end: 0 };
  return object;
}

/** Lets go of an object's file when its request is refused. */
function orLetGo<T>(object: S3rver.ReadObject, decide: () => T): T {
  try {
    return decide();
  } catch (fault) {
    object.content?.destroy();
    throw fault;
  }
}

/** The conditions of a write. */
async function checkConditions(
  store: S3rver.Store,
  bucket: string,
  key: string,
  headers: IncomingHttpHeaders,
): Promise<void> {
  const noneMatch = headers['if-none-match'];
  const match = headers['if-match'];
  if (noneMatch === undefined && match === undefined) return;
  const refuse = (header: string, additionalMessage: string) =>
    new S3Error('NotImplemented', 'A header you provided implies functionality that is not implemented', {
      Header: header,
      additionalMessage,
    });
  if (noneMatch !== undefined && match !== undefined) {
    throw refuse('If-Match,If-None-Match', 'Multiple conditional request headers present in the request');
  }
  const header = match === undefined ? 'If-None-Match' : 'If-Match';
  if ((noneMatch ?? '*') !== '*' || match === '*') {
    throw refuse(header, `We don't accept the provided value of ${header} header for this API`);
  }
  const exists = await store.existsObject(bucket, key);
  if (match === undefined) {
    if (exists) throw preconditionFailed(header);
    return;
  }
  if (!exists) throw new S3Error('NoSuchKey', 'The specified key does not exist.', { Key: key });
  const { etag } = await store.getMetadata(bucket, key);
  if (!names(match, etag)) throw preconditionFailed(header);
}

function reasonOf(request: RequestFacts | undefined): string {
  if (request?.method !== 'POST') return 'PutObject';
  return 'uploadId' in request.query ? 'CompleteMultipartUpload' : 'PostObject';
}
