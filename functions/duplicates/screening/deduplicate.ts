import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { ClaimStore } from '../../filing/applications/claim-store.ts';
import type { PoolStore } from '../../money/pools/pool-store.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { AwardRegistry } from '../../registry/awards/award-registry.ts';
import type { SignOffTaskStore } from '../../review/tasks/task-store.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { ApplicationId } from '../../shared/vocabulary.ts';
import type { CheckStore } from './check-store.ts';
import {
  answeredBefore,
  type DeduplicationDecision,
  decidedByExactRules,
  decidedBySuspicions,
  undecided,
} from './deduplication-decision.ts';
import { restedOn } from './describe-check.ts';
import { withEarlierPredecessors } from './earlier-predecessors.ts';
import { findDuplicates } from './find-duplicates.ts';
import { judgeSuspicions } from './judge-suspicions.ts';
import { type Matter, matterOf } from './matter.ts';
import type { NameJudge } from './suspicion-rules.ts';
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
  readonly pools: PoolStore;
  readonly policy: PolicyBook;
  readonly clock: Clock;
}

export interface DeduplicateResult {
  readonly outcome: DeduplicationDecision['outcome'] | 'withdrawn';
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
  task: { readonly applicationId: ApplicationId; readonly submission: number },
): Promise<DeduplicateResult> {
  return decideAgainOnConflict(async () => {
    const application = await deps.applications.require(task.applicationId);
    const unchecked = undecided(application, task.submission);
    if (!unchecked) return { outcome: answeredBefore(application) };
    const decision = await decide(deps, unchecked);
    await write(deps, unchecked, decision);
    return { outcome: decision.outcome };
  });
}

async function decide(
  deps: DeduplicateDependencies,
  application: ApplicationIn<'deduplication'>,
): Promise<DeduplicationDecision> {
  const opened = await deps.policy.requireItem(application.guide, application.content.item);
  const { deduplication, amount } = opened.item;
  const content = await withEarlierPredecessors(deps.traces, application.content);
  const matter = matterOf(opened.item, content);
  // Its own trace comes first: of two applications at once, at least one meets the other.
  await leaveTrace(deps, application, { matter, pays: amount.kind !== 'none' });
  // Read before the registry is looked into: what is imported later comes by itself, as a late match.
  const registry = await deps.registry.version();
  const exact = await findDuplicates(deps.registry, matter, application, deduplication.levels);
  const context = {
    ...{ application, opened, matter, registry, exact },
    thresholds: deps.names.thresholds,
    calendar: deps.policy.calendar,
  };
  const decision = decidedByExactRules({ ...context, now: deps.clock() });
  if (decision) return decision;
  const judged = await judgeSuspicions(deps, { application, matter, item: opened.item }, exact);
  return decidedBySuspicions({ ...context, now: deps.clock() }, judged);
}

async function leaveTrace(
  { traces }: DeduplicateDependencies,
  application: ApplicationIn<'deduplication'>,
  { matter, pays }: { readonly matter: Matter; readonly pays: boolean },
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
    pays,
    evidence: [...matter.evidence],
  });
}

async function write(
  deps: DeduplicateDependencies,
  application: ApplicationIn<'deduplication'>,
  decision: DeduplicationDecision,
): Promise<void> {
  const { to, note, check, takes = [], enters, opens } = decision;
  // Lost to another application: what it holds is seen when this one looks again.
  const onTaken = () => new DomainError('concurrent-change');
  await deps.applications.write([
    ...deps.applications.transition(application, to, note),
    deps.checks.keep(application.applicationId, check),
    ...deps.registry.restOn(restedOn(check), application.applicationId),
    ...takes.map((claim) => deps.claims.take(claim, application, onTaken)),
    ...letGoOf(application, decision).map((claim) => deps.claims.release(claim, application.applicationId)),
    ...(enters ? [deps.pools.enter(enters)] : []),
    ...(opens ? [deps.tasks.open(opens.task), ...deps.verdicts.suspected(opens.suspicions)] : []),
  ]);
}

/** Claims that the application has from before its award was taken back, and that its end leaves to others. */
function letGoOf(
  { reclaimed = [] }: ApplicationIn<'deduplication'>,
  { outcome }: DeduplicationDecision,
): readonly string[] {
  return outcome === 'duplicate' ? reclaimed : [];
}
