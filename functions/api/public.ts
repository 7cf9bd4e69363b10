import { publicRoutes } from '../contracts/public.ts';
import { openPolicyBook } from '../policy/guides/policy-source.ts';
import { showPrivacy } from '../policy/retention/show-privacy.ts';
import { homePageHeaders } from '../publicity/home/home-page.ts';
import { showHome } from '../publicity/home/show-home.ts';
import { AwardStore } from '../publicity/notice/award-store.ts';
import { listAwards } from '../publicity/notice/list-awards.ts';
import { RegisterStore } from '../register/register-store.ts';
import { noLogins } from '../shared/actor.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { openTables } from '../shared/table.ts';

const tables = openTables(readEnvironment('api/public'));
const deps = {
  awards: new AwardStore(tables.applications),
  register: new RegisterStore(tables.budget),
  policy: openPolicyBook(import.meta.url, tables.policy, systemClock),
  clock: systemClock,
};

/** Routes that anybody may call. */
export const handler = httpDoor(publicRoutes, noLogins, {
  showHome: async () => ({ body: await showHome(deps), headers: homePageHeaders }),
  getOpenApi: async () => {
    // Every contract of the system: loaded when somebody asks for it.
    const { allRoutes } = await import('../contracts/routes.ts');
    const { openApiDocument } = await import('../contracts/openapi.ts');
    return { body: openApiDocument(allRoutes) };
  },
  listEventSchemas: async () => {
    const { listEventSchemas } = await import('../news/domain-events/list-event-schemas.ts');
    return { body: listEventSchemas() };
  },
  listAwards: async ({ query }) => ({ body: await listAwards(deps, query) }),
  preCheck: async ({ body }) => {
    const { preCheck } = await import('../filing/eligibility/pre-check.ts');
    return { body: await preCheck(deps.policy, body, deps.clock()) };
  },
  showPrivacy: async () => ({ body: showPrivacy(deps.policy.retention) }),
  listMeasures: async () => {
    const { listMeasures } = await import('../policy/guides/list-measures.ts');
    return { body: await listMeasures(deps.policy, deps.clock()) };
  },
  describeMeasure: async ({ params }) => {
    const { describeMeasure } = await import('../policy/guides/describe-measure.ts');
    return { body: await describeMeasure(deps.policy, params.item, deps.clock()) };
  },
});
