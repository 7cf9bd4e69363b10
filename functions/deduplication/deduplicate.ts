import type { ApplicationIn } from '../applications/application.ts';
import type { ApplicationStore } from '../applications/application-store.ts';
import { enterPool } from '../budget/candidates.ts';
import { computeCeiling } from '../eligibility/ceiling.ts';
import type { OpenedItem, PolicyBook } from '../policy/policy-book.ts';
import { systemActor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import type { Reason } from '../shared/text.ts';
import type { AwardRegistry } from './award-registry.ts';
import { takeClaim } from './claims.ts';
import { claimsOf, findDuplicates, type Matter } from './find-duplicates.ts';
import { evidenceOf, matterKey } from './matter-key.ts';

export interface DeduplicateDependencies {
  readonly applications: ApplicationStore;
  readonly registry: AwardRegistry;
  readonly budgetTable: string;
  readonly policy: PolicyBook;
  readonly clock: Clock;
}

export interface DeduplicateResult {
  readonly outcome: 'pooled' | 'duplicate' | 'withdrawn';
}

/**
 * Ends an application that would be paid twice for one matter, or claims the matter and puts it into its pool. Of
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
      case 'duplicate':
      case 'withdrawn':
        return { outcome: application.status };
      case 'pooled':
      case 'allocated':
      case 'noticed':
      case 'closed':
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
  const { content } = application;
  const matter: Matter = {
    matterKey: matterKey(opened.item, content),
    uscc: content.enterprise.uscc,
    evidence: evidenceOf(opened.item, content),
  };
  const reasons = await findDuplicates(deps.registry, matter, application, opened.item.deduplication.levels);
  if (reasons.length > 0) await refuse(deps, application, reasons);
  else await pool(deps, application, opened, matter);
  return { outcome: reasons.length > 0 ? 'duplicate' : 'pooled' };
}

async function refuse(
  deps: DeduplicateDependencies,
  application: ApplicationIn<'deduplication'>,
  reasons: Reason[],
): Promise<void> {
  const at = deps.clock().toISOString();
  const refused: ApplicationIn<'duplicate'> = {
    ...application,
    status: 'duplicate',
    version: application.version + 1,
    updatedAt: at,
    reasons,
  };
  const note = { at, actor: systemActor, event: 'found-duplicate', reasons };
  await deps.applications.write(deps.applications.transition(application, refused, note));
}

async function pool(
  deps: DeduplicateDependencies,
  application: ApplicationIn<'deduplication'>,
  opened: OpenedItem,
  matter: Matter,
): Promise<void> {
  const { applicationId, organisation, content, submission } = application;
  const poolId = opened.item.pool;
  if (poolId === undefined) throw new Error(`item ${opened.item.id} has no pool`);
  const at = deps.clock().toISOString();
  const ceiling = computeCeiling(opened, content, application);
  const claims = claimsOf(matter);
  const pooled: ApplicationIn<'pooled'> = {
    ...application,
    status: 'pooled',
    version: application.version + 1,
    updatedAt: at,
    ceiling,
    matterKey: matter.matterKey,
    claims,
    pool: poolId,
  };
  const holder = { applicationId, organisation };
  // Lost to another application: what it holds is seen when this one looks again.
  const onTaken = () => new DomainError('concurrent-change');
  await deps.applications.write([
    ...deps.applications.transition(application, pooled, { at, actor: systemActor, event: 'pooled' }),
    ...claims.map((claim) => takeClaim(deps.registry.table, claim, holder, onTaken)),
    enterPool(deps.budgetTable, {
      applicationId,
      poolId,
      organisation,
      organisationName: content.enterprise.name,
      item: content.item,
      ceilingFen: ceiling.fen,
      submittedAt: submission.at,
      contentHash: submission.contentHash,
    }),
  ]);
}
