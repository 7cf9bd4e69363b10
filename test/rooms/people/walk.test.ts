import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allRoutes } from '../../../functions/contracts/routes.ts';
import { AccessStore } from '../../../functions/people/access-store.ts';
import { revokeGrant } from '../../../functions/people/revoke-grant.ts';
import { isDepartmental } from '../../../functions/people/role-rules.ts';
import { applicantRoles, type Role } from '../../../functions/shared/actor.ts';
import { type Doors, openDoors } from '../../support/doors.ts';
import { grantInTest } from '../../support/grants.ts';
import { people } from '../../support/rooms.ts';

let doors: Doors;
beforeAll(async () => {
  doors = await openDoors();
}, 120_000);
afterAll(() => doors?.stop());

const guarded = allRoutes.filter(({ roles }) => roles.some((role) => !applicantRoles.includes(role)));
const officialRoles = [...new Set(guarded.flatMap(({ roles }) => roles))].filter(
  (role) => !applicantRoles.includes(role),
);

/** A login that claims one role, of a person of its own. */
function loginOf(role: Role, kind: string) {
  const department = isDepartmental(role) ? 'gz-miit' : undefined;
  const claims = {
    sub: `${kind}-${role}`,
    person_id: `WALK:${kind}:${role}`,
    roles: `[${role}]`,
    ...(department !== undefined && { department }),
  };
  return { claims, held: { roles: [role], ...(department !== undefined && { department }) } };
}

async function grant(role: Role, kind: string, until?: string) {
  const { claims, held } = loginOf(role, kind);
  const reference = await doors.reference(claims.person_id);
  await grantInTest(doors.people, reference, held, { ...(until !== undefined && { until }) });
  return reference;
}

const applicant = (identifier: string) => ({
  sub: `legal-${identifier.toLowerCase()}`,
  person_id: identifier,
  roles: '[preparer]',
  organisation: people.admin.organisation ?? '',
  organisation_name: people.admin.organisationName ?? '',
});

/** How somebody comes by a role that they claim and do not have. */
const kinds: Readonly<Record<string, { prepare: (role: Role) => Promise<unknown>; code: string }>> = {
  ungranted: { prepare: async () => undefined, code: 'not-granted' },
  expired: { prepare: (role) => grant(role, 'expired', '2026-01-31'), code: 'not-granted' },
  revoked: {
    prepare: async (role) => {
      const reference = await grant(role, 'revoked');
      const access = new AccessStore(doors.people);
      const parts = { access, clock: () => new Date() };
      await revokeGrant(parts, { id: 'admin', roles: [] }, { reference, grantId: 'grant-0' }, '调离');
    },
    code: 'not-granted',
  },
  applying: {
    // An applicant first, and granted a role by whoever writes into the table.
    prepare: async (role) => {
      const { person_id } = loginOf(role, 'applying').claims;
      expect((await doors.call('getMe', { claims: applicant(person_id) })).status).toBe(200);
      await grant(role, 'applying');
    },
    code: 'login-refused',
  },
};

describe.each(Object.entries(kinds))('a role that is claimed, and %s,', (kind, { prepare, code }) => {
  beforeAll(async () => {
    for (const role of officialRoles) await prepare(role);
  }, 60_000);

  it.each(guarded)('does not open $method $path', async (route) => {
    for (const role of route.roles.filter((one) => !applicantRoles.includes(one))) {
      const { claims } = loginOf(role, kind);
      const { status, json } = await doors.call(route, { claims });
      expect({ role, status, json }).toMatchObject({ role, status: 403, json: { code } });
    }
  });
});

it('the applicant’s login of somebody who decides opens nothing', async () => {
  await grant('lead-reviewer', 'deciding');
  const { claims } = loginOf('lead-reviewer', 'deciding');
  expect((await doors.call('getMe', { claims })).status).toBe(200);
  for (const route of allRoutes.filter(({ roles }) => roles.includes('preparer'))) {
    const { status, json } = await doors.call(route, { claims: applicant(claims.person_id) });
    expect({ route: route.id, status, json }).toMatchObject({ status: 403, json: { code: 'login-refused' } });
  }
  expect((await doors.call('getMe', { claims })).status).toBe(200);
});

it('a role that is revoked is gone with the next request, and one that is granted is there with it', async () => {
  const { claims } = loginOf('operator', 'moving');
  const me = async () => (await doors.call('getMe', { claims })).status;
  expect(await me()).toBe(403);
  const reference = await grant('operator', 'moving');
  expect(await me()).toBe(200);
  const parts = { access: new AccessStore(doors.people), clock: () => new Date() };
  await revokeGrant(parts, { id: 'admin', roles: [] }, { reference, grantId: 'grant-0' }, '调离');
  expect(await me()).toBe(403);
});

it.each([
  ['identifier', {}],
  ['personReference', { identifier: 'E10000001', personReference: 'a'.repeat(64) }],
  ['personReference', { personReference: 'a' }],
  ['role', { identifier: 'E10000001', role: 'preparer' }],
  ['role', { identifier: 'E10000001', role: 'operator ' }],
])('a proposal that has a wrong %s is refused by it: %j', async (path, named) => {
  const actor = { id: 'admin-of-walk', roles: ['access-admin' as const] };
  const body = { role: 'expert', reason: '临时评审', ...named };
  const { status, json } = await doors.call('proposeGrant', { actor, body });
  expect({ status, json }).toMatchObject({ status: 400, json: { errors: [{ path }] } });
});
