import { treasuryRoutes } from '../contracts/treasury.ts';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { BankAccountStore } from '../filing/bank-accounts/bank-account-store.ts';
import { KmsAccounts } from '../filing/bank-accounts/kms-accounts.ts';
import { CreditList } from '../filing/credit/credit-list.ts';
import { decideClawback, proposeClawback, receiveClawback } from '../money/clawbacks/claw-back.ts';
import { ClawbackStore } from '../money/clawbacks/clawback-store.ts';
import { clawbackView } from '../money/clawbacks/clawback-view.ts';
import { decideOrder, resumeOrder } from '../money/orders/decide-order.ts';
import { draftOrder } from '../money/orders/draft-order.ts';
import { OrderStore } from '../money/orders/order-store.ts';
import { orderLineView, orderView } from '../money/orders/order-view.ts';
import { decidePayment } from '../money/payments/decide-payment.ts';
import { makePaymentFile } from '../money/payments/make-payment-file.ts';
import { paymentFileContent } from '../money/payments/payment-file-content.ts';
import { PaymentStore } from '../money/payments/payment-store.ts';
import { PoolStore } from '../money/pools/pool-store.ts';
import { RoundStore } from '../money/rounds/round-store.ts';
import { openLogins } from '../people/open-logins.ts';
import { PeopleStore } from '../people/people-store.ts';
import { openPolicyBook } from '../policy/guides/policy-source.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { IdempotencyRecords } from '../shared/idempotency.ts';
import { newUlid } from '../shared/ids.ts';
import { Outbox } from '../shared/outbox.ts';
import { openTables } from '../shared/table.ts';

const environment = readEnvironment('api/treasury');
const tables = openTables(environment);
const policy = openPolicyBook(import.meta.url, tables.policy, systemClock);
const parts = {
  policy,
  applications: new ApplicationStore(tables.applications),
  pools: new PoolStore(tables.budget),
  rounds: new RoundStore(tables.budget),
  orders: new OrderStore(tables.budget),
  payments: new PaymentStore(tables.budget),
  clawbacks: new ClawbackStore(tables.budget),
  accounts: new BankAccountStore(tables.budget),
  opener: new KmsAccounts(environment.ACCOUNT_KEY_ARN),
  records: new IdempotencyRecords(tables.budget),
  people: new PeopleStore(tables.people),
  credit: new CreditList(tables.registry),
  register: { table: tables.budget, notice: policy.notice },
  outbox: new Outbox(tables.workflow, systemClock, newUlid),
  clock: systemClock,
  newId: newUlid,
};

/** Routes of orders, of payments and of money that comes back. */
export const handler = httpDoor(treasuryRoutes, openLogins(environment), {
  draftOrder: async ({ actor, headers, body }) => {
    const request = { ...body, idempotencyKey: headers['idempotency-key'] };
    return { body: orderView(await draftOrder(parts, actor, request)) };
  },
  listOrders: async ({ query }) => {
    const { orders, nextCursor } = await parts.orders.page(query);
    return { body: { items: orders.map(orderView), nextCursor } };
  },
  getOrder: async ({ params }) => ({ body: orderView(await parts.orders.require(params.orderId)) }),
  listOrderLines: async ({ params, query }) => {
    await parts.orders.require(params.orderId);
    const { lines, nextCursor } = await parts.orders.linePage(params.orderId, query);
    return { body: { items: lines.map(orderLineView), nextCursor } };
  },
  decideOrder: async ({ actor, params, body }) => ({
    body: orderView(await decideOrder(parts, actor, params.orderId, body)),
  }),
  resumeOrder: async ({ actor, params }) => ({
    body: orderView(await resumeOrder(parts, actor, params.orderId)),
  }),
  makePaymentFile: async ({ actor, params, headers }) => {
    const request = { ...params, idempotencyKey: headers['idempotency-key'] };
    const { file, leftOut } = await makePaymentFile(parts, actor, request);
    const withoutAccount = leftOut.filter(({ why }) => why === 'no-account');
    return { body: { ...file, withoutAccount, leftOut: [...leftOut] } };
  },
  listPaymentFiles: async ({ params, query }) => {
    const { files, nextCursor } = await parts.payments.page(params.orderId, query);
    return { body: { items: files, nextCursor } };
  },
  getPaymentFileContent: async ({ actor, params: { paymentFileId } }) => ({
    body: await paymentFileContent(parts, actor, paymentFileId),
    headers: { 'content-disposition': `attachment; filename="payments-${paymentFileId}.csv"` },
  }),
  importPaymentResults: async ({ actor, text }) => {
    // Its reader of files is for the few imports of a year.
    const { importResults } = await import('../money/payments/import-results.ts');
    const report = await importResults(parts, actor, text);
    return { body: { ...report, faults: [...report.faults] } };
  },
  decidePayment: async ({ actor, params, body }) => ({
    body: orderLineView(await decidePayment(parts, actor, params, body)),
  }),
  proposeClawback: async ({ actor, params, headers, body }) => {
    const request = { ...params, ...body, idempotencyKey: headers['idempotency-key'] };
    return { body: clawbackView(await proposeClawback(parts, actor, request), systemClock()) };
  },
  listClawbacks: async ({ query }) => {
    const { clawbacks, nextCursor } = await parts.clawbacks.page(query);
    return { body: { items: clawbacks.map((one) => clawbackView(one, systemClock())), nextCursor } };
  },
  decideClawback: async ({ actor, params, body }) => ({
    body: clawbackView(await decideClawback(parts, actor, params.clawbackId, body), systemClock()),
  }),
  receiveClawback: async ({ actor, params, body }) => ({
    body: clawbackView(await receiveClawback(parts, actor, params.clawbackId, body), systemClock()),
  }),
});
