import type { Award } from '../../filing/applications/award.ts';
import type { GuideItem } from '../../policy/guides/guide-schema.ts';
import type { RegistryEntry } from '../../registry/awards/award-record.ts';
import type { Bilingual, Reason } from '../../shared/text.ts';
import type { ExactPlace, ExactRule } from './matter.ts';

/** Who asks, or holds a claim. */
type Holder = NonNullable<RegistryEntry['claim']>;

/** What stands against an application: an award that was granted, or another application's claim. */
export type Finding = { readonly rule: ExactRule; readonly reason: Reason } & (
  | { readonly kind: 'award'; readonly award: Award }
  | { readonly kind: 'claim'; readonly claim: Holder }
);

/** An award in the place of the applicant's matter or evidence that may be another enterprise's, and why. */
export interface Doubtful {
  readonly rule: ExactRule;
  readonly award: Award;
  readonly why: readonly Bilingual[];
}

/** What a search by the exact rules came to. */
export interface ExactSearch {
  /** An award once for each rule and subject that it was found by; none when nothing stands against the application. */
  readonly findings: readonly Finding[];
  /** Awards that would be findings if it were sure that they are the applicant's: a person has to look. */
  readonly doubtful: readonly Doubtful[];
  /** Awards that stand in the same places and do not count, and why. */
  readonly setAside: readonly {
    readonly rule: ExactRule;
    readonly award: Award;
    readonly cause: 'revoked' | 'other-level';
  }[];
  /** How many records each rule met. */
  readonly compared: ReadonlyMap<ExactRule, number>;
}

/** The notice's rule that a matter is not supported twice at municipal level. */
export const notTwice = '三(二)';

/** What the rules are called in a reason's code and in its words (glossary, "duplicate check"). */
const rules = {
  s1: {
    code: 's1-same-matter',
    zh: '查重规则 S1（同一单位同一事项）',
    en: 'Rule S1 (same unit, same matter)',
  },
  s2: {
    code: 's2-same-evidence',
    zh: '查重规则 S2（同一单位同一证明）',
    en: 'Rule S2 (same unit, same evidence)',
  },
} as const satisfies Record<ExactRule, object>;

/**
 * Tells what of the registry stands against an applicant: awards that were granted at a level that counts, and claims of
 * other applications. Reasons do not name another organisation's application.
 * @param looked what each place holds.
 * @param doubtOf why an award may be another enterprise's, if it may.
 */
export function exactSearch(
  looked: readonly { readonly place: ExactPlace; readonly entry: RegistryEntry }[],
  applicant: Holder,
  levels: GuideItem['deduplication']['levels'],
  doubtOf: (award: Award) => Bilingual | undefined = () => undefined,
): ExactSearch {
  const isCounted = (award: Award) => award.status === 'granted' && levels.includes(award.level);
  const compared = new Map<ExactRule, number>([
    ['s1', 0],
    ['s2', 0],
  ]);
  const findings: Finding[] = [];
  const doubtful: Doubtful[] = [];
  const setAside: ExactSearch['setAside'][number][] = [];
  for (const { place, entry } of looked) {
    const { rule, subject } = place;
    for (const award of entry.awards) {
      if (isCounted(award)) {
        const reason = awardReason(rule, subject, award);
        const doubt = doubtOf(award);
        if (doubt) doubtful.push({ rule, award, why: [reason.message, doubt] });
        else findings.push({ rule, kind: 'award', award, reason });
      } else {
        setAside.push({ rule, award, cause: award.status === 'revoked' ? 'revoked' : 'other-level' });
      }
    }
    const { claim } = entry;
    const isHeld = claim !== undefined && claim.applicationId !== applicant.applicationId;
    if (isHeld) {
      findings.push({ rule, kind: 'claim', claim, reason: claimReason(rule, subject, claim, applicant) });
    }
    compared.set(rule, (compared.get(rule) ?? 0) + entry.awards.length + (isHeld ? 1 : 0));
  }
  return { findings, doubtful, setAside, compared };
}

/** Whether an item pays the rest of what others have paid for. Where nothing is paid there is no rest: one matter bars. */
export function topsUp({ deduplication, amount }: Pick<GuideItem, 'deduplication' | 'amount'>): boolean {
  return deduplication.mode === 'top-up' && amount.kind !== 'none';
}

/** The awards among the findings, each once, however often it was found. */
export function awardsOf(findings: readonly Finding[]): Award[] {
  const awards = new Map<string, Award>();
  for (const finding of findings) {
    if (finding.kind === 'award') {
      awards.set(`${finding.award.scheme}#${finding.award.awardId}`, finding.award);
    }
  }
  return [...awards.values()];
}

function awardReason(rule: ExactRule, subject: string, award: Award): Reason {
  const { code, zh, en } = rules[rule];
  return {
    code,
    citation: notTwice,
    message: {
      zh: `${zh}：${subject} 已由 ${award.scheme} 于 ${award.year} 年奖补（记录 ${award.awardId}）`,
      en: `${en}: ${subject} was awarded under ${award.scheme} in ${award.year} (record ${award.awardId})`,
    },
  };
}

function claimReason(rule: ExactRule, subject: string, claim: Holder, applicant: Holder): Reason {
  const { code, zh, en } = rules[rule];
  const own = claim.organisation === applicant.organisation;
  return {
    code,
    citation: notTwice,
    message: {
      zh: `${zh}：${subject} 已有另一申报${own ? ` ${claim.applicationId}` : ''}在办或已获奖补`,
      en: `${en}: ${subject} is held by another application${own ? ` ${claim.applicationId}` : ''}`,
    },
  };
}
