import * as z from 'zod';
import { ActorReferenceSchema } from '../../shared/actor.ts';
import type { PageRequest } from '../../shared/cursor.ts';
import { FenSchema } from '../../shared/money.ts';
import { InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import { EntryIdSchema, type PoolId, PoolIdSchema } from '../../shared/vocabulary.ts';
import { availableFen, type LedgerEntry } from '../pools/pool.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import { balances } from '../pools/pool-view.ts';
import type { Proposal } from './proposal.ts';
import type { ProposalStore } from './proposal-store.ts';

export const EntryViewSchema = z
  .object({
    entryId: EntryIdSchema,
    poolId: PoolIdSchema,
    status: z.enum(['proposed', 'confirmed', 'refused']),
    kind: z.enum(['appropriation', 'adjustment', 'carry-over', 'lapse']),
    direction: z.enum(['increase', 'decrease']).optional(),
    amountFen: FenSchema,
    into: SlugSchema.optional().meta({ description: 'Pool that it is carried into' }),
    cause: z.string(),
    proposedBy: z.string(),
    proposedAt: InstantSchema,
    decidedBy: z.string().optional(),
    decidedAt: InstantSchema.optional(),
    reason: z.string().optional().meta({ description: 'Why it was refused' }),
    version: z.int().optional().meta({ description: 'Version of the pool that it led to' }),
  })
  .meta({ id: 'Entry' });

export const LedgerEntryViewSchema = z
  .object({
    version: z.int().meta({ description: 'Of the pool; entries of one version happened together' }),
    line: z.int(),
    kind: z.enum([
      ...(['appropriation', 'adjustment', 'carry-over', 'reservation'] as const),
      ...(['commitment', 'release', 'payment', 'clawback'] as const),
    ]),
    direction: z.enum(['increase', 'decrease', 'in', 'out', 'lapse', 'return']).optional(),
    of: z.enum(['reservation', 'commitment']).optional(),
    amountFen: FenSchema,
    actor: ActorReferenceSchema,
    confirmedBy: ActorReferenceSchema.optional(),
    at: InstantSchema,
    cause: z.string(),
    key: z.string(),
    entryId: z.string().optional(),
    roundId: z.string().optional(),
    applicationId: z.string().optional(),
    otherPoolId: z.string().optional(),
    balances: z.object(balances).meta({ description: 'After the version' }),
    hash: z.string().meta({ description: 'SHA-256 of the entry, in which that of the one before stands' }),
  })
  .meta({ id: 'LedgerEntry' });

/** One page of what was entered in a pool's ledger by hand, newest first. @throws DomainError not-found */
export async function listEntries(
  parts: { readonly pools: PoolStore; readonly proposals: ProposalStore },
  poolId: PoolId,
  page: PageRequest,
) {
  await parts.pools.require(poolId);
  const { proposals, nextCursor } = await parts.proposals.page(poolId, page);
  return paged(proposals.map(entryView), nextCursor);
}

/** One page of a pool's ledger, newest first. @throws DomainError not-found */
export async function listLedger(parts: { readonly pools: PoolStore }, poolId: PoolId, page: PageRequest) {
  await parts.pools.require(poolId);
  const { entries, nextCursor } = await parts.pools.entryPage(poolId, page);
  return paged(entries.map(ledgerEntryView), nextCursor);
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

function paged<T>(items: T[], nextCursor: string | undefined) {
  return { items, ...(nextCursor !== undefined && { nextCursor }) };
}
