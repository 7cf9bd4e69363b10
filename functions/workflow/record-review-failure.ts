import * as z from 'zod';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { recordReviewFailure } from '../filing/applications/record-review-failure.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { openTables } from '../shared/table.ts';
import { taskDoor } from '../shared/task.ts';

const tables = openTables(readEnvironment('workflow/record-review-failure'));
const parts = { store: new ApplicationStore(tables.applications), clock: systemClock };

const InputSchema = z.object({
  applicationId: z.string(),
  submission: z.int(),
  error: z.object({ Error: z.string() }),
});

export const handler = taskDoor('record-review-failure', InputSchema, ({ error, ...stage }) =>
  recordReviewFailure(parts, stage, error.Error),
);
