import type { Application, ApplicationIn } from '../../filing/applications/application.ts';
import type { HistoryNote } from '../../filing/applications/history-row.ts';
import type { Suspicion } from '../../filing/applications/suspicion.ts';
import { computeCeiling } from '../../filing/eligibility/ceiling.ts';
import type { Candidate } from '../../money/pools/candidates.ts';
import { involvedIn } from '../../money/pools/duty-rules.ts';
import type { WorkCalendar } from '../../policy/calendar/work-calendar.ts';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import { issueCertificate } from '../../publicity/certificates/issue-certificate.ts';
import { scoreOf } from '../../review/experts/scores.ts';
import type { SignOffTask } from '../../review/tasks/task.ts';
import { systemActor } from '../../shared/actor.ts';
import { contentHash } from '../../shared/hash.ts';
import { type Fen, fen, sumFen } from '../../shared/money.ts';
import type { Reason } from '../../shared/text.ts';
import { adjudicationStage, adjudicationTask } from './adjudication.ts';
import { type CheckWork, describeCheck } from './describe-check.ts';
import type { DuplicateCheck } from './duplicate-check.ts';
import { type Finding, notTwice, paidBy } from './exact-rules.ts';
import { claimsOf, type Matter } from './matter.ts';
import type { Judged } from './verdict-rules.ts';

/** What a duplicate check is about, and what it has found by the exact rules. */
export interface DeduplicationContext extends Pick<CheckWork, 'registry' | 'thresholds' | 'exact'> {
  readonly application: ApplicationIn<'deduplication'>;
  readonly opened: OpenedItem;
  readonly matter: Matter;
  readonly calendar: WorkCalendar;
  readonly now: Date;
}

/** What a duplicate check comes to. */
export interface DeduplicationDecision {
  readonly outcome: 'pooled' | 'recognised' | 'duplicate' | 'suspected';
  readonly to: ApplicationIn<'pooled' | 'recognised' | 'duplicate' | 'adjudication'>;
  readonly note: HistoryNote;
  readonly check: DuplicateCheck;
  /** Claims that the application has to get: another one may have been faster. */
  readonly takes?: readonly string[];
  /** Its place in a pool. */
  readonly enters?: Candidate;
  /** The case that is brought before the adjudicators. */
  readonly opens?: { readonly task: SignOffTask; readonly suspicions: readonly Suspicion[] };
}

/**
 * The application, where its duplicate check is still to be decided.
 * @throws Error when the submission is not its own.
 */
export function undecided(
  application: Application,
  submission: number,
): ApplicationIn<'deduplication'> | undefined {
  if (!('submission' in application) || application.submission?.number !== submission) {
    throw new Error(`submission ${submission} is not the application's`);
  }
  return application.status === 'deduplication' ? application : undefined;
}

/** What a repeated check is told: how it was decided. @throws Error when the application has not come this far. */
export function answeredBefore(application: Application): DeduplicationDecision['outcome'] | 'withdrawn' {
  switch (application.status) {
    case 'adjudication':
      return 'suspected';
    case 'recognised':
    case 'duplicate':
    case 'withdrawn':
      return application.status;
    case 'pooled':
    case 'allocated':
    case 'noticed':
    case 'ordered':
    case 'closed':
    case 'cancelled':
      return 'pooled';
    default:
      throw new Error(`an application is not deduplicated in the status ${application.status}`);
  }
}

/**
 * Decides where the exact rules are enough: what stands against the application ends it, unless the guide tops up what
 * another scheme has paid; and where nothing is paid there is nothing else to look at.
 * @returns undefined when suspicions are to be looked for.
 */
export function decidedByExactRules(context: DeduplicationContext): DeduplicationDecision | undefined {
  const { opened, exact } = context;
  const barring = exact.findings.filter((finding) => finding.kind === 'claim' || !topsUp(opened));
  if (barring.length > 0) return refused(context, reasonsOf(barring));
  return opened.item.amount.kind === 'none' ? recognised(context) : undefined;
}

/**
 * Decides by what adjudicators have said of suspicions: nobody of some of them, and they are asked; that it is one
 * matter, and the application ends; or it enters its pool with what other schemes have left to pay, if that is anything.
 * @throws CalendarMissingError when the adjudicators' task would be due in a year without a calendar.
 */
export function decidedBySuspicions(context: DeduplicationContext, judged: Judged): DeduplicationDecision {
  const { opened, exact } = context;
  const { open, duplicates, paidFen } = judged;
  if (open.length > 0) return suspected(context, judged);
  if (duplicates.length > 0) return refused(context, duplicates, judged);
  const byVerdicts = paidFen === undefined ? [] : [paidFen];
  const paid = topsUp(opened) ? [paidBy(exact.findings), ...byVerdicts] : byVerdicts;
  const figures = figuresOf(context, paid.length > 0 ? sumFen(paid) : undefined);
  const isSharing = exact.findings.length > 0 || paidFen !== undefined;
  if (isSharing && figures.ceiling.fen === 0) {
    return refused(context, [...reasonsOf(exact.findings), nothingLeft(figures)], judged);
  }
  return pooled(context, figures, judged);
}

/** Where nothing is paid there is nothing to top up: an award for the same matter bars there too. */
function topsUp({ item }: OpenedItem): boolean {
  return item.deduplication.mode === 'top-up' && item.amount.kind !== 'none';
}

/** Brings a case before an adjudicator, with a task of its own. */
function suspected(context: DeduplicationContext, judged: Judged): DeduplicationDecision {
  const { application, opened, calendar, now } = context;
  const at = now.toISOString();
  const task = adjudicationTask(application, opened, now, calendar);
  const suspicions = judged.open;
  return {
    outcome: 'suspected',
    to: {
      ...moved(context),
      status: 'adjudication',
      adjudication: { taskId: task.taskId, suspicions, at },
    },
    ...noted(context, 'suspected', judged, { event: 'suspected', stage: adjudicationStage }),
    opens: { task, suspicions },
  };
}

function refused(context: DeduplicationContext, reasons: Reason[], judged?: Judged): DeduplicationDecision {
  return {
    outcome: 'duplicate',
    to: { ...moved(context), status: 'duplicate', reasons },
    ...noted(context, 'duplicate', judged, { event: 'found-duplicate', reasons }),
  };
}

function recognised(context: DeduplicationContext): DeduplicationDecision {
  const { application, opened, matter, now } = context;
  const claims = claimsOf(matter);
  const certificate = issueCertificate(application, opened.guide.year, now.toISOString());
  return {
    outcome: 'recognised',
    to: { ...moved(context), status: 'recognised', matterKey: matter.matterKey, claims, certificate },
    ...noted(context, 'recognised', undefined, { event: 'recognised', note: certificate.number }),
    takes: claims,
  };
}

function pooled(context: DeduplicationContext, figures: Figures, judged: Judged): DeduplicationDecision {
  const { application, opened, matter } = context;
  const { applicationId, organisation, content, submission } = application;
  const pool = opened.item.pool;
  if (pool === undefined) throw new Error(`item ${opened.item.id} has no pool`);
  const score = scoreOf(application, opened);
  const { name: organisationName, predecessors } = content.enterprise;
  const claims = claimsOf(matter);
  return {
    outcome: 'pooled',
    to: { ...moved(context), status: 'pooled', ...figures, matterKey: matter.matterKey, claims, pool },
    ...noted(context, 'pooled', judged, { event: 'pooled' }),
    takes: claims,
    enters: {
      applicationId,
      poolId: pool,
      organisation,
      organisationName,
      ...(predecessors.length > 0 && { predecessors }),
      item: content.item,
      ceilingFen: figures.ceiling.fen,
      // A correction costs nobody its place.
      submittedAt: submission.firstAt,
      contentHash: submission.contentHash,
      deciders: involvedIn(application),
      ...(score !== undefined && { score }),
    },
  };
}

/** The application's next version. */
function moved({ application, now }: DeduplicationContext) {
  return { ...application, version: application.version + 1, updatedAt: now.toISOString() };
}

/** What is kept of the check, and the note that refers to it. */
function noted(
  { application, opened, now, registry, thresholds, exact }: DeduplicationContext,
  outcome: DeduplicationDecision['outcome'],
  judged: Judged | undefined,
  note: Pick<HistoryNote, 'event' | 'stage' | 'reasons' | 'note'>,
): { readonly check: DuplicateCheck; readonly note: HistoryNote } {
  const at = now.toISOString();
  const { deduplication } = opened.item;
  const work = { registry, thresholds, exact, deduplication, toppedUp: topsUp(opened), judged };
  const check = describeCheck(application, outcome, at, work);
  return { check, note: { at, actor: systemActor, ...note, basisHash: contentHash(check) } };
}

type Figures = Pick<ApplicationIn<'pooled'>, 'ceiling' | 'alreadyPaidFen'>;

function figuresOf({ application, opened }: DeduplicationContext, alreadyPaidFen: Fen | undefined): Figures {
  const { content, signedOffFen, verifiedInputFen } = application;
  if (opened.item.amount.kind === 'ratio' && verifiedInputFen === undefined) {
    throw new Error('a share is taken of the verified input, and none was verified');
  }
  const ceiling = computeCeiling(opened, content, { signedOffFen, verifiedInputFen, alreadyPaidFen });
  return { ceiling, ...(alreadyPaidFen !== undefined && { alreadyPaidFen }) };
}

function reasonsOf(findings: readonly Finding[]): Reason[] {
  return findings.map(({ reason }) => reason);
}

function nothingLeft({ alreadyPaidFen = fen(0) }: Figures): Reason {
  return {
    code: 'nothing-left',
    citation: notTwice,
    message: {
      zh: `同一事项已获奖补 ${alreadyPaidFen} 分，已无可补差额`,
      en: `${alreadyPaidFen} fen were paid for the same matter: nothing is left to top up`,
    },
  };
}
