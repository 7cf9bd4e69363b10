import type { Award } from '../../functions/filing/applications/award.ts';
import type { ImportedAward } from '../../functions/registry/awards/award-record.ts';
import type { RowFault } from '../../functions/registry/imports/file-fault.ts';
import { fileInMemory } from '../../functions/registry/imports/import-files.ts';
import type { Mapping } from '../../functions/registry/imports/mapping.ts';
import {
  csvType,
  newImport,
  type RegistryImport,
  xlsxType,
} from '../../functions/registry/imports/registry-import.ts';
import { runImport } from '../../functions/registry/imports/run-import.ts';
import type { ImportId } from '../../functions/shared/vocabulary.ts';
import { today } from '../support/rooms.ts';
import type { SampleFile } from './sample-file.ts';

/** What becomes of a file of awards: its rows with what is looked at of each, or why it is refused. */
export type AwardFileOutcome =
  | {
      readonly awards: readonly (Partial<Omit<Award, 'amountFen'>> & { readonly amountFen?: number })[];
      /** `row column rule`, errors and warnings. */
      readonly faults?: readonly string[];
    }
  | {
      /** Rules of its faults. */
      readonly refused: readonly string[];
      /** What the first of them says. */
      readonly says?: RegExp;
    };

export interface AwardFile extends SampleFile<AwardFileOutcome> {
  readonly mapping?: Mapping;
  readonly sheet?: string;
}

/** Imports a file into nothing, and tells what became of it in the words of its `comesTo`. */
export async function readAwardFile(file: AwardFile) {
  const content = file.content();
  const importId = '01KQ0000000000000000000000' as ImportId;
  let state: RegistryImport = newImport({
    importId,
    scheme: '穗工信规字〔2021〕3号',
    fileName: file.name,
    contentType: file.name.endsWith('.xlsx') ? xlsxType : csvType,
    bytes: content.byteLength,
    sha256: 'a'.repeat(64),
    confirmUscc: true,
    ...(file.mapping && { mapping: file.mapping }),
    ...(file.sheet !== undefined && { sheet: file.sheet }),
    requestedAt: today.toISOString(),
    requestedBy: 'operator',
  });
  const awards: Award[] = [];
  const faults: RowFault[] = [];
  const parts = {
    imports: {
      require: async () => state,
      advance: async (next: RegistryImport) => {
        state = { ...next, version: next.version + 1 };
        return state;
      },
      keepAwards: async () => {},
      keepFaults: async (_: ImportId, __: number, kept: readonly RowFault[]) => void faults.push(...kept),
    },
    registry: {
      put: async (part: readonly ImportedAward[]) => {
        awards.push(...part.map(({ award }) => award));
        return {
          imported: part.map(({ award }) => award.awardId),
          unchanged: 0,
          repeated: [],
          conflicts: [],
        };
      },
      compare: async () => ({ imported: [], unchanged: 0, repeated: [], conflicts: [] }),
      flush: async () => {},
    },
    screenings: { ask: async () => {} },
    open: () => fileInMemory(content),
    clock: () => today,
  };
  await runImport(parts, { importId, run: 'one' }, new Date(8.64e15));
  if (state.status === 'failed') {
    const [first] = faults;
    return {
      refused: faults.map(({ rule }) => rule),
      says: `${first?.messages.zh} ${first?.messages.en}`,
      awards,
    };
  }
  return { awards, faults: faults.map(({ row, column, rule }) => `${row} ${column} ${rule}`) };
}
