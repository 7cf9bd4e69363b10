import type { Table } from '../../shared/table.ts';
import { budget } from '../../shared/tables.ts';
import type { OrganisationCode } from '../../shared/vocabulary.ts';
import { type SealedAccount, SealedAccountSchema } from './bank-account.ts';

const { bankAccount } = budget.entities;

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
}
