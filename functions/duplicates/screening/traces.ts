import * as z from 'zod';
import type { Application } from '../../filing/applications/application.ts';
import { foldNumber } from '../../registry/awards/matter-key.ts';
import { placeOf } from '../../shared/keys.ts';
import type { Table } from '../../shared/table.ts';
import { getMany, writeMany } from '../../shared/table-batches.ts';
import { registry } from '../../shared/tables.ts';
import type { Matter } from './find-duplicates.ts';

/** What an application leaves where others may meet it. */
const TraceSchema = z.object({
  applicationId: z.string(),
  organisation: z.string(),
  organisationName: z.string(),
  projectName: z.string(),
  item: z.string(),
  matterKey: z.string(),
  /** Credit codes of enterprises that the applicant has said to continue. */
  predecessors: z.array(z.string()).default([]),
});
export type Trace = z.output<typeof TraceSchema>;

/** Applications that meet in one place: more of them say nothing more. */
const metAtMost = 50;
const attempts = 6;

const { trace: traces, mark: marks } = registry.entities;

/** Places where applications of different enterprises, or of one, may meet. */
export const places = {
  enterprise: (uscc: string) => placeOf(registry, 'enterpriseTrace', { uscc }),
  evidence: (kind: string, number: string) =>
    placeOf(registry, 'evidenceTrace', { kind, number: foldNumber(number) }),
  identity: (hash: string) => placeOf(registry, 'identityTrace', { hash }),
  document: (sha256: string) => placeOf(registry, 'documentTrace', { sha256 }),
};

type Submitted = Pick<Extract<Application, { status: 'deduplication' }>, 'content' | 'submission'>;

/** The keyed hashes of the persons and accounts behind an enterprise: enterprises that share one are linked. */
export function identitiesOf({ content: { enterprise } }: Submitted): string[] {
  const { legalRepresentativeHash, legalRepresentativeIdHash, bankAccountHash } = enterprise;
  // The number tells people of one name apart; the name counts where there is no number.
  const person = legalRepresentativeIdHash ?? legalRepresentativeHash;
  return [person, bankAccountHash].filter((hash) => hash !== undefined);
}

/** Every place that an application leaves its trace in. */
export function placesOf(application: Submitted, matter: Matter): string[] {
  return [
    ...matter.usccs.map(places.enterprise),
    ...matter.evidence.map(({ kind, number }) => places.evidence(kind, number)),
    ...identitiesOf(application).map(places.identity),
    ...application.submission.documents.map(({ sha256 }) => places.document(sha256)),
  ].filter((place, index, all) => all.indexOf(place) === index);
}

/**
 * Traces of applications in the registry. An application leaves its own before it looks for those of others: of two at
 * once, at least one sees the other. A trace stays; whether its application still counts is asked of the application.
 */
export class Traces {
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
  async find(place: string, applicationId: string): Promise<Trace[]> {
    const { items } = await this.#table.page(traces.of({ place }), { newestFirst: true, limit: metAtMost });
    return items
      .map((item) => TraceSchema.parse(item['trace']))
      .filter((trace) => trace.applicationId !== applicationId);
  }
}
