import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { contentHash } from '../../shared/hash.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import {
  type Application,
  type ApplicationIn,
  StoredContentSchema,
  SubmittedDocumentSchema,
} from './application.ts';
import { type ApplicationStore, stateKey } from './application-store.ts';

/** What an applicant submitted, as it stood then; it is never changed. */
const SubmissionRecordSchema = z.object({
  number: z.int(),
  at: z.string(),
  contentHash: z.string(),
  content: StoredContentSchema,
  documents: z.array(SubmittedDocumentSchema),
});
export type SubmissionRecord = z.output<typeof SubmissionRecordSchema>;

/** The write that keeps what a submission holds. */
export function keepSubmission(table: string, application: ApplicationIn<'submitted'>): GuardedWrite {
  const { content, submission } = application;
  const { number, at, contentHash, documents } = submission;
  const record: SubmissionRecord = { number, at, contentHash, content, documents };
  return {
    item: {
      Put: {
        TableName: table,
        Item: {
          pk: stateKey(application.applicationId).pk,
          sk: `SUBMISSION#${String(number).padStart(4, '0')}`,
          record,
        },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
  };
}

/** Every submission of an application, oldest first. */
export async function listSubmissions(
  store: ApplicationStore,
  applicationId: string,
): Promise<SubmissionRecord[]> {
  const { Items } = await store.client.send(
    new QueryCommand({
      TableName: store.table,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': stateKey(applicationId).pk, ':prefix': 'SUBMISSION#' },
      ConsistentRead: true,
    }),
  );
  return (Items ?? []).map((item) => SubmissionRecordSchema.parse(item['record']));
}

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
