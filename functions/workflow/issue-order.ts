import * as z from 'zod';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { CreditList } from '../filing/credit/credit-list.ts';
import { batchOrder, failOrder, finishOrder, issueBatch } from '../money/orders/issue-order.ts';
import { OrderStore } from '../money/orders/order-store.ts';
import { PoolStore } from '../money/pools/pool-store.ts';
import { RoundStore } from '../money/rounds/round-store.ts';
import { openPolicyBook } from '../policy/guides/policy-source.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { UlidSchema } from '../shared/schemas.ts';
import { openTables } from '../shared/table.ts';
import { taskDoor } from '../shared/task.ts';

const environment = readEnvironment('workflow/issue-order');
const tables = openTables(environment);
const policy = openPolicyBook(import.meta.url, tables.policy, systemClock);
const parts = {
  applications: new ApplicationStore(tables.applications),
  pools: new PoolStore(tables.budget),
  rounds: new RoundStore(tables.budget),
  orders: new OrderStore(tables.budget),
  policy,
  credit: new CreditList(tables.registry),
  register: { table: tables.budget, notice: policy.notice },
  clock: systemClock,
};

/** Every state of the machine is this function: they need the same rights, on the same tables. */
const ActSchema = z.discriminatedUnion('act', [
  z.object({ act: z.literal('batch-order'), orderId: UlidSchema }),
  z.object({ act: z.literal('issue-batch'), orderId: UlidSchema, batch: z.int().min(0) }),
  z.object({ act: z.literal('finish-order'), orderId: UlidSchema }),
  z.object({
    act: z.literal('fail-order'),
    orderId: UlidSchema,
    failure: z.object({ Error: z.string(), Cause: z.string().default('') }),
  }),
]);

export const handler = taskDoor('issue-order', ActSchema, async (request) => {
  switch (request.act) {
    case 'batch-order':
      return batchOrder(parts, request.orderId);
    case 'issue-batch':
      return issueBatch(parts, request);
    case 'finish-order':
      return finishOrder(parts, request.orderId);
    case 'fail-order': {
      const { orderId, failure } = request;
      return failOrder(parts, { orderId, error: failure.Error, cause: failure.Cause });
    }
  }
});
