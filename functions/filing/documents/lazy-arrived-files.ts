import type { ArrivedFiles, FilePart } from './arrived-files.ts';

/** Files that arrived in the bucket, with the S3 client loaded on first use: a repeated event ends before it. */
export class LazyArrivedFiles {
  readonly #bucket: string;
  #files: Promise<ArrivedFiles> | undefined;

  constructor(bucket: string) {
    this.#bucket = bucket;
  }

  /** See `ArrivedFiles.read`. */
  async read(key: string, part?: FilePart): Promise<AsyncIterable<Uint8Array> | undefined> {
    this.#files ??= import('./arrived-files.ts').then(({ openArrivedFiles }) =>
      openArrivedFiles(this.#bucket),
    );
    return (await this.#files).read(key, part);
  }
}
