import * as z from 'zod';
import type { Break } from './find-break.ts';
import { LedgerCheck, readHead } from './ledger-check.ts';
import { plainMap } from './plain-values.ts';
import type { StoredHistories } from './stored-histories.ts';
import type { StoredLedgers } from './stored-ledgers.ts';
import type { StoredRows } from './stored-rows.ts';
import { type WitnessedTable, witnessedTables } from './stored-view.ts';
import { type AuditedThing, verifyHistory } from './verify-history.ts';
import { verifyRows } from './verify-rows.ts';

/** A break of something, named. */
export interface FoundBreak extends Break {
  readonly kind: string;
  readonly id: string;
}

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
  /** Whether to go on with another page. */
  readonly hasTime: () => boolean;
}

const pageSize = 500;

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

function pagesOf({ histories, ledgers, rows }: VerifyParts) {
  // Partitions of each table that were read by themselves.
  const done = new Map<WitnessedTable, Set<string>>();
  return async (stage: Stage, cursor: string | undefined): Promise<VerifiedPage> => {
    if (stage === 'histories of applications') {
      const { items, nextCursor } = await histories.applications(cursor);
      const things = items.map(({ applicationId: id }) => ({ kind: 'application' as const, id }));
      return { ...(await verifyHistories(histories, things)), nextCursor };
    }
    if (stage === 'histories of money') {
      const { items, nextCursor } = await histories.ofBudget(cursor);
      return { ...(await verifyHistories(histories, items)), nextCursor };
    }
    if (stage === 'histories of access') {
      const { items, nextCursor } = await histories.ofPeople(cursor);
      return { ...(await verifyHistories(histories, items)), nextCursor };
    }
    if (stage === 'pools') {
      const { items, nextCursor } = await ledgers.pools(cursor);
      const ids = items.map(({ poolId }) => poolId);
      return { ...(await verifyLedgers(ledgers, ids)), nextCursor };
    }
    const { items, nextCursor } = await rows.page(stage, cursor);
    const known = done.get(stage) ?? new Set();
    done.set(stage, known);
    return {
      ...(await verifyRows(stage, items, (pk) => wholePartition(rows, stage, pk), known)),
      nextCursor,
    };
  };
}

async function verifyHistories(histories: StoredHistories, things: readonly AuditedThing[]) {
  const breaks: FoundBreak[] = [];
  const heads: [string, string][] = [];
  for (const thing of things) {
    const { found, head } = await verifyHistory((one) => wholeHistory(histories, one), thing);
    if (found) breaks.push({ ...thing, ...found });
    heads.push([`${thing.kind} ${thing.id}`, newestRow(head)]);
  }
  return { breaks, heads };
}

async function verifyLedgers(ledgers: StoredLedgers, ids: readonly string[]) {
  const breaks: FoundBreak[] = [];
  const heads: [string, string][] = [];
  for (const id of ids) {
    const { found, newest } = await verifyLedger(ledgers, id);
    if (found) breaks.push({ kind: 'pool', id, row: `version ${found.version}`, fault: found.fault });
    heads.push([`pool ${id}`, newest]);
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
async function verifyLedger(ledgers: StoredLedgers, poolId: string) {
  const first = await ledgers.ledger(poolId, { limit: 1 });
  const check = new LedgerCheck(poolId, readHead(poolId, first.head));
  let cursor: string | undefined;
  for (;;) {
    const page = await ledgers.ledger(poolId, { limit: pageSize, cursor });
    for (const item of page.items) check.take(item);
    cursor = page.nextCursor;
    if (check.found || cursor === undefined) {
      const latest = readHead(poolId, page.head);
      check.end(latest);
      return { found: check.found, newest: 'pool' in latest ? latest.pool.ledgerHash : 'none' };
    }
  }
}
