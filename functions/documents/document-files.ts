import type { S3Client } from '@aws-sdk/client-s3';
import type { Clock } from '../shared/clock.ts';
import { type Document, objectKey } from './document.ts';

/** An upload as the browser has to make it. */
export interface Upload {
  readonly method: 'PUT';
  readonly url: string;
  /** Exactly the headers to send: they are signed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: string;
}

const uploadSeconds = 15 * 60;
const downloadSeconds = 5 * 60;

/**
 * The files of documents in S3. The client is loaded on first use: it is the dearest import of a cold start, and most
 * requests to the functions that hold it do not touch files.
 */
export class DocumentFiles {
  readonly #bucket: string;
  readonly #clock: Clock;
  #client: Promise<S3Client> | undefined;

  constructor(bucket: string, clock: Clock, client?: S3Client) {
    this.#bucket = bucket;
    this.#clock = clock;
    this.#client = client && Promise.resolve(client);
  }

  /**
   * A presigned PUT for one file: S3 refuses another key, type, length or other bytes, and a second upload
   * (`If-None-Match: *`), since what was verified may not change afterwards.
   */
  async presignUpload(document: Document): Promise<Upload> {
    const headers = {
      'content-type': document.contentType,
      'content-length': String(document.bytes),
      'x-amz-checksum-sha256': Buffer.from(document.sha256, 'hex').toString('base64'),
      'if-none-match': '*',
    };
    const { PutObjectCommand } = await import('@aws-sdk/client-s3');
    const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
    const now = this.#clock();
    const url = await getSignedUrl(
      await this.#s3(),
      new PutObjectCommand({
        Bucket: this.#bucket,
        Key: objectKey(document),
        ContentType: document.contentType,
        ContentLength: document.bytes,
        ChecksumSHA256: headers['x-amz-checksum-sha256'],
        IfNoneMatch: headers['if-none-match'],
      }),
      {
        expiresIn: uploadSeconds,
        signingDate: now,
        // Left to itself the presigner does not sign the type and moves the checksum into the URL.
        signableHeaders: new Set(['host', ...Object.keys(headers)]),
        unhoistableHeaders: new Set(Object.keys(headers)),
      },
    );
    return {
      method: 'PUT',
      url,
      headers,
      expiresAt: new Date(now.getTime() + uploadSeconds * 1000).toISOString(),
    };
  }

  /** A URL that opens a verified file for a few minutes, as a download under its own name and type. */
  async presignDownload(document: Document): Promise<string> {
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
    return getSignedUrl(
      await this.#s3(),
      new GetObjectCommand({
        Bucket: this.#bucket,
        Key: objectKey(document),
        ResponseContentType: document.contentType,
        ResponseContentDisposition: attachment(document.fileName),
      }),
      { expiresIn: downloadSeconds, signingDate: this.#clock() },
    );
  }

  /** The bytes of an uploaded file as they come in, or undefined when there is no such object. */
  async read(document: Document): Promise<AsyncIterable<Uint8Array> | undefined> {
    const { GetObjectCommand, NoSuchKey } = await import('@aws-sdk/client-s3');
    try {
      const client = await this.#s3();
      const { Body } = await client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: objectKey(document) }),
      );
      // In Node the body is always a Readable; the SDK's type covers browsers too.
      return Body as AsyncIterable<Uint8Array> | undefined;
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  #s3(): Promise<S3Client> {
    this.#client ??= import('@aws-sdk/client-s3').then(({ S3Client }) => new S3Client({}));
    return this.#client;
  }
}

/** `Content-Disposition` of RFC 6266: the name in UTF-8, and without anything that could end the header. */
function attachment(fileName: string): string {
  const encoded = encodeURIComponent(fileName.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename*=UTF-8''${encoded}`;
}
