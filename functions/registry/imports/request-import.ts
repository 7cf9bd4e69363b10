import type { DeclaredFile, Upload } from '../../filing/documents/presigner.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { NewId } from '../../shared/ids.ts';
import type { ImportStore } from './import-store.ts';
import { type ChosenMapping, mappingFor } from './keep-mapping.ts';
import { importKey, largestFile, newImport, type RegistryImport } from './registry-import.ts';

export interface RequestImportDependencies {
  readonly imports: ImportStore;
  readonly presign: (file: DeclaredFile, now: Date) => Promise<Upload>;
  readonly clock: Clock;
  readonly newId: NewId;
}

/** What the caller declares of the file: S3 takes no other. */
type Declared = Pick<
  RegistryImport,
  'fileName' | 'contentType' | 'bytes' | 'sha256' | 'confirmUscc' | 'sheet' | 'dryRun'
> &
  ChosenMapping;

/**
 * Registers an import and gives a presigned upload for exactly the declared file; it is read by the mapping that is named,
 * or that the scheme has now.
 * @throws DomainError invalid-request when the file is too large, and as `mappingFor` does.
 */
export async function requestImport(
  deps: RequestImportDependencies,
  actor: Actor,
  scheme: string,
  declared: Declared,
): Promise<{ added: RegistryImport; upload: Upload }> {
  const limit = largestFile[declared.contentType];
  if (declared.bytes > limit) {
    const message = {
      zh: `文件不得超过 ${limit} 字节，请分成几个文件导入`,
      en: `a file has at most ${limit} bytes: import it in parts`,
    };
    throw new DomainError('invalid-request', { faults: [{ path: 'bytes', rule: 'too-large', message }] });
  }
  const { mapping: name, year, projectName, ...file } = declared;
  const mapping = await mappingFor(deps, scheme, { mapping: name, year, projectName });
  const now = deps.clock();
  const added = newImport({
    importId: deps.newId(),
    scheme,
    ...file,
    ...(mapping && { mapping }),
    requestedAt: now.toISOString(),
    requestedBy: actor.id,
  });
  await deps.imports.add(added);
  return { added, upload: await deps.presign({ ...file, key: importKey(added.importId) }, now) };
}
