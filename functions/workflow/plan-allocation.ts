import * as z from 'zod';
import { PoolStore } from '../money/pools/pool-store.ts';
import { planAllocation } from '../money/rounds/plan-allocation.ts';
import { RoundStore } from '../money/rounds/round-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { UlidSchema } from '../shared/schemas.ts';
import { taskDoor } from '../shared/task.ts';
import { documentClient } from '../shared/transaction.ts';

const environment = readEnvironment('workflow/plan-allocation');
const client = documentClient();
const parts = {
  pools: new PoolStore(client, environment.BUDGET_TABLE),
  rounds: new RoundStore(client, environment.BUDGET_TABLE),
  clock: systemClock,
};

export const handler = taskDoor('plan-allocation', z.object({ roundId: UlidSchema }), ({ roundId }) =>
  planAllocation(parts, roundId),
);
