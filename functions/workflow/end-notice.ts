import * as z from 'zod';
import { ApplicationStore } from '../applications/application-store.ts';
import { endNotice } from '../publication/notice-stages.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { taskDoor } from '../shared/task.ts';
import { documentClient } from '../shared/transaction.ts';

const { APPLICATIONS_TABLE } = readEnvironment('workflow/end-notice');
const parts = { store: new ApplicationStore(documentClient(), APPLICATIONS_TABLE), clock: systemClock };

const InputSchema = z.object({ applicationId: z.string(), submission: z.int() });

export const handler = taskDoor('end-notice', InputSchema, (input) => endNotice(parts, input));
