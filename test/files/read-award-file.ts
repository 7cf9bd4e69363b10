import type { Award } from '../../functions/filing/applications/award.ts';
import type { ImportedAward } from '../../functions/registry/awards/award-record.ts';
import type { RowFault } from '../../functions/registry/imports/file-fault.ts';
import { fileInMemory } from '../../functions/registry/imports/import-files.ts';
import type { Mapping } from '../../functions/registry/imports/mapping.ts';
import type { StoredRow } from '../../functions/registry/imports/open-row-store.ts';
import {
  csvType,
  newImport,
  type RegistryImport,
  xlsxType,
} from '../../functions/registry/imports/registry-import.ts';
import { runImport } from '../../functions/registry/imports/run-import.ts';
import type { ImportId, OrganisationCode } from '../../functions/shared/vocabulary.ts';
import { today } from '../support/rooms.ts';
import type { SampleFile } from './sample-file.ts';

/** What becomes of a file of awards: its rows with what is looked at of each, or why it is refused. */
export type AwardFileOutcome =
  | {
      readonly awards: readonly (Partial<Omit<Award, 'amountFen'>> & { readonly amountFen?: number })[];
      /** Rows whose enterprises are left for a person. */
      readonly open?: readonly { readonly row: number; readonly name: string; readonly amountFen: number }[];
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
  /** Codes of enterprises by the names that the registry knows them by. */
  readonly known?: Readonly<Record<string, OrganisationCode>>;
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
  const open: StoredRow[] = [];
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
      match: async (names: readonly string[]) =>
        new Map(
          names.map((name) => {
            const known = file.known?.[name];
            const certain = known && { uscc: known, name, likeness: 'same' as const };
            return [name, certain ? { certain, candidates: [certain] } : { candidates: [] }] as const;
          }),
        ),
      compare: async () => ({ imported: [], unchanged: 0, repeated: [], conflicts: [] }),
      flush: async () => {},
    },
    openRows: {
      openIn: async () => new Set<number>(),
      keep: async (_: ImportId, rows: readonly StoredRow[]) => void open.push(...rows),
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
  const openRows = open.map(({ row, award }) => ({ row, name: award.name, amountFen: award.amountFen }));
  return {
    ...(open.length > 0 && { open: openRows }),
    awards,
    faults: faults.map(({ row, column, rule }) => `${row} ${column} ${rule}`),
  };
}
