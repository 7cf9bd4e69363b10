import { listPage, type PageRequest } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Table } from '../../shared/table.ts';
import { budget } from '../../shared/tables.ts';
import type { RoundId, SimulationId } from '../../shared/vocabulary.ts';
import { type Simulation, StoredSimulationSchema } from './simulation-view.ts';

const { simulation: entity } = budget.entities;

/** Simulations of rounds in DynamoDB. They are never changed. */
export class SimulationStore {
  readonly #table: Table<'budget'>;

  constructor(table: Table<'budget'>) {
    this.#table = table;
  }

  /** Keeps a new simulation. */
  async keep(simulation: Simulation): Promise<void> {
    await this.#table.write(this.#table.putNew(entity.key(simulation), { simulation }));
  }

  /** The simulation, read consistently. @throws DomainError not-found */
  async require(key: {
    readonly roundId: RoundId;
    readonly simulationId: SimulationId;
  }): Promise<Simulation> {
    const item = await this.#table.get(entity.key(key));
    if (!item) throw new DomainError('not-found');
    return StoredSimulationSchema.parse(item['simulation']);
  }

  /** One page of a round's simulations, newest first. @throws DomainError invalid-request for a foreign cursor. */
  async page(
    roundId: RoundId,
    page: PageRequest,
  ): Promise<{ items: Simulation[]; nextCursor: string | undefined }> {
    const { items, nextCursor } = await listPage(this.#table, entity.of({ roundId }), {
      ...page,
      narrowing: { kind: 'simulations' },
      newestFirst: true,
      consistent: false,
    });
    return { items: items.map((item) => StoredSimulationSchema.parse(item['simulation'])), nextCursor };
  }
}
