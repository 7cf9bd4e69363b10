import type { ActorReference } from '../shared/actor.ts';
import { listPage, type PageRequest } from '../shared/cursor.ts';
import { DomainError } from '../shared/errors.ts';
import { rowOf, stepWrites, unchanged } from '../shared/history.ts';
import type { Item, Table } from '../shared/table.ts';
import { people } from '../shared/tables.ts';
import type { GuardedWrite } from '../shared/transaction.ts';
import { type Access, type AccessEvent, AccessSchema } from './access.ts';

const { access: accessItem, accessRow } = people.entities;

/** What is noted of a change of somebody's access. */
export interface AccessNote {
  readonly at: string;
  readonly actor: ActorReference;
  readonly event: AccessEvent;
  /** Id of the grant or the correction that it is about. */
  readonly subject: string;
  readonly contentHash: string;
  readonly reason?: string;
}

/** Grants by person, each with its history, in DynamoDB. */
export class AccessStore {
  readonly #table: Table<'people'>;

  constructor(table: Table<'people'>) {
    this.#table = table;
  }

  /** What a person is granted, read consistently, or undefined. */
  async get(reference: string): Promise<Access | undefined> {
    return readAccess(await this.#table.get(accessItem.key({ reference })));
  }

  /** The same. @throws DomainError not-found */
  async require(reference: string): Promise<Access> {
    const access = await this.get(reference);
    if (!access) throw new DomainError('not-found');
    return access;
  }

  /** One page of everybody who is or was granted something. What was written a moment ago may lack. */
  async page(page: PageRequest): Promise<{ people: Access[]; nextCursor: string | undefined }> {
    const { items, nextCursor } = await listPage(this.#table, accessItem.listed('access', {}), page);
    return { people: items.map((item) => AccessSchema.parse(item['state'])), nextCursor };
  }

  /** Everybody who is or was granted something, in the same way. */
  async all(): Promise<Access[]> {
    const items = await this.#table.all(accessItem.listed('access', {}));
    return items.map((item) => AccessSchema.parse(item['state']));
  }

  /** The writes of a change, on condition that nothing has changed since, and its history row. */
  change(from: Access | undefined, to: Access, note: AccessNote): GuardedWrite[] {
    return stepWrites(this.#table, {
      key: accessItem.key(to),
      rowKey: accessRow.key(to),
      id: to.reference,
      attributes: (state) => accessItem.entry('access', state),
      from,
      to,
      row: { ...rowOf(from, to, note) },
    });
  }

  /** The check that what somebody is granted is as it was read. */
  unchanged(reference: string, access: Access | undefined): GuardedWrite {
    return accessUnchanged(this.#table, reference, access);
  }

  /** Writes all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await this.#table.transact(writes);
  }
}

/** Access as it is stored. */
export function readAccess(item: Item | undefined): Access | undefined {
  return item && AccessSchema.parse(item['state']);
}

/** The check that what somebody is granted is as it was read. */
export function accessUnchanged(
  table: Table<'people'>,
  reference: string,
  access: Access | undefined,
): GuardedWrite {
  const guard = access ? unchanged(access) : { when: 'attribute_not_exists(pk)' };
  return table.check(accessItem.key({ reference }), guard);
}
