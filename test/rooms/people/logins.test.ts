import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { requireOutsider } from '../../../functions/filing/applications/duty-rules.ts';
import { requireNoInterest } from '../../../functions/money/pools/duty-rules.ts';
import { createLogins } from '../../../functions/people/create-logins.ts';
import { LoginStore } from '../../../functions/people/login-store.ts';
import type { Actor } from '../../../functions/shared/actor.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
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

const open = () =>
  createLogins(
    {
      LOGIN_DEPARTMENTS: 'gz-miit',
      LOGIN_PERSON_CLAIM: 'person_id',
      LOGIN_STRENGTH: 'none',
      IDENTITY_KEY_ARN: kms.key,
    },
    rooms.tables.people,
  );
/** Who a token is to a function that saw nobody before. */
const use = (claims: Record<string, string>): Promise<Actor> => {
  const logins = open();
  return logins.join(logins.read(claims));
};

let count = 0;
/** A person with an identifier of its own, and logins as they are asked for. */
function somebody() {
  count += 1;
  const person_id = `E1000000${count}`;
  const { organisation, organisationName } = people.admin;
  return {
    person_id,
    legal: {
      person_id,
      sub: `legal-${count}`,
      roles: '[preparer]',
      organisation,
      organisation_name: organisationName,
    },
    natural: { person_id, sub: `natural-${count}`, roles: '[lead-reviewer]', department: 'gz-miit' },
  };
}

it('every login of a person is the same person, whichever came first', async () => {
  const { legal, natural } = somebody();
  expect(await use(legal)).toMatchObject({ id: legal.sub, roles: ['preparer'] });
  expect(await use(natural)).toMatchObject({
    id: legal.sub,
    roles: ['lead-reviewer'],
    department: 'gz-miit',
  });
  expect((await use({ ...legal, person_id: ` ${legal.person_id.toLowerCase()} ` })).id).toBe(legal.sub);
  const store = new LoginStore(rooms.tables.people);
  expect([await store.personOf(natural.sub), await store.personOf('never-seen')]).toEqual([
    legal.sub,
    'never-seen',
  ]);
});

it('others are others', async () => {
  const [one, other] = [somebody(), somebody()];
  expect([(await use(one.natural)).id, (await use(other.natural)).id]).toEqual([
    one.natural.sub,
    other.natural.sub,
  ]);
});

it('whoever belongs to an applicant by one login decides on it by none', async () => {
  const { legal, natural } = somebody();
  await use(legal);
  const official = await use(natural);
  const enterprise = { predecessors: [] };
  const application = { organisation: legal.organisation, content: { enterprise } } as never;
  expect(() => requireOutsider(application, official)).toThrow('forbidden');
  const candidate = { applicationId: 'one', organisation: legal.organisation, deciders: [], ...enterprise };
  expect(() => requireNoInterest(official, {}, [candidate])).toThrow('conflict-of-interest');
  expect(() => requireOutsider(application, { ...official, organisations: [] })).not.toThrow();
});

it('an applicant that somebody comes to belong to later counts as well', async () => {
  const { legal, natural } = somebody();
  expect((await use(natural)).organisations).toEqual([]);
  await use(legal);
  expect(await use(natural)).toMatchObject({ id: natural.sub, organisations: [legal.organisation] });
});

it('logins of one person that are used at once for the first time are one person', async () => {
  const { legal, natural } = somebody();
  const used = await Promise.all(
    [legal, natural, legal, natural, natural, legal].map((claims) => use(claims)),
  );
  expect(new Set(used.map(({ id }) => id)).size).toBe(1);
  expect((await use(natural)).organisations).toEqual([legal.organisation]);
});

it('a subject that comes with the identifier of another person is refused', async () => {
  const [one, other] = [somebody(), somebody()];
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
  const { natural, person_id } = somebody();
  await use(natural);
  const { Items = [] } = await rooms.client.send(new ScanCommand({ TableName: rooms.tableNames.people }));
  expect(JSON.stringify(Items)).toContain(natural.sub);
  expect(JSON.stringify(Items)).not.toContain(person_id);
});
