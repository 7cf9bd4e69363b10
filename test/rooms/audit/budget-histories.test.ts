import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AuditedKind, auditedKinds, findBreak } from '../../../functions/audit/find-break.ts';
import type { StoredHistories } from '../../../functions/audit/stored-histories.ts';
import { decideAccount } from '../../../functions/filing/bank-accounts/decide-account.ts';
import { guidesInMemory, PolicyBook } from '../../../functions/policy/guides/policy-book.ts';
import type { Actor } from '../../../functions/shared/actor.ts';
import { openBudget } from '../../builders/budget.ts';
import { storedHistoriesOn, storedHistory } from '../../builders/stored-history.ts';
import { variants } from '../../builders/tampering.ts';
import { agreeAccount } from '../../support/accounts.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { compiled } from '../../support/rooms.ts';
import { noticedRound, openTreasury } from '../../support/settle.ts';

let database: TestDynamoDb;
let histories: StoredHistories;
beforeAll(async () => {
  database = await startTestDynamoDb();
  histories = storedHistoriesOn(new DynamoDBClient(database.clientConfig), database);
});
afterAll(() => database?.stop());

it('every attribute of a round, an order, a payment file and an account that is changed, one by one, is found and named', async () => {
  const room = openBudget(database);
  const treasury = openTreasury({ ...room, ...room.parts });
  const { roundId, ids } = await noticedRound(room, treasury, 'pool-1', [10_000]);
  await treasury.bank(ids[0] ?? '');
  const orderId = await treasury.ordered(roundId);
  await treasury.file(orderId);
  // Of an account every part that there can be: what stands, what was confirmed, and what stopped it.
  const { organisation, content } = await treasury.parts.applications.require(ids[0] ?? '');
  const company = { organisation, organisationName: content.enterprise.name };
  const cooling = { ...treasury.parts, policy: new PolicyBook(compiled, guidesInMemory([])) };
  const { change } = await agreeAccount(cooling, company, { accountNumber: '6222020000009999' });
  const preparer: Actor = { id: 'third', roles: ['preparer'], ...company };
  const refusal = {
    decision: 'refuse',
    contentHash: change.contentHash,
    reason: '不是本单位的账户',
  } as const;
  expect(await decideAccount(cooling, preparer, refusal)).toMatchObject({ status: 'ended' });

  const { items: things } = await histories.ofBudget(undefined);
  expect(new Set(things.map(({ kind }) => kind))).toEqual(
    new Set(['round', 'order', 'payment-file', 'account']),
  );
  for (const { kind, id } of things) {
    const { items, head } = await storedHistory(database, id, kind as AuditedKind);
    const audited = auditedKinds[kind as AuditedKind](id);
    expect(findBreak(audited, items, head), kind).toBeUndefined();
    for (const [index, row] of kind === 'account' ? items.entries() : []) {
      for (const variant of variants(row)) {
        const found = findBreak(audited, items.with(index, variant), head);
        if (!found) expect.fail(`${kind}: row ${index + 1} ${JSON.stringify(variant)} is taken for whole`);
      }
      expect(findBreak(audited, items.toSpliced(index, 1), head)).toBeDefined();
    }
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
