import type { Clock } from '../../shared/clock.ts';
import { log } from '../../shared/log.ts';
import type { ImportedAward } from '../awards/award-record.ts';
import type { AwardRegistry } from '../awards/award-registry.ts';
import { AwardTable, atHeadings, type Read, withOutside } from './award-table.ts';
import { csvForm } from './csv-form.ts';
import { readCsvRows } from './csv-rows.ts';
import { FileFault, fileFault, type RowFault } from './file-fault.ts';
import {
  hasEveryHeading,
  headingRowsAtMost,
  headingsIn,
  joined,
  knownHeadings,
  rowsBeforeHeadings,
  trimmed,
} from './headings.ts';
import type { ImportStore } from './import-store.ts';
import { ownMapping } from './mapping.ts';
import { matchRows, sheetOf, type UncodedRow } from './match-rows.ts';
import type { OpenRowStore } from './open-row-store.ts';
import { previewedRows, previewOf } from './preview.ts';
import { csvType, type RegistryImport, reportedFaults } from './registry-import.ts';
import { hiddenRows } from './row-faults.ts';
import type { ScreeningRequests } from './screening-requests.ts';
import { placeInSheets, type SheetRow, type SourceFile } from './sheet-row.ts';
import { emptyTable } from './table-state.ts';
import { readXlsxRows } from './xlsx-rows.ts';

export interface RunImportDependencies {
  readonly registry: Pick<AwardRegistry, 'put' | 'compare' | 'flush' | 'match'>;
  readonly imports: Pick<ImportStore, 'require' | 'advance' | 'keepFaults' | 'keepAwards'>;
  readonly openRows: Pick<OpenRowStore, 'keep' | 'openIn'>;
  readonly screenings: Pick<ScreeningRequests, 'ask'>;
  /** Opens the file of an import. */
  readonly open: (asked: RegistryImport) => SourceFile | Promise<SourceFile>;
  readonly clock: Clock;
  /** Rows that are written together: what is done again after a crash, and what memory has to hold. Default: 1000. */
  readonly partRows?: number;
}

/** Whether there is more to do after a call. */
export interface ImportCallResult {
  readonly outcome: 'more' | 'ended';
}

const usualPartRows = 1000;

/** The reading of one call. */
export class ImportReading {
  readonly #deps: RunImportDependencies;
  #state: RegistryImport;
  #table: AwardTable | undefined;
  /** Rows above the headings: the last ones of them may hold some that the next one lacks. */
  #above: SheetRow[] = [];
  #part: SheetRow[] = [];
  #warnings: RowFault[] = [];
  #since: number;

  constructor(deps: RunImportDependencies, begun: RegistryImport) {
    this.#deps = deps;
    this.#state = begun;
    this.#since = deps.clock().getTime();
  }

  async readOn(until: Date): Promise<ImportCallResult> {
    const { clock } = this.#deps;
    let fault: FileFault | undefined;
    try {
      const { headings, headerRow } = this.#state;
      if (headings) this.#table = this.#open(headings, headerRow ?? 1);
      for await (const row of this.#rows()) {
        if (this.#beginsSheet(row) && !(await this.#leaveSheet())) return { outcome: 'ended' };
        if (!this.#take(row)) continue;
        if (!(await this.#writePart())) return { outcome: 'ended' };
        if (clock() >= until) return { outcome: 'more' };
      }
      if (this.#above.length > 0 && !this.#table) this.#refuseHeadings();
      if (!this.#table) {
        throw fileFault('no-headings', {
          zh: '文件为空或没有表头',
          en: 'the file is empty or has no headings',
        });
      }
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      fault = error;
    }
    // What stands before the fault is good.
    if (this.#part.length > 0 && !(await this.#writePart())) return { outcome: 'ended' };
    const open = fault ? [] : (this.#table?.end() ?? []);
    const faults = [...this.#warnings, ...open, ...(fault?.faults ?? [])].map((one) => this.#shown(one));
    await endImport(this.#deps, this.#state, { status: fault ? 'failed' : 'done', faults });
    return { outcome: 'ended' };
  }

  async *#rows(): AsyncGenerator<SheetRow> {
    const { contentType, mapping = ownMapping, place, sheet = mapping.sheet } = this.#state;
    const names = sheet === undefined ? mapping.sheets : [sheet];
    const choice = { names, ignored: mapping.ignoredSheets, marksMerged: mapping.repeatDown.length > 0 };
    const file = await this.#deps.open(this.#state);
    if (contentType === csvType) {
      yield* readCsvRows(file, await csvForm(file, mapping, knownHeadings(mapping)), place);
    } else {
      yield* readXlsxRows(file, choice, place, (warning) => this.#warnings.push(warning));
    }
  }

  /** Whether a row is the first one of another sheet than the last one was. */
  #beginsSheet({ row }: SheetRow): boolean {
    const before = this.#part.at(-1)?.row ?? this.#state.place.row;
    return this.#table !== undefined && placeInSheets(before).sheet !== placeInSheets(row).sheet;
  }

  /** A list goes on in a table of its own. @returns false when another run has gone on meanwhile. */
  async #leaveSheet(): Promise<boolean> {
    this.#warnings.push(...(this.#table?.end() ?? []));
    if (!(await this.#writePart())) return false;
    this.#table = undefined;
    const { headings: _, around: __, ...state } = this.#state;
    this.#state = state;
    return true;
  }

  /** @returns whether a part is full. */
  #take(row: SheetRow): boolean {
    if (this.#table) return this.#part.push(row) === (this.#deps.partRows ?? usualPartRows);
    const { mapping = ownMapping } = this.#state;
    // Headings begin at the mapping's row; what is told above them counts wherever it stands.
    const place = placeInSheets(row.row).row;
    const upper = this.#above
      .filter((above) => placeInSheets(above.row).row >= mapping.headerRow)
      .slice(1 - headingRowsAtMost);
    // As few rows as tell: above them stand titles.
    const groups = upper.map((_, from) => [...upper.slice(from), row]).toReversed();
    const found =
      place < mapping.headerRow
        ? undefined
        : [[row], ...groups]
            .map((rows) => ({
              rows,
              names: joined(
                rows.map(({ cells }) => cells),
                mapping,
              ),
            }))
            .find(({ names }) => hasEveryHeading(names, mapping));
    if (!found) {
      if (this.#above.push(row) > rowsBeforeHeadings && place >= mapping.headerRow) this.#refuseHeadings();
      return false;
    }
    const outside = this.#above.filter((above) => !found.rows.includes(above));
    const told = outside.reduce(
      (state, { cells }) => withOutside(state, cells, mapping),
      this.#state.around ?? emptyTable,
    );
    const around = atHeadings(
      told,
      found.rows.map(({ cells }) => cells),
    );
    this.#above = [];
    this.#state = { ...this.#state, around, headings: found.names, headerRow: row.row, place: row.next };
    this.#table = this.#open(found.names, row.row);
    return false;
  }

  /** @throws FileFault that names what the row lacks that is likely to be the one of headings. */
  #refuseHeadings(): void {
    const known = knownHeadings(this.#state.mapping ?? ownMapping);
    const counts = this.#above.map(({ cells }) => headingsIn(cells, known));
    const { cells, row } = this.#above[counts.indexOf(Math.max(...counts))] ?? { cells: [], row: 1 };
    this.#open(trimmed(cells), row);
  }

  #open(headings: readonly string[], headerRow: number): AwardTable {
    const { scheme, mapping, confirmUscc, contentType, around = emptyTable } = this.#state;
    const options = {
      scheme,
      confirmUscc,
      mapping: mapping ?? ownMapping,
      isStrict: mapping === undefined,
      isRectangular: contentType === csvType,
    };
    return new AwardTable(headings, headerRow, options, around);
  }

  /** A fault with its row as people count it. */
  #shown(fault: RowFault): RowFault {
    return { ...fault, row: placeInSheets(fault.row).row, ...sheetOf(this.#state, fault.row) };
  }

  /** @returns false when another run has gone on meanwhile. */
  async #writePart(): Promise<boolean> {
    const { registry, imports, screenings, clock } = this.#deps;
    const [state, table, part] = [this.#state, this.#table, this.#part];
    const last = part.at(-1);
    if (!table || !last) return true;
    const awards: ImportedAward[] = [];
    const uncoded: UncodedRow[] = [];
    const faults = [...this.#warnings.splice(0), ...hiddenRows(part)];
    const reads: { row: SheetRow; read: Read }[] = [];
    let others = 0;
    for (const row of part) {
      const read = table.read(row);
      reads.push({ row, read });
      if (read.as !== 'award') others += 1;
      if (read.award) awards.push(read.award);
      if (read.uncoded) uncoded.push(read.uncoded);
      faults.push(...read.faults);
    }
    const named = await matchRows(this.#deps, state, uncoded, last.row);
    awards.push(...named.awards);
    // Of awards that are given again the first row counts.
    awards.sort((a, b) => a.row - b.row);
    faults.push(...named.open.map(({ row, candidates }) => table.rows.openName(row, candidates)));
    const source = {
      importId: state.importId,
      fileHash: state.sha256,
      importer: state.requestedBy,
      at: clock().toISOString(),
    };
    // Before they are written: a part that breaks off for good can be taken back too.
    const awardIds = awards.map(({ award }) => award.awardId);
    if (!state.dryRun) await imports.keepAwards(state.importId, state.place.row, awardIds);
    const put = await (state.dryRun ? registry.compare(awards, source) : registry.put(awards, source));
    if (!state.dryRun) await screenings.ask(state.importId, state.place.row, put.imported);
    faults.push(...put.repeated.map((again) => table.rows.repeated(again)));
    faults.push(...put.conflicts.map((conflict) => table.rows.ofTwoEnterprises(conflict)));
    faults.sort((a, b) => a.row - b.row);
    const kept = faults.slice(0, reportedFaults - state.reported).map((fault) => this.#shown(fault));
    await imports.keepFaults(state.importId, state.place.row, kept);
    const { preview = [] } = state;
    const first = state.dryRun ? reads.slice(0, previewedRows - preview.length) : [];
    const again = new Set(put.repeated.map(({ row }) => row));
    const taken = awards.filter(({ row }) => !again.has(row));
    const more = previewOf(first, taken, named.open).map((one, index) => ({
      ...one,
      ...sheetOf(state, first[index]?.row.row ?? 0),
    }));
    const now = clock();
    const advanced = await imports.advance({
      ...state,
      place: last.next,
      headings: table.headings.slice(),
      around: table.state,
      ...(state.dryRun && { preview: [...preview, ...more] }),
      rows: state.rows + part.length - others,
      others: (state.others ?? 0) + others,
      open: (state.open ?? 0) + named.open.length,
      imported: state.imported + put.imported.length,
      unchanged: state.unchanged + put.unchanged,
      faulty: state.faulty + part.length - others - awards.length - named.open.length + put.repeated.length,
      faults: state.faults + faults.length,
      reported: state.reported + kept.length,
      workedMs: state.workedMs + Math.max(0, now.getTime() - this.#since),
      updatedAt: now.toISOString(),
      crashes: 0,
    });
    this.#part = [];
    this.#since = now.getTime();
    if (advanced) this.#state = advanced;
    return advanced !== undefined;
  }
}

/** Ends an import with what was found last. */
export async function endImport(
  { imports, clock }: Pick<RunImportDependencies, 'imports' | 'clock'>,
  state: RegistryImport,
  { status, faults }: { readonly status: 'done' | 'failed'; readonly faults: readonly RowFault[] },
): Promise<void> {
  // The last ones tell why an import failed: they are kept beyond the limit, a few of them.
  const kept = faults.slice(0, Math.max(100, reportedFaults - state.reported));
  await imports.keepFaults(state.importId, state.place.row, kept);
  const at = clock().toISOString();
  const ended = await imports.advance({
    ...state,
    status,
    finishedAt: at,
    updatedAt: at,
    faults: state.faults + faults.length,
    reported: state.reported + kept.length,
  });
  if (ended) log.info('import.ended', { import: state.importId, status, rows: state.rows });
}
