import type { Application, ApplicationIn } from '../../filing/applications/application.ts';
import type { Award } from '../../filing/applications/award.ts';
import type { HistoryNote } from '../../filing/applications/history-row.ts';
import { pairId, type Suspicion } from '../../filing/applications/suspicion.ts';
import { computeCeiling } from '../../filing/eligibility/ceiling.ts';
import { creditConditionOf } from '../../filing/eligibility/credit-rules.ts';
import type { Candidate } from '../../money/pools/candidates.ts';
import { involvedIn } from '../../money/pools/duty-rules.ts';
import type { WorkCalendar } from '../../policy/calendar/work-calendar.ts';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import { issueCertificate } from '../../publicity/certificates/issue-certificate.ts';
import { scoreOf } from '../../review/experts/scores.ts';
import type { SignOffTask } from '../../review/tasks/task.ts';
import { systemActor } from '../../shared/actor.ts';
import { contentHash } from '../../shared/hash.ts';
import { fen } from '../../shared/money.ts';
import type { Reason } from '../../shared/text.ts';
import { yuanOf } from '../../shared/yuan.ts';
import { adjudicationStage, adjudicationTask } from './adjudication.ts';
import { type CheckWork, describeCheck } from './describe-check.ts';
import type { DuplicateCheck } from './duplicate-check.ts';
import { awardsOf, type Finding, notTwice, topsUp } from './exact-rules.ts';
import { claimsOf, type Matter } from './matter.ts';
import { ofAward } from './suspicion-rules.ts';
import { type Judged, type TakenOff, totalOf } from './verdict-rules.ts';

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
 * another scheme has paid.
 * @returns undefined when suspicions are to be looked for.
 */
export function decidedByExactRules(context: DeduplicationContext): DeduplicationDecision | undefined {
  const { opened, exact } = context;
  const barring = exact.findings.filter((finding) => finding.kind === 'claim' || !topsUp(opened.item));
  return barring.length > 0 ? refused(context, reasonsOf(barring)) : undefined;
}

/**
 * Decides by what adjudicators have said of suspicions: nobody of some of them, and they are asked; that it is one
 * matter, and the application ends; or it enters its pool with what other schemes have left to pay, if that is anything;
 * where nothing is paid, it is recognised.
 * @throws CalendarMissingError when the adjudicators' task would be due in a year without a calendar.
 */
export function decidedBySuspicions(context: DeduplicationContext, judged: Judged): DeduplicationDecision {
  const { application, opened, matter, exact } = context;
  const { open, duplicates } = judged;
  if (open.length > 0) return suspected(context, judged);
  if (duplicates.length > 0) return refused(context, duplicates, judged);
  if (opened.item.amount.kind === 'none') return recognised(context, judged);
  const takenOff = topsUp(opened.item)
    ? { ...takenOffBy(matter.matterKey, awardsOf(exact.findings)), ...judged.takenOff }
    : undefined;
  const figures = figuresOf(application, opened, takenOff);
  if (Object.keys(takenOff ?? {}).length > 0 && figures.ceiling.fen === 0) {
    return refused(context, [...reasonsOf(exact.findings), nothingLeft(figures)], judged);
  }
  return pooled(context, figures, judged);
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

function recognised(context: DeduplicationContext, judged: Judged): DeduplicationDecision {
  const { application, opened, matter, now } = context;
  const claims = claimsOf(matter);
  const certificate = issueCertificate(application, opened.guide.year, now.toISOString());
  return {
    outcome: 'recognised',
    to: { ...moved(context), status: 'recognised', matterKey: matter.matterKey, claims, certificate },
    ...noted(context, 'recognised', judged, { event: 'recognised', note: certificate.number }),
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
      ...(creditConditionOf(opened) && { asksCredit: true }),
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
  const work = { registry, thresholds, exact, deduplication, toppedUp: topsUp(opened.item), judged };
  const check = describeCheck(application, outcome, at, work);
  return { check, note: { at, actor: systemActor, ...note, basisHash: contentHash(check) } };
}

/** What others were paid of a matter by their own records, by the ids of the pairs. */
function takenOffBy(matterKey: string, awards: readonly Award[]): TakenOff {
  return Object.fromEntries(awards.map((award) => [pairId(matterKey, ofAward(award)), award.amountFen]));
}

type Figures = Pick<ApplicationIn<'pooled'>, 'ceiling' | 'alreadyPaidFen' | 'takenOff'>;

/**
 * The most that an application can be paid after what others were paid of its matter.
 * @param takenOff undefined where the guide tops nothing up.
 * @throws Error when a share is to be taken of an input that nobody verified.
 */
export function figuresOf(
  application: Pick<ApplicationIn<'deduplication'>, 'content' | 'signedOffFen' | 'verifiedInputFen'>,
  opened: OpenedItem,
  takenOff: TakenOff | undefined,
): Figures {
  const { content, signedOffFen, verifiedInputFen } = application;
  if (opened.item.amount.kind === 'ratio' && verifiedInputFen === undefined) {
    throw new Error('a share is taken of the verified input, and none was verified');
  }
  const alreadyPaidFen = takenOff && totalOf(takenOff);
  const ceiling = computeCeiling(opened, content, { signedOffFen, verifiedInputFen, alreadyPaidFen });
  return { ceiling, ...(takenOff && { alreadyPaidFen, takenOff }) };
}

function reasonsOf(findings: readonly Finding[]): Reason[] {
  return findings.map(({ reason }) => reason);
}

/** The reason of an application that nothing is left to pay for. */
export function nothingLeft({ alreadyPaidFen = fen(0) }: Figures): Reason {
  return {
    code: 'nothing-left',
    citation: notTwice,
    message: {
      zh: `同一事项已获奖补 ${yuanOf(alreadyPaidFen)} 元，已无可补差额`,
      en: `${yuanOf(alreadyPaidFen)} yuan were paid for the same matter: nothing is left to top up`,
    },
  };
}
