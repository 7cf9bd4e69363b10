import { DomainError } from '../../shared/errors.ts';
import type { Table } from '../../shared/table.ts';
import { getMany } from '../../shared/table-batches.ts';
import { applications } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { DepartmentId } from '../../shared/vocabulary.ts';
import { type Rankable, RankableSchema, type Ranking, RankingSchema } from './ranking.ts';

const { entities } = applications;

/** Rankings, and every one that was in force before, beside the applications that they rank. */
export class RankingStore {
  readonly #table: Table<'applications'>;

  constructor(table: Table<'applications'>) {
    this.#table = table;
  }

  /** A department's ranking of an item, read consistently. */
  async get(department: DepartmentId, item: string): Promise<Ranking> {
    const found = await this.#table.get(entities.ranking.key({ department, item }));
    return found ? RankingSchema.parse(found['ranking']) : { version: 0, order: [] };
  }

  /**
   * The writes that put a ranking in the place of the one of the version before, and keep who made it. They fail with
   * `version-mismatch` when that is not the one in force.
   */
  put(
    department: DepartmentId,
    item: string,
    ranking: Ranking,
    made: { readonly by: string; readonly at: string },
  ): GuardedWrite[] {
    const key = entities.ranking.key({ department, item });
    const before = ranking.version - 1;
    const otherwise = () => new DomainError('version-mismatch');
    return [
      before === 0
        ? this.#table.putNew(key, { ranking }, otherwise)
        : this.#table.put(
            key,
            { ranking },
            {
              when: '#ranking.#version = :version',
              names: { '#ranking': 'ranking', '#version': 'version' },
              values: { ':version': before },
              otherwise,
            },
          ),
      this.#table.putNew(
        entities.rankingVersion.key({ department, item, version: ranking.version }),
        { row: { ...ranking, ...made } },
        otherwise,
      ),
    ];
  }

  /** Applications by their ids, read consistently, in no order; those that are not there are left out. */
  async rankable(applicationIds: readonly string[]): Promise<Rankable[]> {
    const keys = applicationIds.map((applicationId) => entities.application.key({ applicationId }));
    const items = await getMany(this.#table, keys, {
      shows:
        '#state.applicationId, #state.organisation, #state.#content.#item, #state.#content.enterprise.predecessors, #state.signOffs',
      names: { '#state': 'state', '#content': 'content', '#item': 'item' },
      attempts: 5,
    });
    return items.map((item) => RankableSchema.parse(item).state);
  }

  /** Writes all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await this.#table.transact(writes);
  }
}
