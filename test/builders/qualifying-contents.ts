import type { Content } from '../../functions/filing/applications/content.ts';
import { fen } from '../../functions/shared/money.ts';
import { dcmmContent, declared } from './content.ts';

/** An amount in fen of millions of yuan. */
export const million = (yuan: number) => fen(yuan * 100_000_000);

/** What contents differ in from a qualifying one. */
export interface ContentChange {
  readonly facts?: Content['facts'];
  readonly enterprise?: Partial<Content['enterprise']>;
}

const undertaken = { undertakingSigned: true, onDishonestyList: false };
const sound = declared;
const competitive = { ...sound, competitiveProjectsThisYear: 1, appliedUnderAnotherDirection: false };

/** Facts that meet every condition of the sample guide on 2026-11-23, by item. */
const qualifyingFacts: Readonly<Record<string, Content['facts']>> = {
  'core-tech-a': {
    ...competitive,
    programmeNumber: '2022YFB3300001',
    acceptedOn: '2025-06-30',
    transferSignedOn: '2025-09-01',
    localInvestmentFen: million(2),
  },
  'core-tech-b': {
    ...sound,
    nationalKind: 'laboratory',
    approvalNumber: '国科发基〔2025〕88号',
    nationalFundingFen: million(5),
    fundsReceivedOn: '2026-03-01',
  },
  'innovation-carrier': {
    ...undertaken,
    carrierKind: 'enterprise-technology-centre',
    revenueFen: million(100),
    researchSpendingFen: million(8),
    researchStaff: 40,
  },
  'open-source': {
    ...competitive,
    repository: 'https://example.org/yunfan/db',
    licence: 'mulan',
    startedOn: '2025-01-01',
    finishedOn: '2026-06-30',
    firstInvoiceOn: '2025-01-20',
    lastPaymentOn: '2026-06-15',
    totalInputFen: million(40),
    auditedInputFen: million(40),
    auditReportNumber: 'ZX-2026-018',
    invoiceNumbers: ['044001900111-00012345', '044001900111-00012346'],
  },
  'new-company': {
    ...sound,
    softwareRevenueFen: million(1),
    firstRevenueOn: '2025-10-08',
    insuredStaff: 25,
    spunOff: false,
  },
  'growth-milestone': {
    ...sound,
    tier: 'revenue-2b',
    revenueFen: million(2_500),
    highestEarlierRevenueFen: million(500),
    statisticsRevenueFen: million(2_500),
  },
  'growth-scale': {
    ...sound,
    revenueYear: 2025,
    revenueFen: million(6_000),
    previousRevenueFen: million(5_000),
    statisticsRevenueFen: million(6_000),
  },
  dcmm: { ...sound, level: 4, certificateNumber: 'DCMM-2026-0001', certificateValidTo: '2029-01-31' },
  'four-modernisations-platform': {
    ...competitive,
    platformName: '云帆制造云',
    operatingSince: '2024-05-01',
    servedEnterprises: 64,
  },
  'first-release': {
    ...competitive,
    copyrightNumber: '2025SR0123456',
    firstSoldOn: '2025-08-18',
    contractNumber: 'XS-2025-081',
    salesFen: million(3),
    testedOn: '2025-07-01',
    testReportNumber: 'JC-2025-0701',
  },
  'first-release-finance': { ...undertaken, copyrightNumber: '2025SR0123456', service: 'insurance' },
  'innovation-catalogue': {
    ...undertaken,
    copyrightNumber: '2025SR0123456',
    firstSoldOn: '2025-08-18',
    inFirstReleaseStore: true,
  },
  'xinchuang-a': {
    ...undertaken,
    outcome: 'standard',
    outcomeName: '数据库适配测试规范',
    completedOn: '2026-04-01',
  },
  'xinchuang-b': {
    ...undertaken,
    solutionName: '云帆政务一体机',
    scenarioName: '轨道交通资产管理',
    adaptationCertificates: ['SP-2026-11'],
  },
  'software-park-a': {
    ...sound,
    parkName: '云帆软件园',
    recognitionNumber: '工信部信发〔2025〕1号',
    recognisedOn: '2025-12-01',
    softwareTenants: 320,
  },
  'platform-cross': {
    ...sound,
    platformName: '云帆工业互联网平台',
    recognitionNumber: '工信部信发〔2025〕2号',
    recognisedOn: '2025-12-01',
  },
  'platform-specialised': {
    ...sound,
    platformName: '云帆注塑云',
    recognitionTier: 'professional',
    recognitionNumber: '工信部信发〔2025〕3号',
    recognisedOn: '2025-12-01',
  },
};

/** Items of the sample guide that there is a content for. */
export const itemsWithContent: readonly string[] = Object.keys(qualifyingFacts);

/**
 * Content that qualifies for an item of the sample guide on 2026-11-23, with what is to be different. It asks for more
 * than any item pays, so that the ceiling comes from the policy.
 * @throws Error for an item without one.
 */
export function qualifyingContent(item: string, change: ContentChange = {}): Content {
  const facts = qualifyingFacts[item];
  if (!facts) throw new Error(`no qualifying content for ${item}`);
  const base = dcmmContent();
  return {
    ...base,
    item,
    projectName: `${item} 示例项目`,
    enterprise: {
      ...base.enterprise,
      registeredOn: '2025-06-01',
      industryClass: 'I6513',
      ...change.enterprise,
    },
    requestedFen: million(100),
    facts: { ...facts, ...change.facts },
  };
}

const outside = { enterprise: { district: '440300' } };
const branch = { enterprise: { kind: 'branch' } } as const;
const hardware = { enterprise: { industryClass: 'C3911' } };
const fact = (id: string, ...values: Content['facts'][string][]): ContentChange[] =>
  values.map((value) => ({ facts: { [id]: value } }));

const common: Readonly<Record<string, readonly ContentChange[]>> = {
  'in-guangzhou': [outside],
  'independent-unit': [branch],
  'software-industry': [hardware, { enterprise: { industryClass: 'I64' } }],
  'undertaking-given': fact('undertakingSigned', false),
  'accounts-sound': fact('soundAccounts', false),
  'no-dishonesty': fact('onDishonestyList', true),
  'no-overdue-acceptance': fact('acceptanceOverdue', true),
  'at-most-two-projects': fact('competitiveProjectsThisYear', 0, 3),
  'one-direction': fact('appliedUnderAnotherDirection', true),
  'copyright-registered': fact('copyrightNumber', '软著登字第0123456号', '2025SR12345'),
  'nationally-recognised': fact('recognisedOn', '2023-08-27', '2026-11-24'),
};

/** Changes that each fail one condition and no other, one step beyond its boundary where it has one, by item. */
const failing: Readonly<Record<string, Readonly<Record<string, readonly ContentChange[]>>>> = {
  'core-tech-a': {
    'result-accepted': [...fact('acceptedOn', '2025-09-02'), ...fact('transferSignedOn', '2026-11-24')],
    'local-investment': fact('localInvestmentFen', million(1) - 1),
  },
  'core-tech-b': {
    'national-funds-received': [...fact('nationalFundingFen', 0), ...fact('fundsReceivedOn', '2026-11-24')],
  },
  'innovation-carrier': {
    'research-spending': [...fact('researchSpendingFen', million(3) - 1), ...fact('revenueFen', 0)],
    'research-staff': fact('researchStaff', 9),
  },
  'open-source': {
    'project-finished': [
      ...fact('finishedOn', '2026-11-24'),
      {
        facts: {
          startedOn: '2026-06-15',
          finishedOn: '2026-06-15',
          firstInvoiceOn: '2026-06-15',
          lastPaymentOn: '2026-06-15',
        },
      },
    ],
    'input-audited': [...fact('auditedInputFen', million(40) - 1), ...fact('totalInputFen', 0)],
    'spent-in-period': [
      ...fact('firstInvoiceOn', '2024-12-31', '2026-06-16'),
      ...fact('lastPaymentOn', '2026-07-01'),
      ...fact('invoiceNumbers', []),
    ],
    'open-licence': fact('licence', 'other'),
  },
  'new-company': {
    'newly-founded': [{ enterprise: { registeredOn: '2024-12-31' } }],
    'first-revenue': [
      ...fact('softwareRevenueFen', 0),
      ...fact('firstRevenueOn', '2025-05-31', '2026-11-24'),
    ],
    'real-staff': fact('insuredStaff', 9),
  },
  'growth-milestone': {
    'tier-reached': [{ facts: { revenueFen: million(2_000) - 1, statisticsRevenueFen: million(2_000) } }],
    'first-time': fact('highestEarlierRevenueFen', million(2_000), million(2_000) + 1),
    'highest-tier': fact('tier', 'revenue-1b'),
    'figures-agree': fact('statisticsRevenueFen', million(2_375) - 1, million(2_625) + 1),
  },
  'growth-scale': {
    'last-year': fact('revenueYear', 2024, 2026),
    'scale-reached': [
      {
        facts: {
          revenueFen: million(5_000) - 1,
          previousRevenueFen: million(4_000),
          statisticsRevenueFen: million(5_000),
        },
      },
    ],
    'growth-reached': [
      { facts: { previousRevenueFen: million(5_500), revenueFen: million(6_050) - 1 } },
      ...fact('previousRevenueFen', 0),
    ],
    'figures-agree': fact('statisticsRevenueFen', million(5_700) - 1, million(6_300) + 1),
  },
  dcmm: {
    'level-3': fact('level', 2, 6),
    'certificate-valid': fact('certificateValidTo', '2026-11-22'),
  },
  'four-modernisations-platform': {
    'in-operation': fact('operatingSince', '2026-11-23'),
    'manufacturers-served': fact('servedEnterprises', 19),
  },
  'first-release': {
    'sold-last-year': [...fact('salesFen', 0), ...fact('firstSoldOn', '2024-12-31', '2026-01-01')],
    tested: fact('testedOn', '2026-11-24'),
  },
  'first-release-finance': {},
  'innovation-catalogue': {
    'listed-first-release': fact('inFirstReleaseStore', false),
    'already-sold': fact('firstSoldOn', '2026-11-24'),
  },
  'xinchuang-a': { 'outcome-complete': fact('completedOn', '2026-11-24') },
  'xinchuang-b': { adapted: fact('adaptationCertificates', []) },
  'software-park-a': {
    'park-recognised': fact('recognisedOn', '2026-11-24'),
    tenants: fact('softwareTenants', 99),
  },
};

/** Changes that each bring a content to the last value at which it still qualifies, by item. */
const barelyPassing: Readonly<Record<string, readonly ContentChange[]>> = {
  'core-tech-a': [
    ...fact('acceptedOn', '2025-09-01'),
    ...fact('transferSignedOn', '2026-11-23'),
    ...fact('localInvestmentFen', million(1)),
    ...fact('competitiveProjectsThisYear', 2),
  ],
  'core-tech-b': [...fact('nationalFundingFen', 1), ...fact('fundsReceivedOn', '2026-11-23')],
  'innovation-carrier': [
    ...fact('researchSpendingFen', million(3), million(3) + 1),
    ...fact('researchStaff', 10),
  ],
  'open-source': [
    ...fact('finishedOn', '2026-11-23'),
    ...fact('auditedInputFen', million(40) + 1),
    ...fact('totalInputFen', 1),
    ...fact('firstInvoiceOn', '2025-01-01', '2026-06-15'),
    ...fact('lastPaymentOn', '2026-06-30'),
  ],
  'new-company': [
    { enterprise: { registeredOn: '2025-01-01' } },
    ...fact('softwareRevenueFen', 1),
    ...fact('firstRevenueOn', '2025-06-01', '2026-11-23'),
    ...fact('insuredStaff', 10),
  ],
  'growth-milestone': [
    { facts: { revenueFen: million(2_000), statisticsRevenueFen: million(2_000) } },
    { facts: { revenueFen: million(2_000) + 1, statisticsRevenueFen: million(2_000) } },
    ...fact('highestEarlierRevenueFen', million(2_000) - 1),
    ...fact('statisticsRevenueFen', million(2_375), million(2_625)),
  ],
  'growth-scale': [
    {
      facts: {
        revenueFen: million(5_000),
        previousRevenueFen: million(4_000),
        statisticsRevenueFen: million(5_000),
      },
    },
    { facts: { previousRevenueFen: million(5_500), revenueFen: million(6_050) } },
    ...fact('statisticsRevenueFen', million(5_700), million(6_300)),
  ],
  dcmm: [...fact('level', 3, 5), ...fact('certificateValidTo', '2026-11-23')],
  'four-modernisations-platform': [...fact('operatingSince', '2026-11-22'), ...fact('servedEnterprises', 20)],
  'first-release': [
    ...fact('salesFen', 1),
    ...fact('firstSoldOn', '2025-01-01', '2025-12-31'),
    ...fact('testedOn', '2026-11-23'),
    ...fact('copyrightNumber', '2025SR123456'),
  ],
  'innovation-catalogue': fact('firstSoldOn', '2026-11-23'),
  'xinchuang-a': fact('completedOn', '2026-11-23'),
  'software-park-a': [...fact('recognisedOn', '2026-11-23'), ...fact('softwareTenants', 100)],
  'platform-cross': fact('recognisedOn', '2023-08-28', '2026-11-23'),
  'platform-specialised': fact('recognisedOn', '2023-08-28', '2026-11-23'),
};

/** Contents that fail one condition of an item of the sample guide, and no other; none: nothing is known to fail it. */
export function failingContents(item: string, conditionId: string): Content[] {
  const changes = failing[item]?.[conditionId] ?? common[conditionId] ?? [];
  return changes.map((change) => qualifyingContent(item, change));
}

/** Contents that qualify for an item of the sample guide, each at one of its boundaries. */
export function boundaryContents(item: string): Content[] {
  return (barelyPassing[item] ?? []).map((change) => qualifyingContent(item, change));
}
