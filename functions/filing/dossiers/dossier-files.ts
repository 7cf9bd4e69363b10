import { S3Client } from '@aws-sdk/client-s3';
import type { Clock } from '../../shared/clock.ts';
import { Presigner } from '../documents/presigner.ts';
import { type DossierId, dossierKey } from './dossier.ts';
import { DossierBucket } from './dossier-bucket.ts';

/** Dossiers for whoever asks for one. */
export class DossierFiles {
  readonly #bucket: DossierBucket;
  readonly #presigner: Presigner;
  readonly #clock: Clock;

  constructor(bucket: string, clock: Clock) {
    this.#bucket = new DossierBucket(new S3Client({}), bucket);
    this.#presigner = new Presigner(bucket);
    this.#clock = clock;
  }

  /** See `DossierBucket.made`. */
  async made(id: DossierId): Promise<number | undefined> {
    return this.#bucket.made(id);
  }

  /** See `DossierBucket.request`. */
  async request(id: DossierId): Promise<void> {
    return this.#bucket.request(id, this.#clock());
  }

  /** A URL that opens a dossier for five minutes. */
  async presign(id: DossierId, fileName: string): Promise<string> {
    const file = { key: dossierKey(id), fileName, contentType: 'application/zip' };
    return this.#presigner.presignFile(file, this.#clock());
  }
}
