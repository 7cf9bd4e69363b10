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
      readonly query: Readonly<Record<string, string | string[] | undefined>>;
      readonly req: IncomingMessage;
      app: object;
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
      getResourcePath(bucket: string, key: string, resource: 'object'): string;
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
  /** Headers of an upload that are kept with its object and answered with it. */
  const S3Object: { readonly ALLOWED_METADATA: string[] };
  export = S3Object;
}
