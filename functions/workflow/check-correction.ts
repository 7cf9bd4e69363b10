import * as z from 'zod';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { checkCorrection } from '../review/sign-off/check-correction.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { openTables } from '../shared/table.ts';
import { taskDoor } from '../shared/task.ts';

const tables = openTables(readEnvironment('workflow/check-correction'));
const parts = { store: new ApplicationStore(tables.applications), clock: systemClock };

const InputSchema = z.object({ applicationId: z.string(), submission: z.int() });

export const handler = taskDoor('check-correction', InputSchema, (input) => checkCorrection(parts, input));
