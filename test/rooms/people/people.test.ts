import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { declareInterest } from '../../../functions/people/declare-interest.ts';
import { delegate } from '../../../functions/people/delegate.ts';
import { endDelegation } from '../../../functions/people/end-delegation.ts';
import { endInterest } from '../../../functions/people/end-interest.ts';
import { listDelegations } from '../../../functions/people/list-delegations.ts';
import { PeopleStore } from '../../../functions/people/people-store.ts';
import type { Actor } from '../../../functions/shared/actor.ts';
import type { GuardedWrite } from '../../../functions/shared/transaction.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { grantInTest, referenceOf } from '../../support/grants.ts';
import { startTestKms } from '../../support/kms.ts';
import { openRooms, people as persons, type Rooms, today } from '../../support/rooms.ts';

const [alpha, beta] = ['91440101731566630A', '914403001922038216'] as const;

let database: TestDynamoDb;
let rooms: Rooms;
let people: PeopleStore;
let count = 0;

beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
});
afterAll(() => database?.stop());
beforeEach(() => {
  rooms.setClock(today);
  people = new PeopleStore(rooms.tables.people);
});

/** A reviewer whom no other test knows. */
function somebody(department = 'gz-miit'): Actor & { readonly department: string } {
  count += 1;
  return { id: `person-${count}`, roles: ['lead-reviewer'], department };
}

async function member(department = 'gz-miit') {
  const actor = somebody(department);
  await people.seeMember(department, actor.id);
  return actor;
}

/** The write of some decision, under its own key. */
function decision(id: string): GuardedWrite {
  return rooms.tables.people.put({ pk: `TEST#${id}`, sk: 'DECISION' }, {});
}

describe('an interest', () => {
  it('bars its organisation and no other, from its declaration on', async () => {
    const actor = somebody();
    expect(await people.interests(actor.id)).toEqual({ version: 0, organisations: {} });
    await people.write([people.noInterest(actor.id, alpha)]);
    await declareInterest(rooms, actor, { organisation: alpha, kind: 'holding', note: 'shares' });
    await expect(people.write([people.noInterest(actor.id, alpha)])).rejects.toMatchObject({
      code: 'conflict-of-interest',
    });
    await people.write([people.noInterest(actor.id, beta)]);
    expect(await people.interests(actor.id)).toEqual({
      version: 1,
      organisations: { [alpha]: { kind: 'holding', note: 'shares', at: today.toISOString() } },
    });
  });

  it('stays as it was first declared, whatever is declared again', async () => {
    const actor = somebody();
    const first = await declareInterest(rooms, actor, { organisation: alpha, kind: 'holding' });
    rooms.setClock(new Date('2026-11-24T02:00:00Z'));
    const again = await declareInterest(rooms, actor, { organisation: alpha, kind: 'other' });
    expect(again).toEqual(first);
    await people.write([people.declare(actor.id, alpha, { kind: 'other', at: '2026-11-25T02:00:00.000Z' })]);
    expect((await people.interests(actor.id)).organisations).toEqual({ [alpha]: first });
    expect(await people.interestRows(actor.id)).toHaveLength(1);
  });

  it('is one of several that are declared at the same time', async () => {
    const actor = somebody();
    await Promise.all([
      declareInterest(rooms, actor, { organisation: alpha, kind: 'holding' }),
      declareInterest(rooms, actor, { organisation: beta, kind: 'kinship' }),
      declareInterest(rooms, actor, { organisation: alpha, kind: 'holding' }),
    ]);
    const { organisations } = await people.interests(actor.id);
    expect(Object.keys(organisations).sort()).toEqual([alpha, beta].sort());
  });

  it('ends by an operator with a reason, never by whoever declared it, and its record stays', async () => {
    const actor: Actor = { ...somebody(), roles: ['lead-reviewer', 'operator'] };
    const ending = { personId: actor.id, organisation: alpha, reason: 'shares were sold' };
    await expect(endInterest(rooms, persons.operator, ending)).rejects.toMatchObject({ code: 'not-found' });
    const interest = await declareInterest(rooms, actor, { organisation: alpha, kind: 'holding' });
    await expect(endInterest(rooms, actor, ending)).rejects.toMatchObject({ code: 'same-person' });
    rooms.setClock(new Date('2026-11-24T02:00:00Z'));
    await endInterest(rooms, persons.operator, ending);
    await people.write([people.noInterest(actor.id, alpha)]);
    expect(await people.interests(actor.id)).toEqual({ version: 2, organisations: {} });
    expect(await people.interestRows(actor.id)).toEqual([
      { event: 'declared', organisation: alpha, by: actor.id, at: interest.at, interest },
      {
        event: 'ended',
        organisation: alpha,
        by: 'operator',
        at: '2026-11-24T02:00:00.000Z',
        reason: 'shares were sold',
        interest,
      },
    ]);
    await expect(endInterest(rooms, persons.operator, ending)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is ended once by two operators at the same time', async () => {
    const actor = somebody();
    await declareInterest(rooms, actor, { organisation: alpha, kind: 'holding' });
    const ending = { personId: actor.id, organisation: alpha, reason: 'shares were sold' };
    const endings = await Promise.allSettled([
      endInterest(rooms, persons.operator, ending),
      endInterest(rooms, persons.secondOperator, ending),
    ]);
    expect(endings.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await people.interestRows(actor.id)).toHaveLength(2);
  });
});

describe('an interest that is declared while its person decides', () => {
  const decide = async (actor: Actor, version: number) =>
    people.write([
      people.interestsUnchanged(actor.id, version),
      people.noInterest(`${actor.id}-colleague`, alpha),
      decision(actor.id),
    ]);
  const isDecided = async (actor: Actor) =>
    (await rooms.countUnder(rooms.tableNames.people, `TEST#${actor.id}`)) === 1;

  it.each([0, 1])('lets nothing through that was looked up before it (version %i)', async (version) => {
    const actor = somebody();
    if (version === 1) await declareInterest(rooms, actor, { organisation: beta, kind: 'holding' });
    const read = await people.interests(actor.id);
    expect(read.version).toBe(version);
    await declareInterest(rooms, actor, { organisation: alpha, kind: 'holding' });
    await expect(decide(actor, read.version)).rejects.toMatchObject({ code: 'concurrent-change' });
    expect(await isDecided(actor)).toBe(false);
  });

  it('comes after the decision or before it, never in between', async () => {
    for (let round = 0; round < 10; round += 1) {
      const actor = somebody();
      const [decided] = await Promise.allSettled([
        decide(actor, 0),
        declareInterest(rooms, actor, { organisation: alpha, kind: 'holding' }),
      ]);
      expect(await isDecided(actor)).toBe(decided.status === 'fulfilled');
      expect((await people.interests(actor.id)).organisations).toHaveProperty(alpha);
    }
  });
});

describe('the members of a department', () => {
  it('are those who were seen, each once, in no other department', async () => {
    const department = 'gz-members';
    const [first, second] = [somebody(department), somebody(department)];
    for (const actor of [second, first, second]) await people.seeMember(department, actor.id);
    // Another instance remembers nothing and writes nothing new.
    await new PeopleStore(rooms.tables.people).seeMember(department, first.id);
    expect(await people.members(department)).toEqual([first.id, second.id].sort());
    expect(await people.isMember(department, first.id)).toBe(true);
    expect(await people.isMember('gz-sti', first.id)).toBe(false);
    expect(await people.members('gz-nobody')).toEqual([]);
  });
});

describe('a delegation', () => {
  const week = { from: '2026-11-24', until: '2026-11-30' };
  const shanghai = (time: string) => new Date(`${time}+08:00`);

  it('holds from midnight in Shanghai of its first day to midnight after its last', async () => {
    const [absentee, colleague] = [await member(), await member()];
    await delegate(rooms, absentee, { to: colleague.id, ...week });
    const stands = async (time: string) =>
      (await people.standsInFor(colleague.id, absentee.id, 'gz-miit', shanghai(time))) !== undefined;
    expect(await stands('2026-11-23T23:59:59.999')).toBe(false);
    expect(await stands('2026-11-24T00:00:00.000')).toBe(true);
    expect(await stands('2026-11-30T23:59:59.999')).toBe(true);
    expect(await stands('2026-12-01T00:00:00.000')).toBe(false);
  });

  it('holds for its two people and their department alone, and is not handed on', async () => {
    const [absentee, colleague, third] = [await member(), await member(), await member()];
    await delegate(rooms, absentee, { to: colleague.id, ...week });
    await delegate(rooms, colleague, { to: third.id, ...week });
    const at = shanghai('2026-11-25T12:00:00');
    const stands = async (person: Actor, other: Actor, department = 'gz-miit') =>
      (await people.standsInFor(person.id, other.id, department, at)) !== undefined;
    expect(await stands(colleague, absentee)).toBe(true);
    expect(await stands(absentee, colleague)).toBe(false);
    expect(await stands(third, absentee)).toBe(false);
    expect(await stands(third, colleague)).toBe(true);
    expect(await stands(colleague, absentee, 'gz-sti')).toBe(false);
  });

  it.each([
    ['to oneself', (self: Actor) => ({ to: self.id, ...week }), 'to', 'self'],
    ['to somebody unknown', () => ({ to: 'nobody', ...week }), 'to', 'not-a-member'],
    [
      'that ends before it begins',
      (_: Actor, to: string) => ({ to, from: week.until, until: week.from }),
      'until',
      'before-from',
    ],
    [
      'that begins in the past',
      (_: Actor, to: string) => ({ to, from: '2026-11-22', until: week.until }),
      'from',
      'in-the-past',
    ],
  ])('%s is refused', async (_name, absence, path, rule) => {
    const [absentee, colleague] = [await member(), await member()];
    await expect(delegate(rooms, absentee, absence(absentee, colleague.id))).rejects.toMatchObject({
      code: 'invalid-request',
      faults: [{ path, rule }],
    });
  });

  it('stays in the department', async () => {
    const [absentee, stranger] = [await member(), await member('gz-sti')];
    await expect(delegate(rooms, absentee, { to: stranger.id, ...week })).rejects.toMatchObject({
      faults: [{ path: 'to', rule: 'not-a-member' }],
    });
    const { department: _, ...homeless } = absentee;
    await expect(delegate(rooms, homeless, { to: stranger.id, ...week })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('begins today at the earliest: the day of Shanghai counts, not that of Greenwich', async () => {
    const [absentee, colleague] = [await member(), await member()];
    rooms.setClock(shanghai('2026-11-24T00:00:00'));
    const absence = (from: string) => ({ to: colleague.id, from, until: '2026-11-24' });
    await expect(delegate(rooms, absentee, absence('2026-11-23'))).rejects.toMatchObject({
      faults: [{ path: 'from', rule: 'in-the-past' }],
    });
    await delegate(rooms, absentee, absence('2026-11-24'));
  });

  it.each([
    ['2026-11-20', '2026-11-24', false],
    ['2026-11-30', '2026-12-02', false],
    ['2026-11-25', '2026-11-26', false],
    ['2026-11-23', '2026-12-24', false],
    ['2026-11-23', '2026-11-23', true],
    ['2026-12-01', '2026-12-01', true],
  ])('from %s to %s beside one of 24 to 30 November is taken: %s', async (from, until, isTaken) => {
    const [absentee, colleague, other] = [await member(), await member(), await member()];
    rooms.setClock(new Date('2026-11-18T02:00:00Z'));
    await delegate(rooms, absentee, { to: colleague.id, ...week });
    const second = delegate(rooms, absentee, { to: other.id, from, until });
    if (isTaken) await expect(second).resolves.toMatchObject({ from, until });
    else await expect(second).rejects.toMatchObject({ code: 'already-exists' });
  });

  it('is one of two that overlap and are given at the same time', async () => {
    const [absentee, colleague, other] = [await member(), await member(), await member()];
    const given = await Promise.allSettled(
      [colleague, other].map(({ id }) => delegate(rooms, absentee, { to: id, ...week })),
    );
    expect(given.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await listDelegations(rooms, absentee)).given).toHaveLength(1);
  });

  it('is found again by the request that made it', async () => {
    const [absentee, colleague] = [await member(), await member()];
    const first = await delegate(rooms, absentee, { to: colleague.id, ...week });
    expect(await delegate(rooms, absentee, { to: colleague.id, ...week })).toEqual(first);
  });

  it('is listed by both until its last day is over', async () => {
    const [absentee, colleague] = [await member(), await member()];
    const later = await delegate(rooms, absentee, {
      to: colleague.id,
      from: '2026-12-07',
      until: '2026-12-07',
    });
    const sooner = await delegate(rooms, absentee, { to: colleague.id, ...week });
    expect(await listDelegations(rooms, absentee)).toEqual({ given: [sooner, later], received: [] });
    expect(await listDelegations(rooms, colleague)).toEqual({ given: [], received: [sooner, later] });
    rooms.setClock(shanghai('2026-11-30T23:59:59'));
    expect((await listDelegations(rooms, colleague)).received).toEqual([sooner, later]);
    rooms.setClock(shanghai('2026-12-01T00:00:00'));
    expect((await listDelegations(rooms, absentee)).given).toEqual([later]);
    expect((await listDelegations(rooms, colleague)).received).toEqual([later]);
  });

  it('ends early by whoever gave it, at once, and leaves its days to another', async () => {
    const [absentee, colleague, other] = [await member(), await member(), await member()];
    const { delegationId } = await delegate(rooms, absentee, { to: colleague.id, ...week });
    rooms.setClock(shanghai('2026-11-25T09:00:00'));
    const stands = async () =>
      (await people.standsInFor(colleague.id, absentee.id, 'gz-miit', rooms.clock())) !== undefined;
    for (const stranger of [colleague, other]) {
      await expect(endDelegation(rooms, stranger, delegationId)).rejects.toMatchObject({ code: 'not-found' });
    }
    expect(await stands()).toBe(true);
    await endDelegation(rooms, absentee, delegationId);
    expect(await stands()).toBe(false);
    expect(await listDelegations(rooms, colleague)).toEqual({ given: [], received: [] });
    await expect(endDelegation(rooms, absentee, delegationId)).rejects.toMatchObject({ code: 'not-found' });
    await delegate(rooms, absentee, { to: other.id, from: '2026-11-25', until: week.until });
    expect(await rooms.countUnder(rooms.tableNames.people, `PERSON#${absentee.id}`)).toBe(4);
  });
});

describe('the door of the people who decide', () => {
  it('serves interests, delegations and members to those whose they are', async () => {
    const kms = await startTestKms();
    onTestFinished(kms.stop);
    vi.stubEnv('PEOPLE_TABLE', rooms.tableNames.people);
    vi.stubEnv('READS_TABLE', rooms.tableNames.reads);
    vi.stubEnv('LOGIN_DEPARTMENTS', 'gz-door');
    vi.stubEnv('LOGIN_PERSON_CLAIM', 'person_id');
    vi.stubEnv('LOGIN_STRENGTH', 'none');
    vi.stubEnv('LOGIN_INITIAL_ADMINS', '');
    vi.stubEnv('IDENTITY_KEY_ARN', kms.key);
    vi.stubEnv('AWS_ENDPOINT_URL_KMS', kms.endpoint);
    vi.stubEnv('AWS_REGION', 'cn-north-1');
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', database.endpoint);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    vi.spyOn(console, 'info').mockImplementation(() => undefined);
    const { handler } = await import('../../../functions/api/person.ts');
    const call = async (
      actor: Actor,
      routeKey: string,
      request: { params?: Record<string, string>; body?: unknown } = {},
    ) => {
      const person_id = `P:${actor.id}`;
      await grantInTest(rooms.tables.people, await referenceOf(kms.key, person_id), actor);
      const claims = {
        sub: actor.id,
        person_id,
        roles: actor.roles.join(' '),
        department: actor.department,
      };
      const event = {
        routeKey,
        headers: {},
        pathParameters: request.params,
        ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
        requestContext: { requestId: randomUUID(), timeEpoch: Date.now(), authorizer: { jwt: { claims } } },
      };
      // Of the gateway's event and the Lambda's context the door reads no more than this.
      const answer = await handler(
        event as unknown as Parameters<typeof handler>[0],
        {} as Parameters<typeof handler>[1],
      );
      return { status: answer.statusCode, body: answer.body ? JSON.parse(answer.body) : undefined };
    };

    const [actor, colleague] = [await member('gz-door'), await member('gz-door')];
    const declaration = { organisation: alpha, kind: 'holding' };
    expect(await call(actor, 'POST /v1/interests', { body: declaration })).toMatchObject({
      status: 201,
      body: declaration,
    });
    expect(await call(actor, 'GET /v1/interests')).toMatchObject({
      status: 200,
      body: { items: [declaration] },
    });
    expect(await call(colleague, 'GET /v1/interests')).toMatchObject({ body: { items: [] } });
    const ending = { params: { personId: actor.id, organisation: alpha }, body: { reason: 'it was sold' } };
    const end = 'POST /v1/people/{personId}/interests/{organisation}/ending';
    expect(await call(actor, end, ending)).toMatchObject({ status: 403 });
    expect(await call({ ...actor, roles: ['operator'] }, end, ending)).toMatchObject({
      status: 403,
      body: { code: 'same-person' },
    });
    expect(await call(persons.operator, end, { ...ending, body: {} })).toMatchObject({ status: 400 });
    expect(await call(persons.operator, end, ending)).toEqual({ status: 204, body: undefined });
    expect(await call(actor, 'GET /v1/interests')).toMatchObject({ body: { items: [] } });

    const absence = { to: colleague.id, from: '2099-01-01', until: '2099-01-02' };
    const { status, body } = await call(actor, 'POST /v1/delegations', { body: absence });
    expect([status, body]).toMatchObject([201, { absentee: actor.id, department: 'gz-door', ...absence }]);
    expect(await call(colleague, 'GET /v1/delegations')).toMatchObject({
      body: { given: [], received: [body] },
    });
    const { delegationId } = body;
    const stop = 'DELETE /v1/delegations/{delegationId}';
    expect(await call(colleague, stop, { params: { delegationId } })).toMatchObject({ status: 404 });
    expect(await call(actor, stop, { params: { delegationId } })).toMatchObject({ status: 204 });

    const lead: Actor = { ...actor, roles: ['department-lead'] };
    expect(await call(actor, 'GET /v1/department/members')).toMatchObject({ status: 403 });
    expect(await call(lead, 'GET /v1/department/members')).toMatchObject({
      body: { items: [actor.id, colleague.id].sort().map((personId) => ({ personId })) },
    });
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });
});
