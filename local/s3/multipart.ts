import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import S3Error from '@20minutes/s3rver/lib/models/error.js';

/** Of every part but the last. */
const smallestPartBytes = 5 * 1_024 * 1_024;
const mostParts = 10_000;

export interface ClaimedPart {
  readonly number: number;
  /** Without quotes. */
  readonly etag: string;
}

interface StoredPart {
  readonly number: number;
  readonly etag: string;
  readonly size: number;
  readonly modified: Date;
}

/** An upload in parts that has begun and not ended, as s3rver keeps it: a directory with a file for each part. */
export class MultipartUpload {
  readonly #dir: string;
  readonly #id: string;

  private constructor(dir: string, id: string) {
    this.#dir = dir;
    this.#id = id;
  }

  /**
   * @param uploadsDir where s3rver keeps the uploads of the bucket
   * @throws the error that S3 answers when no upload has this id, or one of another key
   */
  static async find(uploadsDir: string, id: string, key: string): Promise<MultipartUpload> {
    const dir = join(uploadsDir, id);
    const known = /^[0-9a-f]+$/.test(id) && (await readFile(join(dir, 'key'), 'utf8').catch(() => undefined));
    if (known === key) return new MultipartUpload(dir, id);
    throw new S3Error(
      'NoSuchUpload',
      'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
      { UploadId: id },
    );
  }

  /** Headers of the request that began it. */
  async metadata(): Promise<Record<string, string>> {
    return JSON.parse(await readFile(join(this.#dir, 'metadata'), 'utf8'));
  }

  /** In the order of their numbers. */
  async parts(): Promise<StoredPart[]> {
    const names = (await readdir(this.#dir)).filter((name) => /^\d+$/.test(name));
    const parts = names.map(async (name) => {
      const path = join(this.#dir, name);
      const [{ size, mtime }, etag] = await Promise.all([stat(path), readFile(`${path}.md5`, 'utf8')]);
      return { number: Number(name), etag, size, modified: mtime };
    });
    return (await Promise.all(parts)).sort((one, other) => one.number - other.number);
  }

  /**
   * The whole object out of the parts that the client names.
   * @throws the error that S3 answers to parts that are not there, out of order or too small
   */
  async assemble(
    claimed: readonly ClaimedPart[],
  ): Promise<{ content: Readable; size: number; etag: string }> {
    const stored = new Map((await this.parts()).map((part) => [part.number, part]));
    if (claimed.length === 0) throw new S3Error('InvalidRequest', 'You must specify at least one part');
    const parts = claimed.map(({ number, etag }, index) => {
      if (number <= (claimed[index - 1]?.number ?? 0)) {
        throw new S3Error(
          'InvalidPartOrder',
          'The list of parts was not in ascending order. Parts must be ordered by part number.',
          { UploadId: this.#id },
        );
      }
      const part = stored.get(number);
      if (part !== undefined && part.etag === etag) return part;
      throw new S3Error(
        'InvalidPart',
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        { UploadId: this.#id, PartNumber: String(number), ETag: etag },
      );
    });
    const small = parts.slice(0, -1).find(({ size }) => size < smallestPartBytes);
    if (small !== undefined) {
      throw new S3Error('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
        ProposedSize: String(small.size),
        MinSizeAllowed: String(smallestPartBytes),
        PartNumber: String(small.number),
        ETag: small.etag,
      });
    }
    const digests = createHash('md5');
    for (const { etag } of parts) digests.update(Buffer.from(etag, 'hex'));
    const dir = this.#dir;
    const content = Readable.from(
      (async function* () {
        for (const { number } of parts) yield* createReadStream(join(dir, String(number)));
      })(),
    );
    const size = parts.reduce((sum, part) => sum + part.size, 0);
    return { content, size, etag: `${digests.digest('hex')}-${parts.length}` };
  }

  async remove(): Promise<void> {
    await rm(this.#dir, { recursive: true, force: true });
  }
}

/** @throws the error that S3 answers to a number that no part can have */
export function checkPartNumber(text: string): void {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= mostParts) return;
  throw new S3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive', {
    ArgumentName: 'partNumber',
    ArgumentValue: text,
  });
}

/** The answer to a request for the parts of an upload, before it is written as XML. */
export async function partsResult(
  upload: MultipartUpload,
  bucket: string,
  key: string,
  query: Readonly<Record<string, string | string[] | undefined>>,
): Promise<object> {
  const marker = Number(query['part-number-marker'] || 0);
  const most = Math.min(Number(query['max-parts'] || 1_000), 1_000);
  const later = (await upload.parts()).filter(({ number }) => number > marker);
  const shown = later.slice(0, most);
  return {
    ListPartsResult: {
      Bucket: bucket,
      Key: key,
      UploadId: String(query['uploadId']),
      PartNumberMarker: marker,
      NextPartNumberMarker: shown.at(-1)?.number ?? 0,
      MaxParts: most,
      IsTruncated: later.length > shown.length,
      StorageClass: 'STANDARD',
      Part: shown.map(({ number, etag, size, modified }) => ({
        PartNumber: number,
        LastModified: modified.toISOString(),
        ETag: JSON.stringify(etag),
        Size: size,
      })),
    },
  };
}
