import { ApplicationStore } from '../filing/applications/application-store.ts';
import { PoolStore } from '../money/pools/pool-store.ts';
import { commitBatch } from '../money/rounds/commit-batch.ts';
import { BatchSchema } from '../money/rounds/round.ts';
import { RoundStore } from '../money/rounds/round-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { newUlid } from '../shared/ids.ts';
import { Outbox } from '../shared/outbox.ts';
import { openTables } from '../shared/table.ts';
import { taskDoor } from '../shared/task.ts';

const tables = openTables(readEnvironment('workflow/commit-batch'));
const parts = {
  applications: new ApplicationStore(tables.applications),
  pools: new PoolStore(tables.budget),
  rounds: new RoundStore(tables.budget),
  outbox: new Outbox(tables.workflow, systemClock, newUlid),
  clock: systemClock,
};

export const handler = taskDoor('commit-batch', BatchSchema, (batch) => commitBatch(parts, batch));
