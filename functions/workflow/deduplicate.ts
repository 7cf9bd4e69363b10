import * as z from 'zod';
import { ApplicationStore } from '../applications/application-store.ts';
import { UlidSchema } from '../contracts/schemas.ts';
import { AwardRegistry } from '../deduplication/award-registry.ts';
import { deduplicate } from '../deduplication/deduplicate.ts';
import { NameJudge } from '../deduplication/similarity/name-judge.ts';
import { VocabularyStore } from '../deduplication/similarity/vocabulary-store.ts';
import { Traces } from '../deduplication/traces.ts';
import { Verdicts } from '../deduplication/verdicts.ts';
import { openPolicyBook, readLaw } from '../policy/policy-source.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { taskDoor } from '../shared/task.ts';
import { documentClient } from '../shared/transaction.ts';
import { SignOffTaskStore } from '../sign-off/task-store.ts';

const environment = readEnvironment('workflow/deduplicate');
const client = documentClient();
const thresholds = readLaw(import.meta.url).matching.names;
const vocabulary = new VocabularyStore(client, environment.REGISTRY_TABLE, systemClock);
const deps = {
  applications: new ApplicationStore(client, environment.APPLICATIONS_TABLE),
  registry: new AwardRegistry(client, environment.REGISTRY_TABLE),
  tasks: new SignOffTaskStore(client, environment.APPLICATIONS_TABLE),
  traces: new Traces(client, environment.REGISTRY_TABLE),
  verdicts: new Verdicts(client, environment.REGISTRY_TABLE),
  budgetTable: environment.BUDGET_TABLE,
  policy: openPolicyBook(import.meta.url, client, environment.POLICY_TABLE, systemClock),
  clock: systemClock,
};

/** The duplicate check of a review. */
export const handler = taskDoor(
  'deduplicate',
  z.object({ applicationId: UlidSchema, submission: z.int().min(1) }),
  async (task) => deduplicate({ ...deps, names: new NameJudge(thresholds, await vocabulary.read()) }, task),
);
