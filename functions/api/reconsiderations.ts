import { reconsiderationRoutes } from '../contracts/reconsiderations.ts';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { entityTag, toApplicationView } from '../filing/applications/application-view.ts';
import { ClaimStore } from '../filing/applications/claim-store.ts';
import { CompetitionStore } from '../filing/applications/competition-store.ts';
import { createLogins } from '../people/create-logins.ts';
import { PeopleStore } from '../people/people-store.ts';
import { openPolicyBook } from '../policy/guides/policy-source.ts';
import { decideReconsideration, requestReconsideration } from '../review/sign-off/reconsider-application.ts';
import { SignOffTaskStore } from '../review/tasks/task-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { newUlid } from '../shared/ids.ts';
import { Outbox } from '../shared/outbox.ts';
import { openTables } from '../shared/table.ts';

const environment = readEnvironment('api/reconsiderations');
const tables = openTables(environment);
const parts = {
  store: new ApplicationStore(tables.applications),
  tasks: new SignOffTaskStore(tables.applications),
  competition: new CompetitionStore(tables.applications),
  people: new PeopleStore(tables.people),
  claims: new ClaimStore(tables.registry),
  policy: openPolicyBook(import.meta.url, tables.policy, systemClock),
  outbox: new Outbox(tables.workflow, systemClock, newUlid),
  clock: systemClock,
};

/** Routes of reconsiderations: apart from those of reviewers, who have no right to claims. */
export const handler = httpDoor(reconsiderationRoutes, createLogins(environment, tables.people), {
  requestReconsideration: async ({ actor, params, body }) => {
    const application = await requestReconsideration(parts, actor, params.applicationId, body.grounds);
    return { body: toApplicationView(application), headers: { etag: entityTag(application.version) } };
  },
  decideReconsideration: async ({ actor, params, body }) => ({
    body: await decideReconsideration(parts, actor, params.taskId, body),
  }),
});
