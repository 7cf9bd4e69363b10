import * as z from 'zod';
import { ApplicationStore } from '../applications/application-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { taskDoor } from '../shared/task.ts';
import { documentClient } from '../shared/transaction.ts';
import { checkCorrection } from '../sign-off/await-correction.ts';

const { APPLICATIONS_TABLE } = readEnvironment('workflow/check-correction');
const parts = { store: new ApplicationStore(documentClient(), APPLICATIONS_TABLE), clock: systemClock };

const InputSchema = z.object({ applicationId: z.string(), submission: z.int() });

export const handler = taskDoor('check-correction', InputSchema, (input) => checkCorrection(parts, input));
