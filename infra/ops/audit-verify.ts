import { type Break, findBreak } from '../../functions/audit/find-break.ts';
import { AuditedApplicationSchema, StoredHistorySchema } from '../../functions/audit/stored-view.ts';
import { pageOf } from '../../functions/shared/schemas.ts';
import { readFromApi, type Target } from './api-call.ts';

/** What an audit found. */
export interface Verification {
  readonly applications: number;
  /** History rows that were looked at. */
  readonly rows: number;
  /** The first break of every application that has one. */
  readonly breaks: readonly (Break & { readonly applicationId: string })[];
}

interface History {
  readonly items: readonly unknown[];
  readonly head: unknown;
}

const ApplicationsSchema = pageOf(AuditedApplicationSchema);

/** Histories read at once: few enough to leave the API to the people who work with it. */
const readers = 4;
const progressEvery = 100;

/**
 * Recomputes the history of one application, or of all of them, from the stored rows.
 * @param report is told now and then how far it is.
 * @throws OpsError when the API refuses or does not answer.
 */
export async function verifyHistories(
  target: Target,
  only: string | undefined,
  report: (line: string) => void,
): Promise<Verification> {
  const breaks: (Break & { applicationId: string })[] = [];
  let applications = 0;
  let rows = 0;
  const check = async (applicationId: string) => {
    const { found, count } = await verifyHistory(target, applicationId);
    if (found) breaks.push({ applicationId, ...found });
    applications += 1;
    rows += count;
    if (applications % progressEvery === 0) report(`${applications} applications, ${breaks.length} breaks`);
  };
  const ids = applicationsOf(target, only);
  const work = async () => {
    for (;;) {
      // One iterator for all readers: each takes the next application when it is done with its own.
      const { value, done } = await ids.next();
      if (done) return;
      await check(value);
    }
  };
  try {
    await Promise.all(Array.from({ length: readers }, work));
  } finally {
    // After a fault nobody goes on.
    await ids.return(undefined);
  }
  breaks.sort((a, b) => (a.applicationId < b.applicationId ? -1 : 1));
  return { applications, rows, breaks };
}

async function* applicationsOf(target: Target, only: string | undefined): AsyncGenerator<string, undefined> {
  if (only !== undefined) {
    yield only;
    return undefined;
  }
  const seen = new Set<string>();
  let cursor: string | undefined;
  do {
    const query = cursor === undefined ? '' : `?${new URLSearchParams({ cursor })}`;
    const page = ApplicationsSchema.parse(await readFromApi(target, `/v1/audit/applications${query}`));
    for (const { applicationId } of page.items) {
      if (seen.has(applicationId)) continue;
      seen.add(applicationId);
      yield applicationId;
    }
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return undefined;
}

/** An application may go on while it is read: a break counts when it is there again and nothing has moved. */
async function verifyHistory(
  target: Target,
  applicationId: string,
): Promise<{ found: Break | undefined; count: number }> {
  let before: string | undefined;
  for (;;) {
    const { items, head } = await readHistory(target, applicationId);
    const found = findBreak(applicationId, items, head);
    const now = JSON.stringify([found, head]);
    if (!found || now === before) return { found, count: items.length };
    before = now;
  }
}

async function readHistory(target: Target, applicationId: string): Promise<History> {
  const items: unknown[] = [];
  let cursor: string | undefined;
  for (;;) {
    const query = new URLSearchParams({ limit: '100', ...(cursor !== undefined && { cursor }) });
    const path = `/v1/audit/applications/${encodeURIComponent(applicationId)}/history?${query}`;
    const page = StoredHistorySchema.parse(await readFromApi(target, path));
    items.push(...page.items);
    if (page.nextCursor === undefined) return { items, head: page.head };
    cursor = page.nextCursor;
  }
}
