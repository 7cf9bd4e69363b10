import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountView, showBankAccount } from '../../../../functions/filing/bank-accounts/account-view.ts';
import {
  type BankAccount,
  BankAccountSchema,
} from '../../../../functions/filing/bank-accounts/bank-account.ts';
import { BankAccountStore } from '../../../../functions/filing/bank-accounts/bank-account-store.ts';
import {
  type ProposalParts,
  proposeAccount,
} from '../../../../functions/filing/bank-accounts/propose-account.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { publishedUscc } from '../../../builders/content.ts';
import { agreeAccount, sealedInTests } from '../../../support/accounts.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, type Rooms } from '../../../support/rooms.ts';

const name = '广州示例软件有限公司';
const company = { organisation: publishedUscc, organisationName: name };
const admin: Actor = { id: 'admin', roles: ['organisation-admin'], ...company };
const account: BankAccount = {
  holder: name,
  bank: '示例银行广州分行',
  branchCode: '102581000013',
  accountNumber: '6222020000001234',
};

let database: TestDynamoDb;
let rooms: Rooms;
let parts: ProposalParts;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
  parts = { ...rooms, accounts: new BankAccountStore(rooms.tables.budget), sealer: sealedInTests };
});
afterAll(() => database?.stop());

describe('the bank account of an enterprise', () => {
  it('is shown with its bank and four digits; its number stands nowhere in clear', async () => {
    const agreed = await agreeAccount(parts, company, account);
    const view = {
      account: {
        ...{ accountNumber: '****1234', bank: account.bank, version: 1 },
        since: rooms.clock().toISOString(),
      },
      toConfirm: false,
    };
    expect(accountView(agreed, rooms.clock())).toEqual(view);
    expect(await showBankAccount(parts, admin)).toEqual(view);
    const { Items = [] } = await rooms.client.send(new ScanCommand({ TableName: rooms.tableNames.budget }));
    expect(Items).toHaveLength(3);
    expect(JSON.stringify(Items)).not.toContain(account.accountNumber);
    expect(JSON.stringify(Items)).not.toContain(account.branchCode);
    expect(await sealedInTests.open(publishedUscc, agreed.change.account.ciphertext)).toEqual(account);
  });

  it('is in its own name, however that is written', async () => {
    const other = proposeAccount(parts, admin, { ...account, holder: '广州另一家软件有限公司' });
    await expect(other).rejects.toMatchObject({ code: 'invalid-request', faults: [{ path: 'holder' }] });
    const nameless = proposeAccount(parts, { ...admin, organisationName: '' }, account);
    await expect(nameless).rejects.toMatchObject({ code: 'invalid-request' });
    await agreeAccount(parts, { ...company, organisationName: `${name} ` }, account);
  });

  it('is that of no other enterprise', async () => {
    const stranger: Actor = { ...admin, organisation: '9144030071526726XG' };
    expect(await showBankAccount(parts, stranger)).toEqual({ toConfirm: false });
    const record = await parts.accounts.get(publishedUscc);
    const { ciphertext = '' } = record?.change.account ?? {};
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
