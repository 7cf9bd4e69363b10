import * as z from 'zod';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { awaitAllocation } from '../publicity/notice/notice-stages.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { newUlid } from '../shared/ids.ts';
import { Outbox } from '../shared/outbox.ts';
import { taskDoor } from '../shared/task.ts';
import { documentClient } from '../shared/transaction.ts';
import { WaitRepository } from '../shared/wait-repository.ts';

const { APPLICATIONS_TABLE, WORKFLOW_TABLE } = readEnvironment('workflow/await-allocation');
const client = documentClient();
const parts = {
  store: new ApplicationStore(client, APPLICATIONS_TABLE),
  waits: new WaitRepository(client, WORKFLOW_TABLE, systemClock),
  outbox: new Outbox(WORKFLOW_TABLE, systemClock, newUlid),
};

const InputSchema = z.object({ applicationId: z.string(), submission: z.int(), token: z.string() });

export const handler = taskDoor('await-allocation', InputSchema, (input) => awaitAllocation(parts, input));
