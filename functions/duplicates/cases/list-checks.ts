import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import { type ApplicationStore, stateKey } from '../../filing/applications/application-store.ts';
import { ownApplication } from '../../filing/applications/own-application.ts';
import { requireOwnTask } from '../../review/tasks/own-task.ts';
import type { SignOffTaskStore } from '../../review/tasks/task-store.ts';
import type { Actor } from '../../shared/actor.ts';
import { decodeCursor, encodeCursor } from '../../shared/cursor.ts';
import {
  type ComparedRecord,
  type DuplicateCheck,
  DuplicateCheckSchema,
} from '../screening/duplicate-check.ts';
import { checkPrefix } from '../screening/keep-check.ts';
import type { ShownDuplicateCheckSchema } from './shown-check.ts';

interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | undefined;
}

/** What duplicate checks of an application looked at, newest first; of an application that is not there, none. */
export async function listChecks(
  { client, table }: Pick<ApplicationStore, 'client' | 'table'>,
  applicationId: string,
  page: PageQuery,
): Promise<Page<DuplicateCheck>> {
  const { pk } = stateKey(applicationId);
  const scope = { partition: { pk }, place: ['sk'] };
  const { Items = [], LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': pk, ':prefix': checkPrefix },
      ScanIndexForward: false,
      Limit: page.limit,
      ExclusiveStartKey: decodeCursor(page.cursor, scope),
      ConsistentRead: true,
    }),
  );
  return {
    items: Items.map((item) => DuplicateCheckSchema.parse(item['check'])),
    nextCursor: encodeCursor(LastEvaluatedKey, scope),
  };
}

/**
 * The checks of the application that a task is about.
 * @throws DomainError not-found; forbidden for another department's task.
 */
export async function listChecksOfTask(
  parts: { readonly store: ApplicationStore; readonly tasks: SignOffTaskStore },
  actor: Actor,
  taskId: string,
  page: PageQuery,
): Promise<Page<DuplicateCheck>> {
  const { applicationId } = await requireOwnTask(parts.tasks, actor, taskId);
  return listChecks(parts.store, applicationId, page);
}

/**
 * The checks of an own application, as far as they concern its applicant: what stands or may stand against it, with the
 * public data of other schemes. What is only alike, how alike, and what is held before anybody has decided stay inside.
 * A page can be short or empty with more to follow.
 * @throws DomainError not-found.
 */
export async function listOwnChecks(
  store: ApplicationStore,
  actor: Actor,
  applicationId: string,
  page: PageQuery,
): Promise<Page<z.input<typeof ShownDuplicateCheckSchema>>> {
  const { organisation } = await ownApplication(store, actor, applicationId);
  const { items, nextCursor } = await listChecks(store, applicationId, page);
  return {
    items: items.flatMap(({ submission, at, outcome, registry, tests, records }) =>
      outcome === 'held'
        ? []
        : [
            {
              ...{ submission, at, outcome },
              registryVersion: registry.number,
              tests: tests.map(({ test, isRun }) => ({ test, isRun })),
              findings: records.flatMap((record) => shownFinding(record, organisation)),
            },
          ],
    ),
    nextCursor,
  };
}

function shownFinding(
  { test, finding, other }: ComparedRecord,
  organisation: string,
): z.input<typeof ShownDuplicateCheckSchema>['findings'] {
  if (finding !== 'duplicate' && finding !== 'suspected' && finding !== 'topped-up') return [];
  if (other.kind === 'award') {
    const { scheme, awardId, level, year, projectName } = other;
    return [{ test, finding, award: { scheme, awardId, level, year, projectName } }];
  }
  // Of another organisation's application no more is told than that it is there.
  const isOwn = other.organisation === organisation;
  return [{ test, finding, ...(isOwn && { applicationId: other.applicationId }) }];
}
