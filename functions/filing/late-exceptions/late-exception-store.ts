import { listPage, type PageRequest } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Guard, Table } from '../../shared/table.ts';
import { applications } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { ApplicationId, OrganisationCode } from '../../shared/vocabulary.ts';
import { type LateException, type LateExceptionIn, LateExceptionSchema } from './late-exception.ts';

const { lateException: entity, lateAllowed: allowed, newestException } = applications.entities;

/** Exceptions from closings in DynamoDB: a few a year, all in one partition. */
export class LateExceptionStore {
  readonly #table: Table<'applications'>;

  constructor(table: Table<'applications'>) {
    this.#table = table;
  }

  /** Those of an organisation, or those for one item of it, oldest first of each, read consistently. */
  async of(organisation: OrganisationCode, item?: string): Promise<LateException[]> {
    const prefix = `${entity.prefix}${organisation}#`;
    const items = await this.#table.all(entity.of({}, { prefix }));
    const all = items.map((one) => LateExceptionSchema.parse(one['state']));
    return item === undefined ? all : all.filter((one) => one.item === item);
  }

  /** An exception, read consistently. @throws DomainError not-found */
  async require(organisation: OrganisationCode, item: string, exceptionId: string): Promise<LateException> {
    const found = await this.#table.get(entity.key({ organisation, item, exceptionId }));
    if (!found) throw new DomainError('not-found');
    return LateExceptionSchema.parse(found['state']);
  }

  /** One page of all of them, by organisation. @throws DomainError invalid-request for a foreign cursor. */
  async page(page: PageRequest): Promise<{ items: LateException[]; nextCursor: string | undefined }> {
    const { items, nextCursor } = await listPage(this.#table, entity.of({}), page);
    return { items: items.map((one) => LateExceptionSchema.parse(one['state'])), nextCursor };
  }

  /** Which exception was proposed last for an organisation and an item, read consistently, or undefined. */
  async newest(organisation: OrganisationCode, item: string): Promise<string | undefined> {
    const found = await this.#table.get(newestException.key({ organisation, item }));
    return found && String(found['exceptionId']);
  }

  /** The writes that put a new proposal, on condition that none came since the newest one was read. */
  creation(state: LateExceptionIn<'proposed'>, newest: string | undefined): GuardedWrite[] {
    const { exceptionId } = state;
    const key = newestException.key(state);
    const asRead = {
      when: '#exceptionId = :newest',
      names: { '#exceptionId': 'exceptionId' },
      values: { ':newest': newest },
    };
    return [
      newest === undefined
        ? this.#table.putNew(key, { exceptionId })
        : this.#table.put(key, { exceptionId }, asRead),
      this.#table.putNew(entity.key(state), { state }),
    ];
  }

  /** The write that settles a proposal, on condition that nobody did before. */
  settlement(state: LateExceptionIn<'confirmed' | 'refused'>): GuardedWrite {
    return this.#table.put(entity.key(state), { state }, standing('#state.#status = :status', 'proposed'));
  }

  /** The write that has its organisation told of a confirmed exception. */
  told({
    organisation,
    item,
    guide,
    until,
    exceptionId,
    decision,
  }: LateExceptionIn<'confirmed'>): GuardedWrite {
    const told = { exceptionId, organisation, item, guide, until, at: decision.at };
    return this.#table.putNew(allowed.key({ exceptionId }), { told });
  }

  /** The write that uses an exception up, on condition that it has not ended and nothing was submitted under it. */
  use(exception: LateExceptionIn<'confirmed'>, applicationId: ApplicationId, at: string): GuardedWrite {
    const state = { ...exception, used: { applicationId, at } };
    const guard = standing(
      '#state.#status = :status AND #state.#until = :until AND attribute_not_exists(#state.#used)',
      'confirmed',
    );
    const more = { names: { '#used': 'used', '#until': 'until' }, values: { ':until': exception.until } };
    return this.#table.put(
      entity.key(state),
      { state },
      { ...guard, names: { ...guard.names, ...more.names }, values: { ...guard.values, ...more.values } },
    );
  }

  /** Writes together with other writes, all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await this.#table.transact(writes);
  }
}

function standing(when: string, status: LateException['status']): Guard {
  return { when, names: { '#state': 'state', '#status': 'status' }, values: { ':status': status } };
}
