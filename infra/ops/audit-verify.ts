import { auditedKinds, type Break } from '../../functions/audit/find-break.ts';
import { isLost } from '../../functions/audit/since-heads.ts';
import {
  AuditedApplicationSchema,
  AuditedHistorySchema,
  StoredHistorySchema,
} from '../../functions/audit/stored-view.ts';
import {
  type AuditedThing,
  onceEach,
  type ReadHistory,
  verifyHistory,
} from '../../functions/audit/verify-history.ts';
import { pageOf } from '../../functions/shared/schemas.ts';
import { readFromApi, type Target } from './api-call.ts';
import type { KeptHeads } from './kept-heads.ts';

/** What an audit found. */
export interface Verification {
  readonly applications: number;
  /** Rounds, orders, payment files, clawbacks, objections, and what people are granted. */
  readonly others: number;
  /** History rows that were looked at. */
  readonly rows: number;
  /** The first break of everything that has one. */
  readonly breaks: readonly (Break & AuditedThing)[];
}

const ApplicationsSchema = pageOf(AuditedApplicationSchema);
const HistoriesSchema = pageOf(AuditedHistorySchema);
const PlaceSchema = pageOf(AuditedHistorySchema).pick({ nextCursor: true });

/** Histories read at once: few enough to leave the API to the people who work with it. */
const readers = 4;
const progressEvery = 100;

/**
 * Recomputes the history of one application, or of everything that has one, from the stored rows. With the heads of an
 * earlier day, it also looks whether each of them still is a row of its history.
 * @param heads hashes of rows by `kind id`, see `keptHeads`.
 * @param report is told now and then how far it is.
 * @throws OpsError when the API refuses or does not answer.
 */
export async function verifyHistories(
  target: Target,
  { only, heads = new Map() }: { readonly only?: string | undefined; readonly heads?: KeptHeads },
  report: (line: string) => void,
): Promise<Verification> {
  const missing = new Map(heads);
  const breaks: (Break & AuditedThing)[] = [];
  let applications = 0;
  let others = 0;
  let rows = 0;
  const check = async (thing: AuditedThing) => {
    const { found, items } = await verifyHistory((one) => readHistory(target, one), thing);
    const name = `${thing.kind} ${thing.id}`;
    const kept = missing.get(name);
    missing.delete(name);
    const lost = isLost(kept, items);
    if (found) breaks.push({ ...thing, ...found });
    else if (lost) breaks.push({ ...thing, row: 'HISTORY', fault: `no row has the kept hash ${kept}` });
    if (thing.kind === 'application') applications += 1;
    else others += 1;
    rows += items.length;
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
  for (const [name] of only === undefined ? missing : []) {
    const [kind = '', id = ''] = name.split(' ');
    if (isKind(kind)) breaks.push({ kind, id, row: auditedKinds[kind](id).key.sk, fault: 'it is gone' });
  }
  breaks.sort((a, b) => (`${a.kind} ${a.id}` < `${b.kind} ${b.id}` ? -1 : 1));
  return { applications, others, rows, breaks };
}

async function* thingsOf(target: Target, only: string | undefined): AsyncGenerator<AuditedThing, undefined> {
  if (only === undefined) yield* onceEach(everything(target));
  else yield { kind: 'application', id: only };
  return undefined;
}

async function* everything(target: Target): AsyncGenerator<readonly AuditedThing[]> {
  for await (const answer of pages(target, '/v1/audit/applications')) {
    const { items } = ApplicationsSchema.parse(answer);
    yield items.map(({ applicationId: id }) => ({ kind: 'application' as const, id }));
  }
  for (const path of ['/v1/audit/histories', '/v1/audit/access']) {
    for await (const answer of pages(target, path)) yield HistoriesSchema.parse(answer).items;
  }
}

async function* pages(target: Target, path: string): AsyncGenerator<unknown> {
  let cursor: string | undefined;
  do {
    const query = cursor === undefined ? '' : `?${new URLSearchParams({ cursor })}`;
    const page = await readFromApi(target, `${path}${query}`);
    yield page;
    cursor = PlaceSchema.parse(page).nextCursor;
  } while (cursor !== undefined);
}

async function readHistory(target: Target, { kind, id }: AuditedThing): Promise<ReadHistory> {
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

function isKind(kind: string): kind is AuditedThing['kind'] {
  return Object.hasOwn(auditedKinds, kind);
}
