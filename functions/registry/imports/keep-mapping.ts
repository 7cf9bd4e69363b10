import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { ImportStore, SavedMapping } from './import-store.ts';
import type { Mapping } from './mapping.ts';

type SchemeMapping = SavedMapping & { readonly scheme: string };

/** How the files of a scheme are read. @throws DomainError not-found when nothing was saved for it. */
export async function showMapping(
  { imports }: { readonly imports: ImportStore },
  scheme: string,
): Promise<SchemeMapping> {
  const saved = await imports.mapping(scheme);
  if (!saved) throw new DomainError('not-found');
  return { scheme, ...saved };
}

/** Says how the files of a scheme are read from now on; imports that were asked for before keep theirs. */
export async function keepMapping(
  { imports, clock }: { readonly imports: ImportStore; readonly clock: Clock },
  actor: Pick<Actor, 'id'>,
  scheme: string,
  mapping: Mapping,
): Promise<SchemeMapping> {
  const saved = { mapping, savedAt: clock().toISOString(), savedBy: actor.id };
  await imports.saveMapping(scheme, saved);
  return { scheme, ...saved };
}
