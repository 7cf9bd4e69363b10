import * as z from 'zod';
import { contentHash } from '../../shared/hash.ts';
import type { Application } from './application.ts';
import { StoredContentSchema } from './content.ts';
import { SubmittedDocumentSchema } from './submission.ts';

/** What an applicant submitted, as it stood then; it is never changed. */
export const SubmissionRecordSchema = z.object({
  number: z.int(),
  at: z.string(),
  contentHash: z.string(),
  content: StoredContentSchema,
  documents: z.array(SubmittedDocumentSchema),
});
export type SubmissionRecord = z.output<typeof SubmissionRecordSchema>;

interface Compared {
  readonly content: Application['content'];
  readonly documents: SubmissionRecord['documents'];
}

/**
 * Places in which two states of a file differ, as corrections name them: `projectName`, `enterprise`, `facts.<id>`,
 * `documents.<material>` and so on.
 */
export function changedPaths(before: Compared, after: Compared): string[] {
  const [a, b] = [partsOf(before), partsOf(after)];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((path) => a[path] !== b[path]).sort();
}

function partsOf({ content, documents }: Compared): Record<string, string> {
  const { facts, ...rest } = content;
  const files = Object.groupBy(documents, ({ material }) => material);
  return Object.fromEntries([
    ...Object.entries(rest).map(([name, value]) => [name, contentHash(value)]),
    ...Object.entries(facts).map(([id, value]) => [`facts.${id}`, contentHash(value)]),
    ...Object.entries(files).map(([material, list = []]) => [
      `documents.${material}`,
      list
        .map(({ sha256 }) => sha256)
        .sort()
        .join(' '),
    ]),
  ]);
}
