import * as z from 'zod';
import { failRound } from '../budget/fail-round.ts';
import { PoolStore } from '../budget/pool-store.ts';
import { RoundStore } from '../budget/round-store.ts';
import { UlidSchema } from '../contracts/schemas.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { taskDoor } from '../shared/task.ts';
import { documentClient } from '../shared/transaction.ts';

const environment = readEnvironment('workflow/fail-round');
const client = documentClient();
const parts = {
  pools: new PoolStore(client, environment.BUDGET_TABLE),
  rounds: new RoundStore(client, environment.BUDGET_TABLE),
  clock: systemClock,
};

const FailureSchema = z.object({
  roundId: UlidSchema,
  error: z.string(),
  /** As Step Functions gives it: for an error of a function, JSON text that holds its message. */
  cause: z.string().default(''),
});

export const handler = taskDoor('fail-round', FailureSchema, (failed) => failRound(parts, failed));
