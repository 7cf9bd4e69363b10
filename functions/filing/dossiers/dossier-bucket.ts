import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { DossierId } from './dossier.ts';
import { dossierKey, makingSeconds, requestKey, requestsOf } from './dossier.ts';

/** Bytes of a part of an upload: what of a dossier is in memory at once. S3 takes ten thousand parts, and so 80 GB. */
const partBytes = 8 * 1024 * 1024;

/**
 * Dossiers and requests for them in the bucket. Both are written once: whoever comes second finds what the first has
 * made. What there is, is listed: a question for one object that is not there would be refused without a right to list.
 */
export class DossierBucket {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  /** The bytes of a dossier that is made, or undefined. */
  async made(id: DossierId): Promise<number | undefined> {
    const key = dossierKey(id);
    const found = (await this.#list(key)).find((object) => object.Key === key);
    return found && (found.Size ?? 0);
  }

  /** Asks for a dossier, unless it was asked for so recently that somebody may be making it. */
  async request(id: DossierId, now: Date): Promise<void> {
    const youngest = now.getTime() - makingSeconds * 1000;
    const asked = await this.#list(requestsOf(id));
    if (asked.some(({ LastModified }) => (LastModified?.getTime() ?? 0) > youngest)) return;
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: requestKey(id, now),
      Body: '',
      IfNoneMatch: '*',
    });
    await this.#client.send(command).catch(unlessThere);
  }

  /** Keeps a dossier as it is made, in bounded memory. */
  async keep(id: DossierId, content: AsyncIterable<Uint8Array>): Promise<void> {
    const object = { Bucket: this.#bucket, Key: dossierKey(id) };
    const begin = new CreateMultipartUploadCommand({ ...object, ContentType: 'application/zip' });
    const { UploadId } = await this.#client.send(begin);
    const upload = { ...object, UploadId };
    try {
      const Parts: CompletedPart[] = [];
      for await (const Body of inParts(content)) {
        const PartNumber = Parts.length + 1;
        const { ETag, ChecksumCRC32 } = await this.#client.send(
          new UploadPartCommand({ ...upload, PartNumber, Body }),
        );
        Parts.push({ PartNumber, ETag, ...(ChecksumCRC32 && { ChecksumCRC32 }) });
      }
      await this.#client.send(
        new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, IfNoneMatch: '*' }),
      );
    } catch (error) {
      await this.#client.send(new AbortMultipartUploadCommand(upload));
      unlessThere(error);
    }
  }

  async #list(Prefix: string) {
    // A prefix stands for one submission, whose requests are deleted after days: they fit into one page.
    const { Contents = [] } = await this.#client.send(
      new ListObjectsV2Command({ Bucket: this.#bucket, Prefix }),
    );
    return Contents;
  }
}

/** Somebody else has written it, or is just doing so. */
function unlessThere(error: unknown): void {
  const name = error instanceof Error ? error.name : '';
  if (name !== 'PreconditionFailed' && name !== 'ConditionalRequestConflict') throw error;
}

/** The same bytes in parts of one size; the last is smaller. */
async function* inParts(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let part = new Uint8Array(partBytes);
  let filled = 0;
  for await (const piece of content) {
    for (let from = 0; from < piece.length; ) {
      const taken = piece.subarray(from, from + partBytes - filled);
      part.set(taken, filled);
      filled += taken.length;
      from += taken.length;
      if (filled < partBytes) continue;
      yield part;
      part = new Uint8Array(partBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield part.subarray(0, filled);
}
