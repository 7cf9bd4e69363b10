import * as z from 'zod';
import { requestPlanApproval } from '../money/rounds/request-plan-approval.ts';
import { RoundStore } from '../money/rounds/round-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { newUlid } from '../shared/ids.ts';
import { Outbox } from '../shared/outbox.ts';
import { openTables } from '../shared/table.ts';
import { taskDoor } from '../shared/task.ts';
import { RoundIdSchema } from '../shared/vocabulary.ts';
import { WaitRepository } from '../shared/wait-repository.ts';

const tables = openTables(readEnvironment('workflow/request-plan-approval'));
const parts = {
  rounds: new RoundStore(tables.budget),
  waits: new WaitRepository(tables.workflow, systemClock),
  outbox: new Outbox(tables.workflow, systemClock, newUlid),
};

const RequestSchema = z.object({
  roundId: RoundIdSchema,
  planNumber: z.int().min(1),
  token: z.string().min(1),
});

export const handler = taskDoor('request-plan-approval', RequestSchema, (request) =>
  requestPlanApproval(parts, request),
);
