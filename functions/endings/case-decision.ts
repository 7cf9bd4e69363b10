import { caseOf, type Suspected } from '../duplicates/cases/suspected.ts';
import { notTwice, topsUp } from '../duplicates/screening/exact-rules.ts';
import type { Verdict } from '../duplicates/screening/verdict.ts';
import { effectOf } from '../duplicates/screening/verdict-rules.ts';
import type { Application } from '../filing/applications/application.ts';
import { organisationsOf } from '../filing/applications/duty-rules.ts';
import type { HistoryNote } from '../filing/applications/history-row.ts';
import { verdictLabels } from '../filing/applications/labels.ts';
import type { Suspicion } from '../filing/applications/suspicion.ts';
import type { OpenedItem } from '../policy/guides/policy-book.ts';
import { inBoth, type Remark } from '../review/sign-off/decision.ts';
import { DomainError, type FieldFault } from '../shared/errors.ts';
import { contentHash } from '../shared/hash.ts';
import type { Fen } from '../shared/money.ts';
import { shanghaiTime } from '../shared/shanghai-date.ts';
import type { Bilingual } from '../shared/text.ts';
import type { OrganisationCode } from '../shared/vocabulary.ts';
import { actedOn, type CaseEffects, caseEffects, noteOf } from './case-effects-decision.ts';

/** What an adjudicator says of each pair of a case, and why. */
export interface CaseDecision {
  readonly verdicts: readonly {
    readonly id: string;
    readonly verdict: Verdict['verdict'];
    /** What the other side was paid of the same matter, with `top-up`. Default: what its record says. */
    readonly paidFen?: Fen | undefined;
    /** Why the verdict departs from the record, or from what the law decides. */
    readonly departure?: Remark | undefined;
  }[];
  readonly reason: Remark;
}

/** A case as it is decided: whose, under which guide, by whom and when. */
interface DecidedCase {
  readonly application: Suspected;
  readonly opened: OpenedItem;
  readonly decision: CaseDecision;
  /** Verdicts that stand on its pairs already, by their ids: those of two applications are decided from either side. */
  readonly known: ReadonlyMap<string, Verdict>;
  /** What other applications of the case were awarded, in fen, by their ids; without an award they are not there. */
  readonly awarded: ReadonlyMap<string, Fen>;
  /** The adjudicator. */
  readonly by: string;
  readonly at: string;
}

/** What an adjudicator's decision makes of a case. */
export type DecidedOutcome =
  /** The same person has said the same before. */
  | { readonly outcome: 'proposed-before' }
  /** It departs from a record or from the law, and waits for another adjudicator. */
  | { readonly outcome: 'proposed'; readonly to: Application; readonly note: HistoryNote }
  | (CaseEffects & {
      readonly outcome: 'decided';
      /** Verdicts to keep, of pairs that nobody had decided. */
      readonly verdicts: readonly Verdict[];
      /** Whoever first said what departs: a second person has agreed. */
      readonly proposedBy?: string;
    });

/** A pair with what is said of it. */
interface Said {
  readonly pair: Suspicion;
  readonly verdict: Verdict['verdict'];
  readonly paidFen?: Fen;
  /** Set where it departs from the record or the law. */
  readonly departure?: Bilingual;
  /** The verdict that stands on the pair already. */
  readonly known?: Verdict;
}

/**
 * Decides a case: a verdict on each pair, the application as it goes on, and the note of its history. Before the pool it
 * goes back to the duplicate check, which applies the verdicts. One that was held goes on as it was, ends as a duplicate,
 * or is topped up: its ceiling falls by what was paid, and with it an award that is above. What departs from a record, or
 * finds two matters where the law finds one (S1, S2), is proposed, and decided when another adjudicator says the same.
 * @throws DomainError invalid-request with every fault of the verdicts; not-in-this-state for a pair that was decided
 * otherwise before.
 */
export function decideCase(decided: DecidedCase): DecidedOutcome {
  const { application, by } = decided;
  const said = saidOf(decided);
  const hash = hashOf(said);
  const proposal = caseOf(application)?.proposal;
  const isSame = proposal?.hash === hash;
  if (said.some(({ departure }) => departure) && !(isSame && proposal.by !== by)) {
    return isSame ? { outcome: 'proposed-before' } : proposed(decided, said, hash);
  }
  const verdicts = said.map((one) => one.known ?? verdictOn(one, decided, proposal?.by));
  return {
    outcome: 'decided',
    ...caseEffects(
      decided,
      said.flatMap(({ pair }, index) => {
        const verdict = verdicts[index];
        return verdict ? [{ pair, verdict }] : [];
      }),
    ),
    verdicts: verdicts.filter((_, index) => said[index]?.known === undefined),
    ...(isSame && { proposedBy: proposal.by }),
  };
}

/** What is said of every pair, in the order of the case. @throws as `decideCase`. */
function saidOf(decided: DecidedCase): Said[] {
  const { application, decision, known } = decided;
  const suspicions = caseOf(application)?.suspicions ?? [];
  const given = new Map(decision.verdicts.map((verdict) => [verdict.id, verdict]));
  requireConsistent(suspicions, decided);
  const faults: FieldFault[] = [];
  const said = suspicions.flatMap((pair): Said[] => {
    const standing = known.get(pair.id);
    if (standing) return [{ pair, verdict: standing.verdict, known: standing }];
    const one = given.get(pair.id);
    if (!one) return [];
    const path = `verdicts.${decision.verdicts.indexOf(one)}`;
    const paid = one.verdict === 'top-up' ? paidOf(pair, one, { ...decided, path }) : undefined;
    if (paid && 'fault' in paid) {
      faults.push(paid.fault);
      return [];
    }
    const isAgainstLaw = one.verdict === 'not-duplicate' && (pair.rule === 's1' || pair.rule === 's2');
    const departs = isAgainstLaw || paid?.departs === true;
    if (departs && !one.departure) {
      faults.push(isAgainstLaw ? unreasoned(path, byLaw) : unreasoned(path, byRecord));
    }
    return [
      {
        ...{ pair, verdict: one.verdict },
        ...(paid && { paidFen: paid.fen }),
        ...(departs && one.departure && { departure: inBoth(one.departure) }),
      },
    ];
  });
  if (faults.length > 0) throw new DomainError('invalid-request', { faults });
  return said;
}

/** A verdict on each pair of the case, one, and none that contradicts what stands. */
function requireConsistent(suspicions: readonly Suspicion[], { decision, known }: DecidedCase): void {
  const { verdicts } = decision;
  const faults: FieldFault[] = suspicions
    .filter(({ id }) => !known.has(id) && !verdicts.some((verdict) => verdict.id === id))
    .map(({ id }) => ({
      path: `verdicts.${suspicions.findIndex((pair) => pair.id === id)}`,
      rule: 'every-pair',
      message: { zh: `缺少对“${id}”的裁定`, en: `there is no verdict on "${id}"` },
      citation: notTwice,
    }));
  verdicts.forEach(({ id, verdict, paidFen }, index) => {
    const path = `verdicts.${index}`;
    if (!suspicions.some((pair) => pair.id === id)) {
      const message = { zh: `本案没有“${id}”`, en: `the case has no pair "${id}"` };
      faults.push({ path: 'verdicts', rule: 'known-pair', message });
    } else if (verdicts.findIndex((other) => other.id === id) < index) {
      const message = { zh: `对“${id}”的裁定重复`, en: `there is a second verdict on "${id}"` };
      faults.push({ path, rule: 'one-verdict', message, citation: notTwice });
    } else if (verdict !== 'top-up' && paidFen !== undefined) {
      const message = {
        zh: '只有补差额才填写对方已付金额',
        en: 'only a top-up says what the other side was paid',
      };
      faults.push({ path: `${path}.paidFen`, rule: 'with-top-up', message, citation: notTwice });
    }
  });
  if (faults.length > 0) throw new DomainError('invalid-request', { faults });
  const contrary = verdicts.flatMap(({ id, verdict, paidFen }, index): FieldFault[] => {
    const standing = known.get(id);
    if (!standing) return [];
    const pair = suspicions.find((one) => one.id === id);
    const counted = pair && effectOf(pair, standing, { ...standing, topsUp: true }).paidFen;
    if (standing.verdict === verdict && (paidFen === undefined || paidFen === counted)) return [];
    const decided = verdictLabels[standing.verdict];
    const message = {
      zh: `该对已于 ${shanghaiTime(standing.at)} 裁定为“${decided.zh}”，不得另作裁定`,
      en: `the pair was decided at ${shanghaiTime(standing.at)}: ${decided.en}, and is not decided otherwise`,
    };
    return [{ path: `verdicts.${index}`, rule: 'decided-before', message, citation: notTwice }];
  });
  if (contrary.length > 0) throw new DomainError('not-in-this-state', { faults: contrary });
}

/** What a top-up takes off: what the other side's record says, or what is stated in its place. */
function paidOf(
  { counterpart }: Suspicion,
  { paidFen }: CaseDecision['verdicts'][number],
  { opened, awarded, path }: Pick<DecidedCase, 'opened' | 'awarded'> & { readonly path: string },
): { readonly fen: Fen; readonly departs: boolean } | { readonly fault: FieldFault } {
  const { guide, item } = opened;
  if (!topsUp(item)) {
    const message = {
      zh: `指南规定同一事项不予重复支持，不得补差额：请裁定为同一事项或不同事项`,
      en: 'the guide bars what was supported before and tops nothing up: decide duplicate or not duplicate',
    };
    const citation = `申报指南 ${guide.version} ${item.id}`;
    return { fault: { path: `${path}.verdict`, rule: 'guide-bars', message, citation } };
  }
  const ofRecord =
    counterpart.kind === 'award' ? counterpart.amountFen : awarded.get(counterpart.applicationId);
  if (ofRecord === undefined) {
    const message = {
      zh: '对方申报尚未安排奖补，无已付金额可扣',
      en: 'the other application has no award yet: there is nothing to take off',
    };
    return { fault: { path: `${path}.verdict`, rule: 'has-award', message, citation: notTwice } };
  }
  return { fen: paidFen ?? ofRecord, departs: paidFen !== undefined && paidFen !== ofRecord };
}

const byRecord = {
  rule: 'by-record',
  message: {
    zh: '金额与对方记录不符：请说明理由，并由另一裁定人作出相同裁定',
    en: 'it is not what the record says: give the reason, and another adjudicator has to decide the same',
  },
};
const byLaw = {
  rule: 'by-law',
  message: {
    zh: '同一单位同一事项或同一证明依法为重复：裁定为不同事项须说明理由，并由另一裁定人作出相同裁定',
    en: 'by law the same matter or evidence of one unit is a duplicate: to find two matters give the reason, and another adjudicator has to decide the same',
  },
};

function unreasoned(path: string, { rule, message }: typeof byLaw): FieldFault {
  return { path: `${path}.departure`, rule, message, citation: notTwice };
}

/** What two people have to say alike: their reasons may differ. */
function hashOf(said: readonly Said[]): string {
  const verdicts = said.map(({ pair, verdict, paidFen }) => ({ id: pair.id, verdict, paidFen }));
  return contentHash(verdicts.sort((a, b) => (a.id < b.id ? -1 : 1)));
}

function proposed({ application, decision, by, at }: DecidedCase, said: readonly Said[], hash: string) {
  const verdicts = said.map(({ pair, verdict, paidFen, departure }) => ({
    ...{ id: pair.id, verdict },
    ...(paidFen !== undefined && { paidFen }),
    ...(departure && { departure }),
  }));
  const proposal = { by, at, verdicts, reason: inBoth(decision.reason), hash };
  const changed = { ...application, ...actedOn(application, { by, at }) };
  const to: Application =
    changed.status === 'adjudication'
      ? { ...changed, adjudication: { ...changed.adjudication, proposal } }
      : { ...changed, ...(changed.hold && { hold: { ...changed.hold, proposal } }) };
  return {
    outcome: 'proposed',
    to,
    note: { ...noteOf({ by, at }), event: 'adjudication-proposed' },
  } as const;
}

/**
 * What becomes of an application when an adjudicator abstains: the others decide, without what this one proposed.
 * @throws DomainError invalid-request for an enterprise that is no part of the case.
 */
export function abstainedFromCase(
  application: Suspected,
  stated: { readonly reason: string; readonly organisation?: OrganisationCode | undefined },
  { by, at }: Pick<DecidedCase, 'by' | 'at'>,
) {
  const { suspicions = [], proposal } = caseOf(application) ?? {};
  const sides = suspicions.map(({ counterpart }) =>
    counterpart.kind === 'award' ? counterpart.uscc : counterpart.organisation,
  );
  const { reason, organisation = application.organisation } = stated;
  if (![...organisationsOf(application), ...sides].includes(organisation)) {
    const message = { zh: '该单位不是本案任何一方', en: 'the enterprise is no part of the case' };
    throw new DomainError('invalid-request', {
      faults: [{ path: 'organisation', rule: 'part-of-case', message }],
    });
  }
  const isVoid = proposal?.by === by;
  const changed = { ...application, version: application.version + 1, updatedAt: at };
  const to: Application = !isVoid
    ? changed
    : changed.status === 'adjudication'
      ? { ...changed, adjudication: withoutProposal(changed.adjudication) }
      : { ...changed, ...(changed.hold && { hold: withoutProposal(changed.hold) }) };
  const note: HistoryNote = { ...noteOf({ by, at }), event: 'abstained', note: reason };
  return { to, note, organisation, interest: { kind: 'abstention' as const, at, note: reason } };
}

function withoutProposal<C extends { readonly proposal?: unknown }>({ proposal: _, ...rest }: C) {
  return rest;
}

function verdictOn(
  { pair, verdict, paidFen, departure }: Said,
  { application, decision, by, at }: DecidedCase,
  proposedBy: string | undefined,
): Verdict {
  const { id, rule, probability } = pair;
  return {
    ...{ id, rule, verdict, by, at },
    applicationId: application.applicationId,
    reason: inBoth(decision.reason),
    ...(probability !== undefined && { probability }),
    ...(paidFen !== undefined && { paidFen }),
    ...(departure && proposedBy !== undefined && { departure: { reason: departure, by: proposedBy } }),
  };
}
