import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { Award } from '../../filing/applications/award.ts';
import { pairId, type Suspicion } from '../../filing/applications/suspicion.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { SignOffTaskStore } from '../../review/tasks/task-store.ts';
import { systemActor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { sumFen } from '../../shared/money.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { adjudicationStage, adjudicationTask, judgeSuspicions } from './adjudication.ts';
import type { CheckStore } from './check-store.ts';
import { withEarlierPredecessors } from './earlier-predecessors.ts';
import { type Finding, findDuplicates, type Matter, matterOf, paidBy } from './find-duplicates.ts';
import { ofAward, type SuspicionParts } from './find-suspicions.ts';
import { type CheckWork, keepCheck } from './keep-check.ts';
import { places } from './trace.ts';
import type { TraceStore } from './trace-store.ts';
import type { VerdictStore } from './verdict-store.ts';

export interface LateMatchParts extends SuspicionParts {
  readonly traces: TraceStore;
  readonly applications: ApplicationStore;
  readonly tasks: SignOffTaskStore;
  readonly verdicts: VerdictStore;
  readonly checks: CheckStore;
  readonly policy: PolicyBook;
  readonly clock: Clock;
}

/**
 * Screens awards that came late against applications that have passed the duplicate check: those that left a trace where
 * one of the awards stands. One that may be the same matter holds the order until an adjudicator has decided; an
 * application that has ended, or is still to be checked, is left alone. Again, it changes nothing.
 * @returns ids of the applications that are held now and were not before.
 */
export async function screenLateAwards(parts: LateMatchParts, awards: readonly Award[]): Promise<string[]> {
  const where = awards.flatMap(({ uscc, evidence }) => [
    places.enterprise(uscc),
    ...evidence.map(({ kind, number }) => places.evidence(kind, number)),
  ]);
  const met = await parts.traces.applicationsIn([...new Set(where)]);
  const held: string[] = [];
  for (const applicationId of met) if (await hold(parts, applicationId)) held.push(applicationId);
  return held;
}

type Passed = ApplicationIn<'pooled' | 'allocated' | 'noticed'>;

async function hold(parts: LateMatchParts, applicationId: string): Promise<boolean> {
  return decideAgainOnConflict(async () => {
    const application = await parts.applications.get(applicationId);
    if (application?.status === 'deduplication') {
      await lookAgain(parts, application);
      return false;
    }
    const passed =
      application?.status === 'pooled' ||
      application?.status === 'allocated' ||
      application?.status === 'noticed';
    if (!passed) return false;
    const opened = await parts.policy.requireItem(application.guide, application.content.item);
    const content = await withEarlierPredecessors(parts.traces, application.content);
    const matter = matterOf(opened.item, content);
    const { levels, mode } = opened.item.deduplication;
    const registry = await parts.registry.version();
    const exact = await findDuplicates(parts.registry, matter, application, levels);
    const { findings } = exact;
    const { deduplication } = opened.item;
    const judged = await judgeSuspicions(parts, application, matter, deduplication, findings);
    // What the guide tops up has lowered the ceiling already, as far as it was known then.
    const paid = sumFen([paidBy(findings), ...(judged.paidFen ?? [])]);
    const toppedUp = mode === 'top-up' && paid <= (application.alreadyPaidFen ?? 0);
    const found = [...(toppedUp ? [] : await undecided(parts, matter, findings)), ...judged.open];
    const known = new Set(application.hold?.suspicions.map(({ id }) => id));
    const suspicions = found.filter(({ id }) => !known.has(id));
    if (suspicions.length === 0) return false;
    const work = {
      ...{ registry, deduplication, exact, judged },
      thresholds: parts.names.thresholds,
      toppedUp,
    };
    await openCase(parts, application, opened, suspicions, work);
    return application.hold === undefined;
  });
}

/** Has a duplicate check that is under way read the registry again: what it decided on may lack the award. */
async function lookAgain(
  { applications, clock }: LateMatchParts,
  application: ApplicationIn<'deduplication'>,
): Promise<void> {
  const at = clock().toISOString();
  const changed = { ...application, version: application.version + 1, updatedAt: at };
  const note = { at, actor: systemActor, event: 'registry-changed', stage: adjudicationStage };
  await applications.write(applications.transition(application, changed, note));
}

/** Awards that bar by law: found this late, they are a person's to decide as well. */
async function undecided(
  { verdicts }: LateMatchParts,
  matter: Matter,
  findings: readonly Finding[],
): Promise<Suspicion[]> {
  const suspicions = findings.flatMap((finding): Suspicion[] => {
    if (finding.kind !== 'award') return [];
    const counterpart = ofAward(finding.award);
    const { rule, reason } = finding;
    return [{ id: pairId(matter.matterKey, counterpart), rule, counterpart, why: [reason.message] }];
  });
  const decided = await verdicts.of(suspicions.map(({ id }) => id));
  const pairs = new Map(suspicions.map((suspicion) => [suspicion.id, suspicion]));
  return [...pairs.values()].filter(({ id }) => !decided.has(id));
}

/** Opens a case, or adds to the one that is open: nobody can decide it then without the pairs that came since. */
async function openCase(
  parts: LateMatchParts,
  application: Passed,
  opened: Awaited<ReturnType<PolicyBook['requireItem']>>,
  suspicions: Suspicion[],
  work: CheckWork,
): Promise<void> {
  const now = parts.clock();
  const at = now.toISOString();
  const before = application.hold;
  const task = adjudicationTask(application, opened, now, parts.policy.calendar);
  const held = {
    ...application,
    version: application.version + 1,
    updatedAt: at,
    hold: before
      ? { ...before, suspicions: [...before.suspicions, ...suspicions] }
      : { taskId: task.taskId, suspicions, at },
  };
  const { keep, basisHash } = keepCheck(parts.checks, application, 'held', at, work);
  const note = { at, actor: systemActor, event: 'held', stage: adjudicationStage, basisHash };
  await parts.applications.write([
    ...parts.applications.transition(application, held, note),
    keep,
    ...(before ? [] : [parts.tasks.open(task)]),
    ...parts.verdicts.tally(suspicions.map(({ rule }) => ({ rule, outcome: 'suspected' }))),
  ]);
}
