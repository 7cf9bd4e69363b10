import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { hasValidCheckCharacter } from '../../shared/uscc.ts';
import type { ImportId } from '../../shared/vocabulary.ts';
import type { AwardRegistry } from '../awards/award-registry.ts';
import { codedAward } from './award-fields.ts';
import type { ImportStore } from './import-store.ts';
import { ownMapping } from './mapping.ts';
import type { OpenRow, RowDecision } from './open-row.ts';
import { type OpenRowStore, partOfRow, type StoredRow, shownRow } from './open-row-store.ts';
import type { RegistryImport } from './registry-import.ts';
import { checkCharacterFault } from './row-faults.ts';
import type { ScreeningRequests } from './screening-requests.ts';

export interface DecideRowParts {
  readonly registry: Pick<AwardRegistry, 'put' | 'undo' | 'flush'>;
  readonly imports: Pick<ImportStore, 'require'>;
  readonly openRows: OpenRowStore;
  readonly screenings: Pick<ScreeningRequests, 'ask'>;
  readonly clock: Clock;
}

/**
 * Decides whose the award of a row is that names its enterprise and has no code, or that it is left out. Taken, the award
 * comes into the registry as one of its import, and is screened. Who decided what and why is kept with the row; the same decision of
 * the same person again goes on where it broke off.
 * @throws DomainError not-found; not-in-this-state while the import runs, when it is or was taken back, or the row was decided
 * otherwise; invalid-request for a code whose check character does not fit; concurrent-change.
 */
export async function decideRow(
  parts: DecideRowParts,
  actor: Pick<Actor, 'id'>,
  { importId, row }: { readonly importId: ImportId; readonly row: number },
  decision: RowDecision,
): Promise<OpenRow> {
  const { imports, openRows, clock } = parts;
  const stored = await imports.require(importId);
  const before = await openRows.require(importId, row);
  if (stored.status !== 'done' && stored.status !== 'failed') throw new DomainError('not-in-this-state');
  if (before.status !== 'open') {
    if (!isSame(before, actor.id, decision)) throw new DomainError('not-in-this-state');
    return shownRow(before.decision?.became === undefined ? await take(parts, stored, before) : before);
  }
  const by = { by: actor.id, at: clock().toISOString(), reason: decision.reason };
  if (decision.outcome === 'leave') {
    const left: StoredRow = { ...before, status: 'left', decision: by };
    await openRows.settle(importId, left, undefined);
    return shownRow(left);
  }
  const { uscc, confirmUscc } = decision;
  if (!confirmUscc && !hasValidCheckCharacter(uscc)) {
    const { rule, messages: message } = checkCharacterFault;
    throw new DomainError('invalid-request', { faults: [{ path: 'uscc', rule, message }] });
  }
  const taken: StoredRow = { ...before, status: 'taken', decision: { ...by, uscc } };
  await openRows.settle(importId, taken, awardOf(stored, taken)?.awardId);
  return shownRow(await take(parts, stored, taken));
}

function awardOf({ mapping = ownMapping }: RegistryImport, { award, decision }: StoredRow) {
  const uscc = decision?.uscc;
  return uscc === undefined ? undefined : codedAward(award, uscc, mapping);
}

/** Puts the award of a row that is settled into the registry; again, it is the same. */
async function take(parts: DecideRowParts, stored: RegistryImport, taken: StoredRow): Promise<StoredRow> {
  const { registry, imports, openRows, screenings, clock } = parts;
  const award = awardOf(stored, taken);
  const { decision } = taken;
  if (!award || !decision) return taken;
  const { importId, sha256: fileHash } = stored;
  const at = clock().toISOString();
  const put = await registry.put([{ award, row: taken.row }], {
    importId,
    fileHash,
    importer: decision.by,
    at,
  });
  await screenings.ask(importId, partOfRow(taken.row), put.imported);
  await registry.flush();
  // Whoever takes the import back from now on finds the award; one that did so meanwhile may have missed it.
  const { undo } = await imports.require(importId);
  if (undo?.status === 'running' || undo?.status === 'done') await registry.undo(importId, [award], at);
  const became = put.repeated.length > 0 ? 'repeated' : put.unchanged > 0 ? 'unchanged' : 'imported';
  const told: StoredRow = { ...taken, decision: { ...decision, became } };
  await openRows.became(importId, told);
  return told;
}

function isSame({ status, decision }: StoredRow, by: string, wanted: RowDecision): boolean {
  if (decision?.by !== by || decision.reason !== wanted.reason) return false;
  return wanted.outcome === 'leave' ? status === 'left' : status === 'taken' && decision.uscc === wanted.uscc;
}
