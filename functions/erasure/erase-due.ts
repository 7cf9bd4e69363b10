import type { Application } from '../filing/applications/application.ts';
import type { Document } from '../filing/documents/document.ts';
import { dueBefore, type Retention, type SweptKind } from '../policy/retention/retention-schema.ts';
import type { ObjectionIn } from '../publicity/objections/objection.ts';
import type { ObjectionStore } from '../publicity/objections/objection-store.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import { log } from '../shared/log.ts';
import type { ApplicationRows } from './application-rows.ts';
import { type EraseApplicationParts, eraseApplication, finishErasure } from './erase-application.ts';
import { type EraseDocumentParts, eraseDocument, isSubmitted } from './erase-document.ts';
import { eraseStrayFile, type StrayFileParts, strayOf } from './erase-stray-files.ts';
import type { Outcome, Tally } from './erasure.ts';
import {
  anonymisedObjection,
  isLeftOver,
  isObjectorDue,
  isPending,
  kindOfDue,
  kindOfObjector,
} from './erasure-decision.ts';
import { HeldError } from './erasure-store.ts';

export interface EraseDueParts extends EraseApplicationParts, EraseDocumentParts, StrayFileParts {
  readonly documents: EraseApplicationParts['documents'] &
    EraseDocumentParts['documents'] &
    StrayFileParts['documents'];
  readonly store: EraseApplicationParts['store'];
  readonly rows: ApplicationRows;
  readonly objections: ObjectionStore;
  readonly retention: Retention;
  readonly clock: Clock;
  /** Whether there is time for another thing. */
  readonly hasTime: () => boolean;
}

/** What a run did, and whether it came to the end of everything. */
export interface ErasedDue {
  readonly finished: boolean;
  readonly dryRun: boolean;
  readonly tally: Tally;
}

/** How much of what was due could not be erased. */
export function failures({ tally }: ErasedDue): number {
  return Object.values(tally).reduce((sum, { failed = 0 }) => sum + failed, 0);
}

/** What is erased in one run at most: another comes in a quarter of an hour. */
const mostInOneRun = 2000;

/** What the keys of uploaded files begin with. */
const prefixes = ['applications/', 'objections/'] as const;

/**
 * Deletes or anonymises what is due by the schedule of retention: what the run before has left, applications and documents,
 * objectors, then files that nothing stands for. What somebody holds, or what something undecided needs, is left as it is.
 * Where time is over it stops; the next run goes on there. One thing that fails stops no other.
 * @param dryRun counts what would be done, from the beginning, and changes nothing.
 */
export async function eraseDue(parts: EraseDueParts, dryRun = false): Promise<ErasedDue> {
  const run = new Run(parts, dryRun);
  const finished =
    (await run.finishLeft()) &&
    (await run.sweepApplications()) &&
    (await run.sweepObjections()) &&
    (await run.sweepFiles());
  log.info('erasure.done', { finished, dryRun, tally: JSON.stringify(run.tally) });
  return { finished, dryRun, tally: run.tally };
}

class Run {
  readonly tally: Partial<Record<SweptKind, Partial<Record<Outcome, number>>>> = {};
  readonly #parts: EraseDueParts;
  readonly #dryRun: boolean;
  #done = 0;

  constructor(parts: EraseDueParts, dryRun: boolean) {
    this.#parts = parts;
    this.#dryRun = dryRun;
  }

  async finishLeft(): Promise<boolean> {
    if (this.#dryRun) return true;
    for (const pending of await this.#parts.erasures.left()) {
      if (!this.#goesOn()) return false;
      await this.#count(pending.kind, pending.thing, async () => finishErasure(this.#parts, pending));
    }
    return true;
  }

  async sweepApplications(): Promise<boolean> {
    const { rows, retention, clock } = this.#parts;
    const undecided = await this.#parts.objections.undecidedOf();
    return this.#round('applications', async (start) => {
      const page = await rows.due(retention, clock(), start);
      for (const applicationId of page.applicationIds) {
        if (!this.#goesOn()) return 'stopped';
        await this.#application(applicationId, undecided);
      }
      for (const document of page.documents) {
        if (!this.#goesOn()) return 'stopped';
        await this.#document(document);
      }
      return page.next;
    });
  }

  async sweepObjections(): Promise<boolean> {
    const { objections, retention, clock } = this.#parts;
    const now = clock();
    const dues = (['objectors', 'reporters'] as const).map((kind) =>
      dueBefore(retention, kind, now).getTime(),
    );
    for await (const objection of objections.decidedBefore(new Date(Math.max(...dues)))) {
      if (!this.#goesOn()) return false;
      if (isObjectorDue(objection, retention, now)) await this.#objection(objection);
    }
    return true;
  }

  async sweepFiles(): Promise<boolean> {
    for (const prefix of prefixes) {
      const finished = await this.#round(prefix, async (start) => {
        const after = start && String(start['key']);
        const { files, next } = await this.#parts.files.page(prefix, after);
        for (const { key, arrivedAt } of files) {
          if (!this.#goesOn()) return 'stopped';
          const due = dueBefore(this.#parts.retention, 'strayFiles', this.#parts.clock());
          if (arrivedAt < due) await this.#file(key);
        }
        return next === undefined ? undefined : { key: next };
      });
      if (!finished) return false;
    }
    return true;
  }

  /** A round page by page, from where the last run came to; a page that was not done whole is looked at again. */
  async #round(
    of: string,
    page: (
      start: Record<string, unknown> | undefined,
    ) => Promise<Record<string, unknown> | 'stopped' | undefined>,
  ): Promise<boolean> {
    const { erasures } = this.#parts;
    let start = this.#dryRun ? undefined : await erasures.position(of);
    do {
      if (!this.#goesOn()) return false;
      const next = await page(start);
      if (next === 'stopped') return false;
      start = next;
      if (!this.#dryRun) await erasures.comeTo(of, start);
    } while (start);
    return true;
  }

  async #application(applicationId: string, undecided: ReadonlySet<string>): Promise<void> {
    const { store, retention, clock } = this.#parts;
    const application = await store.get(applicationId);
    const now = clock();
    const kind = application && kindOfDue(application, retention, now);
    if (!kind) return;
    if (isPending(application) || undecided.has(applicationId)) return this.#note(kind, 'needed');
    const rule = { kind, rule: retention.version, now };
    await this.#erase(kind, subjectsOf(application), applicationId, () =>
      eraseApplication(this.#parts, application, rule),
    );
  }

  async #document(document: Document): Promise<void> {
    const { store, retention, clock } = this.#parts;
    if (!isLeftOver(document, retention, clock())) return;
    const application = await store.get(document.applicationId);
    if (!application || application.status === 'deleted') return;
    if (await isSubmitted(this.#parts, document)) return this.#note('unfinishedUploads', 'needed');
    const { organisation } = application;
    const rule = { organisation, rule: retention.version, now: clock() };
    await this.#erase('unfinishedUploads', subjectsOf(application), document.documentId, () =>
      eraseDocument(this.#parts, document, rule),
    );
  }

  async #objection(objection: ObjectionIn<'decided'>): Promise<void> {
    const { erasures, objections, retention, clock } = this.#parts;
    const kind = kindOfObjector(objection);
    const { objectionId, applicationId, organisation, proposal } = objection;
    if (proposal.outcome === 'merged') {
      // It is answered with another one: as long as that is open, this one is.
      const into = await objections.get(proposal.into);
      if (into && into.status !== 'decided') return this.#note(kind, 'needed');
    }
    const subjects = [objectionId, applicationId, organisation];
    const now = clock();
    await this.#erase(kind, subjects, objectionId, () => {
      const { to, note } = anonymisedObjection(objection, retention.version, now);
      return erasures.write([
        ...objections.transition(objection, to, note),
        ...erasures.unheld(subjects),
        erasures.record({ kind, thing: objectionId, rule: retention.version, at: note.at }),
      ]);
    });
  }

  async #file(key: string): Promise<void> {
    const { retention, clock } = this.#parts;
    const stray = await strayOf(this.#parts, key);
    if (!stray) return;
    const rule = { rule: retention.version, now: clock() };
    await this.#erase('strayFiles', stray.subjects, key, () => eraseStrayFile(this.#parts, stray, rule));
  }

  async #erase(
    kind: SweptKind,
    subjects: readonly string[],
    thing: string,
    erase: () => Promise<void>,
  ): Promise<void> {
    if (this.#dryRun) {
      return this.#note(kind, (await this.#parts.erasures.isHeld(subjects)) ? 'held' : 'erased');
    }
    await this.#count(kind, thing, erase);
  }

  async #count(kind: SweptKind, thing: string, erase: () => Promise<void>): Promise<void> {
    this.#done += 1;
    try {
      await erase();
      this.#note(kind, 'erased');
    } catch (error) {
      if (error instanceof HeldError) return this.#note(kind, 'held');
      // Somebody has changed it, which may be another run: what is due still is found by the next.
      if (error instanceof DomainError && error.code === 'concurrent-change')
        return this.#note(kind, 'needed');
      log.error('erasure.failed', error, { kind, thing });
      this.#note(kind, 'failed');
    }
  }

  #note(kind: SweptKind, outcome: Outcome): void {
    const counts = this.tally[kind] ?? {};
    this.tally[kind] = { ...counts, [outcome]: (counts[outcome] ?? 0) + 1 };
  }

  #goesOn(): boolean {
    return this.#done < mostInOneRun && this.#parts.hasTime();
  }
}

function subjectsOf({ applicationId, organisation }: Application): string[] {
  return [applicationId, organisation];
}
