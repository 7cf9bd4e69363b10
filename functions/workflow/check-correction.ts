import * as z from 'zod';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { checkCorrection } from '../review/sign-off/await-correction.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { taskDoor } from '../shared/task.ts';
import { documentClient } from '../shared/transaction.ts';

const { APPLICATIONS_TABLE } = readEnvironment('workflow/check-correction');
const parts = { store: new ApplicationStore(documentClient(), APPLICATIONS_TABLE), clock: systemClock };

const InputSchema = z.object({ applicationId: z.string(), submission: z.int() });

export const handler = taskDoor('check-correction', InputSchema, (input) => checkCorrection(parts, input));
