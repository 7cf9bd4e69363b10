import type * as z from 'zod';
import { decodeCursor, encodeCursor, scopeOf } from '../shared/cursor.ts';
import { DomainError } from '../shared/errors.ts';
import { beginningOf, type Key, type Range } from '../shared/keys.ts';
import { applications, budget, people, type TableName } from '../shared/tables.ts';
import { type AuditedKind, auditedKinds } from './find-break.ts';
import type { StoredItem, StoredTable } from './stored-table.ts';
import {
  type AuditedApplicationSchema,
  type AuditedHistorySchema,
  auditedBudgetKinds,
} from './stored-view.ts';

interface StoredHistory {
  readonly items: StoredItem[];
  readonly nextCursor: string | undefined;
  readonly head: StoredItem | undefined;
}

/** What has a history, by its kind and id. */
interface AuditedThing {
  readonly kind: AuditedKind;
  readonly id: string;
}

const { application, history } = applications.entities;
const accessPrefix = beginningOf(people.partitions.access);
const applicationPrefix = beginningOf(applications.partitions.application);

/** Beginnings of the partitions of the budget table that have histories, by kind. */
const budgetPrefixes = {
  round: beginningOf(budget.partitions.round),
  order: beginningOf(budget.partitions.order),
  'payment-file': beginningOf(budget.partitions.paymentFile),
  results: beginningOf(budget.partitions.resultsFile),
  clawback: beginningOf(budget.partitions.clawback),
  account: beginningOf(budget.partitions.bankAccount),
  objection: beginningOf(budget.partitions.objection),
} as const satisfies Record<(typeof auditedBudgetKinds)[number], string>;

/** Reads histories for auditors as they are stored. */
export class StoredHistories {
  readonly #applications: StoredTable<'applications'>;
  readonly #budget: StoredTable<'budget'>;
  readonly #people: StoredTable<'people'>;

  constructor(tables: {
    readonly applications: StoredTable<'applications'>;
    readonly budget: StoredTable<'budget'>;
    readonly people: StoredTable<'people'>;
  }) {
    this.#applications = tables.applications;
    this.#budget = tables.budget;
    this.#people = tables.people;
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
    const { items, lastKey } = await this.#applications.scan({
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

  /** Rounds, orders, payment files, clawbacks, accounts and objections that have a state or a history, in the same way. */
  async ofBudget(
    cursor: string | undefined,
  ): Promise<{ items: z.input<typeof AuditedHistorySchema>[]; nextCursor: string | undefined }> {
    const scope = { partition: {}, place: ['pk', 'sk'], narrowing: { listing: 'histories' } };
    const { items, lastKey } = await this.#budget.scan({
      filter: 'sk = :state OR begins_with(sk, :history)',
      shows: 'pk',
      values: { ':state': budget.entities.round.sk({}), ':history': budget.entities.history.prefix },
      start: decodeCursor(cursor, scope),
    });
    const places = new Set(items.map(({ pk }) => pk?.S ?? ''));
    const things = [...places].flatMap((place) =>
      auditedBudgetKinds
        .filter((kind) => place.startsWith(budgetPrefixes[kind]))
        .map((kind) => ({ kind, id: place.slice(budgetPrefixes[kind].length) })),
    );
    return { items: things, nextCursor: encodeCursor(lastKey, scope) };
  }

  /** What people are granted, in the same way. */
  async ofPeople(
    cursor: string | undefined,
  ): Promise<{ items: z.input<typeof AuditedHistorySchema>[]; nextCursor: string | undefined }> {
    const scope = { partition: {}, place: ['pk', 'sk'], narrowing: { listing: 'access' } };
    const { items, lastKey } = await this.#people.scan({
      filter: 'begins_with(pk, :access)',
      shows: 'pk',
      values: { ':access': accessPrefix },
      start: decodeCursor(cursor, scope),
    });
    const ids = new Set(items.map(({ pk }) => pk?.S?.slice(accessPrefix.length) ?? ''));
    return {
      items: [...ids].map((id) => ({ kind: 'access', id })),
      nextCursor: encodeCursor(lastKey, scope),
    };
  }

  /**
   * A page of a history, and what it is of. The rows are read first, so that the head is never older than they are.
   * @throws DomainError not-found when there is neither.
   */
  async history(
    { kind, id }: AuditedThing,
    page: { readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<StoredHistory> {
    if (kind === 'application') {
      const key = application.key({ applicationId: id });
      return historyOf(this.#applications, history.of({ applicationId: id }), key, page);
    }
    if (kind === 'access') {
      const key = people.entities.access.key({ reference: id });
      return historyOf(this.#people, people.entities.accessRow.of({ reference: id }), key, page);
    }
    // The other kinds stand in the budget table.
    const key = auditedKinds[kind](id).key as Key<'budget'>;
    return historyOf(this.#budget, budget.entities.history.of({ place: key.pk }), key, page);
  }
}

async function historyOf<N extends TableName>(
  table: StoredTable<N>,
  rows: Range<N>,
  key: Parameters<StoredTable<N>['get']>[0],
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<StoredHistory> {
  const scope = scopeOf(rows);
  const { items, lastKey } = await table.page(rows, { limit, start: decodeCursor(cursor, scope) });
  const head = await table.get(key);
  if (!head && items.length === 0 && cursor === undefined) throw new DomainError('not-found');
  return { items, nextCursor: encodeCursor(lastKey, scope), head };
}
