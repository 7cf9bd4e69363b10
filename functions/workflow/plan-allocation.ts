import * as z from 'zod';
import { CreditList } from '../filing/credit/credit-list.ts';
import { PoolStore } from '../money/pools/pool-store.ts';
import { planAllocation } from '../money/rounds/plan-allocation.ts';
import { RoundStore } from '../money/rounds/round-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { openTables } from '../shared/table.ts';
import { taskDoor } from '../shared/task.ts';
import { RoundIdSchema } from '../shared/vocabulary.ts';

const tables = openTables(readEnvironment('workflow/plan-allocation'));
const parts = {
  pools: new PoolStore(tables.budget),
  rounds: new RoundStore(tables.budget),
  credit: new CreditList(tables.registry),
  clock: systemClock,
};

export const handler = taskDoor('plan-allocation', z.object({ roundId: RoundIdSchema }), ({ roundId }) =>
  planAllocation(parts, roundId),
);
