import { ReadStore } from '../audit/read-store.ts';
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
import { listOrderLines } from '../money/orders/list-order-lines.ts';
import { OrderStore } from '../money/orders/order-store.ts';
import { orderLineView, orderView } from '../money/orders/order-view.ts';
import { decidePayment } from '../money/payments/decide-payment.ts';
import { decidePaymentFile } from '../money/payments/decide-payment-file.ts';
import { listPayments } from '../money/payments/list-payments.ts';
import { makePaymentFile } from '../money/payments/make-payment-file.ts';
import { paymentFileContent } from '../money/payments/payment-file-content.ts';
import { PaymentStore } from '../money/payments/payment-store.ts';
import { paymentFileView } from '../money/payments/payment-view.ts';
import { ResultsStore } from '../money/payments/results-store.ts';
import { resultsSummary, resultsView } from '../money/payments/results-view.ts';
import { PoolStore } from '../money/pools/pool-store.ts';
import { RoundStore } from '../money/rounds/round-store.ts';
import { createLogins } from '../people/create-logins.ts';
import { PeopleStore } from '../people/people-store.ts';
import { openPolicyBook } from '../policy/guides/policy-source.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { IdempotencyRecords } from '../shared/idempotency.ts';
import { newUlid } from '../shared/ids.ts';
import { KmsSigner } from '../shared/kms-signer.ts';
import { Outbox } from '../shared/outbox.ts';
import { openTables } from '../shared/table.ts';

const environment = readEnvironment('api/treasury');
const tables = openTables(environment);
const callers = { ...createLogins(environment, tables.people), reads: new ReadStore(tables.reads) };
const policy = openPolicyBook(import.meta.url, tables.policy, systemClock);
const parts = {
  policy,
  applications: new ApplicationStore(tables.applications),
  pools: new PoolStore(tables.budget),
  rounds: new RoundStore(tables.budget),
  orders: new OrderStore(tables.budget),
  payments: new PaymentStore(tables.budget),
  results: new ResultsStore(tables.budget),
  clawbacks: new ClawbackStore(tables.budget),
  accounts: new BankAccountStore(tables.budget),
  opener: new KmsAccounts(environment.ACCOUNT_KEY_ARN),
  signer: new KmsSigner(environment.PAYMENT_KEY_ARN, environment.PAYMENT_SIGNING),
  bankKey: environment.BANK_KEY,
  records: new IdempotencyRecords(tables.budget),
  people: new PeopleStore(tables.people),
  credit: new CreditList(tables.registry),
  register: { table: tables.budget, notice: policy.notice },
  outbox: new Outbox(tables.workflow, systemClock, newUlid),
  clock: systemClock,
  newId: newUlid,
};

/** Routes of orders, of payments and of money that comes back. */
export const handler = httpDoor(treasuryRoutes, callers, {
  draftOrder: async ({ actor, headers, body }) => {
    const request = { ...body, idempotencyKey: headers['idempotency-key'] };
    return { body: orderView(await draftOrder(parts, actor, request)) };
  },
  listOrders: async ({ query }) => {
    const { orders, nextCursor } = await parts.orders.page(query);
    return { body: { items: orders.map(orderView), nextCursor } };
  },
  getOrder: async ({ params }) => ({ body: orderView(await parts.orders.require(params.orderId)) }),
  listOrderLines: async ({ params, query }) => ({
    body: await listOrderLines(parts, params.orderId, query),
  }),
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
    return { body: { ...paymentFileView(file), withoutAccount, leftOut: [...leftOut] } };
  },
  listPaymentFiles: async ({ params, query }) => {
    const { files, nextCursor } = await parts.payments.page(params.orderId, query);
    return { body: { items: files.map(paymentFileView), nextCursor } };
  },
  getPaymentFile: async ({ params }) => ({
    body: paymentFileView(await parts.payments.require(params.paymentFileId)),
  }),
  listPayments: async ({ params, query }) => ({
    body: await listPayments(parts, params.paymentFileId, query),
  }),
  decidePaymentFile: async ({ actor, params, body }) => ({
    body: paymentFileView(await decidePaymentFile(parts, actor, params.paymentFileId, body)),
  }),
  getPaymentFileContent: async ({ actor, params: { paymentFileId } }) => {
    const { content, signature, applications } = await paymentFileContent(parts, actor, paymentFileId);
    return {
      body: content,
      about: applications,
      headers: {
        'content-disposition': `attachment; filename="payments-${paymentFileId}.csv"`,
        ...(signature && { 'x-payment-signature': `${signature.algorithm} ${signature.value}` }),
      },
    };
  },
  proposeResults: async ({ actor, text, bytes, headers }) => {
    // Its reader of files is for the few of a year.
    const { proposeResults } = await import('../money/payments/propose-results.ts');
    const signature = headers['x-bank-signature'];
    return { body: resultsView(await proposeResults(parts, actor, { text, bytes, signature })) };
  },
  listResults: async ({ query }) => {
    const { files, nextCursor } = await parts.results.page(query);
    return { body: { items: files.map(resultsSummary), nextCursor } };
  },
  getResults: async ({ params }) => ({ body: resultsView(await parts.results.require(params.importId)) }),
  decideResults: async ({ actor, params, body }) => {
    const { decideResults } = await import('../money/payments/decide-results.ts');
    return { body: resultsView(await decideResults(parts, actor, params.importId, body)) };
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
