import * as z from 'zod';
import { decodeCursor, encodeCursor, scopeOf } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import { assertStep, rowOf, stepWrites } from '../../shared/history.ts';
import { InstantSchema } from '../../shared/schemas.ts';
import type { Table } from '../../shared/table.ts';
import { budget } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { ApplicationId, ObjectionId } from '../../shared/vocabulary.ts';
import {
  type Objection,
  type ObjectionIn,
  type ObjectionNote,
  ObjectionRowSchema,
  ObjectionSchema,
  objectionTransitions,
} from './objection.ts';

const { objection: objections, history, unadmitted, objectionGate } = budget.entities;

const UnadmittedSchema = z.object({ holdsUntil: InstantSchema });

/** Objections and their histories, in the budget table. */
export class ObjectionStore {
  readonly #table: Table<'budget'>;

  constructor(table: Table<'budget'>) {
    this.#table = table;
  }

  /** The objection, read consistently. @throws DomainError not-found */
  async require(objectionId: string): Promise<Objection> {
    const found = await this.get(objectionId);
    if (!found) throw new DomainError('not-found');
    return found;
  }

  /** The objection, read consistently, or undefined. */
  async get(objectionId: string): Promise<Objection | undefined> {
    const item = await this.#table.get(objections.key({ objectionId }));
    return item && ObjectionSchema.parse(item['state']);
  }

  /** One page of objections, newest first. @throws DomainError invalid-request for the cursor of another listing. */
  async page({
    limit,
    cursor,
  }: {
    readonly limit: number;
    readonly cursor?: string | undefined;
  }): Promise<{ objections: Objection[]; nextCursor: string | undefined }> {
    const listing = objections.listed('listing', {});
    const scope = scopeOf(listing);
    const { items, lastKey } = await this.#table.page(listing, {
      newestFirst: true,
      limit,
      start: decodeCursor(cursor, scope),
    });
    return {
      objections: items.map((item) => ObjectionSchema.parse(item['state'])),
      nextCursor: encodeCursor(lastKey, scope),
    };
  }

  /** Those that were decided before an instant and are not anonymised, the oldest first. */
  async *decidedBefore(instant: Date): AsyncGenerator<ObjectionIn<'decided'>> {
    const decidedAt = instant.toISOString();
    const pages = this.#table.pages(objections.listed('listing', {}, { upTo: decidedAt }), {
      filter: '#state.#decision.#at < :at AND attribute_not_exists(#state.#anonymisedAt)',
      names: { '#state': 'state', '#decision': 'decision', '#at': 'at', '#anonymisedAt': 'anonymisedAt' },
      values: { ':at': decidedAt },
    });
    for await (const items of pages) {
      for (const item of items) {
        const objection = ObjectionSchema.parse(item['state']);
        if (objection.status === 'decided') yield objection;
      }
    }
  }

  /** The applications against which something is still to be decided. */
  async undecidedOf(): Promise<ReadonlySet<string>> {
    const items = await this.#table.all(objections.listed('listing', {}), {
      filter: '#state.#status <> :decided',
      names: { '#state': 'state', '#status': 'status' },
      values: { ':decided': 'decided' },
    });
    return new Set(items.map((item) => ObjectionSchema.parse(item['state']).applicationId));
  }

  /** The writes that bring an objection from one state to the next, with the row of its history. */
  transition(from: Objection | undefined, to: Objection, note: ObjectionNote): GuardedWrite[] {
    assertStep(from ? objectionTransitions[from.status] : ['screening', 'received'], from, to);
    const key = objections.key(to);
    return stepWrites(this.#table, {
      key,
      rowKey: history.key({ place: key.pk, version: to.version }),
      id: to.objectionId,
      attributes: (state: Objection) => objections.entry('listing', { createdAt: state.receivedAt }),
      from,
      to,
      row: rowOf(from, to, note),
    });
  }

  /** Everything that happened to an objection, oldest first. */
  async history(objectionId: ObjectionId): Promise<z.output<typeof ObjectionRowSchema>[]> {
    const place = objections.key({ objectionId }).pk;
    const items = await this.#table.all(history.of({ place }));
    return items.map((item) => ObjectionRowSchema.parse(item['row']));
  }

  /** The writes with which an objection holds its award for a time, as long as any are taken against it. */
  hold({ applicationId, objectionId }: Objection, holdsUntil: Date, closed: () => Error): GuardedWrite[] {
    return [
      this.#table.put(unadmitted.key({ applicationId, objectionId }), {
        holdsUntil: holdsUntil.toISOString(),
      }),
      this.#table.check(objectionGate.key({ applicationId }), {
        when: 'attribute_not_exists(pk)',
        otherwise: closed,
      }),
    ];
  }

  /** The write with which it holds nothing by itself any more. */
  release({ applicationId, objectionId }: Objection): GuardedWrite {
    return this.#table.remove(unadmitted.key({ applicationId, objectionId }));
  }

  /** Takes no more objections that hold an award: those that were taken are all seen from then on. */
  async close(applicationId: ApplicationId): Promise<void> {
    await this.#table.write(this.#table.put(objectionGate.key({ applicationId }), {}));
  }

  /** Until when objections that nobody has admitted hold an award; undefined without any. */
  async heldUntil(applicationId: ApplicationId): Promise<Date | undefined> {
    const items = await this.#table.all(unadmitted.of({ applicationId }, { prefix: unadmitted.prefix }));
    const last = items
      .map((item) => UnadmittedSchema.parse(item).holdsUntil)
      .sort()
      .at(-1);
    return last === undefined ? undefined : new Date(last);
  }

  /** Writes all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await this.#table.transact(writes);
  }
}
