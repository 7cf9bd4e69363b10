import type { ApplicationIn } from '../../functions/filing/applications/application.ts';
import { ApplicationStore } from '../../functions/filing/applications/application-store.ts';
import type { AccountOpener, AccountSealer } from '../../functions/filing/bank-accounts/bank-account.ts';
import { BankAccountStore } from '../../functions/filing/bank-accounts/bank-account-store.ts';
import { CreditList } from '../../functions/filing/credit/credit-list.ts';
import { ClawbackStore } from '../../functions/money/clawbacks/clawback-store.ts';
import { decideOrder } from '../../functions/money/orders/decide-order.ts';
import { draftOrder, type OrderRequest } from '../../functions/money/orders/draft-order.ts';
import { batchOrder, finishOrder, issueBatch } from '../../functions/money/orders/issue-order.ts';
import { OrderStore } from '../../functions/money/orders/order-store.ts';
import { decidePaymentFile } from '../../functions/money/payments/decide-payment-file.ts';
import { decideResults } from '../../functions/money/payments/decide-results.ts';
import { makePaymentFile } from '../../functions/money/payments/make-payment-file.ts';
import type {
  Payment,
  PaymentFile,
  PaymentFileIn,
  PaymentResult,
} from '../../functions/money/payments/payment.ts';
import { csvFile } from '../../functions/money/payments/payment-csv.ts';
import { PaymentStore } from '../../functions/money/payments/payment-store.ts';
import { proposeResults } from '../../functions/money/payments/propose-results.ts';
import type { ResultsFile, ResultsFileIn } from '../../functions/money/payments/results-file.ts';
import { ResultsStore } from '../../functions/money/payments/results-store.ts';
import { PoolStore } from '../../functions/money/pools/pool-store.ts';
import { RoundStore } from '../../functions/money/rounds/round-store.ts';
import { AdministratorStore } from '../../functions/people/administrator-store.ts';
import { PeopleStore } from '../../functions/people/people-store.ts';
import type { PolicyBook } from '../../functions/policy/guides/policy-book.ts';
import type { Actor } from '../../functions/shared/actor.ts';
import type { Clock } from '../../functions/shared/clock.ts';
import { IdempotencyRecords } from '../../functions/shared/idempotency.ts';
import { newUlid } from '../../functions/shared/ids.ts';
import { Outbox } from '../../functions/shared/outbox.ts';
import { shanghaiDate } from '../../functions/shared/shanghai-date.ts';
import { yuanOf } from '../../functions/shared/yuan.ts';
import type { BudgetRoom } from '../builders/budget.ts';
import { agreeAccount, sealedInTests, signedInTests } from './accounts.ts';
import { keyedHash } from './rooms.ts';
import type { Tables } from './tables.ts';

/** Nobody decides twice on an application: those who order are others than those who approved the plan. */
export const treasurer: Actor = { id: 'operator-2', roles: ['operator'] };
export const orderApprover: Actor = { id: 'approver-2', roles: ['budget-approver'] };
/** Who releases payment files and confirms what the bank answers. */
export const releaser: Actor = { id: 'approver-4', roles: ['budget-approver'] };
export const clawbackApprover: Actor = { id: 'approver-3', roles: ['budget-approver'] };

/** One row of the bank's answers. */
export type Answer = Partial<Omit<PaymentResult, 'amountFen'>> & {
  readonly paymentId: string;
  readonly amountFen: number;
};

/** The bank's answers of a day as a file with its control total. */
export function resultsCsv(answers: readonly Answer[], now: Date): string {
  const header = ['payment_id', 'result', 'amount_yuan', 'date', 'reference', 'reason'];
  const rows = answers.map((answer) => {
    const { paymentId, amountFen, result = 'paid', date = shanghaiDate(now), reason = '' } = answer;
    const reference = answer.reference ?? `REF-${paymentId}`;
    return { cells: [paymentId, result, yuanOf(amountFen), date, reference, reason], amountFen };
  });
  return csvFile(header, rows);
}

/** Orders, payments and clawbacks on a test database. */
export function openTreasury({
  tables,
  policy,
  clock,
  sealing = sealedInTests,
}: {
  readonly tables: Tables;
  readonly policy: PolicyBook;
  readonly clock: Clock;
  readonly sealing?: AccountSealer & AccountOpener;
}) {
  const parts = {
    applications: new ApplicationStore(tables.applications),
    store: new ApplicationStore(tables.applications),
    administrators: new AdministratorStore(tables.people, clock),
    pools: new PoolStore(tables.budget),
    rounds: new RoundStore(tables.budget),
    orders: new OrderStore(tables.budget),
    payments: new PaymentStore(tables.budget),
    results: new ResultsStore(tables.budget),
    clawbacks: new ClawbackStore(tables.budget),
    accounts: new BankAccountStore(tables.budget),
    records: new IdempotencyRecords(tables.budget),
    people: new PeopleStore(tables.people),
    outbox: new Outbox(tables.workflow, clock, newUlid),
    register: { table: tables.budget, notice: policy.notice },
    credit: new CreditList(tables.registry),
    keyedHash,
    sealer: sealing,
    opener: sealing,
    signer: signedInTests,
    bankKey: 'none: no bank answers in a test',
    policy,
    clock,
    newId: newUlid,
  };

  const treasury = {
    parts,

    /** Ends the notice of an award that a round committed, as the review does when nothing stands against it. */
    async clear(applicationId: string): Promise<ApplicationIn<'noticed'>> {
      const application = await parts.applications.require(applicationId);
      if (application.status !== 'allocated') throw new Error(`it is ${application.status}`);
      const at = clock().toISOString();
      const noticed: ApplicationIn<'noticed'> = {
        ...application,
        status: 'noticed',
        version: application.version + 1,
        updatedAt: at,
        notice: { opensAt: at, closesAt: at, clearedAt: at },
      };
      const note = { at, actor: { id: 'system', role: 'system' }, event: 'notice-ended' } as const;
      await parts.applications.write(parts.applications.transition(application, noticed, note));
      return noticed;
    },

    /** Puts the bank account of an application's enterprise. */
    async bank(applicationId: string): Promise<void> {
      const { organisation, content } = await parts.applications.require(applicationId);
      const organisationName = content.enterprise.name;
      await agreeAccount(parts, { organisation, organisationName });
    },

    /** An order that waits for its approval. */
    async draft(roundId: string, request: Partial<OrderRequest> = {}) {
      const order = await draftOrder(parts, treasurer, { roundId, idempotencyKey: newUlid(), ...request });
      if (order.status !== 'drafted' || !order.list) throw new Error(`the order is ${order.status}`);
      return { ...order, list: order.list };
    },

    /** An order that its second person approved. */
    async approved(roundId: string, request: Partial<OrderRequest> = {}): Promise<string> {
      const { orderId, list } = await treasury.draft(roundId, request);
      const { contentHash } = list;
      await decideOrder(parts, orderApprover, orderId, { outcome: 'approve', contentHash });
      return orderId;
    },

    /** Issues an approved order, in the order of its state machine. */
    async issue(orderId: string): Promise<void> {
      for (const batch of (await batchOrder(parts, orderId)).batches) await issueBatch(parts, batch);
      await finishOrder(parts, orderId);
    },

    /** An order that is issued. */
    async ordered(roundId: string, request: Partial<OrderRequest> = {}): Promise<string> {
      const orderId = await treasury.approved(roundId, request);
      await treasury.issue(orderId);
      return orderId;
    },

    /** A new file that waits for its second person. */
    async made(orderId: string): Promise<PaymentFileIn<'made'>> {
      const { file } = await makePaymentFile(parts, treasurer, { orderId, idempotencyKey: newUlid() });
      if (file.status !== 'made') throw new Error(`the file is ${file.status}`);
      return file;
    },

    /** Releases a file that was made. */
    async release({ paymentFileId }: Pick<PaymentFileIn<'made'>, 'paymentFileId'>): Promise<PaymentFile> {
      const file = await parts.payments.require(paymentFileId);
      const contentHash = 'contentHash' in file ? String(file.contentHash) : '';
      return decidePaymentFile(parts, releaser, paymentFileId, { outcome: 'confirm', contentHash });
    },

    /** The payments of a new file that was released. */
    async file(orderId: string): Promise<Payment[]> {
      const made = await treasury.made(orderId);
      await treasury.release(made);
      return parts.payments.payments(made.paymentFileId);
    },

    /** Brings what the bank answers. */
    async brought(...answers: Answer[]): Promise<ResultsFile> {
      const text = resultsCsv(answers, clock());
      return proposeResults(parts, treasurer, { text, bytes: Buffer.from(text) });
    },

    /** Confirms what was brought. @returns what became of it */
    async confirm({ importId, contentHash }: ResultsFile): Promise<ResultsFileIn<'booked'>['report']> {
      const file = await decideResults(parts, releaser, importId, { outcome: 'confirm', contentHash });
      if (file.status !== 'booked') throw new Error(`the answers are ${file.status}`);
      return file.report;
    },

    /** Brings what the bank answers, and confirms it. */
    async answer(...answers: Answer[]) {
      return treasury.confirm(await treasury.brought(...answers));
    },

    /** Orders the awards of a round and pays them in full. */
    async settled(roundId: string): Promise<void> {
      const orderId = await treasury.ordered(roundId);
      const lines = await parts.orders.lines(orderId);
      for (const { applicationId } of lines) await treasury.bank(applicationId);
      const payments = await treasury.file(orderId);
      const report = await treasury.answer(
        ...payments.map(({ paymentId, fen: amountFen }) => ({ paymentId, amountFen })),
      );
      if (report.imported !== payments.length) throw new Error(`not paid: ${JSON.stringify(report)}`);
    },
  };
  return treasury;
}

/** A round of a pool whose awards have been noticed, each for the amount given, and nothing stands against them. */
export async function noticedRound(
  room: BudgetRoom,
  treasury: ReturnType<typeof openTreasury>,
  poolId: string,
  amountsFen: readonly number[],
): Promise<{ poolId: string; ids: string[]; roundId: string }> {
  await room.fund(
    poolId,
    amountsFen.reduce((sum, amount) => sum + amount, 0),
  );
  const ids = await room.enter(poolId, amountsFen);
  const roundId = await room.close(poolId);
  await room.play(roundId);
  for (const id of ids) await treasury.clear(id);
  return { poolId, ids, roundId };
}
