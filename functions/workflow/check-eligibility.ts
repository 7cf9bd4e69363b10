import * as z from 'zod';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { CompetitionStore } from '../filing/applications/competition-store.ts';
import { CreditList } from '../filing/credit/credit-list.ts';
import { openPolicyBook } from '../policy/guides/policy-source.ts';
import { InvitationStore } from '../review/experts/invitation-store.ts';
import { checkEligibility } from '../review/sign-off/check-eligibility.ts';
import { SignOffTaskStore } from '../review/tasks/task-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { openTables } from '../shared/table.ts';
import { taskDoor } from '../shared/task.ts';

const tables = openTables(readEnvironment('workflow/check-eligibility'));
const parts = {
  store: new ApplicationStore(tables.applications),
  tasks: new SignOffTaskStore(tables.applications),
  invitations: new InvitationStore(tables.applications),
  policy: openPolicyBook(import.meta.url, tables.policy, systemClock),
  credit: new CreditList(tables.registry),
  competition: new CompetitionStore(tables.applications),
  clock: systemClock,
};

const InputSchema = z.object({ applicationId: z.string(), submission: z.int() });

export const handler = taskDoor('check-eligibility', InputSchema, (input) => checkEligibility(parts, input));
