import { DomainError } from '../../shared/errors.ts';
import { shanghaiTime } from '../../shared/shanghai-date.ts';
import { quoted } from '../../shared/text.ts';
import type { Application, ApplicationIn } from './application.ts';
import type { Correction } from './correction.ts';
import { changedPaths } from './submissions.ts';

/** Where a guide says what is corrected, how often and until when. */
export function correctionCitation(guide: string): string {
  return `申报指南 ${guide} 补正`;
}

/** The correction that an application is returned for. */
export function currentCorrection({ corrections, applicationId }: ApplicationIn<'returned'>): Correction {
  const correction = corrections.at(-1);
  if (!correction) throw new Error(`${applicationId} is returned without a correction`);
  return correction;
}

/**
 * Whether an applicant may still change a document of a material: in a draft every one, in a correction those that
 * were returned.
 * @throws DomainError not-in-this-state, deadline-passed, invalid-request for a material that is not open.
 */
export function requireOpenMaterial(application: Application, material: string, now: Date): void {
  if (application.status === 'draft') return;
  if (application.status !== 'returned') throw new DomainError('not-in-this-state');
  requireInTime(application, now);
  requireOpen(application, [`documents.${material}`]);
}

/**
 * Refuses changes of anything that was not returned.
 * @throws DomainError deadline-passed; invalid-request with every place that is not open.
 */
export function requireOpenChanges(
  application: ApplicationIn<'returned'>,
  content: Application['content'],
  now: Date,
): void {
  requireInTime(application, now);
  const documents = application.submission.documents;
  requireOpen(application, changedPaths({ content: application.content, documents }, { content, documents }));
}

/** @throws DomainError deadline-passed when the application was to be corrected before now, grace included. */
export function requireInTime(application: ApplicationIn<'returned'>, now: Date): void {
  const { lapsesAt } = currentCorrection(application);
  if (now < new Date(lapsesAt)) return;
  throw new DomainError('deadline-passed', {
    detail: {
      zh: `补正期限已于 ${shanghaiTime(lapsesAt)} 届满`,
      en: `the correction was due before ${shanghaiTime(lapsesAt)}`,
    },
  });
}

function requireOpen(application: ApplicationIn<'returned'>, paths: readonly string[]): void {
  const open = new Set(currentCorrection(application).items.map(({ path }) => path));
  const closed = paths.filter((path) => !open.has(path));
  if (closed.length === 0) return;
  throw new DomainError('invalid-request', {
    faults: closed.map((path) => ({
      path,
      rule: 'open-to-correction',
      message: {
        zh: `此项未被退回，不得修改；可修改：${quoted([...open]).zh}`,
        en: `it was not returned and may not change; open to correction: ${quoted([...open]).en}`,
      },
      citation: correctionCitation(application.guide),
    })),
  });
}
