import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditedKinds, findBreak } from '../../../functions/audit/find-break.ts';
import { AccessStore } from '../../../functions/people/access-store.ts';
import { decideGrant } from '../../../functions/people/decide-grant.ts';
import { LoginStore } from '../../../functions/people/login-store.ts';
import { proposeGrant } from '../../../functions/people/propose-grant.ts';
import { reviewAccess, reviewCsv } from '../../../functions/people/review-access.ts';
import { revokeGrant } from '../../../functions/people/revoke-grant.ts';
import type { Actor, Role } from '../../../functions/shared/actor.ts';
import { newUlid } from '../../../functions/shared/ids.ts';
import { storedHistory } from '../../builders/stored-history.ts';
import { variants } from '../../builders/tampering.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { grantInTest } from '../../support/grants.ts';
import { openRooms, type Rooms } from '../../support/rooms.ts';
import { toldSecurity } from '../../support/told-security.ts';

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
/** What acts on grants, at an instant. */
function setup(now = day) {
  return {
    access: new AccessStore(rooms.tables.people),
    logins: new LoginStore(rooms.tables.people, ['first-1', 'first-2']),
    clock: () => now,
    newId: newUlid,
    keyedHash: { hash: async (_: string, value: string) => value },
    departments: new Set(['gz-miit', 'gz-sti']),
    longestDays: 365,
  };
}

const admin = (id: string): Actor => ({ id, roles: ['access-admin'] });
const administrators = [admin('admin-1'), admin('admin-2'), admin('admin-3'), admin('admin-4')];
const [one, other, third, leaving] = administrators as [Actor, Actor, Actor, Actor];

let count = 0;
/** The reference of somebody who was never seen. */
function somebody(): string {
  count += 1;
  return count.toString(16).padStart(64, '0');
}

const operator = { role: 'operator' as const, reason: '新任经办人' };

const propose = (reference: string, stated: Partial<Parameters<typeof proposeGrant>[3]> = {}, by = one) =>
  proposeGrant(setup(), by, { reference }, { ...operator, ...stated });
async function confirm(
  { reference, grant: { grantId, contentHash } }: Awaited<ReturnType<typeof propose>>,
  by = other,
  now = day,
) {
  return decideGrant(setup(now), by, { reference, grantId }, { outcome: 'confirm', contentHash });
}
const granted = async (reference: string, role: Role) => confirm(await propose(reference, { role }));
const refusal = (code: string) => expect.objectContaining({ code });

/** Roles in which a login is let in. */
async function rolesOf(reference: string, roles: readonly Role[], login = 'login', now = day) {
  const { logins } = setup();
  return (await logins.join({ id: `${login}-${reference}`, roles }, reference, now)).roles;
}

describe('a role', () => {
  it('counts once a second person has confirmed what they saw', async () => {
    const reference = somebody();
    const proposed = await propose(reference);
    expect(await rolesOf(reference, ['operator'])).toEqual([]);
    const { grant } = proposed;
    const seen = { reference, grantId: grant.grantId };
    const decide = (by: Actor, contentHash: string) =>
      decideGrant(setup(), by, seen, { outcome: 'confirm', contentHash });
    await expect(decide(one, grant.contentHash)).rejects.toEqual(refusal('same-person'));
    await expect(decide(other, 'a')).rejects.toEqual(refusal('version-mismatch'));
    await expect(confirm({ reference: somebody(), grant })).rejects.toEqual(refusal('not-found'));
    expect(await rolesOf(reference, ['operator'])).toEqual([]);
    const told = toldSecurity();
    expect((await confirm(proposed)).grant).toMatchObject({ status: 'granted', until: '2027-03-02' });
    expect(await rolesOf(reference, ['operator'])).toEqual(['operator']);
    expect((await confirm(proposed)).grant.status).toBe('granted');
    await expect(confirm(proposed, third)).rejects.toEqual(refusal('not-in-this-state'));
    expect(told()).toEqual(['security.role-granted']);
    const { version } = await setup().access.require(reference);
    expect(version).toBe(2);
  });

  it('is asked for once, however often it is sent', async () => {
    const reference = somebody();
    const sent = await Promise.all([1, 2, 3, 4].map(() => propose(reference)));
    expect(new Set(sent.map(({ grant }) => grant.grantId)).size).toBe(1);
  });

  it.each([
    ['a department that it is not had in', { department: 'gz-miit' }, 'department'],
    ['no department where it has one', { role: 'lead-reviewer' as const }, 'department'],
    ['an unknown department', { role: 'lead-reviewer' as const, department: 'gz-nothing' }, 'department'],
    ['a day that is over', { until: '2026-03-01' }, 'until'],
    ['a day beyond what is allowed', { until: '2027-03-03' }, 'until'],
  ])('is not proposed with %s', async (_, stated, path) => {
    await expect(propose(somebody(), stated)).rejects.toMatchObject({
      code: 'invalid-request',
      faults: [{ path }],
    });
  });

  it('ends at once by one person, and a confirmation of before does not bring it back', async () => {
    const reference = somebody();
    const proposed = await propose(reference);
    await confirm(proposed);
    const { grantId } = proposed.grant;
    const told = toldSecurity();
    const revoked = await revokeGrant(setup(), third, { reference, grantId }, '调离');
    expect(revoked.grant).toMatchObject({ status: 'revoked', ended: { by: third.id, reason: '调离' } });
    expect(await rolesOf(reference, ['operator'])).toEqual([]);
    await expect(confirm(proposed)).rejects.toEqual(refusal('not-in-this-state'));
    await expect(confirm(proposed, third)).rejects.toEqual(refusal('not-in-this-state'));
    expect(await rolesOf(reference, ['operator'])).toEqual([]);
    expect((await revokeGrant(setup(), one, { reference, grantId }, '再次')).grant).toEqual(revoked.grant);
    expect(told()).toEqual(['security.role-revoked']);
    expect((await propose(reference)).grant.grantId).not.toBe(grantId);
  });

  it('is withdrawn or refused before it counts, and then cannot be confirmed', async () => {
    const [withdrawn, refused] = [await propose(somebody()), await propose(somebody())];
    const place = ({ reference, grant: { grantId } }: typeof withdrawn) => ({ reference, grantId });
    await revokeGrant(setup(), one, place(withdrawn), '有误');
    const { contentHash } = refused.grant;
    const decision = { outcome: 'refuse' as const, contentHash, reason: '无此必要' };
    expect((await decideGrant(setup(), other, place(refused), decision)).grant.status).toBe('refused');
    for (const proposed of [withdrawn, refused]) {
      await expect(confirm(proposed)).rejects.toEqual(refusal('not-in-this-state'));
    }
  });

  it('is not confirmed once whoever proposed it grants no more', async () => {
    const [proposed, refused] = [
      await propose(somebody(), {}, leaving),
      await propose(somebody(), {}, leaving),
    ];
    const own = { reference: `of-${leaving.id}`, grantId: 'grant-0' };
    await revokeGrant(setup(), one, own, '离岗');
    await expect(confirm(proposed)).rejects.toEqual(refusal('not-in-this-state'));
    expect(await rolesOf(proposed.reference, ['operator'])).toEqual([]);
    const { grantId, contentHash } = refused.grant;
    const decision = { outcome: 'refuse' as const, contentHash, reason: '提出人已离岗' };
    const place = { reference: refused.reference, grantId };
    expect((await decideGrant(setup(), other, place, decision)).grant.status).toBe('refused');
    expect((await confirm(await propose(proposed.reference))).grant.status).toBe('granted');
  });

  it('is not confirmed when its last day is over', async () => {
    const proposed = await propose(somebody(), { until: '2026-03-05' });
    await expect(confirm(proposed, other, new Date('2026-03-05T16:00:00Z'))).rejects.toEqual(
      refusal('deadline-passed'),
    );
    expect((await confirm(proposed, other, new Date('2026-03-05T15:59:59Z'))).grant.status).toBe('granted');
  });

  it('is renewed by another grant, so that one revocation ends it', async () => {
    const reference = somebody();
    await granted(reference, 'operator');
    const { grantId } = (await confirm(await propose(reference, { reason: '续期' }))).grant;
    const statuses = (await setup().access.require(reference)).grants.map(({ status }) => status);
    expect(statuses).toEqual(['renewed', 'granted']);
    await revokeGrant(setup(), one, { reference, grantId }, '调离');
    expect(await rolesOf(reference, ['operator'])).toEqual([]);
  });
});

describe('nobody', () => {
  it('proposes or confirms a role for themselves, by whatever login', async () => {
    const reference = somebody();
    await granted(reference, 'access-admin');
    const { logins } = setup();
    const join = (id: string) => logins.join({ id, roles: ['access-admin'] }, reference, day);
    const [first, second] = [await join('by-one-login'), await join('by-another')];
    expect(second.id).toBe(first.id);
    for (const self of [first, second]) {
      await expect(propose(reference, { role: 'access-admin' }, self)).rejects.toEqual(
        refusal('same-person'),
      );
      const byOthers = await propose(reference, { role: 'access-admin', reason: '续期' });
      await expect(confirm(byOthers, self)).rejects.toEqual(refusal('same-person'));
      // What they proposed for others by one login they do not confirm by the other.
      const proposed = await propose(somebody(), {}, first);
      await expect(confirm(proposed, self)).rejects.toEqual(refusal('same-person'));
    }
  });

  it.each([
    ['operator', 'budget-approver'],
    ['budget-approver', 'operator'],
    ['auditor', 'operator'],
    ['expert', 'auditor'],
    ['access-admin', 'expert'],
    ['operator', 'access-admin'],
  ] as const)('who is %s is granted %s', async (held, wanted) => {
    const reference = somebody();
    const before = await propose(reference, { role: wanted });
    await granted(reference, held);
    await expect(propose(reference, { role: wanted, reason: '兼任' })).rejects.toEqual(
      refusal('roles-apart'),
    );
    await expect(confirm(before)).rejects.toEqual(refusal('roles-apart'));
    expect(await rolesOf(reference, [held])).toEqual([held]);
  });

  it('who applies is granted a role, whenever it came to be known', async () => {
    const reference = somebody();
    const before = await propose(reference);
    expect(await rolesOf(reference, ['preparer'])).toEqual(['preparer']);
    await expect(confirm(before)).rejects.toEqual(refusal('roles-apart'));
    await expect(propose(reference, { role: 'expert' })).rejects.toEqual(refusal('roles-apart'));
  });

  it('who grants by the deployment is granted another role', async () => {
    const reference = somebody();
    const { logins } = setup();
    await logins.join({ id: 'first-1', roles: ['access-admin'] }, reference, day);
    await expect(propose(reference)).rejects.toEqual(refusal('roles-apart'));
  });
});

describe('at once', () => {
  it('two confirmations that together would break an exclusion leave one role', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      const reference = somebody();
      const both = [
        await propose(reference, { role: 'operator' }),
        await propose(reference, { role: 'budget-approver' }),
      ];
      const settled = await Promise.allSettled(both.map((proposed) => confirm(proposed)));
      expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const { grants } = await setup().access.require(reference);
      expect(grants.filter(({ status }) => status === 'granted')).toHaveLength(1);
    }
  });

  it('a first login as an applicant and a confirmation leave one of both', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      const reference = somebody();
      const proposed = await propose(reference);
      const settled = await Promise.allSettled([
        confirm(proposed),
        rolesOf(reference, ['preparer'], 'legal'),
      ]);
      expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    }
  });

  it('a revocation and a confirmation leave no role that nobody revoked', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      const reference = somebody();
      const proposed = await propose(reference);
      const { grantId } = proposed.grant;
      await Promise.allSettled([
        confirm(proposed),
        revokeGrant(setup(), one, { reference, grantId }, '有误'),
      ]);
      expect(await rolesOf(reference, ['operator'])).toEqual([]);
    }
  });
});

describe('what was done', () => {
  it('is a chain of rows that says who did what and why; whatever is altered is found and named', async () => {
    const reference = somebody();
    const { grant } = await granted(reference, 'operator');
    await revokeGrant(setup(), third, { reference, grantId: grant.grantId }, '调离');
    const history = await storedHistory(database, reference, 'access');
    const audited = auditedKinds.access(reference);
    expect(findBreak(audited, history.items, history.head)).toBeUndefined();
    expect(history.items.map((item) => JSON.stringify(item).match(/"event":\{"S":"(\w+)"/)?.[1])).toEqual([
      'proposed',
      'granted',
      'revoked',
    ]);
    const unnoticed: unknown[] = [];
    for (const [index, item] of history.items.entries()) {
      for (const variant of variants(item)) {
        if (!findBreak(audited, history.items.with(index, variant), history.head)) unnoticed.push(variant);
      }
      if (!findBreak(audited, history.items.toSpliced(index, 1), history.head)) unnoticed.push(index);
    }
    for (const variant of variants(history.head)) {
      if (!findBreak(audited, history.items, variant)) unnoticed.push(variant);
    }
    expect(unnoticed).toEqual([]);
    const extended = JSON.parse(JSON.stringify(history.head).replace('2027-03-02', '2028-03-02'));
    expect(findBreak(audited, history.items, extended)?.fault).toBe('it was altered: state.grants');
  });

  it('is shown to whoever reviews access: who has what, since and until when, by whom, and last used when', async () => {
    const reference = somebody();
    await granted(reference, 'expert');
    await rolesOf(reference, ['expert'], 'natural');
    await setup().logins.noteUse(reference, 'expert', '2026-03-04');
    const review = await reviewAccess(setup(new Date('2026-03-12T00:00:00Z')), ['first-1', 'first-2']);
    expect(review.items.filter((row) => row.reference === reference)).toMatchObject([
      {
        personId: `natural-${reference}`,
        ...{ role: 'expert', status: 'granted', proposedBy: one.id, confirmedBy: other.id },
        ...{ grantedAt: day.toISOString(), until: '2027-03-02', daysLeft: 355, lastUsedOn: '2026-03-04' },
      },
    ]);
    const lines = reviewCsv(review).split('\r\n');
    expect(lines[0]).toContain('最近使用 Last used on');
    expect(lines.slice(1, 3)).toEqual([
      expect.stringMatching(/^,first-1,/),
      expect.stringMatching(/^,first-2,/),
    ]);
    expect(lines.some((line) => line.startsWith(`${reference},natural-`) && line.includes(',355,'))).toBe(
      true,
    );
    const later = await reviewAccess(setup(new Date('2027-03-03T00:00:00+08:00')), []);
    expect(later.items.find((row) => row.reference === reference)).toMatchObject({ status: 'expired' });
  });
});
