import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { type Document, objectKey, uploadSeconds } from './document.ts';

const downloadSeconds = 5 * 60;

/** A file that somebody may upload, exactly so. */
export interface DeclaredFile {
  /** Key of the object that it becomes. */
  readonly key: string;
  readonly contentType: string;
  readonly bytes: number;
  /** SHA-256 in hexadecimal. */
  readonly sha256: string;
}

/** Signs links to the objects of a bucket. Imported lazily, since few requests touch files. */
export class Presigner {
  readonly #bucket: string;
  readonly #client = new S3Client({});

  constructor(bucket: string) {
    this.#bucket = bucket;
  }

  /**
   * A presigned PUT for one file, for 15 minutes: S3 refuses another key, type, length or other bytes, and a second
   * upload (`If-None-Match: *`), since what was verified may not change afterwards.
   */
  async presignUpload(file: DeclaredFile, now: Date): Promise<Upload> {
    const headers = {
      'content-type': file.contentType,
      'content-length': String(file.bytes),
      'x-amz-checksum-sha256': Buffer.from(file.sha256, 'hex').toString('base64'),
      'if-none-match': '*',
    };
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: file.key,
      ContentType: file.contentType,
      ContentLength: file.bytes,
      ChecksumSHA256: headers['x-amz-checksum-sha256'],
      IfNoneMatch: headers['if-none-match'],
    });
    const url = await getSignedUrl(this.#client, command, {
      expiresIn: uploadSeconds,
      signingDate: now,
      // Left to itself the presigner does not sign the type and moves the checksum into the URL.
      signableHeaders: new Set(['host', ...Object.keys(headers)]),
      unhoistableHeaders: new Set(Object.keys(headers)),
    });
    const expiresAt = new Date(now.getTime() + uploadSeconds * 1000).toISOString();
    return { method: 'PUT', url, headers, expiresAt };
  }

  /** See `DocumentFiles.presignDownload`. */
  async presignDownload(document: Document, now: Date): Promise<string> {
    return this.presignFile({ ...document, key: objectKey(document) }, now);
  }

  /** A URL that opens an object for five minutes, as a download under a name and type. */
  async presignFile(
    file: { readonly key: string; readonly fileName: string; readonly contentType: string },
    now: Date,
  ): Promise<string> {
    const command = new GetObjectCommand({
      Bucket: this.#bucket,
      Key: file.key,
      ResponseContentType: file.contentType,
      ResponseContentDisposition: attachment(nameAs(file.fileName, file.contentType)),
    });
    return getSignedUrl(this.#client, command, { expiresIn: downloadSeconds, signingDate: now });
  }
}

/** Endings of the names of files by their types, the usual one first. */
const endings: Readonly<Record<string, readonly string[]>> = {
  'application/pdf': ['pdf'],
  'application/ofd': ['ofd'],
  'image/jpeg': ['jpg', 'jpeg'],
  'image/png': ['png'],
  'application/zip': ['zip'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['xlsx'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx'],
};

/** A name with an ending of the type that the file was verified to have: no other program opens it than it looks like. */
export function nameAs(fileName: string, contentType: string): string {
  const [usual = 'bin', ...others] = endings[contentType] ?? [];
  const ending = fileName.slice(fileName.lastIndexOf('.') + 1).toLowerCase();
  return [usual, ...others].includes(ending) && fileName.includes('.') ? fileName : `${fileName}.${usual}`;
}

/** `Content-Disposition` of RFC 6266: the name in UTF-8, and nothing in it that could end the header. */
function attachment(fileName: string): string {
  const encoded = encodeURIComponent(fileName.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename*=UTF-8''${encoded}`;
}

/** An upload as the browser has to make it. */
export interface Upload {
  readonly method: 'PUT';
  readonly url: string;
  /** Exactly the headers to send: they are signed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: string;
}
