import type { Clock } from '../../shared/clock.ts';
import { log } from '../../shared/log.ts';
import type { ImportId } from '../../shared/vocabulary.ts';
import type { ImportedAward } from '../awards/award-record.ts';
import type { AwardRegistry } from '../awards/award-registry.ts';
import { AwardRows } from './award-rows.ts';
import { csvForm } from './csv-form.ts';
import { readCsvRows } from './csv-rows.ts';
import { FileFault, fileFault, type RowFault } from './file-fault.ts';
import {
  hasEveryHeading,
  headingsIn,
  joined,
  knownHeadings,
  rowsBeforeHeadings,
  trimmed,
} from './headings.ts';
import type { ImportStore } from './import-store.ts';
import { ownMapping } from './mapping.ts';
import { csvType, type RegistryImport, reportedFaults } from './registry-import.ts';
import { hiddenRows } from './row-faults.ts';
import type { ScreeningRequests } from './screening-requests.ts';
import type { SheetRow, SourceFile } from './sheet-row.ts';
import { readXlsxRows } from './xlsx-rows.ts';

export interface RunImportDependencies {
  readonly registry: Pick<AwardRegistry, 'put' | 'compare' | 'flush'>;
  readonly imports: Pick<ImportStore, 'require' | 'advance' | 'keepFaults' | 'keepAwards'>;
  readonly screenings: Pick<ScreeningRequests, 'ask'>;
  /** Opens the file of an import. */
  readonly open: (asked: RegistryImport) => SourceFile | Promise<SourceFile>;
  readonly clock: Clock;
  /** Rows that are written together: what is done again after a crash, and what memory has to hold. Default: 1000. */
  readonly partRows?: number;
}

/** One call of a run. */
export interface ImportCall {
  readonly importId: ImportId;
  /** Names the run: all calls of one have the same. */
  readonly run: string;
}

/** Whether there is more to do after a call. */
export interface ImportCallResult {
  readonly outcome: 'more' | 'ended';
}

const usualPartRows = 1000;
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
    return await new Reading(deps, begun).readOn(until);
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
  await end({ imports, clock }, { ...stored, crashes }, { status: 'failed', faults });
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

/** The reading of one call. */
class Reading {
  readonly #deps: RunImportDependencies;
  #state: RegistryImport;
  #awards: AwardRows | undefined;
  /** Rows above the headings: the last of them may hold some that the next one lacks. */
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
      if (headings) this.#awards = this.#awardRows(headings, headerRow ?? 1);
      for await (const row of this.#rows()) {
        if (!this.#take(row)) continue;
        if (!(await this.#writePart())) return { outcome: 'ended' };
        if (clock() >= until) return { outcome: 'more' };
      }
      if (this.#above.length > 0 && !this.#awards) this.#refuseHeadings();
      if (!this.#awards) {
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
    const faults = [...this.#warnings, ...(fault?.faults ?? [])];
    await end(this.#deps, this.#state, { status: fault ? 'failed' : 'done', faults });
    return { outcome: 'ended' };
  }

  async *#rows(): AsyncGenerator<SheetRow> {
    const { contentType, mapping = ownMapping, place, sheet = mapping.sheet } = this.#state;
    const file = await this.#deps.open(this.#state);
    if (contentType === csvType) {
      yield* readCsvRows(file, await csvForm(file, mapping, knownHeadings(mapping)), place);
    } else {
      yield* readXlsxRows(file, sheet, place, (warning) => this.#warnings.push(warning));
    }
  }

  /** @returns whether a part is full. */
  #take(row: SheetRow): boolean {
    if (this.#awards) return this.#part.push(row) === (this.#deps.partRows ?? usualPartRows);
    const { mapping = ownMapping } = this.#state;
    if (row.row < mapping.headerRow) return false;
    const upper = this.#above.at(-1);
    const alone = trimmed(row.cells);
    const cells = [...(upper ? [joined(upper.cells, row.cells, mapping)] : []), alone].find((names) =>
      hasEveryHeading(names, mapping),
    );
    if (!cells) {
      if (this.#above.push(row) > rowsBeforeHeadings) this.#refuseHeadings();
      return false;
    }
    this.#awards = this.#awardRows(cells, row.row);
    this.#state = { ...this.#state, headings: cells, headerRow: row.row, place: row.next };
    return false;
  }

  /** @throws FileFault that names what the row lacks that is likely to be the one of headings. */
  #refuseHeadings(): void {
    const known = knownHeadings(this.#state.mapping ?? ownMapping);
    const counts = this.#above.map(({ cells }) => headingsIn(cells, known));
    const { cells, row } = this.#above[counts.indexOf(Math.max(...counts))] ?? { cells: [], row: 1 };
    this.#awardRows(trimmed(cells), row);
  }

  #awardRows(headings: readonly string[], headerRow: number): AwardRows {
    const { scheme, mapping, confirmUscc, contentType } = this.#state;
    return new AwardRows(headings, headerRow, {
      scheme,
      confirmUscc,
      mapping: mapping ?? ownMapping,
      isStrict: mapping === undefined,
      isRectangular: contentType === csvType,
    });
  }

  /** @returns false when another run has gone on meanwhile. */
  async #writePart(): Promise<boolean> {
    const { registry, imports, screenings, clock } = this.#deps;
    const [state, rows, part] = [this.#state, this.#awards, this.#part];
    const last = part.at(-1);
    if (!rows || !last) return true;
    const awards: ImportedAward[] = [];
    const faults = [...this.#warnings.splice(0), ...hiddenRows(part)];
    for (const row of part) {
      const read = rows.read(row);
      if (read.award) awards.push(read.award);
      faults.push(...read.faults);
    }
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
    faults.push(...put.repeated.map((again) => rows.repeated(again)));
    faults.push(...put.conflicts.map((conflict) => rows.ofTwoEnterprises(conflict)));
    faults.sort((a, b) => a.row - b.row);
    const kept = faults.slice(0, reportedFaults - state.reported);
    await imports.keepFaults(state.importId, state.place.row, kept);
    const now = clock();
    const advanced = await imports.advance({
      ...state,
      place: last.next,
      rows: state.rows + part.length,
      imported: state.imported + put.imported.length,
      unchanged: state.unchanged + put.unchanged,
      faulty: state.faulty + part.length - awards.length + put.repeated.length,
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

async function end(
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
