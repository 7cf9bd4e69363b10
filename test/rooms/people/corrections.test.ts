import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditedKinds, findBreak } from '../../../functions/audit/find-break.ts';
import { AccessStore } from '../../../functions/people/access-store.ts';
import { decideCorrection } from '../../../functions/people/decide-correction.ts';
import { decideGrant } from '../../../functions/people/decide-grant.ts';
import { declareInterest } from '../../../functions/people/declare-interest.ts';
import { LoginStore } from '../../../functions/people/login-store.ts';
import { PeopleStore } from '../../../functions/people/people-store.ts';
import { proposeCorrection } from '../../../functions/people/propose-correction.ts';
import { proposeGrant } from '../../../functions/people/propose-grant.ts';
import { revokeGrant } from '../../../functions/people/revoke-grant.ts';
import type { Actor, Role } from '../../../functions/shared/actor.ts';
import { newUlid } from '../../../functions/shared/ids.ts';
import { storedHistory } from '../../builders/stored-history.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { grantInTest } from '../../support/grants.ts';
import { openRooms, people as persons, type Rooms } from '../../support/rooms.ts';

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
  for (const { id, roles } of administrators) {
    const own = `of-${id}`;
    await grantInTest(rooms.tables.people, own, { roles });
    await setup().logins.join({ id, roles }, own, day);
  }
});
afterAll(() => database?.stop());

const day = new Date('2026-03-02T10:00:00+08:00');
const setup = () => ({
  access: new AccessStore(rooms.tables.people),
  logins: new LoginStore(rooms.tables.people),
  people: new PeopleStore(rooms.tables.people),
  clock: () => day,
  newId: newUlid,
  keyedHash: { hash: async (_: string, value: string) => value },
  departments: new Set(['gz-miit']),
  longestDays: 365,
});

const admin = (id: string): Actor => ({ id, roles: ['access-admin'] });
const administrators = [admin('admin-1'), admin('admin-2')];
const [one, other] = administrators as [Actor, Actor];

let count = 0;
function reference(): string {
  count += 1;
  return count.toString(16).padStart(64, 'a');
}

const organisation = persons.admin.organisation ?? '';
const applicant = (id: string): Actor => ({ id, roles: ['preparer'], organisation });
const official = (id: string): Actor => ({ id, roles: ['expert'] });
/** Who a login is by an identifier. */
const use = (actor: Actor, identity: string) => setup().logins.join(actor, identity, day);

const propose = (login: string, identifier: string | undefined, by = one, reason = '身份证号录入有误') =>
  proposeCorrection(setup(), by, { login, identifier, reason });
const confirm = (
  { reference: place, correction: { correctionId, contentHash } }: Awaited<ReturnType<typeof propose>>,
  by = other,
) => decideCorrection(setup(), by, { reference: place, correctionId }, { outcome: 'confirm', contentHash });
const refusal = (code: string) => expect.objectContaining({ code });

async function grant(identity: string, role: Role) {
  const { grant: proposed } = await proposeGrant(
    setup(),
    one,
    { reference: identity },
    { role, reason: '需要' },
  );
  const { grantId, contentHash } = proposed;
  await decideGrant(setup(), other, { reference: identity, grantId }, { outcome: 'confirm', contentHash });
  return grantId;
}

describe('a wrong identifier of a person', () => {
  it('is put right by two people: whatever the person did stays theirs, and the wrong one is nobody’s', async () => {
    const [wrong, right] = [reference(), reference()];
    const login = applicant(`login-${wrong}`);
    await use(login, wrong);
    await expect(use(login, right)).rejects.toEqual(refusal('login-refused'));
    const proposed = await propose(login.id, right);
    expect(await propose(login.id, right)).toEqual(proposed);
    await expect(confirm(proposed, one)).rejects.toEqual(refusal('same-person'));
    await expect(use(login, right)).rejects.toEqual(refusal('login-refused'));
    expect((await confirm(proposed)).correction).toMatchObject({
      status: 'confirmed',
      decided: { by: other.id },
    });
    expect((await confirm(proposed)).correction.status).toBe('confirmed');
    expect(await use(login, right)).toMatchObject({ id: login.id, organisations: [organisation] });
    await expect(use(login, wrong)).rejects.toEqual(refusal('login-refused'));
    const another = await use(official(`another-${wrong}`), wrong);
    expect(another.id).not.toBe(login.id);
    // It is an applicant's by the right one.
    await expect(grant(right, 'expert')).rejects.toEqual(refusal('roles-apart'));
    await grant(wrong, 'expert');
  });

  it('that was one login’s alone makes it the other person’s', async () => {
    const [wrong, right] = [reference(), reference()];
    await use(applicant(`first-${wrong}`), wrong);
    await use(applicant(`second-${wrong}`), wrong);
    await use(applicant(`known-${right}`), right);
    await confirm(await propose(`second-${wrong}`, right));
    expect((await use(applicant(`second-${wrong}`), right)).id).toBe(`known-${right}`);
    expect((await use(applicant(`first-${wrong}`), wrong)).id).toBe(`first-${wrong}`);
    expect(await setup().logins.personOf(`second-${wrong}`)).toBe(`known-${right}`);
  });

  it('does not make two people of one id', async () => {
    const [wrong, right] = [reference(), reference()];
    await use(applicant(`first-${wrong}`), wrong);
    await use(applicant(`second-${wrong}`), wrong);
    await expect(confirm(await propose(`first-${wrong}`, right))).rejects.toEqual(
      refusal('not-in-this-state'),
    );
    await confirm(await propose(`second-${wrong}`, right));
    expect((await use(applicant(`second-${wrong}`), right)).id).toBe(`second-${wrong}`);
  });

  it('carries no role over: those there are have to be ended before', async () => {
    const [wrong, right] = [reference(), reference()];
    const login = official(`login-${wrong}`);
    const grantId = await grant(wrong, 'expert');
    await use(login, wrong);
    const proposed = await propose(login.id, right);
    await expect(confirm(proposed)).rejects.toEqual(refusal('not-in-this-state'));
    await revokeGrant(setup(), one, { reference: wrong, grantId }, '更正');
    const later = await grant(right, 'expert');
    await expect(confirm(proposed)).rejects.toEqual(refusal('not-in-this-state'));
    await revokeGrant(setup(), one, { reference: right, grantId: later }, '更正');
    await confirm(proposed);
    expect((await use(login, right)).roles).toEqual([]);
    await grant(right, 'expert');
    expect(await use(login, right)).toMatchObject({ id: login.id, roles: ['expert'] });
  });

  it('loses no interest that was declared by it', async () => {
    const [wrong, right] = [reference(), reference()];
    const [login, known] = [applicant(`login-${wrong}`), applicant(`known-${right}`)];
    await use(login, wrong);
    await use(known, right);
    const interest = { organisation: '91440101MADEMP00XY', kind: 'kinship' as const };
    await declareInterest(setup(), login, interest);
    const proposed = await propose(login.id, right);
    await expect(confirm(proposed)).rejects.toEqual(refusal('not-in-this-state'));
    await declareInterest(setup(), known, interest);
    await confirm(proposed);
    expect((await use(login, right)).id).toBe(known.id);
  });

  it('is no matter of whoever it is about', async () => {
    const [wrong, right] = [reference(), reference()];
    const [first] = [await grant(wrong, 'access-admin')];
    const self = await use({ id: `self-${wrong}`, roles: ['access-admin'] }, wrong);
    await expect(propose(self.id, right, self)).rejects.toEqual(refusal('same-person'));
    const proposed = await propose(self.id, right);
    await expect(confirm(proposed, self)).rejects.toEqual(refusal('same-person'));
    await revokeGrant(setup(), one, { reference: wrong, grantId: first }, '更正');
    await confirm(proposed);
  });

  it('of a login that was never used, or is right, is nothing to put right', async () => {
    const known = reference();
    await use(applicant(`login-${known}`), known);
    await expect(propose('never-seen', known)).rejects.toEqual(refusal('not-found'));
    await expect(propose(`login-${known}`, known)).rejects.toEqual(refusal('not-in-this-state'));
  });
});

describe('a login that is closed', () => {
  it('opens nothing any more, and makes its person no applicant', async () => {
    const identity = reference();
    const login = applicant(`left-${identity}`);
    await use(login, identity);
    await expect(grant(identity, 'expert')).rejects.toEqual(refusal('roles-apart'));
    const proposed = await propose(login.id, undefined, one, '已离职');
    expect((await use(login, identity)).roles).toEqual(['preparer']);
    await confirm(proposed);
    await expect(use(login, identity)).rejects.toEqual(refusal('login-refused'));
    await grant(identity, 'expert');
    const person = await use(official(`natural-${identity}`), identity);
    // It stays known of which enterprise they were.
    expect(person).toMatchObject({ id: login.id, roles: ['expert'], organisations: [organisation] });
    await expect(propose(login.id, undefined)).rejects.toEqual(refusal('not-in-this-state'));
  });

  it('and used at once is closed afterwards, and no role was granted beside it', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      const identity = reference();
      const login = applicant(`left-${identity}`);
      await use(login, identity);
      const proposed = await propose(login.id, undefined);
      const second = { ...login, id: `second-${identity}` };
      await Promise.allSettled([confirm(proposed), use(second, identity), use(login, identity)]);
      await expect(use(login, identity)).rejects.toEqual(refusal('login-refused'));
      expect((await use(second, identity)).roles).toEqual(['preparer']);
      await expect(grant(identity, 'expert')).rejects.toEqual(refusal('roles-apart'));
    }
  });
});

it('what was put right stands in the chain, with its reason', async () => {
  const [wrong, right] = [reference(), reference()];
  await use(applicant(`login-${wrong}`), wrong);
  const refused = await propose(`login-${wrong}`, right, one, '待核实');
  const { correctionId, contentHash } = refused.correction;
  const decision = { outcome: 'refuse' as const, contentHash, reason: '证据不足' };
  await decideCorrection(setup(), other, { reference: wrong, correctionId }, decision);
  await expect(confirm(refused)).rejects.toEqual(refusal('not-in-this-state'));
  await confirm(await propose(`login-${wrong}`, right));
  const { items, head } = await storedHistory(database, wrong, 'access');
  expect(findBreak(auditedKinds.access(wrong), items, head)).toBeUndefined();
  const text = (name: string) =>
    items.map((item) => new RegExp(`"${name}":\\{"S":"([^"]+)"`).exec(JSON.stringify(item))?.[1]);
  expect(text('event')).toEqual([
    'correction-proposed',
    'correction-refused',
    'correction-proposed',
    'corrected',
  ]);
  expect(text('reason')).toEqual(['待核实', '证据不足', '身份证号录入有误', '身份证号录入有误']);
});
