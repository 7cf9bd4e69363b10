import type { Item, Table } from '../../shared/table.ts';
import { applications } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { ApplicationId } from '../../shared/vocabulary.ts';
import { type DuplicateCheck, DuplicateCheckSchema } from './duplicate-check.ts';

const { duplicateCheck } = applications.entities;

/** What duplicate checks looked at, beside the applications, one for each version that a check has led to. */
export class CheckStore {
  readonly #table: Table<'applications'>;

  constructor(table: Table<'applications'>) {
    this.#table = table;
  }

  /** The write that keeps a check, for the transaction of the transition that it leads to. */
  keep(applicationId: ApplicationId, check: DuplicateCheck): GuardedWrite {
    const { version } = check;
    return this.#table.putNew(duplicateCheck.key({ applicationId, version }), { check });
  }

  /** A page of an application's checks, newest first, read consistently. */
  async page(
    applicationId: ApplicationId,
    options: { readonly limit: number; readonly start: Item | undefined },
  ): Promise<{ checks: DuplicateCheck[]; lastKey: Item | undefined }> {
    const range = duplicateCheck.of({ applicationId });
    const { items, lastKey } = await this.#table.page(range, { ...options, newestFirst: true });
    return { checks: items.map((item) => DuplicateCheckSchema.parse(item['check'])), lastKey };
  }
}
