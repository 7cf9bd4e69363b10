import type { Guard, Table } from '../../shared/table.ts';
import { budget } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { OrganisationCode } from '../../shared/vocabulary.ts';
import {
  type AccountReturn,
  AccountReturnSchema,
  type SealedAccount,
  SealedAccountSchema,
} from './bank-account.ts';

const { bankAccount, accountReturn } = budget.entities;

/** How many accounts are read side by side. */
const readsAtOnce = 50;

/** Sealed bank accounts by organisation, in DynamoDB. */
export class BankAccountStore {
  readonly #table: Table<'budget'>;

  constructor(table: Table<'budget'>) {
    this.#table = table;
  }

  /** The account of an organisation, read consistently, or undefined. */
  async get(organisation: OrganisationCode): Promise<SealedAccount | undefined> {
    const item = await this.#table.get(bankAccount.key({ organisation }));
    return item && SealedAccountSchema.parse(item);
  }

  /** The accounts of organisations, by these; those that have put none are not among them. */
  async of(organisations: Iterable<OrganisationCode>): Promise<Map<OrganisationCode, SealedAccount>> {
    const asked = [...new Set(organisations)];
    const found = new Map<OrganisationCode, SealedAccount>();
    for (let start = 0; start < asked.length; start += readsAtOnce) {
      const read = await Promise.all(asked.slice(start, start + readsAtOnce).map((one) => this.get(one)));
      for (const account of read) if (account) found.set(account.organisation, account);
    }
    return found;
  }

  /** Puts the next version of an account. @throws DomainError concurrent-change when another was put meanwhile. */
  async put(account: SealedAccount): Promise<void> {
    const key = bankAccount.key(account);
    const asRead = {
      when: '#version = :before',
      names: { '#version': 'version' },
      values: { ':before': account.version - 1 },
    };
    await this.#table.transact([
      account.version === 1
        ? this.#table.putNew(key, { ...account })
        : this.#table.put(key, { ...account }, asRead),
    ]);
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

function asRead(returned: AccountReturn | undefined): Guard {
  if (!returned) return { when: 'attribute_not_exists(pk)' };
  return {
    when: '#returned.#revision = :before',
    names: { '#returned': 'returned', '#revision': 'revision' },
    values: { ':before': returned.revision },
  };
}
