import * as z from 'zod';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { openPolicyBook } from '../policy/guides/policy-source.ts';
import { checkEligibility } from '../review/sign-off/check-eligibility.ts';
import { SignOffTaskStore } from '../review/tasks/task-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { taskDoor } from '../shared/task.ts';
import { documentClient } from '../shared/transaction.ts';

const { APPLICATIONS_TABLE, POLICY_TABLE } = readEnvironment('workflow/check-eligibility');
const client = documentClient();
const parts = {
  store: new ApplicationStore(client, APPLICATIONS_TABLE),
  tasks: new SignOffTaskStore(client, APPLICATIONS_TABLE),
  policy: openPolicyBook(import.meta.url, client, POLICY_TABLE, systemClock),
  clock: systemClock,
};

const InputSchema = z.object({ applicationId: z.string(), submission: z.int() });

export const handler = taskDoor('check-eligibility', InputSchema, (input) => checkEligibility(parts, input));
