import { generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decidePaymentFile } from '../../../../functions/money/payments/decide-payment-file.ts';
import { decideResults } from '../../../../functions/money/payments/decide-results.ts';
import { listPayments } from '../../../../functions/money/payments/list-payments.ts';
import { makePaymentFile } from '../../../../functions/money/payments/make-payment-file.ts';
import { paymentFileContent } from '../../../../functions/money/payments/payment-file-content.ts';
import { PaymentStore } from '../../../../functions/money/payments/payment-store.ts';
import { proposeResults } from '../../../../functions/money/payments/propose-results.ts';
import { declareInterest } from '../../../../functions/people/declare-interest.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import type { GuardedWrite } from '../../../../functions/shared/transaction.ts';
import { type BudgetRoom, openBudget } from '../../../builders/budget.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { noticedRound, openTreasury, releaser, resultsCsv, treasurer } from '../../../support/settle.ts';

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

/** An issued order of awards for the amounts given, whose enterprise has an account. */
async function issuedOrder(amountsFen: readonly number[] = [10_000]) {
  pools += 1;
  const { poolId, ids, roundId } = await noticedRound(room, treasury, `pool-${pools}`, amountsFen);
  await treasury.bank(ids[0] ?? '');
  return { poolId, ids, orderId: await treasury.ordered(roundId) };
}

/** What an answer says beside the hash of the newest row of its history, which it has only once it is read again. */
const withoutHash = ({ historyHash: _, ...file }: { readonly historyHash?: string | undefined }) => file;
const paid = async (poolId: string) => (await room.parts.pools.require(poolId)).paidFen;
/** Somebody who makes and releases, as only their being two people may keep apart. */
const allRoles = (id: string): Actor => ({ id, roles: ['operator', 'budget-approver'] });
const organisation = '91440101731566630A';
const interested = async (id: string): Promise<Actor> => {
  await declareInterest(treasury.parts, allRoles(id), { organisation, kind: 'kinship' });
  return allRoles(id);
};

describe('a payment file', () => {
  it('is not released by whoever made it, nor for other bytes, nor by whom it concerns', async () => {
    const { orderId } = await issuedOrder();
    const both = allRoles('maker');
    const { file } = await makePaymentFile(treasury.parts, both, { orderId, idempotencyKey: newUlid() });
    const contentHash = 'contentHash' in file ? String(file.contentHash) : '';
    const decide = (actor: Actor, hash = contentHash) =>
      decidePaymentFile(treasury.parts, actor, file.paymentFileId, { outcome: 'confirm', contentHash: hash });
    await expect(decide(both)).rejects.toMatchObject({ code: 'same-person' });
    await expect(decide(treasurer)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(decide(releaser, 'a'.repeat(64))).rejects.toMatchObject({ code: 'version-mismatch' });
    const relative = await interested('relative-of-payee');
    await expect(decide(relative)).rejects.toMatchObject({ code: 'conflict-of-interest' });
    await expect(decide({ ...releaser, organisation })).rejects.toMatchObject({
      code: 'conflict-of-interest',
    });
    const [one, other] = await Promise.all([decide(releaser), decide(releaser)]);
    expect(one).toMatchObject({ status: 'released' });
    expect(withoutHash(other)).toEqual(withoutHash(one));
    await expect(decide(allRoles('another'))).rejects.toMatchObject({ code: 'not-in-this-state' });
  });

  it('is not made by whom it concerns', async () => {
    const { orderId } = await issuedOrder();
    const maker = await interested('relative-who-pays');
    const made = makePaymentFile(treasury.parts, maker, { orderId, idempotencyKey: newUlid() });
    await expect(made).rejects.toMatchObject({ code: 'conflict-of-interest' });
  });

  it('is seen by its second person before, and by nobody else', async () => {
    const { orderId, ids } = await issuedOrder();
    const { paymentFileId } = await treasury.made(orderId);
    const content = (actor: Actor) => paymentFileContent(treasury.parts, actor, paymentFileId);
    await expect(content(treasurer)).rejects.toMatchObject({ code: 'not-in-this-state' });
    expect(await content(releaser)).toMatchObject({ signature: undefined });
    const { items } = await listPayments(treasury.parts, paymentFileId, { limit: 20 });
    expect(items).toMatchObject([
      {
        ...{ applicationId: ids[0], fen: 10_000, status: 'under-way', holderIsOrganisation: true },
        account: { bank: '示例银行广州分行', lastFour: '1234' },
      },
    ]);
    expect(JSON.stringify(items)).not.toContain('6222020000001234');
  });

  it('that was altered in the table is not released, nor handed out', async () => {
    const { orderId } = await issuedOrder();
    const made = await treasury.made(orderId);
    const [payment] = await treasury.parts.payments.payments(made.paymentFileId);
    if (!payment) throw new Error('no payment');
    const alter = (amount: number) =>
      treasury.parts.payments.write([
        treasury.parts.payments.put({ ...payment, fen: amount as typeof payment.fen, revision: amount }),
      ]);
    await alter(2);
    await expect(treasury.release(made)).rejects.toThrow('altered');
    const other = await treasury.made((await issuedOrder()).orderId);
    await treasury.release(other);
    const [sent] = await treasury.parts.payments.payments(other.paymentFileId);
    if (!sent) throw new Error('no payment');
    await treasury.parts.payments.write([
      treasury.parts.payments.put({ ...sent, fen: 1 as typeof sent.fen, revision: 2 }),
    ]);
    const content = paymentFileContent(treasury.parts, treasurer, other.paymentFileId);
    await expect(content).rejects.toThrow('not what was released');
  });

  it('that was refused frees its awards for another, also when that broke off', async () => {
    const { orderId } = await issuedOrder(Array.from({ length: 60 }, () => 1_000));
    const made = await treasury.made(orderId);
    const refusal = { outcome: 'refuse', contentHash: String(made.contentHash), reason: '金额待核' } as const;
    let left = 2;
    class Dying extends PaymentStore {
      override async write(writes: readonly GuardedWrite[]): Promise<void> {
        left -= 1;
        if (left < 0) throw new Error('gone');
        await super.write(writes);
      }
    }
    const dying = { ...treasury.parts, payments: new Dying(room.tables.budget) };
    const broken = decidePaymentFile(dying, releaser, made.paymentFileId, refusal);
    await expect(broken).rejects.toThrow('gone');
    const again = await treasury.made(orderId);
    expect(again).toMatchObject({ paymentCount: 60, repaymentCount: 0 });
    const refused = await treasury.parts.payments.payments(made.paymentFileId);
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set(['stopped']));
    expect(await decidePaymentFile(treasury.parts, releaser, made.paymentFileId, refusal)).toMatchObject({
      ...{ status: 'withdrawn', refusal: { by: releaser.id, reason: '金额待核' } },
    });
    const late = treasury.release(made);
    await expect(late).rejects.toMatchObject({ code: 'not-in-this-state' });
  }, 30_000);

  it('that was not released cannot be answered', async () => {
    const { orderId, poolId } = await issuedOrder();
    const made = await treasury.made(orderId);
    const [payment] = await treasury.parts.payments.payments(made.paymentFileId);
    const report = await treasury.answer({ paymentId: payment?.paymentId ?? '', amountFen: 10_000 });
    expect(report).toMatchObject({ imported: 0, faults: [{ rule: 'not-released' }] });
    expect(await paid(poolId)).toBe(0);
  });
});

describe("the bank's answers", () => {
  const confirm = (actor: Actor, { importId, contentHash }: { importId: string; contentHash: string }) =>
    decideResults(treasury.parts, actor, importId, { outcome: 'confirm', contentHash });

  async function underWay(amountFen = 10_000) {
    const order = await issuedOrder([amountFen]);
    const [payment] = await treasury.file(order.orderId);
    return { ...order, answer: { paymentId: payment?.paymentId ?? '', amountFen } };
  }

  it('show what they change, and book it once somebody else has confirmed just that', async () => {
    const { answer, poolId, ids } = await underWay();
    const brought = await treasury.brought(answer);
    expect(brought).toMatchObject({
      ...{ status: 'proposed', proposedBy: treasurer.id, authenticity: { by: 'none' } },
      changes: [{ applicationId: ids[0], kind: 'paid', from: 'under-way', movesFen: 10_000 }],
    });
    expect(withoutHash(await treasury.brought(answer))).toEqual(brought);
    const both = { ...treasurer, roles: ['budget-approver'] } as const;
    await expect(confirm(treasurer, brought)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(confirm(both, brought)).rejects.toMatchObject({ code: 'same-person' });
    const other = { ...brought, contentHash: 'a'.repeat(64) };
    await expect(confirm(releaser, other)).rejects.toMatchObject({ code: 'version-mismatch' });
    expect(await paid(poolId)).toBe(0);
    const booked = await Promise.all([confirm(releaser, brought), confirm(releaser, brought)]);
    for (const file of booked) expect(file).toMatchObject({ status: 'booked', report: { imported: 1 } });
    expect(await paid(poolId)).toBe(10_000);
    expect((await room.parts.pools.entries(poolId)).at(-1)?.movement).toMatchObject({
      ...{ actor: { id: treasurer.id }, confirmedBy: { id: releaser.id, role: 'budget-approver' } },
    });
  });

  it('are neither brought nor confirmed by whom they concern', async () => {
    const { answer } = await underWay();
    const relative = await interested('relative-who-brings');
    const text = resultsCsv([answer], treasury.parts.clock());
    const brought = proposeResults(treasury.parts, relative, { text, bytes: Buffer.from(text) });
    await expect(brought).rejects.toMatchObject({ code: 'conflict-of-interest' });
    const confirmed = confirm(await interested('relative-who-confirms'), await treasury.brought(answer));
    await expect(confirmed).rejects.toMatchObject({ code: 'conflict-of-interest' });
  });

  it('book nothing when they are refused, and can be brought again', async () => {
    const { answer, poolId } = await underWay();
    const brought = await treasury.brought(answer);
    const refuse = (reason: string, actor = releaser) =>
      decideResults(treasury.parts, actor, brought.importId, {
        ...{ outcome: 'refuse', contentHash: brought.contentHash, reason },
      });
    const refused = await refuse('与对账单不符');
    expect(withoutHash(await refuse('与对账单不符'))).toEqual(withoutHash(refused));
    await expect(refuse('其他原因')).rejects.toMatchObject({ code: 'not-in-this-state' });
    await expect(confirm(releaser, brought)).rejects.toMatchObject({ code: 'not-in-this-state' });
    expect(await paid(poolId)).toBe(0);
    const again = await treasury.brought(answer);
    expect(again.importId).not.toBe(brought.importId);
    await treasury.confirm(again);
    expect(await paid(poolId)).toBe(10_000);
  });

  it('book nothing of a payment that has changed since they were shown', async () => {
    const { answer, poolId } = await underWay();
    const part = { ...answer, amountFen: 4_000, result: 'partial', reference: 'PART' } as const;
    const [whole, partly] = [await treasury.brought(answer), await treasury.brought(part)];
    await treasury.confirm(partly);
    const report = await treasury.confirm(whole);
    expect(report).toMatchObject({ imported: 0, held: 0, faults: [{ rule: 'basis-changed' }] });
    expect(await paid(poolId)).toBe(4_000);
  });

  it('are booked to their end by whoever confirms them again, when that broke off', async () => {
    const order = await issuedOrder(Array.from({ length: 25 }, () => 1_000));
    const payments = await treasury.file(order.orderId);
    const answers = payments.map(({ paymentId }) => ({ paymentId, amountFen: 1_000 }));
    const brought = await treasury.brought(...answers);
    let left = 1;
    class Dying extends PaymentStore {
      override async write(writes: readonly GuardedWrite[]): Promise<void> {
        left -= 1;
        if (left < 0) throw new Error('gone');
        await super.write(writes);
      }
    }
    const dying = { ...treasury.parts, payments: new Dying(room.tables.budget) };
    const { importId, contentHash } = brought;
    const broken = decideResults(dying, releaser, importId, { outcome: 'confirm', contentHash });
    await expect(broken).rejects.toThrow('gone');
    expect(await paid(order.poolId)).toBe(7_000);
    expect(await treasury.brought(...answers)).toMatchObject({ importId, status: 'confirmed' });
    const booked = await confirm({ id: 'another-approver', roles: ['budget-approver'] }, brought);
    expect(booked).toMatchObject({ decision: { by: releaser.id }, report: { imported: 25, faults: [] } });
    expect(await paid(order.poolId)).toBe(25_000);
  });
});

describe("the bank's signature", () => {
  const keys = generateKeyPairSync('ed25519');
  const bankKey = keys.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const text = `payment_id,result,amount_yuan,date,reference,reason\nTOTAL,0,0.00\n`;
  const bring = (signature?: string, sent = text) =>
    proposeResults({ ...treasury.parts, bankKey }, treasurer, {
      ...{ text: sent, bytes: Buffer.from(sent), signature },
    });
  const signed = (bytes: string) => sign(null, Buffer.from(bytes), keys.privateKey).toString('base64');

  it('is asked for where the bank has a key, over the very bytes, before they are read', async () => {
    await expect(bring()).rejects.toMatchObject({ faults: [{ rule: 'signature-missing' }] });
    await expect(bring(signed('another'))).rejects.toMatchObject({ faults: [{ rule: 'signature' }] });
    await expect(bring('bm90aGluZw==', 'no such file')).rejects.toMatchObject({
      faults: [{ path: 'header.x-bank-signature', rule: 'signature' }],
    });
    expect(await bring(signed(text))).toMatchObject({ authenticity: { by: 'signature' } });
  });

  it.each([
    ['ECDSA', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ])('may be one of %s', async (_, pair) => {
    const key = pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    const bytes = Buffer.from(text);
    const signature = sign('sha256', bytes, pair.privateKey).toString('base64');
    const brought = proposeResults({ ...treasury.parts, bankKey: key }, treasurer, {
      text,
      bytes,
      signature,
    });
    expect(await brought).toMatchObject({ rows: 0 });
  });
});
