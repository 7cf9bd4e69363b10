import type { Clock } from '../shared/clock.ts';
import type { Document } from './document.ts';
import type { S3Presigner } from './s3-presigner.ts';

/** An upload as the browser has to make it. */
export interface Upload {
  readonly method: 'PUT';
  readonly url: string;
  /** Exactly the headers to send: they are signed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: string;
}

/**
 * Gives a presigned PUT for one file, for 15 minutes: S3 refuses another key, type, length or other bytes, and a second
 * upload (`If-None-Match: *`), since what was verified may not change afterwards.
 */
export type PresignUpload = (document: Document) => Promise<Upload>;

/** Gives a URL that opens a verified file for five minutes, as a download under its own name and type. */
export type PresignDownload = (document: Document) => Promise<string>;

/**
 * Makes links to the files of documents. The S3 client is loaded on first use: it is the dearest import of a cold
 * start, and most requests to the functions that hold this do not touch files.
 */
export function presignLinks(
  bucket: string,
  clock: Clock,
): { readonly presignUpload: PresignUpload; readonly presignDownload: PresignDownload } {
  let presigner: Promise<S3Presigner> | undefined;
  const load = () => {
    presigner ??= import('./s3-presigner.ts').then(({ S3Presigner }) => new S3Presigner(bucket));
    return presigner;
  };
  return {
    presignUpload: async (document) => (await load()).upload(document, clock()),
    presignDownload: async (document) => (await load()).download(document, clock()),
  };
}
