import { type Document, DocumentSchema, objectKey } from '../filing/documents/document.ts';
import { dueBefore, type Retention } from '../policy/retention/retention-schema.ts';
import { DomainError } from '../shared/errors.ts';
import type { Item, Table } from '../shared/table.ts';
import { scanPage } from '../shared/table-scan.ts';
import { applications } from '../shared/tables.ts';
import type { GuardedWrite } from '../shared/transaction.ts';
import { endedStatuses, unfinishedStatuses } from './erasure-decision.ts';

const { application, document, ...others } = applications.entities;

/** Kinds of rows that hold what was stated, or what others wrote of it. Histories hold hashes, who acted and when: they stay. */
const personal = [
  ...[document, others.submission, others.announcement, others.documentCount],
  ...[others.task, others.draft, others.invitation, others.duplicateCheck],
];

/** What a page of the table has that may be due, and where the next one begins. */
export interface DuePage {
  readonly applicationIds: readonly string[];
  readonly documents: readonly Document[];
  readonly next: Item | undefined;
}

/** Rows of applications as the erasure of what is due finds them and takes them away. */
export class ApplicationRows {
  readonly #table: Table<'applications'>;

  constructor(table: Table<'applications'>) {
    this.#table = table;
  }

  /** One page of the whole table, of which only what may be due is shown: whether it is, is looked at again. */
  async due(retention: Retention, now: Date, start: Item | undefined): Promise<DuePage> {
    const before = (kind: 'drafts' | 'endedApplications' | 'unfinishedUploads') =>
      dueBefore(retention, kind, now).toISOString();
    const ended = endedStatuses.map((status, index) => [`:ended${index}`, status] as const);
    const unfinished = unfinishedStatuses.map((status, index) => [`:file${index}`, status] as const);
    const names = ['state', 'status', 'updatedAt', 'document', 'requestedAt'];
    const listed = (some: readonly (readonly [string, string])[]) => some.map(([name]) => name).join(', ');
    const { items, lastKey } = await scanPage(this.#table, {
      filter: [
        'sk = :state AND #state.#status = :draft AND #state.#updatedAt < :drafts',
        `sk = :state AND #state.#status IN (${listed(ended)}) AND #state.#updatedAt < :ends`,
        `begins_with(sk, :file) AND #document.#status IN (${listed(unfinished)}) AND #document.#requestedAt < :uploads`,
      ].join(' OR '),
      names: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      values: {
        ...{ ':state': application.sk({}), ':draft': 'draft', ':file': document.prefix },
        ...{ ':drafts': before('drafts'), ':ends': before('endedApplications') },
        ':uploads': before('unfinishedUploads'),
        ...Object.fromEntries([...ended, ...unfinished]),
      },
      start,
    });
    return {
      applicationIds: items.flatMap(({ state }) =>
        state === undefined ? [] : [String(Object(state).applicationId)],
      ),
      documents: items.flatMap((item) =>
        item['document'] === undefined ? [] : [DocumentSchema.parse(item['document'])],
      ),
      next: lastKey,
    };
  }

  /** The writes that take away what is left of an application that was erased, and of nothing else. */
  async leftovers(applicationId: string): Promise<{
    readonly isErased: GuardedWrite;
    readonly removals: readonly GuardedWrite[];
    /** Keys of the files that no row stands for then. */
    readonly files: readonly string[];
  }> {
    const items = await this.#table.all(application.partition({ applicationId }), { shows: 'pk, sk' });
    const keys = items.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }));
    const removals = keys.flatMap((key) => {
      const kind = personal.find((one) => key.sk.startsWith(one.prefix) && one.partsOf(key));
      const parts = kind?.partsOf(key);
      // The parts are those of the very kind that read them.
      return kind && parts ? [this.#table.remove(kind.key(parts as never))] : [];
    });
    return {
      isErased: this.#table.check(application.key({ applicationId }), {
        when: '#state.#status = :deleted',
        names: { '#state': 'state', '#status': 'status' },
        values: { ':deleted': 'deleted' },
        otherwise: () => new DomainError('not-in-this-state'),
      }),
      removals,
      files: keys.flatMap((key) => {
        const parts = document.partsOf(key);
        return parts ? [objectKey(parts)] : [];
      }),
    };
  }
}
