import * as z from 'zod';
import { requestPlanApproval } from '../money/rounds/request-plan-approval.ts';
import { RoundStore } from '../money/rounds/round-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { newUlid } from '../shared/ids.ts';
import { Outbox } from '../shared/outbox.ts';
import { UlidSchema } from '../shared/schemas.ts';
import { taskDoor } from '../shared/task.ts';
import { documentClient } from '../shared/transaction.ts';
import { WaitRepository } from '../shared/wait-repository.ts';

const environment = readEnvironment('workflow/request-plan-approval');
const client = documentClient();
const parts = {
  rounds: new RoundStore(client, environment.BUDGET_TABLE),
  waits: new WaitRepository(client, environment.WORKFLOW_TABLE, systemClock),
  outbox: new Outbox(environment.WORKFLOW_TABLE, systemClock, newUlid),
};

const RequestSchema = z.object({
  roundId: UlidSchema,
  planNumber: z.int().min(1),
  token: z.string().min(1),
});

export const handler = taskDoor('request-plan-approval', RequestSchema, (request) =>
  requestPlanApproval(parts, request),
);
