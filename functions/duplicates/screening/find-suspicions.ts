import type { Application } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { Award } from '../../filing/applications/award.ts';
import { type Counterpart, pairId, type Suspicion } from '../../filing/applications/suspicion.ts';
import type { GuideItem } from '../../policy/guides/guide-schema.ts';
import type { Matching } from '../../policy/guides/schema.ts';
import type { AwardRegistry } from '../../registry/awards/award-registry.ts';
import { evidenceNumberPartition } from '../../registry/awards/matter-key.ts';
import type { Bilingual } from '../../shared/text.ts';
import type { Matter } from './find-duplicates.ts';
import { identitiesOf, places, type Trace } from './trace.ts';
import type { TraceStore } from './trace-store.ts';

/** Tells whether two project names may mean one project. */
export interface NameJudge {
  readonly thresholds: Matching['names'];
  /** @returns undefined when they are clearly two. */
  compare(
    name: string,
    other: string,
  ):
    | { readonly probability: number; readonly why: readonly Bilingual[]; readonly isSuspected: boolean }
    | undefined;
}

/** What a search for suspicions came to. */
export interface SuspicionSearch {
  readonly suspicions: readonly Suspicion[];
  /** Pairs whose names are somewhat alike, too little to be suspected. */
  readonly listed: readonly Suspicion[];
  /** How many records each test compared; a test that was not run is not there. */
  readonly compared: ReadonlyMap<Suspicion['rule'], number>;
}

export interface SuspicionParts {
  readonly applications: Pick<ApplicationStore, 'get'>;
  readonly registry: AwardRegistry;
  readonly traces: Pick<TraceStore, 'find'>;
  readonly names: NameJudge;
}

type Reviewed = Extract<Application, { readonly submission: object; readonly eligibility: object }>;
type Deduplication = GuideItem['deduplication'];

/** Enterprises that are looked at as linked: a person or an account behind more of them is a matter of its own. */
const linkedAtMost = 20;

/**
 * What a person has to look at (glossary, "suspected duplicate"): the same evidence at another enterprise (S2′), a
 * similar project of the same enterprise (S3) or of a linked one (S4), the same file in another enterprise's
 * application (S5). Awards count at the levels that the guide names; applications while they live.
 * @param known awards that stand against the application by law already, as `scheme#id`.
 * @returns each pair once, by the first test that found it; besides, what was compared and not suspected.
 */
export async function findSuspicions(
  parts: SuspicionParts,
  application: Reviewed,
  matter: Matter,
  deduplication: Deduplication,
  known: ReadonlySet<string>,
): Promise<SuspicionSearch> {
  const search = new Search(parts, application, matter, deduplication, known);
  const linked = await search.linkedEnterprises();
  const found = await Promise.all([
    search.sameEvidence(),
    search.similarProjects('s3', matter.usccs),
    search.similarProjects('s4', linked),
    search.sameDocuments(),
  ]);
  const suspicions = once(found.flat());
  const suspected = new Set(suspicions.map(({ id }) => id));
  const listed = once(search.listed).filter(({ id }) => !suspected.has(id));
  return { suspicions, listed, compared: search.compared };
}

/** Each pair once, as it stands first. */
function once(pairs: readonly Suspicion[]): Suspicion[] {
  const first = new Map<string, Suspicion>();
  for (const pair of pairs) if (!first.has(pair.id)) first.set(pair.id, pair);
  return [...first.values()];
}

class Search {
  readonly #parts: SuspicionParts;
  readonly #application: Reviewed;
  readonly #matter: Matter;
  readonly #deduplication: Deduplication;
  readonly #known: ReadonlySet<string>;
  readonly #alive = new Map<string, Promise<boolean>>();
  readonly listed: Suspicion[] = [];
  readonly compared = new Map<Suspicion['rule'], number>();

  constructor(
    parts: SuspicionParts,
    application: Reviewed,
    matter: Matter,
    deduplication: Deduplication,
    known: ReadonlySet<string>,
  ) {
    this.#parts = parts;
    this.#application = application;
    this.#matter = matter;
    this.#deduplication = deduplication;
    this.#known = known;
  }

  async sameEvidence(): Promise<Suspicion[]> {
    this.#count('s2-other', 0);
    const found = await Promise.all(
      this.#matter.evidence.map(async (piece) => {
        const { awards } = await this.#parts.registry.look(evidenceNumberPartition(piece));
        const traces = await this.#traces(places.evidence(piece.kind, piece.number));
        const why = {
          zh: `证明编号相同：${piece.kind} ${piece.number}`,
          en: `the same evidence number: ${piece.kind} ${piece.number}`,
        };
        const others = [
          ...this.#counted(awards).map(ofAward),
          ...traces.filter(this.#isOther).map(ofTrace),
        ].filter((other) => !this.#isOwn(other));
        this.#count('s2-other', others.length);
        return others.map((other) => this.#suspicion('s2-other', other, [why]));
      }),
    );
    return found.flat();
  }

  async sameDocuments(): Promise<Suspicion[]> {
    this.#count('s5', 0);
    const files = new Map(
      this.#application.submission.documents.map(({ sha256, material }) => [sha256, material]),
    );
    const found = await Promise.all(
      [...files].map(async ([sha256, material]) => {
        const traces = await this.#traces(places.document(sha256));
        const why = {
          zh: `与另一单位申报中的材料为同一文件（${material}）`,
          en: `the same file as in another enterprise's application (${material})`,
        };
        const others = traces.filter(this.#isOther);
        this.#count('s5', others.length);
        return others.map((trace) => this.#suspicion('s5', ofTrace(trace), [why]));
      }),
    );
    return found.flat();
  }

  /** Enterprises that share a person, an account or a predecessor with the applicant, or that own it. */
  async linkedEnterprises(): Promise<string[]> {
    const { usccs } = this.#matter;
    const { parent } = this.#application.content.enterprise;
    const shared = [
      ...identitiesOf(this.#application).map(places.identity),
      ...usccs.slice(1).map(places.enterprise),
    ];
    const met = await Promise.all(shared.map((place) => this.#traces(place)));
    const linked = [...(parent ? [parent] : []), ...met.flat().map(({ organisation }) => organisation)];
    return [...new Set(linked)].filter((uscc) => !usccs.includes(uscc)).slice(0, linkedAtMost);
  }

  async similarProjects(rule: 's3' | 's4', usccs: readonly string[]): Promise<Suspicion[]> {
    if (!this.#deduplication.similarNames) return [];
    const [awards, traces] = await Promise.all([
      Promise.all(usccs.map((uscc) => this.#parts.registry.awardsOf(uscc))).then((found) => found.flat()),
      Promise.all(usccs.map((uscc) => this.#traces(places.enterprise(uscc)))).then((found) => found.flat()),
    ]);
    const { projectName } = this.#application.content;
    const others = [...this.#counted(awards).map(ofAward), ...traces.map(ofTrace)];
    this.#count(rule, others.length);
    return others.flatMap((other) => {
      const likeness = this.#parts.names.compare(projectName, other.projectName);
      if (!likeness) return [];
      const pair = this.#suspicion(rule, other, likeness.why, likeness.probability);
      if (likeness.isSuspected) return [pair];
      this.listed.push(pair);
      return [];
    });
  }

  #count(rule: Suspicion['rule'], records: number): void {
    this.compared.set(rule, (this.compared.get(rule) ?? 0) + records);
  }

  /** Traces of applications that live, but for those of the very same matter: claims keep these apart. */
  async #traces(place: string): Promise<Trace[]> {
    const traces = await this.#parts.traces.find(place, this.#application.applicationId);
    const others = traces.filter(({ matterKey }) => matterKey !== this.#matter.matterKey);
    const alive = await Promise.all(others.map(({ applicationId }) => this.#isAlive(applicationId)));
    return others.filter((_, index) => alive[index]);
  }

  #isAlive(applicationId: string): Promise<boolean> {
    const known = this.#alive.get(applicationId);
    if (known) return known;
    const asked = this.#parts.applications
      .get(applicationId)
      .then((other) => other !== undefined && !ended.has(other.status));
    this.#alive.set(applicationId, asked);
    return asked;
  }

  #counted(awards: readonly Award[]): Award[] {
    return awards.filter(
      ({ status, level, scheme, awardId }) =>
        status === 'granted' &&
        this.#deduplication.levels.includes(level) &&
        !this.#known.has(`${scheme}#${awardId}`),
    );
  }

  readonly #isOther = ({ organisation }: Trace): boolean => !this.#matter.usccs.includes(organisation);

  #isOwn(other: Counterpart): boolean {
    return this.#matter.usccs.includes(other.kind === 'award' ? other.uscc : other.organisation);
  }

  #suspicion(
    rule: Suspicion['rule'],
    counterpart: Counterpart,
    why: readonly Bilingual[],
    probability?: number,
  ): Suspicion {
    return {
      id: pairId(this.#matter.matterKey, counterpart),
      rule,
      counterpart,
      why: [...why],
      ...(probability !== undefined && { probability: Math.round(probability * 1000) }),
    };
  }
}

/** Statuses in which an application stands in nobody's way any more, or not yet. */
const ended: ReadonlySet<string> = new Set([
  'draft',
  'withdrawn',
  'ineligible',
  'refused',
  'lapsed',
  'duplicate',
] satisfies Application['status'][]);

/** An award as the other side of a pair. */
export function ofAward({
  scheme,
  awardId,
  uscc,
  name,
  projectName,
  level,
  year,
  amountFen,
}: Award): Counterpart {
  return { kind: 'award', scheme, awardId, uscc, name, projectName, level, year, amountFen };
}

function ofTrace({ predecessors: _, ...trace }: Trace): Counterpart {
  return { kind: 'application', ...trace };
}
