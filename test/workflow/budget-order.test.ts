import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resumeOrder } from '../../functions/money/orders/decide-order.ts';
import { batchOrder, failOrder, finishOrder, issueBatch } from '../../functions/money/orders/issue-order.ts';
import { TransientError } from '../../functions/shared/errors.ts';
import { type BudgetRoom, openBudget } from '../builders/budget.ts';
import { setup } from '../local/states-setup.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { openTreasury, treasurer } from '../support/settle.ts';

const text = readFileSync(new URL('../../statemachines/budget-order.asl.json', import.meta.url), 'utf8');
const filled = text.replaceAll('${AWSPartition}', 'aws-cn').replaceAll(/\$\{(\w+)FunctionArn\}/g, '$1');

interface Act {
  readonly act: string;
  readonly orderId: string;
  readonly batch?: number;
  readonly failure?: { readonly Error: string; readonly Cause: string };
}

let database: TestDynamoDb;
let room: BudgetRoom;
let treasury: ReturnType<typeof openTreasury>;
beforeAll(async () => {
  database = await startTestDynamoDb();
  room = openBudget(database);
  const { tables, parts } = room;
  treasury = openTreasury({ tables, policy: parts.policy, clock: parts.clock });
});
afterAll(() => database?.stop());

/** An approved order of twenty awards, which are two batches. */
async function approvedOrder(poolId: string): Promise<string> {
  await room.fund(poolId, 20_000);
  const ids = await room.enter(
    poolId,
    Array.from({ length: 20 }, () => 1_000),
  );
  const roundId = await room.close(poolId);
  await room.play(roundId);
  for (const id of ids) await treasury.clear(id);
  return treasury.approved(roundId);
}

/** Runs the machine on the real use cases; `before` comes first and may throw. */
async function run(orderId: string, name: string, before: (act: Act) => void) {
  const states = await setup(1);
  states.invoker.functions.set('IssueOrder', async (input: Act) => {
    before(input);
    switch (input.act) {
      case 'batch-order':
        return batchOrder(treasury.parts, input.orderId);
      case 'issue-batch':
        return issueBatch(treasury.parts, { orderId: input.orderId, batch: input.batch ?? -1 });
      case 'finish-order':
        return finishOrder(treasury.parts, input.orderId);
      default: {
        const { Error: error = '', Cause: cause = '' } = input.failure ?? {};
        return failOrder(treasury.parts, { orderId: input.orderId, error, cause });
      }
    }
  });
  states.define(JSON.parse(filled));
  const { status } = await states.ended(await states.begin({ orderId }, name));
  return { status, acts: states.invoker.payloadsOf('IssueOrder') as Act[] };
}

describe('the state machine of an order', () => {
  it('issues every batch and ends, through what goes away by itself', async () => {
    const orderId = await approvedOrder('pool-1');
    let thrown = 0;
    const { status, acts } = await run(orderId, orderId, ({ batch }) => {
      if (batch !== 1 || thrown > 0) return;
      thrown += 1;
      throw new TransientError('throttled');
    });
    expect(status).toBe('SUCCEEDED');
    expect(acts.map(({ act, batch }) => [act, batch])).toEqual([
      ['batch-order', undefined],
      ['issue-batch', 0],
      ['issue-batch', 1],
      ['issue-batch', 1],
      ['finish-order', undefined],
    ]);
    expect(await treasury.parts.orders.require(orderId)).toMatchObject({
      ...{ status: 'issued', orderedCount: 20, orderedFen: 20_000 },
    });
  });

  it('records what it could not handle, and another run issues the rest', async () => {
    const orderId = await approvedOrder('pool-2');
    const first = await run(orderId, orderId, ({ batch }) => {
      if (batch === 1) throw new Error('a fault in the code');
    });
    expect(first.status).toBe('FAILED');
    const failed = await treasury.parts.orders.require(orderId);
    expect(failed).toMatchObject({ status: 'failed', failure: { error: 'Error' } });
    const settled = await treasury.parts.orders.lines(orderId);
    expect(settled.filter(({ status }) => status === 'ordered')).toHaveLength(16);

    await resumeOrder(treasury.parts, treasurer, orderId);
    const second = await run(orderId, `${orderId}-r2`, () => {});
    expect(second.status).toBe('SUCCEEDED');
    expect(await room.balances('pool-2')).toEqual([20_000, 0, 20_000]);
    expect(await treasury.parts.orders.require(orderId)).toMatchObject({ orderedCount: 20 });
  });
});
