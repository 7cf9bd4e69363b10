import * as z from 'zod';
import { DomainError } from '../shared/errors.ts';
import type { Item, Table } from '../shared/table.ts';
import { people } from '../shared/tables.ts';
import type { GuardedWrite } from '../shared/transaction.ts';
import { type Erasure, type PendingErasure, PendingErasureSchema } from './erasure.ts';

const { erasure, hold, pendingErasure, sweepPosition } = people.entities;
const PositionSchema = z.object({ after: z.record(z.string(), z.unknown()) });

/** What was erased, what is left of it to be done, what is held, and how far the last run came; in the table of people. */
export class ErasureStore {
  readonly #table: Table<'people'>;

  constructor(table: Table<'people'>) {
    this.#table = table;
  }

  /** Whether nothing of one of these is to be erased, read consistently. */
  async isHeld(subjects: readonly string[]): Promise<boolean> {
    const found = await Promise.all(subjects.map((subject) => this.#table.get(hold.key({ subject }))));
    return found.some((item) => item !== undefined);
  }

  /** The checks, for the transaction that erases something, that nobody holds it: one that is placed meanwhile counts. */
  unheld(subjects: readonly string[]): GuardedWrite[] {
    return subjects.map((subject) =>
      this.#table.check(hold.key({ subject }), {
        when: 'attribute_not_exists(pk)',
        otherwise: () => new HeldError(),
      }),
    );
  }

  /** The write that records an erasure, once. */
  record(done: Erasure): GuardedWrite {
    return this.#table.putNew(erasure.key({ ...done, month: done.at.slice(0, 7) }), { erasure: done });
  }

  /** The write that keeps what is left to be done. */
  leave(pending: PendingErasure): GuardedWrite {
    return this.#table.put(pendingErasure.key(pending), { pending });
  }

  /** Everything that is left to be done, of runs before. */
  async left(): Promise<PendingErasure[]> {
    const items = await this.#table.all(pendingErasure.of({}));
    return items.map((item) => PendingErasureSchema.parse(item['pending']));
  }

  /** The write with which nothing is left of one. */
  settled(pending: PendingErasure): GuardedWrite {
    return this.#table.remove(pendingErasure.key(pending));
  }

  /** Behind which key a round goes on, or undefined at its beginning. */
  async position(of: string): Promise<Item | undefined> {
    const item = await this.#table.get(sweepPosition.key({ of }));
    return item && PositionSchema.parse(item).after;
  }

  /** Keeps how far a round has come; undefined at its end: the next one begins anew. */
  async comeTo(of: string, after: Item | undefined): Promise<void> {
    const key = sweepPosition.key({ of });
    await this.#table.write(after ? this.#table.put(key, { after }) : this.#table.remove(key));
  }

  /** Writes all or nothing, of other tables too. @throws HeldError */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await this.#table.transact(writes);
  }
}

/** Something is not erased, since somebody holds it. */
export class HeldError extends DomainError {
  constructor() {
    super('not-in-this-state', {
      detail: { zh: '已被要求保留，不得清除', en: 'it is held, and is not erased' },
    });
  }
}
