import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Actor } from '../shared/actor.ts';
import { decodeCursor, encodeCursor } from '../shared/cursor.ts';
import { type Application, ApplicationSchema } from './application.ts';
import type { ApplicationStore, HistoryRow } from './application-store.ts';
import { organisationOf, ownApplication } from './own-application.ts';

interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | undefined;
}

/** Applications of the caller's organisation, newest first. A draft just made may take a moment to appear. */
export async function listApplications(
  store: ApplicationStore,
  actor: Actor,
  page: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<Application>> {
  const organisation = organisationOf(actor);
  const scope = { partition: { organisation }, place: ['createdAt', 'pk', 'sk'] };
  const { Items, LastEvaluatedKey } = await store.client.send(
    new QueryCommand({
      TableName: store.table,
      IndexName: 'byOrganisation',
      KeyConditionExpression: 'organisation = :organisation',
      ExpressionAttributeValues: { ':organisation': organisation },
      ScanIndexForward: false,
      Limit: page.limit,
      ExclusiveStartKey: decodeCursor(page.cursor, scope),
    }),
  );
  return {
    items: (Items ?? []).map((item) => ApplicationSchema.parse(item['state'])),
    nextCursor: encodeCursor(LastEvaluatedKey, scope),
  };
}

/** What happened to an application, oldest first. The applicant is told which role acted, not who. */
export async function listHistory(
  store: ApplicationStore,
  actor: Actor,
  applicationId: string,
  page: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<Omit<HistoryRow, 'actor'> & { role: string }>> {
  await ownApplication(store, actor, applicationId);
  const scope = { partition: { applicationId }, place: ['version'] };
  const after = Number(decodeCursor(page.cursor, scope)?.['version'] ?? 0);
  const rows = await store.history(applicationId, after, page.limit);
  const last = rows.at(-1);
  return {
    items: rows.map(({ actor: { role }, ...row }) => ({ ...row, role })),
    nextCursor:
      last && rows.length === page.limit ? encodeCursor({ version: String(last.version) }, scope) : undefined,
  };
}
