import type { Content } from '../../filing/applications/application.ts';
import type { Award } from '../../filing/applications/award.ts';
import type { ClaimHolder } from '../../filing/applications/claim-store.ts';
import type { GuideItem } from '../../policy/guides/guide-schema.ts';
import type { AwardRegistry } from '../../registry/awards/award-registry.ts';
import {
  type Evidence,
  evidenceOf,
  evidencePartition,
  matterKey,
  matterPartition,
} from '../../registry/awards/matter-key.ts';
import { type Fen, fen } from '../../shared/money.ts';
import type { Reason } from '../../shared/text.ts';

/** What an application asks to be paid for. */
export interface Matter {
  /** Key of the matter under the enterprise's own credit code. */
  readonly matterKey: string;
  /** Keys of the same matter under the credit codes of the enterprises that this one continues. */
  readonly earlierKeys: readonly string[];
  /** The enterprise's own credit code, and those of the enterprises that it continues. */
  readonly usccs: readonly string[];
  readonly evidence: readonly Evidence[];
}

/** What stands against an application: an award that was granted, or another application's claim. */
export type Finding = { readonly rule: Rule; readonly reason: Reason } & (
  | { readonly kind: 'award'; readonly award: Award }
  | { readonly kind: 'claim'; readonly claim: ClaimHolder }
);

/** What a search by the exact rules came to. */
export interface ExactSearch {
  readonly findings: readonly Finding[];
  /** Awards that stand in the same places and do not count, and why. */
  readonly setAside: readonly {
    readonly rule: Rule;
    readonly award: Award;
    readonly cause: 'revoked' | 'other-level';
  }[];
  /** How many records each rule met. */
  readonly compared: ReadonlyMap<Rule, number>;
}

/**
 * What an item supports of an enterprise, by the facts that the guide names. A recognition or referral pays nothing, so
 * its evidence is kept apart: being listed with a copyright uses up no award for it, nor the other way round.
 */
export function matterOf(item: GuideItem, content: Content): Matter {
  const { uscc, predecessors } = content.enterprise;
  const usccs = [...new Set([uscc, ...predecessors])];
  const [own = uscc, ...earlier] = usccs;
  const keyUnder = (code: string) =>
    matterKey(item, { ...content, enterprise: { ...content.enterprise, uscc: code } });
  const evidence = evidenceOf(item, content);
  return {
    matterKey: keyUnder(own),
    earlierKeys: earlier.map(keyUnder),
    usccs,
    evidence:
      item.amount.kind === 'none'
        ? evidence.map(({ kind, number }) => ({ kind: `${item.matter.kind}/${kind}`, number }))
        : evidence,
  };
}

/**
 * The registry's partitions that an application must hold the claims of: its matter, under each of its credit codes, and
 * its evidence under its own. Evidence of its predecessors is looked at only, to keep within one transaction.
 */
export function claimsOf(matter: Matter): string[] {
  const own = { ...matter, usccs: matter.usccs.slice(0, 1) };
  return [...new Set(keysOf(own).map(({ partition }) => partition))];
}

/**
 * Looks for what stands against an application: the same matter (S1) or the same evidence (S2) of the same enterprise,
 * in a granted award at a level that counts, or claimed by another application.
 * @returns findings with their reasons, an award once for each rule and subject that it was found by; none when nothing
 * stands against it. Reasons do not name another organisation's application.
 */
export async function findDuplicates(
  registry: AwardRegistry,
  matter: Matter,
  applicant: ClaimHolder,
  levels: GuideItem['deduplication']['levels'],
): Promise<ExactSearch> {
  const found = await Promise.all(
    keysOf(matter).map(async ({ rule, subject, partition }) => {
      const { awards, claim } = await registry.look(partition);
      const isCounted = (award: Award) => award.status === 'granted' && levels.includes(award.level);
      const findings: Finding[] = awards
        .filter(isCounted)
        .map((award) => ({ rule, kind: 'award', award, reason: awardReason(rule, subject, award) }));
      if (claim && claim.applicationId !== applicant.applicationId) {
        findings.push({ rule, kind: 'claim', claim, reason: claimReason(rule, subject, claim, applicant) });
      }
      const setAside = awards
        .filter((award) => !isCounted(award))
        .map((award) => {
          const cause = award.status === 'revoked' ? ('revoked' as const) : ('other-level' as const);
          return { rule, award, cause };
        });
      return { rule, findings, setAside };
    }),
  );
  const compared = new Map<Rule, number>([
    ['s1', 0],
    ['s2', 0],
  ]);
  for (const { rule, findings, setAside } of found) {
    compared.set(rule, (compared.get(rule) ?? 0) + findings.length + setAside.length);
  }
  return {
    findings: found.flatMap(({ findings }) => findings),
    setAside: found.flatMap(({ setAside }) => setAside),
    compared,
  };
}

/** What the awards among the findings paid together, in fen: each once, however often it was found. */
export function paidBy(findings: readonly Finding[]): Fen {
  const amounts = new Map<string, number>();
  for (const finding of findings) {
    if (finding.kind !== 'award') continue;
    amounts.set(`${finding.award.scheme}#${finding.award.awardId}`, finding.award.amountFen);
  }
  // Beyond the largest exact number it makes no difference how much more was paid.
  const add = (sum: number, amount: number) => Math.min(Number.MAX_SAFE_INTEGER, sum + amount);
  return fen([...amounts.values()].reduce(add, 0));
}

/** Exact rules (glossary, "duplicate check"): what they are called in a reason's code and in its words. */
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
} as const;
type Rule = keyof typeof rules;

/** The notice's rule that a matter is not supported twice at municipal level. */
export const notTwice = '三(二)';

function keysOf(matter: Matter): { rule: Rule; subject: string; partition: string }[] {
  const matters = [matter.matterKey, ...matter.earlierKeys].map((key) => ({
    rule: 's1' as const,
    subject: key,
    partition: matterPartition(key),
  }));
  const evidence = matter.usccs.flatMap((uscc) =>
    matter.evidence.map((piece) => ({
      rule: 's2' as const,
      subject: `${piece.kind} ${piece.number}`,
      partition: evidencePartition(piece, uscc),
    })),
  );
  return [...matters, ...evidence];
}

function awardReason(rule: Rule, subject: string, award: Award): Reason {
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

function claimReason(rule: Rule, subject: string, claim: ClaimHolder, applicant: ClaimHolder): Reason {
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
