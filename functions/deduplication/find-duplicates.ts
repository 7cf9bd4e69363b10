import type { GuideItem } from '../policy/schema.ts';
import type { Reason } from '../shared/text.ts';
import type { Award } from './award.ts';
import type { AwardRegistry } from './award-registry.ts';
import type { ClaimHolder } from './claims.ts';
import { type Evidence, evidencePartition, matterPartition } from './matter-key.ts';

/** What an application asks to be paid for. */
export interface Matter {
  readonly matterKey: string;
  readonly uscc: string;
  readonly evidence: readonly Evidence[];
}

/** The registry's partitions that an application must hold the claims of. */
export function claimsOf(matter: Matter): string[] {
  return [...new Set(keysOf(matter).map(({ partition }) => partition))];
}

/**
 * Looks for what bars an application: the same matter (S1) or the same evidence (S2) of the same enterprise, in a
 * granted award at a level that bars, or claimed by another application.
 * @returns reasons with the evidence; none when nothing bars it. Another organisation's application is not named.
 */
export async function findDuplicates(
  registry: AwardRegistry,
  matter: Matter,
  applicant: ClaimHolder,
  barringLevels: GuideItem['deduplication']['levels'],
): Promise<Reason[]> {
  const found = await Promise.all(
    keysOf(matter).map(async ({ rule, subject, partition }) => {
      const { awards, claim } = await registry.look(partition);
      const barring = awards
        .filter((award) => award.status === 'granted' && barringLevels.includes(award.level))
        .map((award) => awardReason(rule, subject, award));
      const others = claim && claim.applicationId !== applicant.applicationId;
      return others ? [...barring, claimReason(rule, subject, claim, applicant)] : barring;
    }),
  );
  return found.flat();
}

/** Exact rules of the duplicate check (domain §7): what they are called in a reason's code and in its words. */
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
const citation = '三(二)';

function keysOf(matter: Matter): { rule: Rule; subject: string; partition: string }[] {
  return [
    { rule: 's1', subject: matter.matterKey, partition: matterPartition(matter.matterKey) },
    ...matter.evidence.map((evidence) => ({
      rule: 's2' as const,
      subject: `${evidence.kind} ${evidence.number}`,
      partition: evidencePartition(evidence, matter.uscc),
    })),
  ];
}

function awardReason(rule: Rule, subject: string, award: Award): Reason {
  const { code, zh, en } = rules[rule];
  return {
    code,
    citation,
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
    citation,
    message: {
      zh: `${zh}：${subject} 已有另一申报${own ? ` ${claim.applicationId}` : ''}在办或已获奖补`,
      en: `${en}: ${subject} is held by another application${own ? ` ${claim.applicationId}` : ''}`,
    },
  };
}
