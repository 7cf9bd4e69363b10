import { roundRoutes } from '../contracts/rounds.ts';
import { PoolStore } from '../money/pools/pool-store.ts';
import { closeRound } from '../money/rounds/close-round.ts';
import { decidePlan } from '../money/rounds/decide-plan.ts';
import { listPlanLines } from '../money/rounds/list-plan-lines.ts';
import { openRound } from '../money/rounds/open-round.ts';
import { abandonRound, replanRound } from '../money/rounds/replan-round.ts';
import { RoundStore } from '../money/rounds/round-store.ts';
import { linePage, roundPage, roundView } from '../money/rounds/round-view.ts';
import { createLogins } from '../people/create-logins.ts';
import { PeopleStore } from '../people/people-store.ts';
import { openPolicyBook } from '../policy/guides/policy-source.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { IdempotencyRecords } from '../shared/idempotency.ts';
import { newUlid } from '../shared/ids.ts';
import { Outbox } from '../shared/outbox.ts';
import { openTables } from '../shared/table.ts';

const environment = readEnvironment('api/rounds');
const tables = openTables(environment);
const parts = {
  pools: new PoolStore(tables.budget),
  rounds: new RoundStore(tables.budget),
  people: new PeopleStore(tables.people),
  records: new IdempotencyRecords(tables.budget),
  outbox: new Outbox(tables.workflow, systemClock, newUlid),
  policy: openPolicyBook(import.meta.url, tables.policy, systemClock),
  clock: systemClock,
  newId: newUlid,
};

/** Only a simulation computes shares here: the state machine makes the plans. */
async function simulations() {
  const [{ SimulationStore }, useCases] = await Promise.all([
    import('../money/rounds/simulation-store.ts'),
    import('../money/rounds/simulate-round.ts'),
  ]);
  return { ...useCases, parts: { ...parts, simulations: new SimulationStore(tables.budget) } };
}

/** Routes of budget rounds. */
export const handler = httpDoor(roundRoutes, createLogins(environment, tables.people), {
  listRounds: async ({ query }) => ({ body: roundPage(await parts.rounds.page(query)) }),
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
  replanRound: async ({ actor, params, body }) => ({
    body: roundView(await replanRound(parts, actor, params.roundId, body.reason)),
  }),
  abandonRound: async ({ actor, params, body }) => ({
    body: roundView(await abandonRound(parts, actor, params.roundId, body.reason)),
  }),
  simulateRound: async ({ actor, params, body }) => {
    const { simulateRound, parts } = await simulations();
    return { body: await simulateRound(parts, actor, params.roundId, body) };
  },
  listSimulations: async ({ params, query }) => {
    const { listSimulations, parts } = await simulations();
    return { body: await listSimulations(parts, params.roundId, query) };
  },
  listSimulatedLines: async ({ params, query }) => {
    const { listSimulatedLines, parts } = await simulations();
    return { body: await listSimulatedLines(parts, params, query) };
  },
});
