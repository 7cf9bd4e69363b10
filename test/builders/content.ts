import type { Content } from '../../functions/filing/applications/content.ts';
import { fen } from '../../functions/shared/money.ts';

/** A published credit code (glossary, "credit code"), of which the check character fits. */
export const publishedUscc = '91440101731566630A';

/** What every item with money asks of its applicant in the sample guide, answered as it should be. */
export const declared = {
  undertakingSigned: true,
  onDishonestyList: false,
  soundAccounts: true,
  acceptanceOverdue: false,
};

/** Content of a complete dcmm draft. */
export function dcmmContent(overrides: Partial<Content> = {}): Content {
  return {
    item: 'dcmm',
    direction: 'foundation',
    projectName: '数据管理能力成熟度评估',
    enterprise: {
      uscc: publishedUscc,
      name: '广州示例云帆软件有限公司',
      district: '440106',
      registeredOn: '2015-06-01',
      kind: 'legal-person',
      industryClass: 'I6513',
      predecessors: [],
    },
    requestedFen: fen(50_000_000),
    facts: {
      ...declared,
      level: 3,
      certificateNumber: 'DCMM-2026-0001',
      certificateValidTo: '2029-01-31',
    },
    ...overrides,
  };
}

/** Content of a complete growth-milestone draft: one billion yuan for the first time. */
export function growthContent(overrides: Partial<Content> = {}): Content {
  return {
    ...dcmmContent(),
    item: 'growth-milestone',
    projectName: '年营业收入首次达到十亿元',
    requestedFen: fen(200_000_000),
    facts: {
      ...declared,
      tier: 'revenue-1b',
      revenueFen: 105_000_000_000,
      highestEarlierRevenueFen: 90_000_000_000,
      statisticsRevenueFen: 105_000_000_000,
    },
    ...overrides,
  };
}
