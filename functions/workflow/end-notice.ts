import * as z from 'zod';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { CreditList } from '../filing/credit/credit-list.ts';
import { openPolicyBook } from '../policy/guides/policy-source.ts';
import { endNotice } from '../publicity/notice/notice-stages.ts';
import { ObjectionStore } from '../publicity/objections/objection-store.ts';
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
