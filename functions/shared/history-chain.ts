import { contentHash } from './hash.ts';
import type { ApplicationId } from './vocabulary.ts';

/** What links the rows of a history. */
export interface Link {
  /** Hash of the row before; of the first one the genesis of its application. */
  readonly previous: string;
  /** SHA-256 of the canonical JSON of everything else in the row. */
  readonly hash: string;
}

/** What the first row of an application follows: no other application has a row that fits in its place. */
export function genesisHash(applicationId: ApplicationId): string {
  return contentHash({ genesis: applicationId });
}

/** Links a row behind another. */
export function linked<R extends object>(row: R, previous: string): R & Link {
  const linkedRow = { ...row, previous };
  return { ...linkedRow, hash: contentHash(linkedRow) };
}
