import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { ClaimStore } from '../../filing/applications/claim-store.ts';
import type { Suspicion } from '../../filing/applications/suspicion.ts';
import { computeCeiling } from '../../filing/eligibility/ceiling.ts';
import { enterPool } from '../../money/pools/candidates.ts';
import { involvedIn } from '../../money/pools/duties.ts';
import type { OpenedItem, PolicyBook } from '../../policy/guides/policy-book.ts';
import { issueCertificate } from '../../publicity/certificates/issue-certificate.ts';
import type { AwardRegistry } from '../../registry/awards/award-registry.ts';
import { scoreOf } from '../../review/experts/scores.ts';
import type { SignOffTaskStore } from '../../review/tasks/task-store.ts';
import { systemActor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { type Fen, fen, sumFen } from '../../shared/money.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { Reason } from '../../shared/text.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { adjudicationStage, adjudicationTask, judgeSuspicions } from './adjudication.ts';
import type { CheckStore } from './check-store.ts';
import { withEarlierPredecessors } from './earlier-predecessors.ts';
import {
  claimsOf,
  type Finding,
  findDuplicates,
  type Matter,
  matterOf,
  notTwice,
  paidBy,
} from './find-duplicates.ts';
import type { NameJudge } from './find-suspicions.ts';
import { type CheckWork, keepCheck } from './keep-check.ts';
import { placesOf } from './trace.ts';
import type { TraceStore } from './trace-store.ts';
import type { VerdictStore } from './verdict-store.ts';

export interface DeduplicateDependencies {
  readonly applications: ApplicationStore;
  readonly tasks: SignOffTaskStore;
  readonly registry: AwardRegistry;
  readonly claims: ClaimStore;
  readonly traces: Pick<TraceStore, 'leave' | 'find'>;
  readonly verdicts: VerdictStore;
  readonly checks: CheckStore;
  readonly names: NameJudge;
  readonly budgetTable: string;
  readonly policy: PolicyBook;
  readonly clock: Clock;
}

export interface DeduplicateResult {
  readonly outcome: 'pooled' | 'recognised' | 'duplicate' | 'suspected' | 'withdrawn';
}

/**
 * Ends an application that would be supported twice for one matter, or claims the matter and goes on: into its pool with
 * what other schemes have left to pay, or, where the item recognises or refers, to its end with a certificate. Of
 * applications for one matter at the same time exactly one gets the claim; the others look again and find it taken.
 * Repeated, it answers what was decided.
 * @throws Error when the application has not come this far or is another submission's; concurrent-change when others
 * keep changing it.
 */
export async function deduplicate(
  deps: DeduplicateDependencies,
  task: { readonly applicationId: string; readonly submission: number },
): Promise<DeduplicateResult> {
  return decideAgainOnConflict(async () => {
    const application = await deps.applications.require(task.applicationId);
    if (!('submission' in application) || application.submission?.number !== task.submission) {
      throw new Error(`submission ${task.submission} is not the application's`);
    }
    switch (application.status) {
      case 'deduplication':
        return decide(deps, application);
      case 'adjudication':
        return { outcome: 'suspected' };
      case 'recognised':
      case 'duplicate':
      case 'withdrawn':
        return { outcome: application.status };
      case 'pooled':
      case 'allocated':
      case 'noticed':
      case 'ordered':
      case 'closed':
      case 'cancelled':
        return { outcome: 'pooled' };
      default:
        throw new Error(`an application is not deduplicated in the status ${application.status}`);
    }
  });
}

async function decide(
  deps: DeduplicateDependencies,
  application: ApplicationIn<'deduplication'>,
): Promise<DeduplicateResult> {
  const opened = await deps.policy.requireItem(application.guide, application.content.item);
  const { deduplication, amount } = opened.item;
  const content = await withEarlierPredecessors(deps.traces, application.content);
  const matter = matterOf(opened.item, content);
  // Its own trace comes first: of two applications at once, at least one meets the other.
  if (amount.kind !== 'none') await leaveTrace(deps, application, matter);
  // Read before the registry is looked into: what is imported later comes by itself, as a late match.
  const registry = await deps.registry.version();
  const exact = await findDuplicates(deps.registry, matter, application, deduplication.levels);
  const { findings } = exact;
  // Where nothing is paid there is nothing to top up: an award for the same matter bars there too.
  const toppedUp = deduplication.mode === 'top-up' && amount.kind !== 'none';
  const barring = findings.filter((finding) => finding.kind === 'claim' || !toppedUp);
  const exactWork = { registry, deduplication, thresholds: deps.names.thresholds, exact, toppedUp };
  if (barring.length > 0) return refuse(deps, application, reasonsOf(barring), exactWork);
  if (amount.kind === 'none') return recognise(deps, application, opened, matter, exactWork);
  const judged = await judgeSuspicions(deps, application, matter, deduplication, findings);
  const { open, duplicates, paidFen } = judged;
  const work = { ...exactWork, judged };
  if (open.length > 0) return suspend(deps, application, opened, open, work);
  if (duplicates.length > 0) return refuse(deps, application, duplicates, work);
  const paid = sumFen([...(toppedUp ? [paidBy(findings)] : []), ...(paidFen ?? [])]);
  const figures = figuresOf(application, opened, toppedUp || paidFen ? paid : undefined);
  if ((findings.length > 0 || paidFen) && figures.ceiling.fen === 0) {
    return refuse(deps, application, [...reasonsOf(findings), nothingLeft(figures)], work);
  }
  return pool(deps, application, opened, matter, figures, work);
}

async function leaveTrace(
  { traces }: DeduplicateDependencies,
  application: ApplicationIn<'deduplication'>,
  matter: Matter,
): Promise<void> {
  const { applicationId, organisation, content } = application;
  await traces.leave(placesOf(application, matter), {
    applicationId,
    organisation,
    organisationName: content.enterprise.name,
    projectName: content.projectName,
    item: content.item,
    matterKey: matter.matterKey,
    predecessors: content.enterprise.predecessors,
  });
}

/** Brings a case before an adjudicator, with a task of its own. */
async function suspend(
  deps: DeduplicateDependencies,
  application: ApplicationIn<'deduplication'>,
  opened: OpenedItem,
  suspicions: Suspicion[],
  work: CheckWork,
): Promise<DeduplicateResult> {
  const now = deps.clock();
  const at = now.toISOString();
  const task = adjudicationTask(application, opened, now, deps.policy.calendar);
  const suspected: ApplicationIn<'adjudication'> = {
    ...application,
    status: 'adjudication',
    version: application.version + 1,
    updatedAt: at,
    adjudication: { taskId: task.taskId, suspicions, at },
  };
  const { keep, basisHash } = keepCheck(deps.checks, application, 'suspected', at, work);
  const note = { at, actor: systemActor, event: 'suspected', stage: adjudicationStage, basisHash };
  await deps.applications.write([
    ...deps.applications.transition(application, suspected, note),
    keep,
    deps.tasks.open(task),
    ...deps.verdicts.tally(suspicions.map(({ rule }) => ({ rule, outcome: 'suspected' }))),
  ]);
  return { outcome: 'suspected' };
}

type Figures = Pick<ApplicationIn<'pooled'>, 'ceiling' | 'alreadyPaidFen'>;

function figuresOf(
  application: ApplicationIn<'deduplication'>,
  opened: OpenedItem,
  alreadyPaidFen: Fen | undefined,
): Figures {
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

async function refuse(
  deps: DeduplicateDependencies,
  application: ApplicationIn<'deduplication'>,
  reasons: Reason[],
  work: CheckWork,
): Promise<DeduplicateResult> {
  const at = deps.clock().toISOString();
  const refused: ApplicationIn<'duplicate'> = {
    ...application,
    status: 'duplicate',
    version: application.version + 1,
    updatedAt: at,
    reasons,
  };
  const { keep, basisHash } = keepCheck(deps.checks, application, 'duplicate', at, work);
  const note = { at, actor: systemActor, event: 'found-duplicate', reasons, basisHash };
  await deps.applications.write([...deps.applications.transition(application, refused, note), keep]);
  return { outcome: 'duplicate' };
}

async function recognise(
  deps: DeduplicateDependencies,
  application: ApplicationIn<'deduplication'>,
  opened: OpenedItem,
  matter: Matter,
  work: CheckWork,
): Promise<DeduplicateResult> {
  const at = deps.clock().toISOString();
  const recognised: ApplicationIn<'recognised'> = {
    ...application,
    status: 'recognised',
    version: application.version + 1,
    updatedAt: at,
    matterKey: matter.matterKey,
    claims: claimsOf(matter),
    certificate: issueCertificate(application, opened.guide.year, at),
  };
  const { keep, basisHash } = keepCheck(deps.checks, application, 'recognised', at, work);
  const { number } = recognised.certificate;
  const note = { at, actor: systemActor, event: 'recognised', note: number, basisHash };
  await deps.applications.write([
    ...deps.applications.transition(application, recognised, note),
    keep,
    ...takeClaims(deps, recognised),
  ]);
  return { outcome: 'recognised' };
}

async function pool(
  deps: DeduplicateDependencies,
  application: ApplicationIn<'deduplication'>,
  opened: OpenedItem,
  matter: Matter,
  figures: Figures,
  work: CheckWork,
): Promise<DeduplicateResult> {
  const { applicationId, organisation, content, submission } = application;
  const poolId = opened.item.pool;
  if (poolId === undefined) throw new Error(`item ${opened.item.id} has no pool`);
  const score = scoreOf(application, opened);
  const { name: organisationName, predecessors } = content.enterprise;
  const at = deps.clock().toISOString();
  const pooled: ApplicationIn<'pooled'> = {
    ...application,
    status: 'pooled',
    version: application.version + 1,
    updatedAt: at,
    ...figures,
    matterKey: matter.matterKey,
    claims: claimsOf(matter),
    pool: poolId,
  };
  const { keep, basisHash } = keepCheck(deps.checks, application, 'pooled', at, work);
  const note = { at, actor: systemActor, event: 'pooled', basisHash };
  await deps.applications.write([
    ...deps.applications.transition(application, pooled, note),
    keep,
    ...takeClaims(deps, pooled),
    enterPool(deps.budgetTable, {
      applicationId,
      poolId,
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
    }),
  ]);
  return { outcome: 'pooled' };
}

function takeClaims(
  deps: DeduplicateDependencies,
  { applicationId, organisation, claims }: ApplicationIn<'recognised' | 'pooled'>,
): GuardedWrite[] {
  // Lost to another application: what it holds is seen when this one looks again.
  const onTaken = () => new DomainError('concurrent-change');
  return claims.map((claim) => deps.claims.take(claim, { applicationId, organisation }, onTaken));
}
