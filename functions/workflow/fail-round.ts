import * as z from 'zod';
import { PoolStore } from '../money/pools/pool-store.ts';
import { failRound } from '../money/rounds/fail-round.ts';
import { RoundStore } from '../money/rounds/round-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { openTables } from '../shared/table.ts';
import { taskDoor } from '../shared/task.ts';
import { RoundIdSchema } from '../shared/vocabulary.ts';

const tables = openTables(readEnvironment('workflow/fail-round'));
const parts = {
  pools: new PoolStore(tables.budget),
  rounds: new RoundStore(tables.budget),
  clock: systemClock,
};

/** The error as a Catch of the state machine gives it; of a function's error, `Cause` is JSON that holds its message. */
const FailureSchema = z.object({
  roundId: RoundIdSchema,
  failure: z.object({ Error: z.string(), Cause: z.string().default('') }),
});

export const handler = taskDoor('fail-round', FailureSchema, ({ roundId, failure }) =>
  failRound(parts, { roundId, error: failure.Error, cause: failure.Cause }),
);
