import type * as z from 'zod';
import type { ActingRole, Actor } from '../../shared/actor.ts';
import { decodeCursor, encodeCursor } from '../../shared/cursor.ts';
import type { Application } from './application.ts';
import type { ApplicationStore } from './application-store.ts';
import type { ApplicationEvent, HistoryRow } from './history-row.ts';
import type { ShownHistoryRowSchema } from './history-view.ts';
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
  return store.ofOrganisation(organisationOf(actor), page);
}

/**
 * What happened to an application, as far as it is the applicant's: their own steps, every change of its status with
 * its reasons, and how far the review has come. Opinions, abstentions and notes of departments stay inside. Oldest
 * first; a page can be short or empty with more to follow.
 */
export async function listHistory(
  store: ApplicationStore,
  actor: Actor,
  applicationId: string,
  page: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<z.input<typeof ShownHistoryRowSchema>>> {
  await ownApplication(store, actor, applicationId);
  const scope = { partition: { applicationId }, place: ['version'] };
  const after = Number(decodeCursor(page.cursor, scope)?.['version'] ?? 0);
  const rows = await store.history(applicationId, after, page.limit);
  const last = rows.at(-1);
  return {
    items: rows.flatMap(shownRow),
    nextCursor:
      last && rows.length === page.limit ? encodeCursor({ version: String(last.version) }, scope) : undefined,
  };
}

const applicantRoles: readonly ActingRole[] = ['preparer', 'organisation-admin'];

/** Told to applicants though the status stays what it is. */
const toldEvents: readonly ApplicationEvent[] = [
  ...([
    'recommended',
    'signed-off',
    'correction-warned',
    'notice-ended',
    'award-lowered',
    'ceiling-lowered',
  ] as const),
  ...(['partly-paid', 'payment-returned', 'clawback-demanded', 'clawback-received'] as const),
];

function shownRow(stored: HistoryRow): z.input<typeof ShownHistoryRowSchema>[] {
  const { actor, note, basisHash: _, previous: __, hash: ___, ...row } = stored;
  const own = applicantRoles.includes(actor.role);
  if (!own && row.from === row.to && !toldEvents.includes(row.event)) return [];
  return [{ ...row, role: actor.role, ...(own && note !== undefined && { note }) }];
}
