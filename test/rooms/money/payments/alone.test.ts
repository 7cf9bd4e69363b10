import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KmsAccounts } from '../../../../functions/filing/bank-accounts/kms-accounts.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import { type BudgetRoom, openBudget } from '../../../builders/budget.ts';
import { agreeAccount } from '../../../support/accounts.ts';
import { type Doors, openDoors } from '../../../support/doors.ts';
import {
  type Answer,
  noticedRound,
  openTreasury,
  releaser,
  resultsCsv,
  treasurer,
} from '../../../support/settle.ts';

type Body = Readonly<Record<string, unknown>>;

let doors: Doors;
let room: BudgetRoom;
let treasury: ReturnType<typeof openTreasury>;

beforeAll(async () => {
  doors = await openDoors();
  room = openBudget(doors.database);
  const { tables, parts } = room;
  treasury = openTreasury({ tables, policy: parts.policy, clock: parts.clock });
}, 60_000);
afterAll(() => doors?.stop());

let pools = 0;

/** An issued order of awards, whose enterprise has agreed on its account. */
async function issuedOrder(amountsFen: readonly number[]) {
  pools += 1;
  const { ids, roundId } = await noticedRound(room, treasury, `pool-${pools}`, amountsFen);
  const { organisation, content } = await room.parts.applications.require(ids[0] ?? '');
  const organisationName = content.enterprise.name;
  // Sealed as the doors open it.
  const sealer = new KmsAccounts(process.env['ACCOUNT_KEY_ARN'] ?? '');
  await agreeAccount({ ...treasury.parts, sealer }, { organisation, organisationName });
  return { ids, orderId: await treasury.ordered(roundId) };
}

/** Everything that one operator may do for a payment file, over the API. */
const makeFile = (actor: Actor, orderId: string) =>
  doors.call('makePaymentFile', { actor, params: { orderId }, headers: { 'idempotency-key': newUlid() } });
const content = (actor: Actor, file: Body) =>
  doors.call('getPaymentFileContent', { actor, params: { paymentFileId: String(file['paymentFileId']) } });
const bring = (...answers: Answer[]) =>
  doors.call('proposeResults', { actor: treasurer, text: resultsCsv(answers, new Date()) });
const filesOf = async (orderId: string) =>
  (await treasury.parts.payments.page(orderId, { limit: 100 })).files;

/** A payment that two people have sent to the bank. */
async function sent(orderId: string): Promise<string> {
  const { paymentFileId, contentHash } = (await makeFile(treasurer, orderId)).json as Record<string, string>;
  const params = { paymentFileId: paymentFileId ?? '' };
  const body = { outcome: 'confirm', contentHash };
  const released = await doors.call('decidePaymentFile', { actor: releaser, params, body });
  expect(released.json).toMatchObject({ status: 'released', decidedBy: releaser.id });
  const [payment] = await treasury.parts.payments.payments(params.paymentFileId);
  return payment?.paymentId ?? '';
}

describe('an operator alone', () => {
  it('does not have a paid award paid again by a return that nobody else has seen', async () => {
    const { ids, orderId } = await issuedOrder([10_000]);
    const answer = { paymentId: await sent(orderId), amountFen: 10_000 };
    const { importId, contentHash } = (await bring(answer)).json as Record<string, string>;
    const body = { outcome: 'confirm', contentHash };
    const params = { importId: importId ?? '' };
    expect((await doors.call('decideResults', { actor: releaser, params, body })).status).toBe(200);
    await bring({ ...answer, reference: 'BACK', result: 'returned' });
    expect(await room.parts.applications.require(ids[0] ?? '')).toMatchObject({ paidFen: 10_000 });
    expect((await makeFile(treasurer, orderId)).status).toBe(409);
  });

  it('brings no payment file to the bank', async () => {
    const { orderId } = await issuedOrder([10_000]);
    const made = await makeFile(treasurer, orderId);
    expect((await content(treasurer, made.json as Body)).status).toBe(409);
    const params = { paymentFileId: String((made.json as Body)['paymentFileId']) };
    const both = { ...treasurer, roles: ['operator', 'budget-approver'] } as const;
    const body = { outcome: 'confirm', contentHash: (made.json as Body)['contentHash'] };
    const alone = await doors.call('decidePaymentFile', { actor: both, params, body });
    expect(alone.status).toBe(403);
    expect(await filesOf(orderId)).toMatchObject([{ status: 'made' }]);
  });

  it('books no answer of the bank', async () => {
    const { ids, orderId } = await issuedOrder([10_000]);
    const brought = await bring({ paymentId: await sent(orderId), amountFen: 10_000 });
    expect(brought.json).toMatchObject({ status: 'proposed', paidOutFen: 10_000 });
    expect(await room.parts.applications.require(ids[0] ?? '')).toMatchObject({ paidFen: 0 });
  });
});

describe('six requests for a payment file at once', () => {
  it('leave one file, and no empty one', async () => {
    const { orderId } = await issuedOrder(Array.from({ length: 60 }, () => 1_000));
    const answers = await Promise.all(Array.from({ length: 6 }, () => makeFile(treasurer, orderId)));
    expect([201, 409]).toEqual(expect.arrayContaining([...new Set(answers.map(({ status }) => status))]));
    const files = await filesOf(orderId);
    expect(files).toMatchObject([{ status: 'made', paymentCount: 60 }]);
  }, 30_000);
});
