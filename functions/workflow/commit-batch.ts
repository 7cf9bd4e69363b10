import { ApplicationStore } from '../filing/applications/application-store.ts';
import { PoolStore } from '../money/pools/pool-store.ts';
import { commitBatch } from '../money/rounds/commit-batch.ts';
import { BatchSchema } from '../money/rounds/round.ts';
import { RoundStore } from '../money/rounds/round-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { newUlid } from '../shared/ids.ts';
import { Outbox } from '../shared/outbox.ts';
import { taskDoor } from '../shared/task.ts';
import { documentClient } from '../shared/transaction.ts';

const environment = readEnvironment('workflow/commit-batch');
const client = documentClient();
const parts = {
  applications: new ApplicationStore(client, environment.APPLICATIONS_TABLE),
  pools: new PoolStore(client, environment.BUDGET_TABLE),
  rounds: new RoundStore(client, environment.BUDGET_TABLE),
  outbox: new Outbox(environment.WORKFLOW_TABLE, systemClock, newUlid),
  clock: systemClock,
};

export const handler = taskDoor('commit-batch', BatchSchema, (batch) => commitBatch(parts, batch));
