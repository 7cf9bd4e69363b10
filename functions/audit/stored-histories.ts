import type * as z from 'zod';
import { decodeCursor, encodeCursor, scopeOf } from '../shared/cursor.ts';
import { DomainError } from '../shared/errors.ts';
import { beginningOf } from '../shared/keys.ts';
import { applications } from '../shared/tables.ts';
import type { StoredItem, StoredTable } from './stored-table.ts';
import type { AuditedApplicationSchema } from './stored-view.ts';

interface StoredHistory {
  readonly items: StoredItem[];
  readonly nextCursor: string | undefined;
  readonly head: StoredItem | undefined;
}

const { application, history } = applications.entities;
const applicationPrefix = beginningOf(applications.partitions.application);

/** Reads histories for auditors as they are stored. */
export class StoredHistories {
  readonly #table: StoredTable<'applications'>;

  constructor(table: StoredTable<'applications'>) {
    this.#table = table;
  }

  /**
   * Applications that have a state or a history, page by page of the table. It is scanned: an index would cost a write
   * with every change of an application and leave out what somebody took out of it, while an audit reads the bigger
   * part of the table anyway. A page ends after 1 MB of the table, so that one can be empty with more to follow.
   */
  async applications(
    cursor: string | undefined,
  ): Promise<{ items: z.input<typeof AuditedApplicationSchema>[]; nextCursor: string | undefined }> {
    const scope = { partition: {}, place: ['pk', 'sk'] };
    const { items, lastKey } = await this.#table.scan({
      filter: 'begins_with(pk, :application) AND (sk = :state OR begins_with(sk, :history))',
      shows: 'pk, #state.#status',
      names: { '#state': 'state', '#status': 'status' },
      values: { ':application': applicationPrefix, ':state': application.sk({}), ':history': history.prefix },
      start: decodeCursor(cursor, scope),
    });
    const statuses = new Map<string, string | undefined>();
    for (const { pk, state } of items) {
      const applicationId = pk?.S?.slice(applicationPrefix.length) ?? '';
      statuses.set(applicationId, state?.M?.['status']?.S ?? statuses.get(applicationId));
    }
    return {
      items: [...statuses].map(([applicationId, status]) => ({ applicationId, status })),
      nextCursor: encodeCursor(lastKey, scope),
    };
  }

  /**
   * A page of an application's history, and what the application says of its newest row. The rows are read first, so
   * that the head is never older than they are.
   * @throws DomainError not-found when there is neither.
   */
  async history(
    applicationId: string,
    { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<StoredHistory> {
    const key = application.key({ applicationId });
    const rows = history.of({ applicationId });
    const scope = scopeOf(rows);
    const { items, lastKey } = await this.#table.page(rows, {
      limit,
      start: decodeCursor(cursor, scope),
    });
    const item = await this.#table.get(key, {
      shows: '#state.#version, #state.#status, #state.#hash',
      names: { '#state': 'state', '#version': 'version', '#status': 'status', '#hash': 'historyHash' },
    });
    const head = item?.['state']?.M;
    if (!head && items.length === 0 && cursor === undefined) throw new DomainError('not-found');
    return { items, nextCursor: encodeCursor(lastKey, scope), head };
  }
}
