import * as z from 'zod';
import { CheckStore } from '../duplicates/screening/check-store.ts';
import { deduplicate } from '../duplicates/screening/deduplicate.ts';
import { TraceStore } from '../duplicates/screening/trace-store.ts';
import { VerdictStore } from '../duplicates/screening/verdict-store.ts';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { ClaimStore } from '../filing/applications/claim-store.ts';
import { PoolStore } from '../money/pools/pool-store.ts';
import { openPolicyBook, readLaw } from '../policy/guides/policy-source.ts';
import { AwardRegistry } from '../registry/awards/award-registry.ts';
import { NameJudge } from '../registry/matching/name-judge.ts';
import { VocabularyStore } from '../registry/matching/vocabulary-store.ts';
import { SignOffTaskStore } from '../review/tasks/task-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { openTables } from '../shared/table.ts';
import { taskDoor } from '../shared/task.ts';
import { ApplicationIdSchema } from '../shared/vocabulary.ts';

const environment = readEnvironment('workflow/deduplicate');
const tables = openTables(environment);
const thresholds = readLaw(import.meta.url).matching.names;
const vocabulary = new VocabularyStore(tables.registry, systemClock);
const deps = {
  applications: new ApplicationStore(tables.applications),
  registry: new AwardRegistry(tables.registry),
  claims: new ClaimStore(tables.registry),
  tasks: new SignOffTaskStore(tables.applications),
  traces: new TraceStore(tables.registry),
  verdicts: new VerdictStore(tables.registry),
  checks: new CheckStore(tables.applications),
  pools: new PoolStore(tables.budget),
  policy: openPolicyBook(import.meta.url, tables.policy, systemClock),
  clock: systemClock,
};

/** The duplicate check of a review. */
export const handler = taskDoor(
  'deduplicate',
  z.object({ applicationId: ApplicationIdSchema, submission: z.int().min(1) }),
  async (task) => deduplicate({ ...deps, names: new NameJudge(thresholds, await vocabulary.read()) }, task),
);
