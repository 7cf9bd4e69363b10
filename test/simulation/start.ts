import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { decideEntry } from '../../functions/money/entries/decide-entry.ts';
import { proposeEntry } from '../../functions/money/entries/propose-entry.ts';
import { decideOrder } from '../../functions/money/orders/decide-order.ts';
import { draftOrder } from '../../functions/money/orders/draft-order.ts';
import { batchOrder, finishOrder, issueBatch } from '../../functions/money/orders/issue-order.ts';
import { decidePaymentFile } from '../../functions/money/payments/decide-payment-file.ts';
import { makePaymentFile } from '../../functions/money/payments/make-payment-file.ts';
import type { Payment } from '../../functions/money/payments/payment.ts';
import { createPool } from '../../functions/money/pools/create-pool.ts';
import { closeRound } from '../../functions/money/rounds/close-round.ts';
import { commitBatch } from '../../functions/money/rounds/commit-batch.ts';
import { decidePlan } from '../../functions/money/rounds/decide-plan.ts';
import { finishRound } from '../../functions/money/rounds/finish-round.ts';
import { freezeCandidates } from '../../functions/money/rounds/freeze-candidates.ts';
import { openRound } from '../../functions/money/rounds/open-round.ts';
import { planAllocation } from '../../functions/money/rounds/plan-allocation.ts';
import { reserveFunds } from '../../functions/money/rounds/reserve-funds.ts';
import { declareInterest } from '../../functions/people/declare-interest.ts';
import { guidesInMemory, PolicyBook } from '../../functions/policy/guides/policy-book.ts';
import { endNotice } from '../../functions/publicity/notice/end-notice.ts';
import { openNotice } from '../../functions/publicity/notice/open-notice.ts';
import type { Actor } from '../../functions/shared/actor.ts';
import { fen } from '../../functions/shared/money.ts';
import { compilePolicy } from '../../policy/compile.ts';
import { candidateOf, pooledApplication } from '../builders/budget.ts';
import { applicationKey, tablesOn } from '../support/tables.ts';
import { MemoryStore } from './memory-store.ts';
import { beginning, idsFrom, partsOn, shapes, tables } from './world.ts';

export const people = {
  operator: { id: 'operator', roles: ['operator'] },
  otherOperator: { id: 'other-operator', roles: ['operator'] },
  approver: { id: 'approver', roles: ['budget-approver'] },
  otherApprover: { id: 'other-approver', roles: ['budget-approver'] },
  treasurer: { id: 'treasurer', roles: ['operator'] },
  orderApprover: { id: 'order-approver', roles: ['budget-approver'] },
  clawbackApprover: { id: 'clawback-approver', roles: ['budget-approver'] },
  releaser: { id: 'releaser', roles: ['budget-approver'] },
  lastApprover: { id: 'last-approver', roles: ['budget-approver'] },
} as const satisfies Record<string, Actor>;

export const poolId = 'pool-1';
/** The pool of the next year, into which what is left of the first is carried. */
export const nextPoolId = 'pool-2027';
/** A pool that does not stand yet when a schedule begins. */
export const newPoolId = 'pool-new';

/** How far the money has come, from a closed round to payments that are with the bank. */
const phases = ['closed', 'planned', 'approved', 'noticed', 'cleared', 'filed'] as const;

export interface Start {
  readonly applications: number;
  readonly funding: 'short' | 'exact' | 'ample';
  readonly mode: 'pro-rata' | 'ranked';
  readonly rounds: number;
  /** How far the rounds have come. */
  readonly phase: (typeof phases)[number];
}

/** Tables at the beginning of a schedule, with what stands in them. */
export interface Opening {
  readonly store: MemoryStore;
  readonly policy: PolicyBook;
  readonly applicationIds: readonly string[];
  readonly roundIds: readonly string[];
  /** The time at which everything stands so. */
  readonly now: number;
  /** Payments that are with the bank, and what they are of. */
  readonly payments: readonly Payment[];
  readonly orderIds: readonly string[];
}

const policies = new Map<Start['mode'], PolicyBook>();
const openings = new Map<string, Promise<Opening>>();

/** The opening of a start, made once by the program itself, one step after the other. */
export function openingOf(start: Start): Promise<Opening> {
  const key = JSON.stringify(start);
  const known = openings.get(key) ?? open(start);
  openings.set(key, known);
  return known;
}

async function open(start: Start): Promise<Opening> {
  const policy = policies.get(start.mode) ?? policyOf(start.mode);
  policies.set(start.mode, policy);
  let now = beginning;
  const store = new MemoryStore(shapes, () => now);
  // The stores use nothing of the client but `send`.
  const client = {
    send: async (command: unknown) => store.execute(command),
  } as unknown as DynamoDBDocumentClient;
  const parts = partsOn(client, policy, () => now, idsFrom(1));
  const ceilings = Array.from({ length: start.applications }, (_, index) => (index + 1) * 1_000_000);
  const wanted = ceilings.reduce((sum, one) => sum + one, 0);
  const funds = { short: Math.floor(wanted / 3), exact: wanted, ample: wanted * 3 }[start.funding];

  await createPool(parts, people.operator, poolId);
  await createPool(parts, people.operator, nextPoolId);
  const { entryId } = await proposeEntry(parts, people.operator, {
    ...{ poolId, idempotencyKey: 'first', cause: 'first' },
    change: { kind: 'appropriation', amountFen: fen(funds) },
  });
  await decideEntry(parts, people.approver, { poolId, entryId }, { outcome: 'confirm' });
  // Somebody who has declared an interest before, in an organisation that asks for nothing.
  await declareInterest(parts, people.otherApprover, { organisation: '914401017000000000', kind: 'kinship' });
  const applicationIds = ceilings.map(() => parts.newId());
  for (const [index, applicationId] of applicationIds.entries()) {
    const made = pooledApplication(applicationId, poolId, ceilings[index] ?? 0);
    const application = { ...made, organisation: organisationOf(index) };
    await parts.pools.write([
      tablesOn(client, tables).applications.put(applicationKey(applicationId), { state: application }),
      parts.pools.enter(candidateOf(application)),
    ]);
  }
  const roundIds: string[] = [];
  const orderIds: string[] = [];
  const payments: Payment[] = [];
  const reached = phases.indexOf(start.phase);
  for (let index = 0; index < start.rounds; index += 1) {
    const { roundId } = await openRound(parts, people.operator, { poolId, idempotencyKey: `round-${index}` });
    roundIds.push(roundId);
    await closeRound(parts, people.operator, roundId);
    if (reached < phases.indexOf('planned')) continue;
    await freezeCandidates(parts, roundId);
    await planAllocation(parts, roundId);
    const round = await parts.rounds.require(roundId);
    if (reached < phases.indexOf('approved') || round.status !== 'planned') continue;
    await decidePlan(parts, people.approver, roundId, { outcome: 'approve', planHash: round.plan.hash });
    if (reached < phases.indexOf('noticed')) continue;
    const { batches } = await reserveFunds(parts, roundId);
    for (const batch of batches) await commitBatch(parts, batch);
    await finishRound(parts, roundId);
    const awarded = (await parts.rounds.lines(roundId)).filter(({ status }) => status === 'committed');
    for (const { applicationId } of awarded) {
      const { closesAt } = await openNotice(parts, { applicationId, submission: 1 });
      if (reached < phases.indexOf('cleared')) continue;
      now = Math.max(now, Date.parse(closesAt));
      await endNotice(parts, { applicationId, submission: 1 });
    }
    if (reached < phases.indexOf('filed')) continue;
    const { orderId } = await draftOrder(parts, people.treasurer, { roundId, idempotencyKey: 'order' });
    orderIds.push(orderId);
    const order = await parts.orders.require(orderId);
    if (order.status !== 'drafted' || !order.list) throw new Error('the order is not drafted');
    const { contentHash } = order.list;
    await decideOrder(parts, people.orderApprover, orderId, { outcome: 'approve', contentHash });
    for (const batch of (await batchOrder(parts, orderId)).batches) await issueBatch(parts, batch);
    await finishOrder(parts, orderId);
    const { file } = await makePaymentFile(parts, people.treasurer, { orderId, idempotencyKey: 'file' });
    const hash = 'contentHash' in file ? String(file.contentHash) : '';
    const release = { outcome: 'confirm', contentHash: hash } as const;
    await decidePaymentFile(parts, people.releaser, file.paymentFileId, release);
    payments.push(...(await parts.payments.payments(file.paymentFileId)));
  }
  return { store, policy, applicationIds, roundIds, now, payments, orderIds };
}

const compiled = compilePolicy();

/** The sample guide with the pools of a simulation, and notices that last a week. */
function policyOf(mode: Start['mode']): PolicyBook {
  const [guide] = compiled.guides;
  const [pool] = guide?.pools ?? [];
  if (!guide || !pool) throw new Error('the sample guide has no pool');
  const ruled = { ...pool, allocation: { ...pool.allocation, mode } };
  const pools = [
    { ...ruled, id: poolId, yearEnd: { unspent: 'carry-over' as const, into: nextPoolId } },
    { ...ruled, id: nextPoolId, fiscalYear: pool.fiscalYear + 1 },
    { ...ruled, id: newPoolId },
  ];
  return new PolicyBook(compiled, guidesInMemory([{ ...guide, pools }]));
}

const codes = ['914403001922038216', '9144030071526726XG', '91440101731566630A'];

/** The organisation of an application, by its number among them. */
export function organisationOf(index: number): string {
  return codes[index % codes.length] ?? '';
}
