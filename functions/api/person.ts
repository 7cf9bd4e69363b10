import { ReadStore } from '../audit/read-store.ts';
import { personRoutes } from '../contracts/person.ts';
import { createLogins } from '../people/create-logins.ts';
import { declareInterest } from '../people/declare-interest.ts';
import { delegate } from '../people/delegate.ts';
import { endDelegation } from '../people/end-delegation.ts';
import { endInterest } from '../people/end-interest.ts';
import { listDelegations } from '../people/list-delegations.ts';
import { LoginStore } from '../people/login-store.ts';
import { PeopleStore } from '../people/people-store.ts';
import { requireDepartment } from '../people/require-department.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { newUlid } from '../shared/ids.ts';
import { openTables } from '../shared/table.ts';

const environment = readEnvironment('api/person');
const tables = openTables(environment);
const callers = { ...createLogins(environment, tables.people), reads: new ReadStore(tables.reads) };
/** People are named by any of their logins. */
const logins = new LoginStore(tables.people);
const people = new PeopleStore(tables.people);
const parts = { people, clock: systemClock, newId: newUlid };

/** Routes of the people who decide, on themselves. */
export const handler = httpDoor(personRoutes, callers, {
  getMe: async ({ actor: { id, roles, organisation, organisationName, department } }) => ({
    body: {
      personId: id,
      roles: [...roles],
      ...(organisation !== undefined && { organisation }),
      ...(organisationName !== undefined && { organisationName }),
      ...(department !== undefined && { department }),
      serverTime: systemClock().toISOString(),
    },
  }),
  declareInterest: async ({ actor, body }) => ({
    body: { organisation: body.organisation, ...(await declareInterest(parts, actor, body)) },
  }),
  listInterests: async ({ actor }) => {
    const { organisations } = await people.interests(actor.id);
    const items = Object.entries(organisations);
    return { body: { items: items.map(([organisation, interest]) => ({ organisation, ...interest })) } };
  },
  endInterest: async ({ actor, params, body }) => {
    const personId = await logins.personOf(params.personId);
    await endInterest(parts, actor, { ...params, ...body, personId });
    return {};
  },
  delegate: async ({ actor, body }) => {
    const to = await logins.personOf(body.to);
    return { body: await delegate(parts, actor, { ...body, to }) };
  },
  listDelegations: async ({ actor }) => ({ body: await listDelegations(parts, actor) }),
  endDelegation: async ({ actor, params }) => {
    await endDelegation(parts, actor, params.delegationId);
    return {};
  },
  listMembers: async ({ actor }) => {
    const members = await people.members(requireDepartment(actor));
    return { body: { items: members.map((personId) => ({ personId })) } };
  },
});
