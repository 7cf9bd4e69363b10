import type { Application } from '../../filing/applications/application.ts';
import type { Award } from '../../filing/applications/award.ts';
import type { Status } from '../../filing/applications/lifecycle.ts';
import { type Counterpart, pairId, type Suspicion } from '../../filing/applications/suspicion.ts';
import type { GuideItem } from '../../policy/guides/guide-schema.ts';
import type { Matching } from '../../policy/guides/schema.ts';
import type { Evidence } from '../../registry/awards/matter-key.ts';
import { foldNumber, looksAlike, shapeOf } from '../../registry/awards/number-forms.ts';
import type { Bilingual } from '../../shared/text.ts';
import type { Doubtful } from './exact-rules.ts';
import type { Matter } from './matter.ts';
import type { Trace } from './trace.ts';

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

/** Awards and living applications that were met in a place; an applicant's own and those of its matter left out. */
export interface Met {
  readonly awards: readonly Award[];
  readonly traces: readonly Trace[];
}

/** What an application meets where suspicions arise. */
export interface Encounters {
  /** By the number of each piece of its evidence, whoever has it. */
  readonly evidence: readonly { readonly piece: Evidence; readonly met: Met }[];
  /** Of its enterprise and those that this continues. */
  readonly own: Met;
  /** Of its enterprise and those that this continues, and of linked ones; undefined where names are not compared. */
  readonly projects: { readonly own: Met; readonly linked: Met } | undefined;
  /** By each of its files. */
  readonly documents: readonly { readonly material: string; readonly traces: readonly Trace[] }[];
}

/** What suspicions are looked for by. */
export interface SuspicionContext {
  readonly application: { readonly content: { readonly projectName: string } };
  readonly matter: Matter;
  readonly levels: GuideItem['deduplication']['levels'];
  readonly names: NameJudge;
  /** Awards that stand against the application by law already, as `scheme#id`. */
  readonly known: ReadonlySet<string>;
  /** Awards in the place of its matter or its evidence that may be another enterprise's. */
  readonly doubtful: readonly Doubtful[];
}

/** What a search for suspicions came to. */
export interface SuspicionSearch {
  /** Each pair once, by the first test that found it. */
  readonly suspicions: readonly Suspicion[];
  /** Pairs whose names are somewhat alike, too little to be suspected. */
  readonly listed: readonly Suspicion[];
  /** How many records each test compared; a test that was not run is not there. */
  readonly compared: ReadonlyMap<Suspicion['rule'], number>;
}

/** Pairs that one test found, and how many records it compared. */
interface Tested {
  readonly suspicions: readonly Suspicion[];
  readonly listed?: readonly Suspicion[];
  readonly compared: number;
}

/** Statuses in which an application stands in nobody's way any more, or not yet. */
const ended: ReadonlySet<Status> = new Set([
  'draft',
  'withdrawn',
  'ineligible',
  'refused',
  'lapsed',
  'duplicate',
]);

/** Whether an application counts that left a trace. */
export function isAlive(application: Pick<Application, 'status'> | undefined): boolean {
  return application !== undefined && !ended.has(application.status);
}

/**
 * What a person has to look at (glossary, "suspected duplicate"): the same evidence at another enterprise, or a number
 * that looks like it (S2′), a number of its own that looks like another one (S2), a similar project of the same enterprise (S3) or of a linked one (S4), the same file in another enterprise's
 * application (S5). Awards count that were granted at the levels that the guide names.
 */
export function suspicionsOf(context: SuspicionContext, encounters: Encounters): SuspicionSearch {
  const { evidence, own, projects, documents } = encounters;
  const tests = new Map<Suspicion['rule'], Tested>();
  tests.set('s2-other', sameEvidence(context, evidence));
  if (projects) {
    tests.set('s3', similarProjects(context, 's3', projects.own));
    tests.set('s4', similarProjects(context, 's4', projects.linked));
  }
  tests.set('s5', sameDocuments(context, documents));
  const results = [...tests.values()];
  const suspicions = once([
    ...context.doubtful.map(({ rule, award, why }) => suspicion(context, rule, ofAward(award), { why })),
    ...results.flatMap((tested) => tested.suspicions),
    ...nearEvidence(context, own),
  ]);
  const suspected = new Set(suspicions.map(({ id }) => id));
  return {
    suspicions,
    listed: once(results.flatMap(({ listed = [] }) => listed)).filter(({ id }) => !suspected.has(id)),
    compared: new Map([...tests].map(([rule, { compared }]) => [rule, compared])),
  };
}

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

function sameEvidence(context: SuspicionContext, evidence: Encounters['evidence']): Tested {
  const { usccs } = context.matter;
  const found = evidence.map(({ piece, met }) => {
    const found = foundIn(context, met).filter(({ other }) => !usccs.includes(enterpriseOf(other)));
    return found.map(({ other, evidence: theirs }) => {
      const alike = theirs.find(
        ({ kind, number }) => kind === piece.kind && shapeOf(number) === shapeOf(piece.number),
      );
      return suspicion(context, 's2-other', other, {
        why: [whyEvidence(piece, alike?.number ?? piece.number)],
      });
    });
  });
  return { suspicions: found.flat(), compared: found.flat().length };
}

function sameDocuments(context: SuspicionContext, documents: Encounters['documents']): Tested {
  const { usccs } = context.matter;
  const found = documents.map(({ material, traces }) => {
    const why = {
      zh: `与另一单位申报中的材料为同一文件（${material}）`,
      en: `the same file as in another enterprise's application (${material})`,
    };
    const others = traces.filter(({ organisation }) => !usccs.includes(organisation));
    return others.map((trace) => suspicion(context, 's5', ofTrace(trace), { why: [why] }));
  });
  return { suspicions: found.flat(), compared: found.flat().length };
}

function similarProjects(context: SuspicionContext, rule: 's3' | 's4', met: Met): Tested {
  const others = counterparts(context, met);
  const pairs = others.flatMap((other) => {
    const { projectName } = context.application.content;
    const likeness = context.names.compare(projectName, other.projectName);
    if (!likeness) return [];
    return [{ pair: suspicion(context, rule, other, likeness), isSuspected: likeness.isSuspected }];
  });
  return {
    suspicions: pairs.filter(({ isSuspected }) => isSuspected).map(({ pair }) => pair),
    listed: pairs.filter(({ isSuspected }) => !isSuspected).map(({ pair }) => pair),
    compared: others.length,
  };
}

/** Numbers of the enterprise's own that are hardly another one: the same in another spelling the law decides (S2). */
function nearEvidence(context: SuspicionContext, own: Met): Suspicion[] {
  return foundIn(context, own).flatMap(({ other, evidence: theirs }) => {
    const why = context.matter.evidence.flatMap((piece) =>
      theirs
        .filter(({ kind, number }) => kind === piece.kind && looksAlike(number, piece.number))
        .map(({ number }) => whyEvidence(piece, number)),
    );
    return why.length > 0 ? [suspicion(context, 's2', other, { why })] : [];
  });
}

function whyEvidence({ kind, number }: Evidence, theirs: string): Bilingual {
  return foldNumber(number) === foldNumber(theirs)
    ? { zh: `证明编号相同：${number}`, en: `the same evidence number: ${kind} ${number}` }
    : {
        zh: `证明编号相近，疑为笔误：${number} 与 ${theirs}`,
        en: `evidence numbers that look alike, perhaps by a slip: ${kind} ${number} and ${theirs}`,
      };
}

/** The other sides that count. */
function counterparts(context: SuspicionContext, met: Met): Counterpart[] {
  return foundIn(context, met).map(({ other }) => other);
}

/** The other sides that count, with their evidence. */
function foundIn(
  { levels, known }: SuspicionContext,
  { awards, traces }: Met,
): { readonly other: Counterpart; readonly evidence: readonly Evidence[] }[] {
  const counted = awards.filter(
    ({ status, level, scheme, awardId }) =>
      status === 'granted' && levels.includes(level) && !known.has(`${scheme}#${awardId}`),
  );
  return [
    ...counted.map((award) => ({ other: ofAward(award), evidence: award.evidence })),
    ...traces.map((trace) => ({ other: ofTrace(trace), evidence: trace.evidence })),
  ];
}

function suspicion(
  { matter }: SuspicionContext,
  rule: Suspicion['rule'],
  counterpart: Counterpart,
  { why, probability }: { readonly why: readonly Bilingual[]; readonly probability?: number },
): Suspicion {
  return {
    id: pairId(matter.matterKey, counterpart),
    rule,
    counterpart,
    why: [...why],
    ...(probability !== undefined && { probability: Math.round(probability * 1000) }),
  };
}

/** Each pair once, as it stands first. */
function once(pairs: readonly Suspicion[]): Suspicion[] {
  const first = new Map<string, Suspicion>();
  for (const pair of pairs) if (!first.has(pair.id)) first.set(pair.id, pair);
  return [...first.values()];
}

function enterpriseOf(other: Counterpart): string {
  return other.kind === 'award' ? other.uscc : other.organisation;
}

function ofTrace({ predecessors: _, pays: __, evidence: ___, ...trace }: Trace): Counterpart {
  return { kind: 'application', ...trace };
}
