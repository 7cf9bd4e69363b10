import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AccountDecision } from '../../../../functions/filing/bank-accounts/account-decision.ts';
import {
  accountView,
  listAccountHistory,
  showBankAccount,
} from '../../../../functions/filing/bank-accounts/account-view.ts';
import { BankAccountStore } from '../../../../functions/filing/bank-accounts/bank-account-store.ts';
import { decideAccount } from '../../../../functions/filing/bank-accounts/decide-account.ts';
import {
  type ProposalParts,
  proposeAccount,
} from '../../../../functions/filing/bank-accounts/propose-account.ts';
import { LoginStore } from '../../../../functions/people/login-store.ts';
import { guidesInMemory, PolicyBook } from '../../../../functions/policy/guides/policy-book.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { agreeAccount, sealedInTests } from '../../../support/accounts.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { compiled, openRooms, type Rooms, today } from '../../../support/rooms.ts';
import { toldSecurity } from '../../../support/told-security.ts';

const organisationName = '广州示例软件有限公司';
/** Three working days from a Monday morning, that day counted. */
const cooledOff = new Date('2026-11-25T16:00:00.000Z');

let database: TestDynamoDb;
let rooms: Rooms;
let parts: ProposalParts;
let companies = 0;
let organisation = '';
const person = (id: string, role: 'organisation-admin' | 'preparer' = 'organisation-admin'): Actor => ({
  ...{ id, roles: [role], organisation, organisationName },
});
const [first, second] = ['first', 'second'] as const;

beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
  // The guides say nothing of it: the days beside the notice count.
  const policy = new PolicyBook(compiled, guidesInMemory(compiled.guides));
  parts = { ...rooms, policy, accounts: new BankAccountStore(rooms.tables.budget), sealer: sealedInTests };
});
afterAll(() => database?.stop());
beforeEach(() => {
  companies += 1;
  organisation = `91440101MA59${String(companies).padStart(4, '0')}XX`;
  rooms.setClock(today);
});

const propose = (id: string, accountNumber: string, role?: 'preparer') =>
  proposeAccount(parts, person(id, role), {
    ...{ holder: organisationName, bank: '示例银行广州分行', branchCode: '102581000013', accountNumber },
  });
type Outcome = Omit<AccountDecision, 'contentHash'> & { readonly contentHash?: string };
/** Decides on what is proposed now. */
async function decide(id: string, outcome: Outcome, role?: 'preparer') {
  const record = await parts.accounts.get(organisation);
  const contentHash = outcome.contentHash ?? record?.change.contentHash ?? '';
  return decideAccount(parts, person(id, role), { ...outcome, contentHash } as AccountDecision);
}
const confirm = { decision: 'confirm' } as const;
const refuse = { decision: 'refuse', reason: '不是本单位的账户' } as const;
const withdraw = { decision: 'withdraw' } as const;
const shown = () => showBankAccount(parts, person(first));
const standing = async () => (await parts.accounts.standing(organisation, rooms.clock()))?.lastFour;
const events = async () => {
  const { items } = await listAccountHistory(parts, person(first), { limit: 50 });
  return items.map(({ event, accountNumber }) => `${event} ${accountNumber}`);
};

/** An account that is in force. */
async function agreed(): Promise<void> {
  await agreeAccount(parts, { organisation, organisationName }, { accountNumber: '6222020000001111' });
  rooms.setClock(new Date('2026-11-30T02:00:00Z'));
}

describe('an account', () => {
  it('is proposed by one person, confirmed by another, and counts once it has cooled off', async () => {
    const proposed = await propose(first, '6222020000002222');
    expect(accountView(proposed, today)).toMatchObject({
      toConfirm: false,
      change: { status: 'proposed', accountNumber: '****2222', proposedBy: first },
    });
    expect(await standing()).toBeUndefined();
    await decide(second, confirm);
    expect(await shown()).toMatchObject({
      change: { status: 'cooling-off', confirmedBy: second, inForceFrom: cooledOff.toISOString() },
    });
    rooms.setClock(new Date(cooledOff.getTime() - 1));
    expect(await standing()).toBeUndefined();
    rooms.setClock(cooledOff);
    expect(await shown()).toMatchObject({
      account: { accountNumber: '****2222', since: cooledOff.toISOString() },
    });
    expect(await shown()).not.toHaveProperty('change');
    expect(await events()).toEqual(['proposed ****2222', 'confirmed ****2222']);
  });

  it('leaves the earlier one in force meanwhile, and takes its place after', async () => {
    await agreed();
    await propose(first, '6222020000002222');
    expect(await standing()).toBe('1111');
    const told = toldSecurity();
    await decide(second, confirm);
    expect(told()).toEqual(['security.account-changed']);
    expect(await standing()).toBe('1111');
    rooms.setClock(new Date('2026-12-02T16:00:00Z'));
    expect(await standing()).toBe('2222');
    await propose(second, '6222020000003333');
    expect(await standing()).toBe('2222');
    await decide(first, refuse);
    expect(told()).toHaveLength(1);
    expect(await standing()).toBe('2222');
  });

  it('that stands already counts as looked at as soon as it is confirmed', async () => {
    await agreed();
    await propose(first, '6222020000001111');
    await decide(second, confirm);
    expect(await shown()).toMatchObject({ account: { accountNumber: '****1111', version: 2 } });
    expect(await shown()).not.toHaveProperty('change');
  });

  it('is not confirmed by whoever proposed it, by any of their logins', async () => {
    await propose(first, '6222020000002222');
    await expect(decide(first, confirm)).rejects.toMatchObject({ code: 'same-person' });
    await expect(decide(first, refuse)).rejects.toMatchObject({ code: 'same-person' });
    const logins = new LoginStore(rooms.tables.people);
    const legal = await logins.join(person('legal-person-login'), 'one identity', today);
    const natural = await logins.join(person('natural-person-login'), 'one identity', today);
    expect(natural.id).toBe(legal.id);
    await decide(second, refuse);
    await proposeAccount(parts, legal, {
      ...{ holder: organisationName, bank: '银行', branchCode: '102581000013', accountNumber: '62220000' },
    });
    await expect(decide(natural.id, confirm)).rejects.toMatchObject({ code: 'same-person' });
  });

  it('is confirmed by an administrator, and stopped by anybody of the enterprise', async () => {
    await propose(first, '6222020000002222');
    await expect(decide(second, confirm, 'preparer')).rejects.toMatchObject({ code: 'forbidden' });
    await decide(second, refuse, 'preparer');
    expect(await shown()).not.toHaveProperty('change');
    await propose(second, '6222020000003333', 'preparer');
    await decide(first, confirm);
    await decide('third', refuse, 'preparer');
    rooms.setClock(new Date('2026-11-30T02:00:00Z'));
    expect(await standing()).toBeUndefined();
    expect(await events()).toEqual([
      ...['proposed ****2222', 'refused ****2222'],
      ...['proposed ****3333', 'confirmed ****3333', 'refused ****3333'],
    ]);
  });

  it('is withdrawn by its proposer alone, and by nobody once it is in force', async () => {
    await propose(first, '6222020000002222');
    await expect(decide(second, withdraw)).rejects.toMatchObject({ code: 'forbidden' });
    await decide(second, confirm);
    rooms.setClock(cooledOff);
    await expect(decide(first, withdraw)).rejects.toMatchObject({ code: 'not-in-this-state' });
    await expect(decide(second, refuse)).rejects.toMatchObject({ code: 'not-in-this-state' });
    expect(await standing()).toBe('2222');
  });

  it('is decided by people of its enterprise as they are when they decide', async () => {
    await propose(first, '6222020000002222');
    const { change } = (await parts.accounts.get(organisation)) ?? {};
    const contentHash = change?.contentHash ?? '';
    // Whoever has left comes with another organisation, or none.
    const left: Actor = { ...person(first), organisation: '9144030071526726XG' };
    const { organisation: _, ...nobodys } = left;
    await expect(decideAccount(parts, left, { ...withdraw, contentHash })).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(decideAccount(parts, nobodys, { ...confirm, contentHash })).rejects.toMatchObject({
      code: 'forbidden',
    });
    // Those who are left there see whose it is, and stop it or not.
    expect(await shown()).toMatchObject({ change: { proposedBy: first } });
    await decide(second, refuse);
  });
});

describe('what comes twice, late or at once', () => {
  it('is one proposal, however often its sender repeats it', async () => {
    const [one, ...others] = await Promise.all(
      Array.from({ length: 4 }, () => propose(first, '6222020000002222')),
    );
    for (const other of others) expect(other.change.contentHash).toBe(one?.change.contentHash);
    await decide(second, confirm);
    await decide(second, confirm);
    expect(await propose(first, '6222020000002222')).toMatchObject({ status: 'confirmed' });
    expect(await events()).toEqual(['proposed ****2222', 'confirmed ****2222']);
  });

  it('is one of two accounts that two people propose at once', async () => {
    const answers = await Promise.allSettled([
      propose(first, '6222020000002222'),
      propose(second, '6222020000003333'),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'already-exists' },
    });
    expect(await events()).toHaveLength(1);
  });

  it.each([1, 2, 3, 4])(
    'ends alike for everybody when it is withdrawn and confirmed at once (%d)',
    async () => {
      await propose(first, '6222020000002222');
      const answers = await Promise.allSettled([
        decide(first, withdraw),
        decide(second, confirm),
        decide('third', refuse, 'preparer'),
      ]);
      for (const answer of answers) {
        if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'not-in-this-state' });
      }
      const told = await events();
      expect(told.filter((event) => /refused|withdrawn/.test(event))).toHaveLength(1);
      expect(/refused|withdrawn/.test(told.at(-1) ?? '')).toBe(true);
      rooms.setClock(cooledOff);
      expect(await standing()).toBeUndefined();
    },
  );

  it('is confirmed once by two administrators at once', async () => {
    await propose(first, '6222020000002222');
    const answers = await Promise.allSettled([decide(second, confirm), decide('third', confirm)]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await events()).toEqual(['proposed ****2222', 'confirmed ****2222']);
  });

  it('does not carry over to another proposal of the same account', async () => {
    const { change } = await propose(first, '6222020000002222');
    await decide(first, withdraw);
    rooms.setClock(new Date(today.getTime() + 1000));
    await propose(first, '6222020000002222');
    const replayed = decide(second, { ...confirm, contentHash: change.contentHash });
    await expect(replayed).rejects.toMatchObject({ code: 'basis-changed' });
    await expect(decide(second, { ...confirm, contentHash: '' })).rejects.toMatchObject({
      code: 'basis-changed',
    });
  });
});
