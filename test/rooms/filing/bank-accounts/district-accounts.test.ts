import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listWaitingAccounts } from '../../../../functions/filing/bank-accounts/account-view.ts';
import { BankAccountStore } from '../../../../functions/filing/bank-accounts/bank-account-store.ts';
import {
  decideAccount,
  decideAccountForDistrict,
} from '../../../../functions/filing/bank-accounts/decide-account.ts';
import { proposeAccount } from '../../../../functions/filing/bank-accounts/propose-account.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { submittedApplication } from '../../../builders/signed-off-application.ts';
import { sealedInTests } from '../../../support/accounts.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, type Rooms, today } from '../../../support/rooms.ts';

const organisationName = '广州示例软件有限公司';
let database: TestDynamoDb;
let rooms: Rooms;
let parts: ReturnType<typeof partsOf>;
let companies = 0;
let organisation = '';

function partsOf() {
  return { ...rooms, accounts: new BankAccountStore(rooms.tables.budget), sealer: sealedInTests };
}
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
  parts = partsOf();
});
afterAll(() => database?.stop());
beforeEach(() => {
  companies += 1;
  organisation = `91440106MA59${String(companies).padStart(4, '0')}XX`;
  rooms.setClock(today);
});

const admin = (id: string): Actor => ({
  ...{ id, roles: ['organisation-admin'], organisation, organisationName },
});
const officer = people.districtReviewer;
const reason = '已电话核实企业法定代表人';

/** What the only administrator proposes; by default of an enterprise with an application in a district. */
async function proposed({ submitted = true } = {}) {
  const only = admin(`only-${companies}`);
  await parts.administrators.see(only);
  if (submitted) {
    const application = submittedApplication(undefined, { version: 2, organisation });
    const {
      submission: _,
      deciders: __,
      corrections: ___,
      scores: ____,
      signOffs: _____,
      ...rest
    } = application;
    const draft = { ...rest, status: 'draft', version: 1 } as const;
    const note = { at: today.toISOString(), actor: { id: 'x', role: 'preparer' } } as const;
    await rooms.store.write(rooms.store.transition(undefined, draft, { ...note, event: 'created' }));
    const written = await rooms.store.require(application.applicationId);
    const { historyHash } = written;
    await rooms.store.write(
      rooms.store.transition(
        written,
        { ...application, ...(historyHash !== undefined && { historyHash }) },
        { ...note, event: 'submitted' },
      ),
    );
  }
  const record = await proposeAccount(parts, only, {
    ...{ holder: organisationName, bank: '示例银行广州分行', branchCode: '102581000013' },
    accountNumber: '6222020000004321',
  });
  return { record, contentHash: record.change.contentHash };
}
const decide = (actor: Actor, contentHash: string, decision: 'confirm' | 'refuse' = 'confirm') =>
  decideAccountForDistrict(parts, actor, organisation, { decision, contentHash, reason });
const waiting = async (actor: Actor) => {
  const { items } = await listWaitingAccounts(parts, actor, { limit: 100 });
  return items.filter((one) => one.organisation === organisation);
};

describe('the account of an enterprise with one administrator', () => {
  it('waits for the district of its application, which confirms it with a reason', async () => {
    const { contentHash } = await proposed();
    expect(await waiting(officer)).toMatchObject([
      { organisationName, change: { accountNumber: '****4321', contentHash, status: 'proposed' } },
    ]);
    const confirmed = await decide(officer, contentHash);
    expect(confirmed).toMatchObject({
      status: 'confirmed',
      confirmation: { by: officer.id, role: 'district-reviewer', reason },
    });
    expect(await decide(officer, contentHash)).toMatchObject({ version: confirmed.version });
    expect(await waiting(officer)).toEqual([]);
  });

  it('is not confirmed by another district, nor where none is asked', async () => {
    const { contentHash } = await proposed();
    const other: Actor = { ...officer, id: 'other', department: 'district-440105' };
    await expect(decide(other, contentHash)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await waiting(other)).toEqual([]);
    const { department: _, ...nowhere } = other;
    await expect(decide(nowhere, contentHash)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is not confirmed by an officer of the enterprise, by one with an interest, or by its proposer', async () => {
    const { contentHash, record } = await proposed();
    const member: Actor = { ...officer, id: 'member', organisations: [organisation] };
    await expect(decide(member, contentHash)).rejects.toMatchObject({ code: 'conflict-of-interest' });
    const interested: Actor = { ...officer, id: 'interested' };
    const interest = { kind: 'kinship', at: today.toISOString() } as const;
    await rooms.people.write([rooms.people.declare(interested.id, organisation, interest)]);
    await expect(decide(interested, contentHash)).rejects.toMatchObject({ code: 'conflict-of-interest' });
    const proposer: Actor = { ...officer, id: record.change.account.by };
    await expect(decide(proposer, contentHash)).rejects.toMatchObject({ code: 'same-person' });
    await expect(decide(officer, 'another hash')).rejects.toMatchObject({ code: 'basis-changed' });
  });

  it('is asked of no district before an application was submitted', async () => {
    const { record, contentHash } = await proposed({ submitted: false });
    expect(record.change).not.toHaveProperty('district');
    await expect(decide(officer, contentHash)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is its own again once a second administrator is known', async () => {
    const { contentHash } = await proposed();
    await parts.administrators.see(admin('newcomer'));
    await expect(decide(officer, contentHash)).rejects.toMatchObject({ code: 'not-in-this-state' });
    const confirmed = await decideAccount(parts, admin('newcomer'), { decision: 'confirm', contentHash });
    expect(confirmed).toMatchObject({ status: 'confirmed', confirmation: { by: 'newcomer' } });
  });

  it('is asked of no district while another administrator came within the days of the policy', async () => {
    await parts.administrators.see(admin('colleague'));
    const { record } = await proposed();
    expect(record.change).not.toHaveProperty('district');
    await decideAccount(parts, admin('colleague'), {
      ...{ decision: 'refuse', contentHash: record.change.contentHash, reason: '账号有误' },
    });
    const days = rooms.policy.notice.accounts.administratorSeenDays + 1;
    rooms.setClock(new Date(today.getTime() + days * 86_400_000));
    const later = await proposed({ submitted: false });
    expect(later.record.change).toMatchObject({ district: 'district-440106' });
  });

  it('is confirmed once, by the district or by a colleague', async () => {
    const { contentHash } = await proposed();
    const answers = await Promise.allSettled([
      decide(officer, contentHash),
      decide({ ...officer, id: 'second' }, contentHash, 'refuse'),
      decideAccount(parts, admin('newcomer'), { decision: 'confirm', contentHash }),
    ]);
    const { items } = await parts.accounts
      .history(organisation, { limit: 20 })
      .then(({ rows }) => ({ items: rows.map(({ event }) => event) }));
    expect(items.filter((event) => event === 'confirmed').length).toBeLessThanOrEqual(1);
    expect(items.filter((event) => event === 'refused').length).toBeLessThanOrEqual(1);
    for (const answer of answers) {
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'not-in-this-state' });
    }
  });
});
