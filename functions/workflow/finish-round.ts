import * as z from 'zod';
import { finishRound } from '../budget/finish-round.ts';
import { PoolStore } from '../budget/pool-store.ts';
import { RoundStore } from '../budget/round-store.ts';
import { UlidSchema } from '../contracts/schemas.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { taskDoor } from '../shared/task.ts';
import { documentClient } from '../shared/transaction.ts';

const environment = readEnvironment('workflow/finish-round');
const client = documentClient();
const parts = {
  pools: new PoolStore(client, environment.BUDGET_TABLE),
  rounds: new RoundStore(client, environment.BUDGET_TABLE),
  clock: systemClock,
};

export const handler = taskDoor('finish-round', z.object({ roundId: UlidSchema }), ({ roundId }) =>
  finishRound(parts, roundId),
);
