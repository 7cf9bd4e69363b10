import * as z from 'zod';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { CreditList } from '../filing/credit/credit-list.ts';
import { openPolicyBook } from '../policy/guides/policy-source.ts';
import { endNotice } from '../publicity/notice/end-notice.ts';
import { ObjectionStore } from '../publicity/objections/objection-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { newUlid } from '../shared/ids.ts';
import { openTables } from '../shared/table.ts';
import { taskDoor } from '../shared/task.ts';

const tables = openTables(readEnvironment('workflow/end-notice'));
const parts = {
  store: new ApplicationStore(tables.applications),
  objections: new ObjectionStore(tables.budget),
  credit: new CreditList(tables.registry),
  policy: openPolicyBook(import.meta.url, tables.policy, systemClock),
  clock: systemClock,
  newId: newUlid,
};

const InputSchema = z.object({ applicationId: z.string(), submission: z.int() });

export const handler = taskDoor('end-notice', InputSchema, (input) => endNotice(parts, input));
