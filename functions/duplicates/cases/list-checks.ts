import type * as z from 'zod';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import { ownApplication } from '../../filing/applications/own-application.ts';
import { requireOwnTask } from '../../review/tasks/own-task.ts';
import type { SignOffTaskStore } from '../../review/tasks/task-store.ts';
import type { Actor } from '../../shared/actor.ts';
import { decodeCursor, encodeCursor } from '../../shared/cursor.ts';
import { applications } from '../../shared/tables.ts';
import type { ApplicationId, OrganisationCode, TaskId } from '../../shared/vocabulary.ts';
import type { CheckStore } from '../screening/check-store.ts';
import type { ComparedRecord, DuplicateCheck } from '../screening/duplicate-check.ts';
import type { ShownDuplicateCheckSchema } from './shown-check.ts';

const { duplicateCheck } = applications.entities;

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
  { checks }: { readonly checks: CheckStore },
  applicationId: ApplicationId,
  page: PageQuery,
): Promise<Page<DuplicateCheck>> {
  const scope = { partition: { pk: duplicateCheck.pk({ applicationId }) }, place: ['sk'] };
  const found = await checks.page(applicationId, {
    limit: page.limit,
    start: decodeCursor(page.cursor, scope),
  });
  return { items: found.checks, nextCursor: encodeCursor(found.lastKey, scope) };
}

/**
 * The checks of the application that a task is about.
 * @throws DomainError not-found; forbidden for another department's task.
 */
export async function listChecksOfTask(
  parts: { readonly tasks: SignOffTaskStore; readonly checks: CheckStore },
  actor: Actor,
  taskId: TaskId,
  page: PageQuery,
): Promise<Page<DuplicateCheck>> {
  const { applicationId } = await requireOwnTask(parts.tasks, actor, taskId);
  return listChecks(parts, applicationId, page);
}

/**
 * The checks of an own application, as far as they concern its applicant: what stands or may stand against it, with the
 * public data of other schemes. What is only alike, how alike, and what is held before anybody has decided stay inside.
 * A page can be short or empty with more to follow.
 * @throws DomainError not-found.
 */
export async function listOwnChecks(
  parts: { readonly store: ApplicationStore; readonly checks: CheckStore },
  actor: Actor,
  applicationId: ApplicationId,
  page: PageQuery,
): Promise<Page<z.input<typeof ShownDuplicateCheckSchema>>> {
  const { organisation } = await ownApplication(parts.store, actor, applicationId);
  const { items, nextCursor } = await listChecks(parts, applicationId, page);
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
  organisation: OrganisationCode,
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
