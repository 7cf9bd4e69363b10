import { appropriate } from '../budget/appropriate.ts';
import { closeRound } from '../budget/close-round.ts';
import { createPool } from '../budget/create-pool.ts';
import { decidePlan } from '../budget/decide-plan.ts';
import { IdempotencyRecords } from '../budget/idempotency.ts';
import { listPlanLines } from '../budget/list-plan-lines.ts';
import { listPools } from '../budget/list-pools.ts';
import { openRound } from '../budget/open-round.ts';
import { PoolStore } from '../budget/pool-store.ts';
import { poolPage, poolView } from '../budget/pool-view.ts';
import { RoundStore } from '../budget/round-store.ts';
import { linePage, roundView } from '../budget/round-view.ts';
import { operatorRoutes } from '../contracts/operator.ts';
import { PeopleStore } from '../people/people-store.ts';
import { DynamoGuideSource } from '../policy/guide-store.ts';
import { PolicyBook } from '../policy/policy-book.ts';
import { readLaw } from '../policy/policy-source.ts';
import { listGuides, publishGuide, showGuide } from '../policy/publish-guide.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { newUlid } from '../shared/ids.ts';
import { Outbox } from '../shared/outbox.ts';
import { documentClient } from '../shared/transaction.ts';

const environment = readEnvironment('api/operator');
const client = documentClient();
const guides = new DynamoGuideSource(client, environment.POLICY_TABLE, systemClock);
const parts = {
  guides,
  pools: new PoolStore(client, environment.BUDGET_TABLE),
  rounds: new RoundStore(client, environment.BUDGET_TABLE),
  people: new PeopleStore(client, environment.PEOPLE_TABLE),
  records: new IdempotencyRecords(client, environment.BUDGET_TABLE),
  outbox: new Outbox(environment.WORKFLOW_TABLE, systemClock, newUlid),
  policy: new PolicyBook(readLaw(import.meta.url), guides),
  clock: systemClock,
  newId: newUlid,
};

/** Lapsed applications are opened again too rarely for every start to load what that takes. */
async function reopening() {
  const [{ ApplicationStore }, useCases] = await Promise.all([
    import('../applications/application-store.ts'),
    import('../sign-off/reopen-application.ts'),
  ]);
  const store = new ApplicationStore(client, environment.APPLICATIONS_TABLE);
  return { ...useCases, parts: { ...parts, store } };
}

export const handler = httpDoor(operatorRoutes, {
  createPool: async ({ actor, body }) => ({ body: poolView(await createPool(parts, actor, body.poolId)) }),
  listPools: async ({ query }) => ({ body: poolPage(await listPools(parts, query)) }),
  getPool: async ({ params }) => ({ body: poolView(await parts.pools.require(params.poolId)) }),
  appropriate: async ({ actor, params, headers, body }) => {
    const request = { ...params, ...body, idempotencyKey: headers['idempotency-key'] };
    return { body: poolView(await appropriate(parts, actor, request)) };
  },
  openRound: async ({ actor, headers, body }) => {
    const request = { ...body, idempotencyKey: headers['idempotency-key'] };
    return { body: roundView(await openRound(parts, actor, request)) };
  },
  closeRound: async ({ actor, params }) => ({
    body: roundView(await closeRound(parts, actor, params.roundId)),
  }),
  getRound: async ({ params }) => ({ body: roundView(await parts.rounds.require(params.roundId)) }),
  listPlanLines: async ({ params, query }) => ({
    body: linePage(await listPlanLines(parts, params.roundId, query)),
  }),
  decidePlan: async ({ actor, params, body }) => ({
    body: roundView(await decidePlan(parts, actor, params.roundId, body)),
  }),
  publishGuide: async ({ actor, body }) => ({ body: await publishGuide(parts, actor, body) }),
  listGuides: async () => ({ body: { items: await listGuides(parts) } }),
  getGuide: async ({ params }) => ({ body: await showGuide(parts, params.version) }),
  getReopening: async ({ params }) => {
    const { reopeningView, parts } = await reopening();
    return { body: reopeningView(await parts.store.require(params.applicationId)) };
  },
  requestReopening: async ({ actor, params, body }) => {
    const { requestReopening, reopeningView, parts } = await reopening();
    return {
      body: reopeningView(await requestReopening(parts, actor, params.applicationId, body.reason)),
    };
  },
  decideReopening: async ({ actor, params, body }) => {
    const { decideReopening, reopeningView, parts } = await reopening();
    return { body: reopeningView(await decideReopening(parts, actor, params.applicationId, body)) };
  },
});
