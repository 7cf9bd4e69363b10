import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AuditedKind, auditedKinds, findBreak } from '../../../functions/audit/find-break.ts';
import type { StoredHistories } from '../../../functions/audit/stored-histories.ts';
import { openBudget } from '../../builders/budget.ts';
import { storedHistoriesOn, storedHistory } from '../../builders/stored-history.ts';
import { variants } from '../../builders/tampering.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { noticedRound, openTreasury } from '../../support/settle.ts';

let database: TestDynamoDb;
let histories: StoredHistories;
beforeAll(async () => {
  database = await startTestDynamoDb();
  histories = storedHistoriesOn(new DynamoDBClient(database.clientConfig), database);
});
afterAll(() => database?.stop());

it('every attribute of a round, an order and a payment file that is changed, one by one, is found and named', async () => {
  const room = openBudget(database);
  const treasury = openTreasury({ ...room, ...room.parts });
  const { roundId, ids } = await noticedRound(room, treasury, 'pool-1', [10_000]);
  await treasury.bank(ids[0] ?? '');
  const orderId = await treasury.ordered(roundId);
  await treasury.file(orderId);

  const { items: things } = await histories.ofBudget(undefined);
  expect(new Set(things.map(({ kind }) => kind))).toEqual(new Set(['round', 'order', 'payment-file']));
  for (const { kind, id } of things) {
    const { items, head } = await storedHistory(database, id, kind as AuditedKind);
    const audited = auditedKinds[kind as AuditedKind](id);
    expect(findBreak(audited, items, head), kind).toBeUndefined();
    for (const variant of variants(head)) {
      const found = findBreak(audited, items, variant);
      if (!found) expect.fail(`${kind}: ${JSON.stringify(variant)} is taken for whole`);
    }
    const state = (head as { state: { M: Record<string, unknown> } }).state.M;
    for (const field of Object.keys(state).filter((name) => !['historyHash', 'version'].includes(name))) {
      const altered = { ...(head as object), state: { M: { ...state, [field]: { S: 'x' } } } };
      expect(findBreak(audited, items, altered)).toEqual({
        row: 'STATE',
        fault: `it was altered: state.${field}`,
      });
    }
  }
});
