import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { type CursorScope, decodeCursor, encodeCursor } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import { registry } from '../../shared/tables.ts';
import type { Bilingual } from '../../shared/text.ts';
import type { ImportStore, SavedMapping } from './import-store.ts';
import { type Mapping, MappingSchema } from './mapping.ts';

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

type NamedMapping = SavedMapping & { readonly name: string };

/** A mapping by its name. @throws DomainError not-found */
export async function showNamedMapping(
  { imports }: { readonly imports: ImportStore },
  name: string,
): Promise<NamedMapping> {
  const saved = await imports.namedMapping(name);
  if (!saved) throw new DomainError('not-found');
  return { name, ...saved };
}

/** Saves a mapping under a name, in the place of the one that had it; imports that were asked for before keep theirs. */
export async function keepNamedMapping(
  { imports, clock }: { readonly imports: ImportStore; readonly clock: Clock },
  actor: Pick<Actor, 'id'>,
  name: string,
  mapping: Mapping,
): Promise<NamedMapping> {
  const saved = { mapping, savedAt: clock().toISOString(), savedBy: actor.id };
  await imports.saveNamedMapping(name, saved);
  return { name, ...saved };
}

/** A page of mappings by their names. @throws DomainError invalid-request for a foreign cursor. */
export async function listNamedMappings(
  { imports }: { readonly imports: ImportStore },
  cursor: string | undefined,
): Promise<{ items: NamedMapping[]; nextCursor: string | undefined }> {
  const scope: CursorScope = { partition: { pk: registry.entities.namedMapping.pk({}) }, place: ['sk'] };
  const { mappings, lastKey } = await imports.namedMappings(decodeCursor(cursor, scope));
  return { items: mappings, nextCursor: encodeCursor(lastKey, scope) };
}

/** How one file is to be read: by a named mapping instead of its scheme's, and what is the same in all of its rows. */
export interface ChosenMapping {
  readonly mapping?: string | undefined;
  readonly year?: number | undefined;
  readonly projectName?: string | undefined;
}

/**
 * The mapping by which a file is read; undefined where it is in the system's own form.
 * @throws DomainError invalid-request where there is no such mapping, or it does not go with what is said of the file.
 */
export async function mappingFor(
  { imports }: { readonly imports: ImportStore },
  scheme: string,
  { mapping: name, year, projectName }: ChosenMapping,
): Promise<Mapping | undefined> {
  const saved = await (name === undefined ? imports.mapping(scheme) : imports.namedMapping(name));
  const isChanged = year !== undefined || projectName !== undefined;
  if (!saved && (name !== undefined || isChanged)) {
    throw refused('mapping', {
      zh: '没有该列映射，请先保存',
      en: 'there is no such mapping: save it before',
    });
  }
  if (!saved || !isChanged) return saved?.mapping;
  const said = { ...(year !== undefined && { year }), ...(projectName !== undefined && { projectName }) };
  const parsed = MappingSchema.safeParse({ ...saved.mapping, ...said });
  if (parsed.success) return parsed.data;
  throw refused(year === undefined ? 'projectName' : 'year', {
    zh: '该列映射已由列或表外标签给出此项内容',
    en: 'a column of the mapping, or a label of it, tells this already',
  });
}

function refused(path: string, message: Bilingual): DomainError {
  return new DomainError('invalid-request', { faults: [{ path, rule: 'mapping', message }] });
}
