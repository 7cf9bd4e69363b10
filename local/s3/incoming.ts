import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import S3Error from '@20minutes/s3rver/lib/models/error.js';
import { type ChecksumAlgorithm, claimedChecksum, createChecksum } from './checksum.ts';

/** A body that has arrived whole and waits in a file of its own for its place. */
export class IncomingBody {
  readonly path: string;
  readonly size: number;
  /** Hex. */
  readonly md5: string;
  /** Hex. */
  readonly sha256: string;
  /** By the algorithm that was asked for, in base64. */
  readonly checksum: string;
  readonly modifiedMs: number;
  /** Of the object that it becomes. */
  etag: string;

  private constructor(
    path: string,
    facts: { size: number; md5: string; sha256: string; checksum: string; modifiedMs: number },
  ) {
    this.path = path;
    this.size = facts.size;
    this.md5 = facts.md5;
    this.sha256 = facts.sha256;
    this.checksum = facts.checksum;
    this.modifiedMs = facts.modifiedMs;
    this.etag = facts.md5;
  }

  /** Stores a body in a directory; rejects when the client goes away before its end. */
  static async receive(dir: string, content: unknown, algorithm: ChecksumAlgorithm): Promise<IncomingBody> {
    const source = content instanceof Readable ? content : Readable.from([content]);
    const path = join(dir, randomUUID());
    const md5 = createHash('md5');
    const sha256 = createHash('sha256');
    const checksum = createChecksum(algorithm);
    try {
      await pipeline(
        source,
        async function* (chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            md5.update(chunk);
            sha256.update(chunk);
            checksum.update(chunk);
            yield chunk;
          }
        },
        createWriteStream(path),
      );
      const { size, mtimeMs } = await stat(path);
      return new IncomingBody(path, {
        size,
        md5: md5.digest('hex'),
        sha256: sha256.digest('hex'),
        checksum: checksum.digest(),
        modifiedMs: mtimeMs,
      });
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
    const claimed = claimedChecksum(headers);
    if (claimed !== undefined && claimed.value !== this.checksum) {
      const algorithm = claimed.algorithm.toUpperCase();
      throw new S3Error('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
    }
    const md5 = headers['content-md5'];
    if (md5 === undefined || md5 === base64(this.md5)) return;
    if (Buffer.from(String(md5), 'base64').length !== 16) {
      throw new S3Error('InvalidDigest', 'The Content-MD5 you specified was invalid.', {
        'Content-MD5': String(md5),
      });
    }
    throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }

  async discard(): Promise<void> {
    await rm(this.path, { force: true });
  }
}

const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');
