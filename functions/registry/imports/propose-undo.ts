import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { ImportId } from '../../shared/vocabulary.ts';
import type { ImportStore } from './import-store.ts';
import type { RegistryImport } from './registry-import.ts';

/**
 * Asks for an import to be taken back. Awards bar others from money, so that one person alone takes none away: somebody
 * else has to confirm it. Asked again for the same reason, it answers what was asked.
 * @throws DomainError not-found; not-in-this-state while it runs, for a dry run, and where it is asked or done already.
 */
export async function proposeUndo(
  { imports, clock }: { readonly imports: ImportStore; readonly clock: Clock },
  actor: Pick<Actor, 'id'>,
  importId: ImportId,
  reason: string,
): Promise<RegistryImport> {
  const stored = await imports.require(importId);
  const { status, dryRun, undo } = stored;
  if (undo?.status === 'proposed' && undo.proposedBy === actor.id && undo.reason === reason) return stored;
  const hasEnded = status === 'done' || status === 'failed';
  const isFree = undo === undefined || undo.status === 'refused';
  if (!hasEnded || dryRun || !isFree) throw new DomainError('not-in-this-state');
  const proposed = {
    ...{ status: 'proposed' as const, reason, proposedBy: actor.id, proposedAt: clock().toISOString() },
    ...{ nextRow: 0, removed: 0, restored: 0, kept: 0, keptRows: [] },
  };
  const advanced = await imports.advance({ ...stored, undo: proposed });
  if (!advanced) throw new DomainError('concurrent-change');
  return advanced;
}
