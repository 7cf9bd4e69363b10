import { listPage, type PageRequest } from '../../shared/cursor.ts';
import { assertStep, rowOf, type StepNote, stepWrites } from '../../shared/history.ts';
import type { Guard, Item, Table } from '../../shared/table.ts';
import { budget } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { DepartmentId, OrganisationCode } from '../../shared/vocabulary.ts';
import {
  type AccountEvent,
  type AccountRecord,
  AccountRecordSchema,
  type AccountRow,
  AccountRowSchema,
  accountTransitions,
  isUnchanged,
  type StandingAccount,
  standingAccount,
} from './account-record.ts';
import { type AccountReturn, AccountReturnSchema } from './bank-account.ts';

const { bankAccount, accountReturn, history } = budget.entities;

/** How many accounts are read side by side. */
const readsAtOnce = 50;

/** An account that stands, and the newest that was proposed. */
export type KnownStanding = StandingAccount & { readonly newest: number };

/** Accounts of organisations, the changes of them and their history, in DynamoDB. */
export class BankAccountStore {
  readonly #table: Table<'budget'>;

  constructor(table: Table<'budget'>) {
    this.#table = table;
  }

  /** What is kept of an organisation's account, read consistently, or undefined. */
  async get(organisation: OrganisationCode): Promise<AccountRecord | undefined> {
    const item = await this.#table.get(bankAccount.key({ organisation }));
    return item && AccountRecordSchema.parse(item['state']);
  }

  /** The account that an organisation's awards are paid to at an instant, or undefined. */
  async standing(organisation: OrganisationCode, now: Date): Promise<KnownStanding | undefined> {
    const record = await this.get(organisation);
    const account = standingAccount(record, now);
    return record && account && { ...account, newest: record.proposals };
  }

  /** The same of several, by these; those that have none are not among them. */
  async of(
    organisations: Iterable<OrganisationCode>,
    now: Date,
  ): Promise<Map<OrganisationCode, KnownStanding>> {
    const asked = [...new Set(organisations)];
    const found = new Map<OrganisationCode, KnownStanding>();
    for (let start = 0; start < asked.length; start += readsAtOnce) {
      const read = await Promise.all(
        asked.slice(start, start + readsAtOnce).map((one) => this.standing(one, now)),
      );
      for (const account of read) if (account) found.set(account.organisation, account);
    }
    return found;
  }

  /** One page of the changes that wait for a district, oldest first. @throws DomainError invalid-request for a foreign cursor. */
  async waitingFor(
    district: DepartmentId,
    page: PageRequest,
  ): Promise<{ records: AccountRecord[]; nextCursor: string | undefined }> {
    const range = bankAccount.listed('listing', { district });
    const { items, nextCursor } = await listPage(this.#table, range, page);
    return { records: items.map((item) => AccountRecordSchema.parse(item['state'])), nextCursor };
  }

  /** One page of what happened to an account, oldest first. @throws DomainError invalid-request for a foreign cursor. */
  async history(
    organisation: OrganisationCode,
    page: PageRequest,
  ): Promise<{ rows: AccountRow[]; nextCursor: string | undefined }> {
    const place = bankAccount.key({ organisation }).pk;
    const { items, nextCursor } = await listPage(this.#table, history.of({ place }), page);
    return { rows: items.map((item) => AccountRowSchema.parse(item['row'])), nextCursor };
  }

  /** The writes of a transition: the account, on condition that it is as it was read, and its history row. */
  transition(
    from: AccountRecord | undefined,
    to: AccountRecord,
    note: StepNote<AccountEvent>,
  ): GuardedWrite[] {
    assertStep(from ? accountTransitions[from.status] : ['proposed'], from, to);
    const key = bankAccount.key(to);
    return stepWrites(this.#table, {
      key,
      rowKey: history.key({ place: key.pk, version: to.version }),
      id: to.organisation,
      attributes: waiting,
      from,
      to,
      row: { ...rowOf(from, to, note), ...told(to) },
    });
  }

  /** Writes all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await this.#table.transact(writes);
  }

  /** The last return of a payment that an organisation has to know of, read consistently, or undefined. */
  async returned(organisation: OrganisationCode): Promise<AccountReturn | undefined> {
    const item = await this.#table.get(accountReturn.key({ organisation }));
    return item && AccountReturnSchema.parse(item['returned']);
  }

  /** The write that keeps a return, on condition that no other was kept since the one before it was read. */
  keepReturn(returned: AccountReturn, before: AccountReturn | undefined): GuardedWrite {
    return this.#table.put(accountReturn.key(returned), { returned }, asRead(before));
  }

  /** The check that no payment came back since the last return was read. */
  returnUnchanged(organisation: OrganisationCode, returned: AccountReturn | undefined): GuardedWrite {
    return this.#table.check(accountReturn.key({ organisation }), asRead(returned));
  }
}

/** Only what waits for a district stands in the listing. */
function waiting({ status, change }: AccountRecord): Item {
  if (status !== 'proposed' || change.district === undefined) return {};
  return bankAccount.entry('listing', { district: change.district, createdAt: change.account.at });
}

function told(to: AccountRecord): Omit<AccountRow, 'version' | 'at' | 'actor' | 'event'> {
  const { bank, lastFour } = to.change.account;
  const { reason } =
    (to.status === 'proposed' ? undefined : to.status === 'ended' ? to.ended : to.confirmation) ?? {};
  const { district } = to.change;
  return {
    ...{ bank, lastFour, isSame: isUnchanged(to) },
    ...(reason !== undefined && { reason }),
    ...(to.status === 'confirmed' && { inForceFrom: to.confirmation.inForceFrom }),
    ...(to.status === 'proposed' && district !== undefined && { district }),
  };
}

function asRead(returned: AccountReturn | undefined): Guard {
  if (!returned) return { when: 'attribute_not_exists(pk)' };
  return {
    when: '#returned.#revision = :before',
    names: { '#returned': 'returned', '#revision': 'revision' },
    values: { ':before': returned.revision },
  };
}
