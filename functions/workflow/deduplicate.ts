import * as z from 'zod';
import { ApplicationStore } from '../applications/application-store.ts';
import { UlidSchema } from '../contracts/schemas.ts';
import { AwardRegistry } from '../deduplication/award-registry.ts';
import { deduplicate } from '../deduplication/deduplicate.ts';
import { openPolicyBook } from '../policy/policy-source.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { taskDoor } from '../shared/task.ts';
import { documentClient } from '../shared/transaction.ts';

const environment = readEnvironment('workflow/deduplicate');
const client = documentClient();
const deps = {
  applications: new ApplicationStore(client, environment.APPLICATIONS_TABLE),
  registry: new AwardRegistry(client, environment.REGISTRY_TABLE),
  budgetTable: environment.BUDGET_TABLE,
  policy: openPolicyBook(import.meta.url, client, environment.POLICY_TABLE, systemClock),
  clock: systemClock,
};

/** The duplicate check of a review. */
export const handler = taskDoor(
  'deduplicate',
  z.object({ applicationId: UlidSchema, submission: z.int().min(1) }),
  (task) => deduplicate(deps, task),
);
