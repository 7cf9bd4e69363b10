import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import S3Error from '@20minutes/s3rver/lib/models/error.js';

/** A body that has arrived whole and waits in a file of its own for its place. */
export class IncomingBody {
  readonly path: string;
  readonly size: number;
  /** Hex. */
  readonly md5: string;
  /** Hex. */
  readonly sha256: string;
  readonly modifiedMs: number;

  private constructor(path: string, size: number, md5: string, sha256: string, modifiedMs: number) {
    this.path = path;
    this.size = size;
    this.md5 = md5;
    this.sha256 = sha256;
    this.modifiedMs = modifiedMs;
  }

  /** Stores a body in a directory; rejects when the client goes away before its end. */
  static async receive(dir: string, content: unknown): Promise<IncomingBody> {
    const source = content instanceof Readable ? content : Readable.from([content]);
    const path = join(dir, randomUUID());
    const md5 = createHash('md5');
    const sha256 = createHash('sha256');
    try {
      await pipeline(
        source,
        async function* (chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            md5.update(chunk);
            sha256.update(chunk);
            yield chunk;
          }
        },
        createWriteStream(path),
      );
      const { size, mtimeMs } = await stat(path);
      return new IncomingBody(path, size, md5.digest('hex'), sha256.digest('hex'), mtimeMs);
    } catch (fault) {
      await rm(path, { force: true });
      throw fault;
    }
  }

  /** Compares the body with what its request promised. Throws the error that S3 answers. */
  verify(headers: IncomingHttpHeaders): void {
    const signed = headers['x-amz-content-sha256'];
    if (
      typeof signed === 'string' &&
      /^[0-9a-f]{64}$/i.test(signed) &&
      signed.toLowerCase() !== this.sha256
    ) {
      throw new S3Error(
        'XAmzContentSHA256Mismatch',
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      );
    }
    const sha256 = headers['x-amz-checksum-sha256'];
    if (sha256 !== undefined && sha256 !== base64(this.sha256)) {
      throw new S3Error('BadDigest', 'The SHA256 you specified did not match the calculated checksum.');
    }
    const md5 = headers['content-md5'];
    if (md5 !== undefined && md5 !== base64(this.md5)) {
      throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.');
    }
  }

  async discard(): Promise<void> {
    await rm(this.path, { force: true });
  }
}

const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');
