import type * as z from 'zod';
import type { EntryViewSchema, LedgerEntryViewSchema } from '../../contracts/pools.ts';
import { type CursorScope, decodeCursor, encodeCursor } from '../../shared/cursor.ts';
import { availableFen, type LedgerEntry } from '../pools/pool.ts';
import { type PoolStore, poolKey } from '../pools/pool-store.ts';
import type { Proposal, ProposalStore } from './proposal.ts';

interface Page {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** One page of what was entered in a pool's ledger by hand, newest first. @throws DomainError not-found */
export async function listEntries(
  parts: { readonly pools: PoolStore; readonly proposals: ProposalStore },
  poolId: string,
  { limit, cursor }: Page,
) {
  await parts.pools.require(poolId);
  const scope = scopeOf(poolId, 'entries');
  const { proposals, lastKey } = await parts.proposals.page(poolId, limit, decodeCursor(cursor, scope));
  return paged(proposals.map(entryView), encodeCursor(lastKey, scope));
}

/** One page of a pool's ledger, newest first. @throws DomainError not-found */
export async function listLedger(
  parts: { readonly pools: PoolStore },
  poolId: string,
  { limit, cursor }: Page,
) {
  await parts.pools.require(poolId);
  const scope = scopeOf(poolId, 'ledger');
  const { entries, lastKey } = await parts.pools.entryPage(poolId, {
    limit,
    start: decodeCursor(cursor, scope),
    newestFirst: true,
  });
  return paged(entries.map(ledgerEntryView), encodeCursor(lastKey, scope));
}

/** An entry with what was decided on it. */
export function entryView(proposal: Proposal): z.input<typeof EntryViewSchema> {
  const { entryId, poolId, status, change, cause, proposedBy, proposedAt } = proposal;
  return {
    ...{ entryId, poolId, status, cause, proposedBy, proposedAt },
    ...(change.kind === 'carry-over' && change.into === undefined ? { ...change, kind: 'lapse' } : change),
    ...(proposal.status !== 'proposed' && {
      decidedBy: proposal.decision.by,
      decidedAt: proposal.decision.at,
    }),
    ...(proposal.status === 'refused' && { reason: proposal.decision.reason }),
    ...(proposal.status === 'confirmed' && { version: proposal.decision.version }),
  };
}

function ledgerEntryView(entry: LedgerEntry): z.input<typeof LedgerEntryViewSchema> {
  const { version, line, movement, balances, hash } = entry;
  return {
    ...{ version, line, hash },
    ...movement,
    balances: { ...balances, availableFen: availableFen(balances) },
  };
}

function scopeOf(poolId: string, listing: string): CursorScope {
  return { partition: { pk: poolKey(poolId).pk }, place: ['sk'], narrowing: { listing } };
}

function paged<T>(items: T[], nextCursor: string | undefined) {
  return { items, ...(nextCursor !== undefined && { nextCursor }) };
}
