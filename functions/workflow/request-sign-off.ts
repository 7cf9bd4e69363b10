import * as z from 'zod';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { requestSignOff } from '../review/sign-off/request-sign-off.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { newUlid } from '../shared/ids.ts';
import { Outbox } from '../shared/outbox.ts';
import { openTables } from '../shared/table.ts';
import { taskDoor } from '../shared/task.ts';
import { WaitRepository } from '../shared/wait-repository.ts';

const tables = openTables(readEnvironment('workflow/request-sign-off'));
const parts = {
  store: new ApplicationStore(tables.applications),
  waits: new WaitRepository(tables.workflow, systemClock),
  outbox: new Outbox(tables.workflow, systemClock, newUlid),
};

const InputSchema = z.object({
  applicationId: z.string(),
  submission: z.int(),
  attempt: z.int(),
  token: z.string(),
});

export const handler = taskDoor('request-sign-off', InputSchema, (input) => requestSignOff(parts, input));
