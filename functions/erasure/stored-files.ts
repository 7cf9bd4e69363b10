import {
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NotFound,
  type S3Client,
} from '@aws-sdk/client-s3';

/** A file of the bucket, and when it came. */
export interface StoredFile {
  readonly key: string;
  readonly arrivedAt: Date;
}

/** Files in the bucket: which there are, and their end for good. */
export class StoredFiles {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  /** One page of files in the order of their keys. @param after key of the file to go on behind. */
  async page(prefix: string, after: string | undefined): Promise<{ files: StoredFile[]; next?: string }> {
    const { Contents = [], IsTruncated } = await this.#client.send(
      new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: prefix, ...(after && { StartAfter: after }) }),
    );
    const files = Contents.flatMap(({ Key: key, LastModified: arrivedAt }) =>
      key !== undefined && arrivedAt ? [{ key, arrivedAt }] : [],
    );
    const next = files.at(-1)?.key;
    return { files, ...(IsTruncated && next !== undefined && { next }) };
  }

  /** Deletes a file with its versions: a mark of deletion alone would keep it for years. Gone already, it is gone. */
  async remove(key: string): Promise<void> {
    const object = { Bucket: this.#bucket, Key: key };
    for (;;) {
      const found = await this.#client.send(new HeadObjectCommand(object)).catch(unlessMissing);
      if (!found) return;
      const { VersionId } = found;
      await this.#client.send(new DeleteObjectCommand({ ...object, ...(VersionId && { VersionId }) }));
    }
  }
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof NotFound) return undefined;
  throw error;
}
