import type { Break } from './find-break.ts';
import { LedgerCheck, readHead } from './ledger-check.ts';
import { plainMap } from './plain-values.ts';
import type { StoredHistories } from './stored-histories.ts';
import type { StoredLedgers } from './stored-ledgers.ts';
import { type AuditedThing, onceEach, verifyHistory } from './verify-history.ts';

/** A break of something, named. */
export interface FoundBreak extends Break {
  readonly kind: string;
  readonly id: string;
}

/** What a verification of everything found. */
export interface StoredVerification {
  readonly breaks: readonly FoundBreak[];
  /** `kind id hash` of the newest row of everything that has rows, sorted. */
  readonly heads: readonly string[];
  /** Whether there was time for all of it. */
  readonly isComplete: boolean;
}

export interface VerifyParts {
  readonly histories: StoredHistories;
  readonly ledgers: StoredLedgers;
  /** Whether to go on. */
  readonly hasTime: () => boolean;
}

const pageSize = 500;

/**
 * Recomputes every history and ledger from the rows as they are stored, and compares each with what it is of. What goes on
 * meanwhile is read again.
 */
export async function verifyStored({
  histories,
  ledgers,
  hasTime,
}: VerifyParts): Promise<StoredVerification> {
  const breaks: FoundBreak[] = [];
  const heads: string[] = [];
  let isComplete = true;
  for await (const thing of onceEach(everything(histories))) {
    if (!hasTime()) {
      isComplete = false;
      break;
    }
    const { found, head } = await verifyHistory((one) => wholeHistory(histories, one), thing);
    if (found) breaks.push({ ...thing, ...found });
    heads.push(`${thing.kind} ${thing.id} ${newestRow(head)}`);
  }
  for await (const poolId of pools(ledgers)) {
    if (!hasTime()) {
      isComplete = false;
      break;
    }
    const { found, newest } = await verifyLedger(ledgers, poolId);
    if (found) breaks.push({ kind: 'pool', id: poolId, row: `version ${found.version}`, fault: found.fault });
    heads.push(`pool ${poolId} ${newest}`);
  }
  return { breaks, heads: heads.sort(), isComplete };
}

async function* everything(histories: StoredHistories): AsyncGenerator<readonly AuditedThing[]> {
  for await (const page of cursored((cursor) => histories.applications(cursor))) {
    yield page.map(({ applicationId: id }) => ({ kind: 'application' as const, id }));
  }
  yield* cursored((cursor) => histories.ofBudget(cursor));
  yield* cursored((cursor) => histories.ofPeople(cursor));
}

async function* pools(ledgers: StoredLedgers): AsyncGenerator<string> {
  const seen = new Set<string>();
  for await (const page of cursored((cursor) => ledgers.pools(cursor))) {
    for (const { poolId } of page) {
      if (!seen.has(poolId)) yield poolId;
      seen.add(poolId);
    }
  }
}

interface CursoredPage<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | undefined;
}

async function* cursored<T>(
  read: (cursor: string | undefined) => Promise<CursoredPage<T>>,
): AsyncGenerator<readonly T[]> {
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    yield page.items;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
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
