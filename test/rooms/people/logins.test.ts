import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { requireOutsider } from '../../../functions/filing/applications/duty-rules.ts';
import { requireNoInterest } from '../../../functions/money/pools/duty-rules.ts';
import { createLogins } from '../../../functions/people/create-logins.ts';
import { LoginStore } from '../../../functions/people/login-store.ts';
import type { Actor, Role } from '../../../functions/shared/actor.ts';
import type { Clock } from '../../../functions/shared/clock.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { grantInTest, referenceOf } from '../../support/grants.ts';
import { startTestKms } from '../../support/kms.ts';
import { openRooms, people, type Rooms } from '../../support/rooms.ts';

let database: TestDynamoDb;
let kms: Awaited<ReturnType<typeof startTestKms>>;
let rooms: Rooms;
beforeAll(async () => {
  [database, kms] = await Promise.all([startTestDynamoDb(), startTestKms()]);
  rooms = openRooms(database);
  vi.stubEnv('AWS_REGION', 'cn-north-1');
  vi.stubEnv('AWS_ENDPOINT_URL_KMS', kms.endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
}, 120_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all([database?.stop(), kms?.stop()]);
});

const open = (clock?: Clock) =>
  createLogins(
    {
      LOGIN_DEPARTMENTS: 'gz-miit,gz-sti',
      LOGIN_PERSON_CLAIM: 'person_id',
      LOGIN_STRENGTH: 'none',
      LOGIN_INITIAL_ADMINS: 'initial-1,initial-2',
      IDENTITY_KEY_ARN: kms.key,
    },
    rooms.tables.people,
    clock,
  );
/** Who a token is to a function that saw nobody before. */
const use = (claims: Record<string, string>): Promise<Actor> => {
  const logins = open();
  const login = logins.read(claims);
  return logins.join(login, login.actor.roles);
};

let count = 0;
/** A person with an identifier of its own, and logins as they are asked for: as an applicant, and as an official. */
function somebody() {
  count += 1;
  const person_id = `E1000000${count}`;
  const { organisation, organisationName } = people.admin;
  const legal = { person_id, organisation, organisation_name: organisationName };
  const natural = { person_id, department: 'gz-miit' };
  return {
    person_id,
    legal: { ...legal, sub: `legal-${count}`, roles: '[preparer]' },
    admin: { ...legal, sub: `admin-${count}`, roles: '[organisation-admin]' },
    natural: { ...natural, sub: `natural-${count}`, roles: '[lead-reviewer]' },
    scorer: { ...natural, sub: `scorer-${count}`, roles: '[expert]' },
  };
}

/** The same, with the roles of officials granted. */
async function official() {
  const person = somebody();
  await grant(person.person_id, 'lead-reviewer', 'expert');
  return person;
}

async function grant(person_id: string, ...roles: readonly Role[]): Promise<string> {
  const reference = await referenceOf(kms.key, person_id);
  await grantInTest(rooms.tables.people, reference, { roles, department: 'gz-miit' });
  return reference;
}

it('every login of a person is the same person, whichever came first', async () => {
  const { natural, scorer } = await official();
  expect(await use(natural)).toMatchObject({ id: natural.sub, roles: ['lead-reviewer'] });
  expect(await use(scorer)).toMatchObject({
    id: natural.sub,
    roles: ['expert'],
    department: 'gz-miit',
  });
  expect((await use({ ...natural, person_id: ` ${natural.person_id.toLowerCase()} ` })).id).toBe(natural.sub);
  const store = new LoginStore(rooms.tables.people);
  expect([await store.personOf(scorer.sub), await store.personOf('never-seen')]).toEqual([
    natural.sub,
    'never-seen',
  ]);
});

it('others are others', async () => {
  const [one, other] = [await official(), await official()];
  expect([(await use(one.natural)).id, (await use(other.natural)).id]).toEqual([
    one.natural.sub,
    other.natural.sub,
  ]);
});

it('whoever belongs to an enterprise decides on it by no login', async () => {
  const { natural, legal } = await official();
  await use({ ...natural, organisation: legal.organisation });
  const person = await use({ ...natural, sub: `other-${natural.sub}` });
  const enterprise = { predecessors: [] };
  const application = { organisation: legal.organisation, content: { enterprise } } as never;
  expect(() => requireOutsider(application, person)).toThrow('forbidden');
  const candidate = { applicationId: 'one', organisation: legal.organisation, deciders: [], ...enterprise };
  expect(() => requireNoInterest(person, {}, [candidate])).toThrow('conflict-of-interest');
  expect(() => requireOutsider(application, { ...person, organisations: [] })).not.toThrow();
});

it('logins of one person that are used at once for the first time are one person', async () => {
  const { legal, admin } = somebody();
  const used = await Promise.all([legal, admin, legal, admin, admin, legal].map((claims) => use(claims)));
  expect(new Set(used.map(({ id }) => id)).size).toBe(1);
  expect((await use(admin)).organisations).toEqual([legal.organisation]);
});

describe('a role of officials', () => {
  it('opens nothing by its claim alone, and what opens it is told to nobody but its person', async () => {
    const { natural, person_id } = somebody();
    const reference = await referenceOf(kms.key, person_id);
    await expect(use(natural)).rejects.toMatchObject({
      code: 'not-granted',
      detail: { en: expect.stringContaining(reference) },
    });
  });

  it('opens what it is granted for, in the department that it is granted for', async () => {
    const { natural, scorer, person_id } = somebody();
    await grant(person_id, 'lead-reviewer');
    expect(await use(natural)).toMatchObject({ roles: ['lead-reviewer'] });
    await expect(use(scorer)).rejects.toMatchObject({ code: 'not-granted' });
    await expect(use({ ...natural, department: 'gz-sti' })).rejects.toMatchObject({ code: 'not-granted' });
    const { department: _, ...nowhere } = natural;
    await expect(use(nowhere)).rejects.toMatchObject({ code: 'not-granted' });
    const more = await use({ ...natural, roles: '[lead-reviewer operator]' });
    expect(more.roles).toEqual(['lead-reviewer']);
  });

  it('ends behind its last day in Shanghai', async () => {
    const { natural, person_id } = somebody();
    const reference = await referenceOf(kms.key, person_id);
    const held = { roles: ['lead-reviewer'] as const, department: 'gz-miit' };
    await grantInTest(rooms.tables.people, reference, held, { until: '2026-06-30' });
    const at = (instant: string) => {
      const logins = open(() => new Date(instant));
      const login = logins.read(natural);
      return logins.join(login, login.actor.roles);
    };
    expect(await at('2026-06-30T23:59:59.999+08:00')).toMatchObject({ roles: ['lead-reviewer'] });
    await expect(at('2026-07-01T00:00:00+08:00')).rejects.toMatchObject({ code: 'not-granted' });
  });

  it('is had without a grant by the first administrators alone, and no other role is', async () => {
    const first = { person_id: 'F10000001', sub: 'initial-1', roles: '[access-admin]' };
    expect(await use(first)).toMatchObject({ roles: ['access-admin'] });
    await expect(use({ ...first, roles: '[operator]' })).rejects.toMatchObject({ code: 'not-granted' });
    const second = { person_id: 'F10000002', sub: 'initial-3', roles: '[access-admin]' };
    await expect(use(second)).rejects.toMatchObject({ code: 'not-granted' });
  });

  it('leaves the day on which it was last used, and no other', async () => {
    const { natural, person_id } = somebody();
    const reference = await grant(person_id, 'lead-reviewer', 'expert');
    const logins = open(() => new Date('2026-05-04T20:00:00Z'));
    await logins.join(logins.read({ ...natural, roles: '[lead-reviewer expert]' }), ['expert', 'operator']);
    const store = new LoginStore(rooms.tables.people);
    const used = (['lead-reviewer', 'expert'] as const).map((role) => ({ identity: reference, role }));
    expect([...(await store.lastUses(used)).values()]).toEqual([undefined, '2026-05-05']);
  });
});

describe('roles that are kept apart', () => {
  it('are so over all logins of a person: whoever decides does not apply', async () => {
    const { legal, natural } = await official();
    await use(natural);
    const refusal = { code: 'login-refused', faults: [{ rule: 'roles-apart' }] };
    await expect(use(legal)).rejects.toMatchObject(refusal);
    expect((await use(natural)).id).toBe(natural.sub);
  });

  it('are so even where both came into the tables', async () => {
    const { legal, natural, person_id } = somebody();
    await use(legal);
    await grant(person_id, 'lead-reviewer');
    const refusal = { code: 'login-refused', faults: [{ rule: 'roles-apart' }] };
    await expect(use(legal)).rejects.toMatchObject(refusal);
    await expect(use(natural)).rejects.toMatchObject(refusal);
    const other = somebody();
    await grant(other.person_id, 'operator', 'budget-approver');
    for (const roles of ['[operator]', '[budget-approver]', '[preparer]', '[operator lead-reviewer]']) {
      await expect(use({ ...other.natural, roles })).rejects.toMatchObject(refusal);
    }
    // The first administrators grant, and do nothing else.
    const first = { person_id: 'F10000003', sub: 'initial-2', roles: '[access-admin]' };
    await grant(first.person_id, 'operator');
    await expect(use(first)).rejects.toMatchObject(refusal);
    await expect(use({ ...first, roles: '[operator]' })).rejects.toMatchObject(refusal);
  });
});

it('a subject that comes with the identifier of another person is refused', async () => {
  const [one, other] = [await official(), await official()];
  await use(one.natural);
  await expect(use({ ...one.natural, person_id: other.person_id })).rejects.toMatchObject({
    code: 'login-refused',
  });
  expect((await use(other.natural)).id).toBe(other.natural.sub);
});

it('without an identifier nobody is told from others, and so is refused', async () => {
  const { person_id: _, ...anonymous } = somebody().natural;
  expect(() => open().read(anonymous)).toThrow('login-refused');
});

it('of an identifier nothing is kept but its hash', async () => {
  const { natural, person_id } = await official();
  await use(natural);
  const { Items = [] } = await rooms.client.send(new ScanCommand({ TableName: rooms.tableNames.people }));
  expect(JSON.stringify(Items)).toContain(natural.sub);
  expect(JSON.stringify(Items)).not.toContain(person_id);
});
