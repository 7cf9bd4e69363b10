import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import type S3rver from '@20minutes/s3rver';
import S3Error from '@20minutes/s3rver/lib/models/error.js';
import * as z from 'zod';
import type { BusEvent, ServiceOptions } from '../contracts.ts';
import { busEventSchema } from '../events/bus-event.ts';
import { Journal } from '../journal.ts';
import type { BucketProperties } from './bucket-properties.ts';
import { IncomingBody } from './incoming.ts';
import { type ObjectChange, objectEvent } from './object-event.ts';
import { hasCorrectSignature } from './signature.ts';

/** An event that is sent once its change has happened: noted before, so that a crash between the two loses nothing. */
const intentSchema = z.object({
  event: busEventSchema,
  path: z.string(),
  /** The time of the file by which the new object is known; null for a deletion. */
  modifiedMs: z.number().nullable(),
});

interface RequestFacts {
  readonly method: string;
  readonly query: S3rver.Context['query'];
  readonly headers: IncomingHttpHeaders;
  readonly ip: string;
  readonly id: string;
}

/**
 * Gives the store of s3rver what S3 promises and it does not keep: objects that appear whole or not at all, checked
 * digests, conditional writes, and an event for every change.
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
    const signed = 'authorization' in headers || 'X-Amz-Algorithm' in query || 'Signature' in query;
    // s3rver lets unsigned requests pass; the buckets here are never public.
    if (!signed && method !== 'OPTIONS') throw new S3Error('AccessDenied', 'Access Denied');
    if (/(^|\/)\.\.(\/|$)/.test(decodeURIComponent(context.path))) {
      throw new S3Error('InvalidURI', 'A key with the path segment ".." cannot be stored in a file.');
    }
    // s3rver miscalculates the signature for `/bucket/`, as the SDK writes operations on a bucket, and for !'()* in
    // the query, as in the name of a download. What is signed correctly passes; the rest is left for s3rver to refuse.
    if (hasCorrectSignature({ method, headers, url: context.req.url ?? '/' })) {
      context.app = Object.create(context.app, { allowMismatchedSignatures: { value: true } });
    }
    const id = randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase();
    context.set('x-amz-request-id', id);
    await this.#request.run({ method, query, headers, ip, id }, next);
  }

  #extend(store: S3rver.Store): void {
    const putContent = store.putContent.bind(store);
    const putObject = store.putObject.bind(store);
    const copyObject = store.copyObject.bind(store);
    const deleteObject = store.deleteObject.bind(store);

    store.putContent = async (path, content) => {
      if (!(content instanceof IncomingBody)) return putContent(path, content);
      await rename(content.path, path);
      return [content.size, content.md5];
    };
    store.putObject = async (object) => {
      const { bucket, key } = object;
      const body = await IncomingBody.receive(this.#incomingDir, object.content);
      try {
        const request = this.#request.getStore();
        if (request?.method === 'PUT') body.verify(request.headers);
        object.content = body;
        return await this.#inTurn(`${bucket}/${key}`, async () => {
          await checkConditions(store, bucket, key, request?.headers ?? {});
          const path = store.getResourcePath(bucket, key, 'object');
          const created = { size: body.size, etag: body.md5 };
          return this.#announce(
            { bucket, key, reason: reasonOf(request), created },
            path,
            body.modifiedMs,
            () => putObject(object),
          );
        });
      } finally {
        await body.discard();
      }
    };
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
      await this.#inTurn(`${bucket}/${key}`, () =>
        this.#announce({ bucket, key, reason: 'DeleteObject', deletionType }, path, null, () =>
          deleteObject(bucket, key),
        ),
      );
    };
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

async function checkConditions(
  store: S3rver.Store,
  bucket: string,
  key: string,
  headers: IncomingHttpHeaders,
): Promise<void> {
  const noneMatch = headers['if-none-match'];
  const match = headers['if-match'];
  if (noneMatch === undefined && match === undefined) return;
  const exists = await store.existsObject(bucket, key);
  const fail = (condition: string) =>
    new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
      Condition: condition,
    });
  if (noneMatch !== undefined) {
    if (noneMatch !== '*') {
      throw new S3Error(
        'NotImplemented',
        'A header you provided implies functionality that is not implemented',
        {
          Header: 'If-None-Match',
        },
      );
    }
    if (exists) throw fail('If-None-Match');
  }
  if (match !== undefined) {
    if (!exists) throw new S3Error('NoSuchKey', 'The specified key does not exist.', { Key: key });
    const { etag } = await store.getMetadata(bucket, key);
    if (match.replaceAll('"', '') !== etag.replaceAll('"', '')) throw fail('If-Match');
  }
}

function reasonOf(request: RequestFacts | undefined): string {
  if (request?.method !== 'POST') return 'PutObject';
  return 'uploadId' in request.query ? 'CompleteMultipartUpload' : 'PostObject';
}
