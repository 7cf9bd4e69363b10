import type { Application } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { GuideItem } from '../../policy/guides/guide-schema.ts';
import type { AwardRegistry } from '../../registry/awards/award-registry.ts';
import { evidenceNumberPartition } from '../../registry/awards/matter-key.ts';
import type { ApplicationId, OrganisationCode } from '../../shared/vocabulary.ts';
import type { Matter } from './matter.ts';
import {
  type Encounters,
  isAlive,
  type Met,
  type NameJudge,
  type SuspicionContext,
  type SuspicionSearch,
  suspicionsOf,
} from './suspicion-rules.ts';
import { identitiesOf, places, type Trace } from './trace.ts';
import type { TraceStore } from './trace-store.ts';

export interface SuspicionParts {
  readonly applications: Pick<ApplicationStore, 'get'>;
  readonly registry: AwardRegistry;
  readonly traces: Pick<TraceStore, 'find'>;
  readonly names: NameJudge;
}

type Reviewed = Extract<Application, { readonly submission: object; readonly eligibility: object }>;

/** Enterprises that are looked at as linked: a person or an account behind more of them is a matter of its own. */
const linkedAtMost = 20;

/** An application that is screened, for what it asks to be paid, and by which rules. */
export interface Screening {
  readonly application: Reviewed;
  readonly matter: Matter;
  readonly item: GuideItem;
}

/**
 * Looks for what a person has to look at; `suspicionsOf` tells what that is. Applications count while they live.
 * @param exact awards that stand against the application by law already, and those that would if they were surely its.
 */
export async function findSuspicions(
  parts: SuspicionParts,
  { application, matter, item }: Screening,
  { known, doubtful }: Pick<SuspicionContext, 'known' | 'doubtful'>,
): Promise<SuspicionSearch> {
  const { levels, similarNames } = item.deduplication;
  const meeting = new Meeting(parts, { application, matter, item });
  const linked = await meeting.linkedEnterprises();
  const [evidence, own, others, documents] = await Promise.all([
    meeting.byEvidence(),
    meeting.ofEnterprises(matter.usccs),
    similarNames ? meeting.ofEnterprises(linked) : undefined,
    meeting.byDocuments(),
  ]);
  const context = { application, matter, levels, names: parts.names, known, doubtful };
  return suspicionsOf(context, { evidence, own, projects: others && { own, linked: others }, documents });
}

/** Reads what an application meets in the places where it left its traces. */
class Meeting {
  readonly #parts: SuspicionParts;
  readonly #application: Reviewed;
  readonly #matter: Matter;
  readonly #pays: boolean;
  readonly #alive = new Map<string, Promise<boolean>>();

  constructor(parts: SuspicionParts, { application, matter, item }: Screening) {
    this.#parts = parts;
    this.#application = application;
    this.#matter = matter;
    this.#pays = item.amount.kind !== 'none';
  }

  byEvidence(): Promise<Encounters['evidence']> {
    return Promise.all(
      this.#matter.numbers.map(async (piece) => {
        const { awards } = await this.#parts.registry.look(evidenceNumberPartition(piece));
        const traces = await this.#traces(places.evidence(piece.kind, piece.number));
        return { piece, met: { awards, traces } };
      }),
    );
  }

  byDocuments(): Promise<Encounters['documents']> {
    const files = new Map(
      this.#application.submission.documents.map(({ sha256, material }) => [sha256, material]),
    );
    return Promise.all(
      [...files].map(async ([sha256, material]) => ({
        material,
        traces: await this.#traces(places.document(sha256)),
      })),
    );
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

  /**
   * What was awarded to enterprises, and what they have applied for. Being recognised for a project is no support of it by
   * money, nor the other way round: only applications for the same are compared.
   */
  async ofEnterprises(usccs: readonly OrganisationCode[]): Promise<Met> {
    const [awards, traces] = await Promise.all([
      Promise.all(usccs.map((uscc) => this.#parts.registry.awardsOf(uscc))),
      Promise.all(usccs.map((uscc) => this.#traces(places.enterprise(uscc)))),
    ]);
    return { awards: awards.flat(), traces: traces.flat().filter(({ pays = true }) => pays === this.#pays) };
  }

  /** Traces of applications that live, but for those of the very same matter: claims keep these apart. */
  async #traces(place: string): Promise<Trace[]> {
    const traces = await this.#parts.traces.find(place, this.#application.applicationId);
    const others = traces.filter(({ matterKey }) => matterKey !== this.#matter.matterKey);
    const alive = await Promise.all(others.map(({ applicationId }) => this.#isAlive(applicationId)));
    return others.filter((_, index) => alive[index]);
  }

  #isAlive(applicationId: ApplicationId): Promise<boolean> {
    const known = this.#alive.get(applicationId);
    if (known) return known;
    const asked = this.#parts.applications.get(applicationId).then(isAlive);
    this.#alive.set(applicationId, asked);
    return asked;
  }
}
