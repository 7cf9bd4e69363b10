import * as z from 'zod';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { openPolicyBook } from '../policy/guides/policy-source.ts';
import { openNotice } from '../publicity/notice/open-notice.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { openTables } from '../shared/table.ts';
import { taskDoor } from '../shared/task.ts';

const tables = openTables(readEnvironment('workflow/open-notice'));
const parts = {
  store: new ApplicationStore(tables.applications),
  policy: openPolicyBook(import.meta.url, tables.policy, systemClock),
  clock: systemClock,
};

const InputSchema = z.object({ applicationId: z.string(), submission: z.int() });

export const handler = taskDoor('open-notice', InputSchema, (input) => openNotice(parts, input));
