import * as z from 'zod';
import { ApplicationStore } from '../applications/application-store.ts';
import { CreditList } from '../credit/credit-list.ts';
import { ObjectionStore } from '../objections/objection-store.ts';
import { openPolicyBook } from '../policy/policy-source.ts';
import { endNotice } from '../publication/notice-stages.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { newUlid } from '../shared/ids.ts';
import { taskDoor } from '../shared/task.ts';
import { documentClient } from '../shared/transaction.ts';

const environment = readEnvironment('workflow/end-notice');
const client = documentClient();
const parts = {
  store: new ApplicationStore(client, environment.APPLICATIONS_TABLE),
  objections: new ObjectionStore(client, environment.BUDGET_TABLE),
  credit: new CreditList(client, environment.REGISTRY_TABLE),
  policy: openPolicyBook(import.meta.url, client, environment.POLICY_TABLE, systemClock),
  clock: systemClock,
  newId: newUlid,
};

const InputSchema = z.object({ applicationId: z.string(), submission: z.int() });

export const handler = taskDoor('end-notice', InputSchema, (input) => endNotice(parts, input));
