import type { ImportId } from '../../shared/vocabulary.ts';
import { fileFault } from './file-fault.ts';
import {
  endImport,
  type ImportCallResult,
  ImportReading,
  type RunImportDependencies,
} from './import-reading.ts';
import type { RegistryImport } from './registry-import.ts';

/** One call of a run. */
export interface ImportCall {
  readonly importId: ImportId;
  /** Names the run: all calls of one have the same. */
  readonly run: string;
}

/** Crashes at one place after which an import gives up. */
const crashLimit = 3;

/**
 * Reads on in the file of an import, part after part, until it ends or the time is over. After each part the place is
 * kept, so that another call goes on there; a part that was written when a call broke off is written again with the
 * same result. Of several runs of an import the first one goes on alone.
 * @param until when the call hands over to the next.
 */
export async function runImport(
  deps: RunImportDependencies,
  { importId, run }: ImportCall,
  until: Date,
): Promise<ImportCallResult> {
  const stored = await deps.imports.require(importId);
  const begun = await begin(deps, stored, run);
  if (!begun) return { outcome: 'ended' };
  try {
    return await new ImportReading(deps, begun).readOn(until);
  } finally {
    await deps.registry.flush();
  }
}

/** Takes note of a call that broke off: the next one goes on, unless calls keep breaking off at one place. */
export async function noteCrash(
  { imports, clock }: Pick<RunImportDependencies, 'imports' | 'clock'>,
  { importId, run }: ImportCall,
): Promise<ImportCallResult> {
  const stored = await imports.require(importId);
  if (stored.status !== 'running' || stored.run !== run) return { outcome: 'ended' };
  const crashes = stored.crashes + 1;
  if (crashes < crashLimit) {
    await imports.advance({ ...stored, crashes });
    return { outcome: 'more' };
  }
  const { row } = stored.place;
  const { faults } = fileFault(
    'broke-off',
    {
      zh: `处理在第 ${row} 行之后多次中断；已导入的记录有效，可再次导入同一文件`,
      en: `the import kept breaking off after row ${row}; what was imported counts: import the file again`,
    },
    row + 1,
  );
  await endImport({ imports, clock }, { ...stored, crashes }, { status: 'failed', faults });
  return { outcome: 'ended' };
}

async function begin(
  { imports, clock }: RunImportDependencies,
  stored: RegistryImport,
  run: string,
): Promise<RegistryImport | undefined> {
  if (stored.status === 'running' && stored.run === run) return stored;
  if (stored.status !== 'awaiting-upload') return undefined;
  const at = clock().toISOString();
  return imports.advance({ ...stored, status: 'running', run, startedAt: at, updatedAt: at });
}
