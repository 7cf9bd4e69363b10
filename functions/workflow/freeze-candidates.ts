import * as z from 'zod';
import { freezeCandidates } from '../budget/freeze-candidates.ts';
import { PoolStore } from '../budget/pool-store.ts';
import { RoundStore } from '../budget/round-store.ts';
import { UlidSchema } from '../contracts/schemas.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { taskDoor } from '../shared/task.ts';
import { documentClient } from '../shared/transaction.ts';

const environment = readEnvironment('workflow/freeze-candidates');
const client = documentClient();
const parts = {
  pools: new PoolStore(client, environment.BUDGET_TABLE),
  rounds: new RoundStore(client, environment.BUDGET_TABLE),
  clock: systemClock,
};

export const handler = taskDoor('freeze-candidates', z.object({ roundId: UlidSchema }), ({ roundId }) =>
  freezeCandidates(parts, roundId),
);
