import { publicRoutes } from '../contracts/public.ts';
import { openPolicyBook } from '../policy/policy-source.ts';
import { AwardStore } from '../publication/award-store.ts';
import { homePageHeaders } from '../publication/home-page.ts';
import { listAwards } from '../publication/list-awards.ts';
import { showHome } from '../publication/show-home.ts';
import { RegisterStore } from '../register/register-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { documentClient } from '../shared/transaction.ts';

const { APPLICATIONS_TABLE, BUDGET_TABLE, POLICY_TABLE } = readEnvironment('api/public');
const client = documentClient();
const deps = {
  awards: new AwardStore(client, APPLICATIONS_TABLE),
  register: new RegisterStore(client, BUDGET_TABLE),
  policy: openPolicyBook(import.meta.url, client, POLICY_TABLE, systemClock),
  clock: systemClock,
};

/** Routes that anybody may call. */
export const handler = httpDoor(publicRoutes, {
  showHome: async () => ({ body: await showHome(deps), headers: homePageHeaders }),
  getOpenApi: async () => {
    // Every contract of the system: loaded when somebody asks for it.
    const { allRoutes } = await import('../contracts/routes.ts');
    const { openApiDocument } = await import('../publication/openapi.ts');
    return { body: openApiDocument(allRoutes) };
  },
  listEventSchemas: async () => {
    const { listEventSchemas } = await import('../messages/list-event-schemas.ts');
    return { body: listEventSchemas() };
  },
  listAwards: async ({ query }) => ({ body: await listAwards(deps, query) }),
  listMeasures: async () => {
    const { listMeasures } = await import('../policy/list-measures.ts');
    return { body: await listMeasures(deps.policy, deps.clock()) };
  },
  describeMeasure: async ({ params }) => {
    const { describeMeasure } = await import('../policy/describe-measure.ts');
    return { body: await describeMeasure(deps.policy, params.item, deps.clock()) };
  },
});
