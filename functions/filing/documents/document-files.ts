import type { Clock } from '../../shared/clock.ts';
import { type Document, type DocumentIn, objectKey } from './document.ts';
import type { Presigner, Upload } from './presigner.ts';

/**
 * Links to the files of documents. The S3 client is loaded on first use: it is the dearest import of a cold start, and
 * most requests to the functions that hold this do not touch files.
 */
export class DocumentFiles {
  readonly #bucket: string;
  readonly #clock: Clock;
  #presigner: Promise<Presigner> | undefined;

  constructor(bucket: string, clock: Clock) {
    this.#bucket = bucket;
    this.#clock = clock;
  }

  /** See `Presigner.presignUpload`; asked for again, the link is the same and ends when the first one does. */
  async presignUpload(document: Document): Promise<Upload> {
    const { contentType, bytes, sha256, requestedAt } = document;
    const file = { key: objectKey(document), contentType, bytes, sha256 };
    return (await this.#load()).presignUpload(file, new Date(requestedAt));
  }

  /** A URL that opens a verified file for five minutes, as a download under its own name and type. */
  async presignDownload(document: DocumentIn<'accepted' | 'superseded'>): Promise<string> {
    return (await this.#load()).presignDownload(document, this.#clock());
  }

  #load(): Promise<Presigner> {
    this.#presigner ??= import('./presigner.ts').then(({ Presigner }) => new Presigner(this.#bucket));
    return this.#presigner;
  }
}
