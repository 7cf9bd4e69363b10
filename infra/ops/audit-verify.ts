import { type AuditedKind, auditedKinds, type Break, findBreak } from '../../functions/audit/find-break.ts';
import {
  AuditedApplicationSchema,
  AuditedHistorySchema,
  StoredHistorySchema,
} from '../../functions/audit/stored-view.ts';
import { pageOf } from '../../functions/shared/schemas.ts';
import { readFromApi, type Target } from './api-call.ts';

/** What an audit found. */
export interface Verification {
  readonly applications: number;
  /** Rounds, orders, payment files, clawbacks and objections. */
  readonly others: number;
  /** History rows that were looked at. */
  readonly rows: number;
  /** The first break of everything that has one. */
  readonly breaks: readonly (Break & Thing)[];
}

/** What has a history. */
interface Thing {
  readonly kind: AuditedKind;
  readonly id: string;
}

interface History {
  readonly items: readonly unknown[];
  readonly head: unknown;
}

const ApplicationsSchema = pageOf(AuditedApplicationSchema);
const HistoriesSchema = pageOf(AuditedHistorySchema);

/** Histories read at once: few enough to leave the API to the people who work with it. */
const readers = 4;
const progressEvery = 100;

/**
 * Recomputes the history of one application, or of everything that has one, from the stored rows.
 * @param report is told now and then how far it is.
 * @throws OpsError when the API refuses or does not answer.
 */
export async function verifyHistories(
  target: Target,
  only: string | undefined,
  report: (line: string) => void,
): Promise<Verification> {
  const breaks: (Break & Thing)[] = [];
  let applications = 0;
  let others = 0;
  let rows = 0;
  const check = async (thing: Thing) => {
    const { found, count } = await verifyHistory(target, thing);
    if (found) breaks.push({ ...thing, ...found });
    if (thing.kind === 'application') applications += 1;
    else others += 1;
    rows += count;
    if ((applications + others) % progressEvery === 0) {
      report(`${applications + others} histories, ${breaks.length} breaks`);
    }
  };
  const things = thingsOf(target, only);
  const work = async () => {
    for (;;) {
      // One iterator for all readers: each takes the next history when it is done with its own.
      const { value, done } = await things.next();
      if (done) return;
      await check(value);
    }
  };
  try {
    await Promise.all(Array.from({ length: readers }, work));
  } finally {
    // After a fault nobody goes on.
    await things.return(undefined);
  }
  breaks.sort((a, b) => (`${a.kind} ${a.id}` < `${b.kind} ${b.id}` ? -1 : 1));
  return { applications, others, rows, breaks };
}

async function* thingsOf(target: Target, only: string | undefined): AsyncGenerator<Thing, undefined> {
  if (only !== undefined) {
    yield { kind: 'application', id: only };
    return undefined;
  }
  yield* once(
    pages(target, '/v1/audit/applications', (answer) => {
      const { items, nextCursor } = ApplicationsSchema.parse(answer);
      return { items: items.map(({ applicationId: id }) => ({ kind: 'application', id })), nextCursor };
    }),
  );
  yield* once(pages(target, '/v1/audit/histories', (answer) => HistoriesSchema.parse(answer)));
  return undefined;
}

async function* pages(
  target: Target,
  path: string,
  read: (answer: unknown) => {
    readonly items: readonly Thing[];
    readonly nextCursor?: string | undefined;
  },
): AsyncGenerator<Thing> {
  let cursor: string | undefined;
  do {
    const query = cursor === undefined ? '' : `?${new URLSearchParams({ cursor })}`;
    const page = read(await readFromApi(target, `${path}${query}`));
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

/** What stands on two pages is looked at once. */
async function* once(things: AsyncGenerator<Thing>): AsyncGenerator<Thing> {
  const seen = new Set<string>();
  for await (const thing of things) {
    const name = `${thing.kind} ${thing.id}`;
    if (!seen.has(name)) yield thing;
    seen.add(name);
  }
}

/** It may go on while it is read: a break counts when it is there again and nothing has moved. */
async function verifyHistory(
  target: Target,
  thing: Thing,
): Promise<{ found: Break | undefined; count: number }> {
  let before: string | undefined;
  for (;;) {
    const { items, head } = await readHistory(target, thing);
    const found = findBreak(auditedKinds[thing.kind](thing.id), items, head);
    const now = JSON.stringify([found, head]);
    if (!found || now === before) return { found, count: items.length };
    before = now;
  }
}

async function readHistory(target: Target, { kind, id }: Thing): Promise<History> {
  const place = encodeURIComponent(id);
  const path =
    kind === 'application'
      ? `/v1/audit/applications/${place}/history`
      : `/v1/audit/histories/${kind}/${place}`;
  const items: unknown[] = [];
  let cursor: string | undefined;
  for (;;) {
    const query = new URLSearchParams({ limit: '100', ...(cursor !== undefined && { cursor }) });
    const page = StoredHistorySchema.parse(await readFromApi(target, `${path}?${query}`));
    items.push(...page.items);
    if (page.nextCursor === undefined) return { items, head: page.head };
    cursor = page.nextCursor;
  }
}
