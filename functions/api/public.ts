import { publicRoutes } from '../contracts/public.ts';
import { readPolicyBook } from '../policy/policy-book.ts';
import { AwardStore } from '../publication/award-store.ts';
import { homePageHeaders } from '../publication/home-page.ts';
import { listAwards } from '../publication/list-awards.ts';
import { showHome } from '../publication/show-home.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { documentClient } from '../shared/transaction.ts';

const { APPLICATIONS_TABLE } = readEnvironment('api/public');
const deps = {
  awards: new AwardStore(documentClient(), APPLICATIONS_TABLE),
  policy: readPolicyBook(import.meta.url),
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
  listAwards: async ({ query }) => ({ body: await listAwards(deps, query) }),
});
