import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideAccount } from '../../../../functions/filing/bank-accounts/decide-account.ts';
import { decideOrder } from '../../../../functions/money/orders/decide-order.ts';
import { listOrderLines } from '../../../../functions/money/orders/list-order-lines.ts';
import { listPayments } from '../../../../functions/money/payments/list-payments.ts';
import { makePaymentFile } from '../../../../functions/money/payments/make-payment-file.ts';
import { guidesInMemory, PolicyBook } from '../../../../functions/policy/guides/policy-book.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import { type BudgetRoom, openBudget } from '../../../builders/budget.ts';
import { agreeAccount } from '../../../support/accounts.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { compiled } from '../../../support/rooms.ts';
import { noticedRound, openTreasury, orderApprover, treasurer } from '../../../support/settle.ts';
import { toldSecurity } from '../../../support/told-security.ts';

let database: TestDynamoDb;
let room: BudgetRoom;
let treasury: ReturnType<typeof openTreasury>;
let pools = 0;

beforeAll(async () => {
  database = await startTestDynamoDb();
  room = openBudget(database);
  const { tables, parts } = room;
  treasury = openTreasury({ tables, policy: parts.policy, clock: parts.clock });
});
afterAll(() => database?.stop());

/** A round whose award may be ordered, of an enterprise with an account, and an administrator of it who puts another. */
async function noticed() {
  pools += 1;
  const { ids, roundId } = await noticedRound(room, treasury, `pool-${pools}`, [10_000]);
  const [id = ''] = ids;
  await treasury.bank(id);
  const { organisation, content } = await room.parts.applications.require(id);
  const organisationName = content.enterprise.name;
  const put = (accountNumber: string) =>
    agreeAccount(treasury.parts, { organisation, organisationName }, { bank: '另一银行', accountNumber });
  return { id, roundId, put, company: { organisation, organisationName } };
}

const digits = async (orderId: string) =>
  (await treasury.file(orderId)).map(({ account }) => account.lastFour);

describe('where an award is paid to', () => {
  it('is the account that the order was approved with, whatever its enterprise puts since', async () => {
    const { roundId, put } = await noticed();
    const orderId = await treasury.ordered(roundId);
    await put('6222020000009999');
    expect(await digits(orderId)).toEqual(['1234']);
  });

  it('is seen by whoever approves the order, and stands in what they approve', async () => {
    const { roundId } = await noticed();
    const { orderId, list } = await treasury.draft(roundId);
    const { items } = await listOrderLines(treasury.parts, orderId, { limit: 20 });
    expect(items).toMatchObject([
      {
        account: { holder: expect.any(String), bank: '示例银行广州分行', lastFour: '1234' },
        holderIsOrganisation: true,
      },
    ]);
    expect(JSON.stringify(items)).not.toMatch(/ciphertext|6222020000001234/);
    const [line] = await treasury.parts.orders.lines(orderId);
    expect(line?.account?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(list.contentHash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is not approved when it has changed since it was listed', async () => {
    const { roundId, put } = await noticed();
    const { orderId, list } = await treasury.draft(roundId);
    await put('6222020000008888');
    const approve = () => {
      const { contentHash } = list;
      return decideOrder(treasury.parts, orderApprover, orderId, { outcome: 'approve', contentHash });
    };
    await expect(approve()).rejects.toMatchObject({
      ...{ code: 'basis-changed', faults: [{ rule: 'account-changed' }] },
    });
    await put('6222020000001234');
    await expect(approve()).rejects.toMatchObject({ code: 'basis-changed' });
    const refused = { outcome: 'refuse', contentHash: list.contentHash, reason: '账户已变更' } as const;
    expect(await decideOrder(treasury.parts, orderApprover, orderId, refused)).toMatchObject({
      status: 'refused',
    });
  });

  it('is another one only after a payment came back from it, which whoever releases the file is shown', async () => {
    const { id, roundId, put } = await noticed();
    const orderId = await treasury.ordered(roundId);
    const [payment] = await treasury.file(orderId);
    const returned = { paymentId: payment?.paymentId ?? '', amountFen: 10_000, result: 'returned' } as const;
    await treasury.answer(returned);
    await put('6222020000007777');
    const told = toldSecurity();
    const { paymentFileId } = await treasury.made(orderId);
    expect(told()).toEqual(['security.account-changed']);
    const { items } = await listPayments(treasury.parts, paymentFileId, { limit: 20 });
    expect(items).toMatchObject([
      { applicationId: id, asOrdered: false, repays: payment?.paymentId, account: { lastFour: '7777' } },
    ]);
  });

  it('is not moved by a change that was confirmed before the approval and takes effect after it', async () => {
    const { roundId, company } = await noticed();
    const cooling = { ...treasury.parts, policy: new PolicyBook(compiled, guidesInMemory([])) };
    const { change } = await agreeAccount(cooling, company, { accountNumber: '6222020000006666' });
    const orderId = await treasury.ordered(roundId);
    const later = () => new Date(treasury.parts.clock().getTime() + 30 * 86_400_000);
    const standing = await treasury.parts.accounts.standing(company.organisation, later());
    expect(standing).toMatchObject({ lastFour: '6666' });
    const request = { orderId, idempotencyKey: newUlid() };
    const { file } = await makePaymentFile({ ...treasury.parts, clock: later }, treasurer, request);
    const payments = await treasury.parts.payments.payments(file.paymentFileId);
    expect(payments.map(({ account }) => account.lastFour)).toEqual(['1234']);
    // The enterprise is that of the other tests, too.
    const colleague: Actor = { id: 'colleague', roles: ['preparer'], ...company };
    const refusal = { decision: 'refuse', contentHash: change.contentHash, reason: '账户有误' } as const;
    await decideAccount(cooling, colleague, refusal);
  });
});
