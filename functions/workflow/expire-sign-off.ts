import * as z from 'zod';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { openPolicyBook } from '../policy/guides/policy-source.ts';
import { expireSignOff } from '../review/sign-off/expire-sign-off.ts';
import { SignOffTaskStore } from '../review/tasks/task-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { openTables } from '../shared/table.ts';
import { taskDoor } from '../shared/task.ts';

const tables = openTables(readEnvironment('workflow/expire-sign-off'));
const parts = {
  store: new ApplicationStore(tables.applications),
  tasks: new SignOffTaskStore(tables.applications),
  policy: openPolicyBook(import.meta.url, tables.policy, systemClock),
  clock: systemClock,
};

const InputSchema = z.object({ applicationId: z.string(), submission: z.int(), attempt: z.int() });

export const handler = taskDoor('expire-sign-off', InputSchema, (input) => expireSignOff(parts, input));
