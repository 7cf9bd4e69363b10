import { GetObjectCommand, NoSuchKey, S3Client } from '@aws-sdk/client-s3';

/** A part of a file. */
export interface FilePart {
  readonly from: number;
  readonly to: number;
}

/** Reads the files that arrived in the bucket. */
export class ArrivedFiles {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  /**
   * The bytes of an object as they come in, or undefined when there is no such object.
   * @param part from which byte up to which, `to` not included. Default: all.
   */
  async read(key: string, part?: FilePart): Promise<AsyncIterable<Uint8Array> | undefined> {
    try {
      const { Body } = await this.#client.send(
        new GetObjectCommand({
          Bucket: this.#bucket,
          Key: key,
          ...(part && { Range: `bytes=${part.from}-${part.to - 1}` }),
        }),
      );
      // In Node the body is always a Readable; the SDK's type covers browsers too.
      return Body as AsyncIterable<Uint8Array> | undefined;
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }
}

/** The files of a bucket, on the region and endpoint of the environment. */
export function openArrivedFiles(bucket: string): ArrivedFiles {
  return new ArrivedFiles(new S3Client({}), bucket);
}
