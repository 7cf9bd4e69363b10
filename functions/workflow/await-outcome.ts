import * as z from 'zod';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { ObjectionStore } from '../publicity/objections/objection-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { newUlid } from '../shared/ids.ts';
import { Outbox } from '../shared/outbox.ts';
import { openTables } from '../shared/table.ts';
import { taskDoor } from '../shared/task.ts';
import { WaitRepository } from '../shared/wait-repository.ts';
import { awaitOutcome } from '../waits/await-outcome.ts';
import { waitNames } from '../waits/wait-decision.ts';

const tables = openTables(readEnvironment('workflow/await-outcome'));
const parts = {
  store: new ApplicationStore(tables.applications),
  objections: new ObjectionStore(tables.budget),
  waits: new WaitRepository(tables.workflow, systemClock),
  outbox: new Outbox(tables.workflow, systemClock, newUlid),
  clock: systemClock,
};

/** Every wait of the machine after the sign-off is this function: they need the same rights, on the same tables. */
const InputSchema = z.object({
  wait: z.enum([...waitNames, 'screening']),
  applicationId: z.string(),
  submission: z.int(),
  token: z.string(),
});

export const handler = taskDoor('await-outcome', InputSchema, (input) => awaitOutcome(parts, input));
