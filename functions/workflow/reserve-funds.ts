import * as z from 'zod';
import { PoolStore } from '../money/pools/pool-store.ts';
import { reserveFunds } from '../money/rounds/reserve-funds.ts';
import { RoundStore } from '../money/rounds/round-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { openTables } from '../shared/table.ts';
import { taskDoor } from '../shared/task.ts';
import { RoundIdSchema } from '../shared/vocabulary.ts';

const tables = openTables(readEnvironment('workflow/reserve-funds'));
const parts = {
  pools: new PoolStore(tables.budget),
  rounds: new RoundStore(tables.budget),
  clock: systemClock,
};

export const handler = taskDoor('reserve-funds', z.object({ roundId: RoundIdSchema }), ({ roundId }) =>
  reserveFunds(parts, roundId),
);
