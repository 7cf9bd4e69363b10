import type { Table } from '../../shared/table.ts';
import { getMany, writeMany } from '../../shared/table-batches.ts';
import { registry } from '../../shared/tables.ts';
import type { ApplicationId } from '../../shared/vocabulary.ts';
import { type Trace, TraceSchema } from './trace.ts';

/** Applications that meet in one place: more of them say nothing more. */
const metAtMost = 50;
const attempts = 6;

const { trace: traces, mark: marks } = registry.entities;

/**
 * Traces of applications in the registry. An application leaves its own before it looks for those of others: of two at
 * once, at least one sees the other. A trace stays; whether its application still counts is asked of the application.
 */
export class TraceStore {
  readonly #table: Table<'registry'>;

  constructor(table: Table<'registry'>) {
    this.#table = table;
  }

  /** Leaves a trace in every place; again makes no difference. @throws TransientError when the table stays busy. */
  async leave(where: readonly string[], trace: Trace): Promise<void> {
    const { applicationId } = trace;
    const puts = where.flatMap((place) => [
      this.#table.put(traces.key({ place, applicationId }), { trace }),
      this.#table.put(marks.key({ place }), {}),
    ]);
    await writeMany(this.#table, puts, { attempts });
  }

  /** Takes the traces of an application out of places; those that are not there are fine. */
  async remove(where: readonly string[], applicationId: ApplicationId): Promise<void> {
    const keys = where.map((place) => traces.key({ place, applicationId }));
    const removals = keys.map((key) => this.#table.remove(key));
    await writeMany(this.#table, removals, { attempts });
  }

  /** Ids of the applications that left a trace in one of many places; most places hold none. */
  async applicationsIn(where: readonly string[]): Promise<string[]> {
    const marked = await getMany(
      this.#table,
      where.map((place) => marks.key({ place })),
      { attempts },
    );
    const met = await Promise.all(marked.map(({ pk }) => this.find(String(pk), '')));
    return [...new Set(met.flat().map(({ applicationId }) => applicationId))];
  }

  /** Traces of other applications in a place, newest first; at most fifty, read consistently. */
  async find(place: string, applicationId: ApplicationId): Promise<Trace[]> {
    const { items } = await this.#table.page(traces.of({ place }), { newestFirst: true, limit: metAtMost });
    return items
      .map((item) => TraceSchema.parse(item['trace']))
      .filter((trace) => trace.applicationId !== applicationId);
  }
}
