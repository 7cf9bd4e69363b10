import * as z from 'zod';
import type { FoundBreak } from './find-break.ts';
import { LedgerCheck, readHead } from './ledger-check.ts';
import { plainMap } from './plain-values.ts';
import { faultSince, goneBreak, isLost } from './since-heads.ts';
import type { StoredHistories } from './stored-histories.ts';
import type { StoredLedgers } from './stored-ledgers.ts';
import type { StoredRows } from './stored-rows.ts';
import { type WitnessedTable, witnessedTables } from './stored-view.ts';
import { type AuditedThing, verifyHistory } from './verify-history.ts';
import { verifyRows } from './verify-rows.ts';

/** What is verified, in this order; rows of a table by the table's name. */
const stages = [
  'histories of applications',
  'histories of money',
  'histories of access',
  'pools',
  ...witnessedTables,
] as const;
type Stage = (typeof stages)[number];

/** Where a verification goes on. */
export const PositionSchema = z.strictObject({ stage: z.enum(stages), cursor: z.string().optional() });
export type Position = z.output<typeof PositionSchema>;

/** What a verification found. */
export interface StoredVerification {
  readonly breaks: readonly FoundBreak[];
  /** `kind id hash` of the newest row of everything that has rows, and of every row that has a witness, sorted. */
  readonly heads: readonly string[];
  /** What it did not come to, from there on; undefined at the end. */
  readonly next: Position | undefined;
}

export interface VerifyParts {
  readonly histories: StoredHistories;
  readonly ledgers: StoredLedgers;
  readonly rows: StoredRows;
  /** What was kept of an earlier night, by names of heads: all of it has to be there still. Default: nothing was. */
  readonly kept?: ReadonlyMap<string, string>;
  /** Whether to go on with another page. */
  readonly hasTime: () => boolean;
}

const pageSize = 500;

const lostFault = 'no row has the hash that was kept of the night before';

/** What is found on a page. What is on two pages is found twice. */
interface VerifiedPage {
  readonly breaks: readonly FoundBreak[];
  readonly heads: Iterable<readonly [name: string, hash: string]>;
  readonly nextCursor: string | undefined;
}

/**
 * Recomputes every history and ledger from the rows as they are stored, compares each with what it is of, and every row
 * that has a witness with that. What goes on meanwhile is read again.
 * @param from where an earlier one stopped.
 */
export async function verifyStored(parts: VerifyParts, from?: Position): Promise<StoredVerification> {
  const breaks = new Map<string, FoundBreak>();
  const heads = new Map<string, string>();
  const found = (next: Position | undefined) => ({
    breaks: [...breaks.values()],
    heads: [...heads].map(([name, hash]) => `${name} ${hash}`).sort(),
    next,
  });
  const verify = pagesOf(parts);
  let cursor = from?.cursor;
  for (const stage of from ? stages.slice(stages.indexOf(from.stage)) : stages) {
    do {
      if (!parts.hasTime()) return found({ stage, ...(cursor !== undefined && { cursor }) });
      const page = await verify(stage, cursor);
      for (const one of page.breaks) breaks.set(`${one.kind} ${one.id} ${one.row}`, one);
      for (const [name, hash] of page.heads) heads.set(name, hash);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }
  return found(undefined);
}

function pagesOf({ histories, ledgers, rows, kept = new Map() }: VerifyParts) {
  // Partitions of each table that were read by themselves.
  const done = new Map<WitnessedTable, Set<string>>();
  return async (stage: Stage, cursor: string | undefined): Promise<VerifiedPage> => {
    if (stage === 'histories of applications') {
      const { items, nextCursor } = await histories.applications(cursor);
      const things = items.map(({ applicationId: id }) => ({ kind: 'application' as const, id }));
      return { ...(await verifyHistories(histories, things, kept)), nextCursor };
    }
    if (stage === 'histories of money') {
      const { items, nextCursor } = await histories.ofBudget(cursor);
      return { ...(await verifyHistories(histories, items, kept)), nextCursor };
    }
    if (stage === 'histories of access') {
      const { items, nextCursor } = await histories.ofPeople(cursor);
      return { ...(await verifyHistories(histories, items, kept)), nextCursor };
    }
    if (stage === 'pools') {
      const { items, nextCursor } = await ledgers.pools(cursor);
      const ids = items.map(({ poolId }) => poolId);
      return { ...(await verifyLedgers(ledgers, ids, kept)), nextCursor };
    }
    const { items, nextCursor } = await rows.page(stage, cursor);
    const known = done.get(stage) ?? new Set();
    done.set(stage, known);
    const { breaks, heads } = await verifyRows(stage, items, (pk) => wholePartition(rows, stage, pk), known);
    return { breaks: [...breaks, ...rowsSince(breaks, heads, kept)], heads, nextCursor };
  };
}

/** Rows that are older than they were, or were written anew; what is broken anyway is told of once. */
function rowsSince(
  breaks: readonly FoundBreak[],
  heads: ReadonlyMap<string, string>,
  kept: ReadonlyMap<string, string>,
): FoundBreak[] {
  const known = new Set(breaks.map(({ id, row }) => `${id} ${row}`));
  return [...heads].flatMap(([name, now]) => {
    const before = kept.get(name);
    const fault = before === undefined ? undefined : faultSince(before, now);
    const found = { ...goneBreak(name), fault: fault ?? '' };
    return fault === undefined || known.has(`${found.id} ${found.row}`) ? [] : [found];
  });
}

async function verifyHistories(
  histories: StoredHistories,
  things: readonly AuditedThing[],
  kept: ReadonlyMap<string, string>,
) {
  const breaks: FoundBreak[] = [];
  const heads: [string, string][] = [];
  for (const thing of things) {
    const { found, head, items } = await verifyHistory((one) => wholeHistory(histories, one), thing);
    const name = `${thing.kind} ${thing.id}`;
    if (found) breaks.push({ ...thing, ...found });
    else if (isLost(kept.get(name), items)) breaks.push({ ...thing, row: 'HISTORY', fault: lostFault });
    heads.push([name, newestRow(head)]);
  }
  return { breaks, heads };
}

async function verifyLedgers(
  ledgers: StoredLedgers,
  ids: readonly string[],
  kept: ReadonlyMap<string, string>,
) {
  const breaks: FoundBreak[] = [];
  const heads: [string, string][] = [];
  for (const id of ids) {
    const name = `pool ${id}`;
    const { found, newest, lost } = await verifyLedger(ledgers, id, kept.get(name));
    if (found) breaks.push({ kind: 'pool', id, row: `version ${found.version}`, fault: found.fault });
    else if (lost) breaks.push({ kind: 'pool', id, row: 'ENTRIES', fault: lostFault });
    heads.push([name, newest]);
  }
  return { breaks, heads };
}

async function wholeHistory(histories: StoredHistories, thing: AuditedThing) {
  const items: unknown[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = await histories.history(thing, { limit: pageSize, cursor });
    items.push(...page.items);
    if (page.nextCursor === undefined) return { items, head: page.head };
    cursor = page.nextCursor;
  }
}

async function wholePartition(rows: StoredRows, table: WitnessedTable, pk: string): Promise<unknown[]> {
  const items: unknown[] = [];
  let cursor: string | undefined;
  do {
    const page = await rows.partition(table, pk, { limit: pageSize, cursor });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return items;
}

function newestRow(head: unknown): string {
  return String(Object(plainMap(head)?.['state'])['historyHash'] ?? 'none');
}

/** A pool is read before its entries and after them, so that what is booked meanwhile is no break. */
async function verifyLedger(ledgers: StoredLedgers, poolId: string, kept: string | undefined) {
  const first = await ledgers.ledger(poolId, { limit: 1 });
  const check = new LedgerCheck(poolId, readHead(poolId, first.head));
  let lost = isLost(kept, []);
  let cursor: string | undefined;
  for (;;) {
    const page = await ledgers.ledger(poolId, { limit: pageSize, cursor });
    for (const item of page.items) check.take(item);
    lost &&= isLost(kept, page.items);
    cursor = page.nextCursor;
    if (check.found || cursor === undefined) {
      const latest = readHead(poolId, page.head);
      check.end(latest);
      return { found: check.found, lost, newest: 'pool' in latest ? latest.pool.ledgerHash : 'none' };
    }
  }
}
