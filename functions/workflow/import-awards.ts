import * as z from 'zod';
import { AwardRegistry } from '../registry/awards/award-registry.ts';
import type { ImportFiles } from '../registry/imports/import-files.ts';
import { ImportStore } from '../registry/imports/import-store.ts';
import { OpenRowStore } from '../registry/imports/open-row-store.ts';
import { parseImportKey, type RegistryImport } from '../registry/imports/registry-import.ts';
import { noteCrash, runImport } from '../registry/imports/run-import.ts';
import { ScreeningRequests } from '../registry/imports/screening-requests.ts';
import { VocabularyStore } from '../registry/matching/vocabulary-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { openTables } from '../shared/table.ts';
import { taskDoor } from '../shared/task.ts';

const environment = readEnvironment('workflow/import-awards');
const tables = openTables(environment);
let files: Promise<ImportFiles> | undefined;
const vocabulary = new VocabularyStore(tables.registry, systemClock);
const parts = {
  imports: new ImportStore(tables.registry),
  openRows: new OpenRowStore(tables.registry),
  screenings: new ScreeningRequests(tables.workflow, systemClock),
  open: async (asked: RegistryImport) => {
    files ??= import('../registry/imports/import-files.ts').then(({ openImportFiles }) =>
      openImportFiles(environment.DOCUMENTS_BUCKET),
    );
    return (await files).open(asked);
  },
  clock: systemClock,
};

/** Time of one call, well below the function's time-out. */
const workMs = 180_000;

const CallSchema = z.object({
  /** Of the file that has arrived. */
  key: z.string(),
  /** Name of the execution. */
  run: z.string(),
  /** What made the last call break off. */
  failure: z.unknown().optional(),
});

export const handler = taskDoor('import-awards', CallSchema, async ({ key, run, failure }) => {
  const importId = parseImportKey(key);
  if (importId === undefined) return { outcome: 'ended' };
  if (failure !== undefined) return noteCrash(parts, { importId, run });
  // A registry of its own for every call: what it counted and could not write is forgotten with it.
  const registry = new AwardRegistry(tables.registry);
  const result = await runImport({ ...parts, registry }, { importId, run }, new Date(Date.now() + workMs));
  // What the registry's names teach follows what is in it.
  if (result.outcome === 'ended') await vocabulary.learn();
  return result;
});
