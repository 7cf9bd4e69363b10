import { GetObjectCommand, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import type { ImportId } from '../../shared/vocabulary.ts';
import { fileFault } from './file-fault.ts';
import { importKey, type RegistryImport } from './registry-import.ts';
import type { SourceFile } from './sheet-row.ts';

/** Bytes of one request: each is read to its end at once, so that no answer waits while rows are written. */
const pieceBytes = 4_194_304;

/** The uploaded files of imports in the documents bucket. */
export class ImportFiles {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  /** The file of an import: it has the length and the hash that were declared, or S3 would have refused it. */
  open({ importId, bytes }: Pick<RegistryImport, 'importId' | 'bytes'>): SourceFile {
    return {
      bytes,
      read: async (from, to = bytes) => this.#pieces(importId, from, Math.min(to, bytes)),
    };
  }

  async *#pieces(importId: ImportId, from: number, to: number): AsyncGenerator<Uint8Array> {
    for (let start = from; start < to; start += pieceBytes) {
      yield await this.#piece(importId, start, Math.min(start + pieceBytes, to));
    }
  }

  /** @throws FileFault when there is no such object. */
  async #piece(importId: ImportId, from: number, to: number): Promise<Uint8Array> {
    const Range = `bytes=${from}-${to - 1}`;
    try {
      const { Body } = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: importKey(importId), Range }),
      );
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    } catch (error) {
      if (!(error instanceof NoSuchKey)) throw error;
      throw fileFault('no-file', { zh: '没有收到文件', en: 'the file is not there' });
    }
  }
}

/** The files of a bucket, on the region and endpoint of the environment. */
export function openImportFiles(bucket: string): ImportFiles {
  return new ImportFiles(new S3Client({}), bucket);
}

/** A file in memory. */
export function fileInMemory(content: Uint8Array): SourceFile {
  return {
    bytes: content.byteLength,
    read: async (from, to) =>
      (async function* () {
        yield content.subarray(from, to);
      })(),
  };
}
