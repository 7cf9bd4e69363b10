import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { ImportId } from '../../shared/vocabulary.ts';
import type { AwardRegistry } from '../awards/award-registry.ts';
import type { ImportStore } from './import-store.ts';
import { namedKept, type RegistryImport } from './registry-import.ts';
import type { ScreeningRequests } from './screening-requests.ts';

export interface DecideUndoParts {
  readonly registry: Pick<AwardRegistry, 'undo' | 'flush'>;
  readonly imports: ImportStore;
  readonly screenings: Pick<ScreeningRequests, 'ask'>;
  readonly clock: Clock;
}

export type UndoDecision =
  | { readonly outcome: 'confirm' }
  | { readonly outcome: 'refuse'; readonly reason: string };

/**
 * Confirms or refuses that an import is taken back. Confirmed, it is done part by part until the time is over: whoever
 * confirms it again goes on, until its status says that it is done. Of two who do so at once one goes on.
 * @param until when to stop behind a part.
 * @throws DomainError not-found; not-in-this-state when nobody asked for it, or it was decided otherwise; same-person for
 * whoever asked for it; concurrent-change.
 */
export async function decideUndo(
  parts: DecideUndoParts,
  actor: Pick<Actor, 'id'>,
  importId: ImportId,
  decision: UndoDecision,
  until: Date,
): Promise<RegistryImport> {
  const { imports, clock } = parts;
  const stored = await imports.require(importId);
  const { undo } = stored;
  if (!undo) throw new DomainError('not-in-this-state');
  if (undo.proposedBy === actor.id) throw new DomainError('same-person');
  if (undo.status === 'proposed') {
    const by = { decidedBy: actor.id, decidedAt: clock().toISOString() };
    const decided =
      decision.outcome === 'confirm'
        ? { ...undo, ...by, status: 'running' as const }
        : { ...undo, ...by, status: 'refused' as const, refusal: decision.reason };
    const advanced = await imports.advance({ ...stored, undo: decided });
    if (!advanced) throw new DomainError('concurrent-change');
    return decision.outcome === 'confirm' ? goOn(parts, advanced, until) : advanced;
  }
  if ((undo.status === 'refused') !== (decision.outcome === 'refuse'))
    throw new DomainError('not-in-this-state');
  return undo.status === 'running' ? goOn(parts, stored, until) : stored;
}

async function goOn(parts: DecideUndoParts, begun: RegistryImport, until: Date): Promise<RegistryImport> {
  const { registry, imports, screenings, clock } = parts;
  let state = begun;
  while (state.undo?.status === 'running') {
    const { undo, importId, scheme } = state;
    const part = await imports.awardsBehind(importId, undo.nextRow);
    const undone =
      part &&
      (await registry.undo(
        importId,
        part.awardIds.map((awardId) => ({ scheme, awardId })),
        clock().toISOString(),
      ));
    // What stands again may bar somebody.
    if (undone) await screenings.ask(importId, part.behindRow, undone.restored);
    const advanced = await imports.advance({
      ...state,
      undo: {
        ...undo,
        status: part ? 'running' : 'done',
        nextRow: part ? part.behindRow + 1 : undo.nextRow,
        removed: undo.removed + (undone?.removed ?? 0),
        restored: undo.restored + (undone?.restored.length ?? 0),
        kept: undo.kept + (undone?.kept.length ?? 0),
        keptRows: [...undo.keptRows, ...(undone?.kept ?? [])].slice(0, namedKept),
      },
    });
    // Somebody else goes on with it.
    if (!advanced) return imports.require(importId);
    state = advanced;
    if (clock() >= until) break;
  }
  await registry.flush();
  return state;
}
