import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type BankAccount,
  BankAccountSchema,
} from '../../../../functions/filing/bank-accounts/bank-account.ts';
import { BankAccountStore } from '../../../../functions/filing/bank-accounts/bank-account-store.ts';
import {
  accountView,
  putBankAccount,
  showBankAccount,
} from '../../../../functions/filing/bank-accounts/put-bank-account.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { publishedUscc } from '../../../builders/content.ts';
import { sealedInTests } from '../../../support/accounts.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { keyedHash, openRooms, type Rooms } from '../../../support/rooms.ts';

const name = '广州示例软件有限公司';
const admin: Actor = {
  id: 'admin',
  roles: ['organisation-admin'],
  organisation: publishedUscc,
  organisationName: name,
};
const account: BankAccount = {
  holder: name,
  bank: '示例银行广州分行',
  branchCode: '102581000013',
  accountNumber: '6222020000001234',
};

let database: TestDynamoDb;
let rooms: Rooms;
let parts: Parameters<typeof putBankAccount>[0];
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
  const accounts = new BankAccountStore(rooms.tables.budget);
  parts = { accounts, sealer: sealedInTests, keyedHash, clock: rooms.clock };
});
afterAll(() => database?.stop());

describe('the bank account of an enterprise', () => {
  it('is shown as four digits, and stands nowhere in clear', async () => {
    const put = await putBankAccount(parts, admin, account);
    expect(accountView(put)).toEqual({
      accountNumber: '****1234',
      toConfirm: false,
      version: 1,
      updatedAt: rooms.clock().toISOString(),
    });
    expect(await showBankAccount(parts, admin)).toEqual({ ...put, toConfirm: false });
    const { Items = [] } = await rooms.client.send(new ScanCommand({ TableName: rooms.tableNames.budget }));
    expect(Items).toHaveLength(1);
    expect(JSON.stringify(Items)).not.toContain(account.accountNumber);
    expect(JSON.stringify(Items)).not.toContain(account.bank);
    expect(await sealedInTests.open(publishedUscc, put.ciphertext)).toEqual(account);
  });

  it('is replaced by the next one, one after the other', async () => {
    const puts = await Promise.all(
      ['11112222', '33334444'].map((accountNumber) =>
        putBankAccount(parts, admin, { ...account, accountNumber }),
      ),
    );
    expect(puts.map(({ version }) => version).sort()).toEqual([2, 3]);
    const latest = puts.find(({ version }) => version === 3);
    expect(await showBankAccount(parts, admin)).toEqual({ ...latest, toConfirm: false });
  });

  it('is in its own name, however that is written', async () => {
    const other = putBankAccount(parts, admin, { ...account, holder: '广州另一家软件有限公司' });
    await expect(other).rejects.toMatchObject({ code: 'invalid-request', faults: [{ path: 'holder' }] });
    const nameless = putBankAccount(parts, { ...admin, organisationName: '' }, account);
    await expect(nameless).rejects.toMatchObject({ code: 'invalid-request' });
    await putBankAccount(parts, { ...admin, organisationName: `${name} ` }, account);
  });

  it('is that of no other enterprise', async () => {
    const stranger: Actor = { ...admin, organisation: '9144030071526726XG' };
    await expect(showBankAccount(parts, stranger)).rejects.toMatchObject({ code: 'not-found' });
    const { ciphertext } = await showBankAccount(parts, admin);
    await expect(sealedInTests.open('9144030071526726XG', ciphertext)).rejects.toThrow();
  });

  it.each([
    ['branchCode', '10258100001'],
    ['branchCode', '10258100001X'],
    ['accountNumber', '1234567'],
    ['accountNumber', '6222O20000001234'],
    ['accountNumber', '1'.repeat(33)],
  ])('with %s %s is refused, and the answer does not repeat it', (field, value) => {
    const parsed = BankAccountSchema.safeParse({ ...account, [field]: value });
    expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toEqual([field]);
    expect(JSON.stringify(parsed.error?.issues)).not.toContain(value);
  });

  it('may be written with the spaces that are on the card', () => {
    const written = { ...account, accountNumber: '6222 0200 0000 1234' };
    expect(BankAccountSchema.parse(written)).toEqual(account);
  });
});
