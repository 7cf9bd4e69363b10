/** What this project uses of s3rver, which has no types of its own. */
declare module '@20minutes/s3rver' {
  import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
  import type { Readable } from 'node:stream';

  class S3rver {
    constructor(options: {
      readonly directory: string;
      readonly silent: boolean;
      readonly vhostBuckets: boolean;
      readonly allowMismatchedSignatures: boolean;
    });
    readonly middleware: S3rver.Middleware[];
    readonly store: S3rver.Store;
    readonly logger: { close(): void };
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
  }

  namespace S3rver {
    interface Context {
      readonly method: string;
      readonly path: string;
      readonly ip: string;
      readonly headers: IncomingHttpHeaders;
      query: Readonly<Record<string, string | string[] | undefined>>;
      status: number;
      /** An object is written as XML. */
      body: unknown;
      readonly req: IncomingMessage;
      app: object;
      readonly store: Store;
      set(name: string, value: string): void;
    }
    type Middleware = (context: Context, next: () => Promise<void>) => Promise<void>;

    interface StoredObject {
      readonly bucket: string;
      readonly key: string;
      content: unknown;
      /** By lower-case header. */
      readonly metadata: Record<string, string | number>;
    }

    interface ListedObject {
      readonly key: string;
      readonly size: number;
      readonly lastModifiedDate: Date;
      readonly metadata: Readonly<Record<string, string | number>>;
    }

    interface ReadObject {
      readonly size: number;
      readonly lastModifiedDate: Date;
      readonly metadata: Record<string, string | number>;
      /** Null with a range that cannot be satisfied. */
      content: Readable | null;
      range?: { readonly start: number; readonly end: number };
    }

    interface Store {
      putBucket(bucket: string): Promise<unknown>;
      /** Null when there is none. */
      getBucket(bucket: string): Promise<object | null>;
      deleteBucket(bucket: string): Promise<void>;
      /** Such as the CORS rules of a bucket; null when there is none. */
      getSubresource(bucket: string, key: string | undefined, type: string): Promise<object | null>;
      putSubresource(
        bucket: string,
        key: undefined,
        resource: { readonly type: 'cors'; toXML(): string },
      ): Promise<void>;
      deleteSubresource(bucket: string, key: undefined, type: 'cors'): Promise<void>;
      /** Of a bucket as a whole when there is no key. */
      getResourcePath(
        bucket: string,
        key: string | undefined,
        resource: 'object' | 'object.md5' | 'metadata.json' | 'uploads',
      ): string;
      getBucketPath(bucket: string): string;
      listObjects(
        bucket: string,
        options: {
          readonly prefix?: string;
          readonly delimiter?: string;
          readonly startAfter?: string;
          readonly maxKeys?: number;
        },
      ): Promise<{
        readonly objects: readonly ListedObject[];
        readonly commonPrefixes: readonly string[];
        readonly isTruncated: boolean;
      }>;
      putPart(
        bucket: string,
        uploadId: string,
        partNumber: string,
        content: unknown,
      ): Promise<{ size: number; md5: string }>;
      putObjectMultipart(
        bucket: string,
        uploadId: string,
        parts: readonly { readonly number: number; readonly etag: string }[],
      ): Promise<{ size: number; md5: string }>;
      getMetadata(bucket: string, key: string): Promise<{ etag: string; 'content-length': number }>;
      /** Null when there is none. */
      getObject(
        bucket: string,
        key: string,
        range?: { readonly start?: number; readonly end?: number },
      ): Promise<ReadObject | null>;
      existsObject(bucket: string, key: string): Promise<boolean>;
      putContent(path: string, content: unknown): Promise<[size: number, md5: string]>;
      putObject(object: StoredObject): Promise<{ size: number; md5: string }>;
      copyObject(
        sourceBucket: string,
        sourceKey: string,
        bucket: string,
        key: string,
        metadata?: unknown,
      ): Promise<{ etag: string; 'content-length': number }>;
      deleteObject(bucket: string, key: string): Promise<void>;
    }
  }

  export = S3rver;
}

declare module '@20minutes/s3rver/lib/models/error.js' {
  class S3Error extends Error {
    constructor(code: string, message: string, detail?: Readonly<Record<string, string>>);
    readonly code: string;
    readonly status: number;
  }
  export = S3Error;
}

declare module '@20minutes/s3rver/lib/models/object.js' {
  interface S3ObjectConstructor {
    /** Headers of an upload that are kept with its object and answered with it. */
    readonly ALLOWED_METADATA: string[];
    new (
      bucket: string,
      key: string,
      content: unknown,
      metadata: Readonly<Record<string, string | number>>,
    ): import('@20minutes/s3rver').StoredObject & import('@20minutes/s3rver').ListedObject;
  }
  const S3Object: S3ObjectConstructor;
  export = S3Object;
}
