import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { Award } from '../../filing/applications/award.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { SignOffTaskStore } from '../../review/tasks/task-store.ts';
import type { Clock } from '../../shared/clock.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { ApplicationId } from '../../shared/vocabulary.ts';
import type { CheckStore } from './check-store.ts';
import { restedOn } from './describe-check.ts';
import { withEarlierPredecessors } from './earlier-predecessors.ts';
import { findDuplicates } from './find-duplicates.ts';
import type { SuspicionParts } from './find-suspicions.ts';
import { judgeSuspicions } from './judge-suspicions.ts';
import {
  barringPairs,
  held,
  type LateDecision,
  type Passed,
  passed,
  sentToLookAgain,
  unsettledPairs,
} from './late-decision.ts';
import { matterOf } from './matter.ts';
import { places } from './trace.ts';
import type { TraceStore } from './trace-store.ts';
import type { VerdictStore } from './verdict-store.ts';

export interface ScreenAwardsParts extends SuspicionParts {
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
export async function screenAwards(parts: ScreenAwardsParts, awards: readonly Award[]): Promise<string[]> {
  const where = awards.flatMap(({ uscc, evidence }) => [
    places.enterprise(uscc),
    ...evidence.map(({ kind, number }) => places.evidence(kind, number)),
  ]);
  const met = await parts.traces.applicationsIn([...new Set(where)]);
  const newlyHeld: string[] = [];
  for (const applicationId of met) if (await hold(parts, applicationId)) newlyHeld.push(applicationId);
  return newlyHeld;
}

/** @returns whether the application is held now and was not before. */
async function hold(parts: ScreenAwardsParts, applicationId: ApplicationId): Promise<boolean> {
  return decideAgainOnConflict(async () => {
    const { applications, checks, tasks, verdicts } = parts;
    const application = await applications.get(applicationId);
    if (application?.status === 'deduplication') {
      const { to, note } = sentToLookAgain(application, parts.clock());
      await applications.write(applications.transition(application, to, note));
      return false;
    }
    const screened = passed(application);
    const decision = screened && (await screen(parts, screened));
    if (!decision) return false;
    const { to, note, check, suspicions, opens } = decision;
    await applications.write([
      ...applications.transition(screened, to, note),
      checks.keep(applicationId, check),
      ...parts.registry.restOn(restedOn(check), applicationId),
      ...(opens ? [tasks.open(opens)] : []),
      ...verdicts.suspected(suspicions),
    ]);
    return opens !== undefined;
  });
}

async function screen(parts: ScreenAwardsParts, application: Passed): Promise<LateDecision | undefined> {
  const opened = await parts.policy.requireItem(application.guide, application.content.item);
  const { deduplication } = opened.item;
  const content = await withEarlierPredecessors(parts.traces, application.content);
  const matter = matterOf(opened.item, content);
  const registry = await parts.registry.version();
  const exact = await findDuplicates(parts.registry, matter, application, deduplication.levels);
  const judged = await judgeSuspicions(parts, { application, matter, item: opened.item }, exact);
  const context = {
    ...{ application, opened, matter, registry, exact, judged },
    thresholds: parts.names.thresholds,
    calendar: parts.policy.calendar,
  };
  const verdicts = await parts.verdicts.of(barringPairs(context).map(({ id }) => id));
  return held({ ...context, now: parts.clock() }, unsettledPairs(context, verdicts));
}
