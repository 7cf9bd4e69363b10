import type { Content } from '../../functions/filing/applications/content.ts';
import type { EligibilityResult } from '../../functions/filing/applications/eligibility-result.ts';
import { factCheck } from '../../functions/policy/guides/check-facts.ts';
import { enterpriseFields } from '../../functions/policy/guides/condition-environment.ts';
import type { GuideItem } from '../../functions/policy/guides/guide-schema.ts';
import type { OpenedItem } from '../../functions/policy/guides/policy-book.ts';
import { contentHash } from '../../functions/shared/hash.ts';
import { shanghaiDate } from '../../functions/shared/shanghai-date.ts';
import type { Bilingual } from '../../functions/shared/text.ts';

type ConditionResult = EligibilityResult['conditions'][number];
type Value = ConditionResult['inputs'][string];

/** What the conditions below see: facts that are usable, the enterprise, the law and the day. */
interface Seen {
  readonly facts: Readonly<Record<string, unknown>>;
  readonly enterprise: Content['enterprise'];
  readonly districts: readonly string[];
  readonly tiers: Readonly<Record<string, number>>;
  readonly submittedOn: string;
  readonly year: number;
}

/** A condition of the sample guide as TypeScript, and the statements it reads. */
interface ByHand {
  readonly reads: readonly string[];
  holds(seen: Seen): boolean;
}

const by = (reads: string, holds: (seen: Seen) => boolean): ByHand => ({ reads: reads.split(' '), holds });

// Facts are checked to be there and of their types before a condition is asked.
const money = (seen: Seen, id: string) => seen.facts[id] as number;
const text = (seen: Seen, id: string) => seen.facts[id] as string;
const flag = (seen: Seen, id: string) => seen.facts[id] as boolean;
const list = (seen: Seen, id: string) => seen.facts[id] as readonly string[];
const tierOf = (seen: Seen) => seen.tiers[text(seen, 'tier')] ?? Number.NaN;

const common = {
  'in-guangzhou': by('enterprise.district', (s) => s.districts.includes(s.enterprise.district)),
  'independent-unit': by('enterprise.kind', (s) => s.enterprise.kind === 'legal-person'),
  'software-industry': by('enterprise.industryClass', (s) => /^I?65/.test(s.enterprise.industryClass ?? '')),
  'undertaking-given': by('facts.undertakingSigned', (s) => flag(s, 'undertakingSigned')),
  'accounts-sound': by('facts.soundAccounts', (s) => flag(s, 'soundAccounts')),
  'no-dishonesty': by('facts.onDishonestyList', (s) => !flag(s, 'onDishonestyList')),
  'no-overdue-acceptance': by('facts.acceptanceOverdue', (s) => !flag(s, 'acceptanceOverdue')),
  'at-most-two-projects': by('facts.competitiveProjectsThisYear', (s) => {
    const projects = money(s, 'competitiveProjectsThisYear');
    return projects >= 1 && projects <= 2;
  }),
  'one-direction': by('facts.appliedUnderAnotherDirection', (s) => !flag(s, 'appliedUnderAnotherDirection')),
  'copyright-registered': by('facts.copyrightNumber', (s) =>
    /^[0-9]{4}SR[0-9]{6,7}$/.test(text(s, 'copyrightNumber')),
  ),
  'nationally-recognised': by('facts.recognisedOn', (s) => {
    const day = text(s, 'recognisedOn');
    return day >= '2023-08-28' && day <= s.submittedOn;
  }),
  'figures-agree': by('facts.revenueFen facts.statisticsRevenueFen', (s) => {
    const revenue = BigInt(money(s, 'revenueFen'));
    const statistics = BigInt(money(s, 'statisticsRevenueFen'));
    return (revenue - statistics) * 100n <= revenue * 5n && (statistics - revenue) * 100n <= revenue * 5n;
  }),
} satisfies Record<string, ByHand>;

/** Conditions of single items, by item and condition. */
const special: Readonly<Record<string, Readonly<Record<string, ByHand>>>> = {
  'core-tech-a': {
    'result-accepted': by('facts.acceptedOn facts.transferSignedOn', (s) => {
      const signed = text(s, 'transferSignedOn');
      return text(s, 'acceptedOn') <= signed && signed <= s.submittedOn;
    }),
    'local-investment': by('facts.localInvestmentFen', (s) => money(s, 'localInvestmentFen') >= 100_000_000),
  },
  'core-tech-b': {
    'national-funds-received': by(
      'facts.nationalFundingFen facts.fundsReceivedOn',
      (s) => money(s, 'nationalFundingFen') > 0 && text(s, 'fundsReceivedOn') <= s.submittedOn,
    ),
  },
  'innovation-carrier': {
    'research-spending': by('facts.researchSpendingFen facts.revenueFen', (s) => {
      const revenue = BigInt(money(s, 'revenueFen'));
      return revenue > 0n && BigInt(money(s, 'researchSpendingFen')) * 100n >= revenue * 3n;
    }),
    'research-staff': by('facts.researchStaff', (s) => money(s, 'researchStaff') >= 10),
  },
  'open-source': {
    'project-finished': by('facts.startedOn facts.finishedOn', (s) => {
      const finished = text(s, 'finishedOn');
      return text(s, 'startedOn') < finished && finished <= s.submittedOn;
    }),
    'input-audited': by('facts.totalInputFen facts.auditedInputFen', (s) => {
      const total = money(s, 'totalInputFen');
      return total > 0 && total <= money(s, 'auditedInputFen');
    }),
    'spent-in-period': by(
      'facts.firstInvoiceOn facts.lastPaymentOn facts.startedOn facts.finishedOn facts.invoiceNumbers',
      (s) => {
        const first = text(s, 'firstInvoiceOn');
        const last = text(s, 'lastPaymentOn');
        return (
          list(s, 'invoiceNumbers').length > 0 &&
          first >= text(s, 'startedOn') &&
          first <= last &&
          last <= text(s, 'finishedOn')
        );
      },
    ),
    'open-licence': by('facts.licence', (s) => text(s, 'licence') !== 'other'),
  },
  'new-company': {
    'newly-founded': by('enterprise.registeredOn', ({ enterprise: { registeredOn }, submittedOn }) => {
      return registeredOn >= '2025-01-01' && registeredOn <= submittedOn;
    }),
    'first-revenue': by('facts.softwareRevenueFen facts.firstRevenueOn enterprise.registeredOn', (s) => {
      const first = text(s, 'firstRevenueOn');
      return (
        money(s, 'softwareRevenueFen') > 0 && first >= s.enterprise.registeredOn && first <= s.submittedOn
      );
    }),
    'real-staff': by('facts.insuredStaff', (s) => money(s, 'insuredStaff') >= 10),
  },
  'growth-milestone': {
    'tier-reached': by('facts.tier facts.revenueFen', (s) => money(s, 'revenueFen') >= tierOf(s)),
    'first-time': by(
      'facts.tier facts.highestEarlierRevenueFen',
      (s) => money(s, 'highestEarlierRevenueFen') < tierOf(s),
    ),
    'highest-tier': by('facts.tier facts.revenueFen', (s) => {
      const asked = tierOf(s);
      const revenue = money(s, 'revenueFen');
      return Object.values(s.tiers).every((tier) => tier <= asked || revenue < tier);
    }),
  },
  'growth-scale': {
    'last-year': by('facts.revenueYear', (s) => money(s, 'revenueYear') === s.year - 1),
    'scale-reached': by('facts.revenueFen', (s) => money(s, 'revenueFen') >= 500_000_000_000),
    'growth-reached': by('facts.revenueFen facts.previousRevenueFen', (s) => {
      const previous = BigInt(money(s, 'previousRevenueFen'));
      return previous > 0n && (BigInt(money(s, 'revenueFen')) - previous) * 100n >= previous * 10n;
    }),
  },
  dcmm: {
    'level-3': by('facts.level', (s) => money(s, 'level') >= 3 && money(s, 'level') <= 5),
    'certificate-valid': by(
      'facts.certificateValidTo',
      (s) => text(s, 'certificateValidTo') >= s.submittedOn,
    ),
  },
  'four-modernisations-platform': {
    'in-operation': by('facts.operatingSince', (s) => text(s, 'operatingSince') < s.submittedOn),
    'manufacturers-served': by('facts.servedEnterprises', (s) => money(s, 'servedEnterprises') >= 20),
  },
  'first-release': {
    'sold-last-year': by('facts.salesFen facts.firstSoldOn', (s) => {
      const sold = text(s, 'firstSoldOn');
      return money(s, 'salesFen') > 0 && sold >= `${s.year - 1}-01-01` && sold <= `${s.year - 1}-12-31`;
    }),
    tested: by('facts.testedOn', (s) => text(s, 'testedOn') <= s.submittedOn),
  },
  'first-release-finance': {},
  'innovation-catalogue': {
    'listed-first-release': by('facts.inFirstReleaseStore', (s) => flag(s, 'inFirstReleaseStore')),
    'already-sold': by('facts.firstSoldOn', (s) => text(s, 'firstSoldOn') <= s.submittedOn),
  },
  'xinchuang-a': {
    'outcome-complete': by('facts.completedOn', (s) => text(s, 'completedOn') <= s.submittedOn),
  },
  'xinchuang-b': {
    adapted: by('facts.adaptationCertificates', (s) => list(s, 'adaptationCertificates').length >= 1),
  },
  'software-park-a': {
    'park-recognised': by('facts.recognisedOn', (s) => text(s, 'recognisedOn') <= s.submittedOn),
    tenants: by('facts.softwareTenants', (s) => money(s, 'softwareTenants') >= 100),
  },
};

/** An item's conditions as a programmer would write them, each answering what the evaluator of guides answers. */
export interface ItemByHand {
  conditions(content: Content, submittedOn: string): ConditionResult[];
  report(content: Content, at: Date): EligibilityResult;
}

/** @throws Error for a condition that is not written here. */
export function itemByHand(opened: OpenedItem): ItemByHand {
  const { item, guide, law, districts } = opened;
  const checks = item.facts.map((fact) => ({ id: fact.id, isUsable: factCheck(fact) }));
  const steps = law.part.ceiling?.kind === 'tiers' ? law.part.ceiling.tiers : [];
  const tiers = Object.fromEntries(steps.map(({ id, reachedAtFen }) => [id, Number(reachedAtFen)]));
  const written = item.conditions.map((condition) => writtenCondition(item, condition));

  function conditions(content: Content, submittedOn: string): ConditionResult[] {
    const facts: Record<string, unknown> = {};
    for (const { id, isUsable } of checks) if (isUsable(content.facts[id])) facts[id] = content.facts[id];
    const enterprise: Readonly<Record<string, Value | undefined>> = content.enterprise;
    const seen: Seen = {
      facts,
      enterprise: content.enterprise,
      districts,
      tiers,
      submittedOn,
      year: guide.year,
    };
    return written.map(({ condition, hand, inputs, needs }) => {
      const { id, citation } = condition;
      const values: Record<string, Value> = {};
      for (const { name, scope, key } of inputs) {
        const value =
          scope === 'facts' ? content.facts[key] : scope === 'enterprise' ? enterprise[key] : submittedOn;
        if (value !== undefined) values[name] = value;
      }
      const gaps = needs.filter(
        ({ scope, key }) => (scope === 'facts' ? facts : enterprise)[key] === undefined,
      );
      if (gaps.length > 0) {
        const sentence = {
          zh: `未填写或填写不符合要求，无法判断：${gaps.map(({ title }) => title.zh).join('、')}`,
          en: `Not decided, for what is missing or not as asked: ${gaps.map(({ title }) => title.en).join(', ')}`,
        };
        return { id, citation, inputs: values, outcome: 'needs-review', sentence };
      }
      if (hand.holds(seen)) return { id, citation, inputs: values, outcome: 'met', sentence: condition.met };
      const outcome = condition.unmetNeedsReview ? 'needs-review' : 'unmet';
      return { id, citation, inputs: values, outcome, sentence: condition.unmet };
    });
  }

  return {
    conditions,
    report(content, at) {
      const submittedOn = shanghaiDate(at);
      const results = conditions(content, submittedOn);
      const has = (outcome: string) => results.some((result) => result.outcome === outcome);
      return {
        outcome: has('unmet') ? 'unmet' : has('needs-review') ? 'needs-review' : 'met',
        conditions: results,
        guide: guide.version,
        inputHash: contentHash({ content, guide: guide.version, submittedOn }),
        at: at.toISOString(),
      };
    },
  };
}

function writtenCondition(item: GuideItem, condition: GuideItem['conditions'][number]) {
  const shared: Readonly<Record<string, ByHand>> = common;
  const hand = special[item.id]?.[condition.id] ?? shared[condition.id];
  if (!hand) throw new Error(`${item.id} ${condition.id} is not written by hand`);
  const inputs = [...new Set([...condition.inputs, ...hand.reads])].map((name) => {
    const [scope = '', key = ''] = name.split('.');
    return { name, scope, key };
  });
  const needs = inputs.flatMap(({ scope, key }) => {
    if (scope !== 'facts' && scope !== 'enterprise') return [];
    const titles: Readonly<Record<string, { readonly title: Bilingual }>> = enterpriseFields;
    const named = scope === 'facts' ? item.facts.find((fact) => fact.id === key) : titles[key];
    return [{ scope, key, title: named?.title ?? { zh: key, en: key } }];
  });
  return { condition, hand, inputs, needs };
}
