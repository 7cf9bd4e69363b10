/** The applications of the demo, all fictional, and how each of them is meant to end. */
import type { Bilingual } from './progress.ts';

/** Yuan as the API takes money: integer fen. */
const yuan = (amount: number): number => Math.round(amount * 100);
const million = (amount: number): number => yuan(amount * 1_000_000);

/** Closed is paid in full, cancelled an award that an objection took back. */
type Ending = 'closed' | 'recognised' | 'ineligible' | 'refused' | 'duplicate' | 'withdrawn' | 'cancelled';

/** What another scheme has paid, as a row of its file. */
interface EarlierAward {
  /** The municipal level counts as a duplicate, or lowers what is left to pay; a district's does neither. */
  readonly level: 'municipal' | 'district';
  /** Values that tell one matter of the kind from another. */
  readonly matterDetail: string;
  /** `kind:number` */
  readonly evidence: string;
  /** In yuan with two decimals. */
  readonly amountYuan: string;
}

/** An award of the other scheme, whoever got it. */
interface OtherAward {
  /** Number of the company that got it. */
  readonly company: number;
  readonly matterKind: string;
  readonly matterDetail: string;
  readonly projectName: string;
  readonly evidence?: string;
  readonly amountYuan: string;
  /** Imported only after the applications have entered their pools. */
  readonly late?: true;
}

/** What a department approves where that is less than it could. */
interface Figures {
  readonly amountFen: number;
  /** Where the guide pays a share of the input. */
  readonly verifiedInputFen?: number;
}

export interface Case {
  /** N of the demo users preparer-N and admin-N. */
  readonly company: number;
  readonly item: string;
  readonly direction: string;
  readonly projectName: string;
  readonly requestedFen: number;
  readonly facts: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  readonly ending: Ending;
  readonly paidBefore?: EarlierAward;
  /** By department; one that is not named approves what it may. */
  readonly approvals?: Readonly<Record<string, Figures>>;
  /** Why the department refuses, with the clause it rests on. */
  readonly refusal?: { readonly reason: Bilingual; readonly citation: string };
  /** A department that returns the first submission, what for and why. */
  readonly correction?: {
    readonly by: string;
    readonly materials: readonly string[];
    readonly reason: Bilingual;
  };
  /** Awards of the other scheme that the duplicate check has to look at, beside `paidBefore`. */
  readonly otherAwards?: readonly OtherAward[];
  /** Companies, by their numbers, that this one continues, and the one that owns it. */
  readonly predecessors?: readonly number[];
  readonly parent?: number;
  /** What an adjudicator decides about every pair of its case, and why. */
  readonly verdict?: {
    readonly verdict: 'duplicate' | 'not-duplicate' | 'top-up';
    readonly paidFen?: number;
    readonly reason: Bilingual;
  };
  /** What each expert gives, by criterion. */
  readonly expertPoints?: readonly Points[];
  /** Hands in the same scan for its undertaking as every other case that does so (S5). */
  readonly sharesUndertaking?: true;
  /** Sends other bytes than it declared for its first document, before the right ones. */
  readonly uploadsWrongBytes?: true;
  /** Somebody objects to its award during the notice, and what becomes of it. */
  readonly objection?: {
    readonly grounds: string;
    /** Words on the page that the objector hands in. */
    readonly evidence?: string;
    readonly outcome: 'upheld' | 'dismissed';
    readonly reason: Bilingual;
    readonly citation: string;
  };
  /** Less is ordered than was noticed. */
  readonly orderCut?: { readonly lessFen: number; readonly reason: Bilingual };
  /** First puts a bank account that the bank does not know. */
  readonly putsWrongAccount?: true;
  /** Has to pay back some of what it was paid. */
  readonly clawback?: { readonly amountFen: number; readonly reason: Bilingual; readonly citation: string };
}

/** What the guide asks of every item, and of those with money. */
const undertaken = { undertakingSigned: true, onDishonestyList: false };
const sound = { ...undertaken, soundAccounts: true, acceptanceOverdue: false };

type Particulars = Pick<Case, 'company' | 'direction'> & Partial<Case>;

interface Certificate {
  readonly level: number;
  readonly validTo?: string;
}

function dcmm({ level, validTo = '2030-12-31' }: Certificate, particulars: Particulars): Case {
  return {
    item: 'dcmm',
    projectName: '数据管理能力成熟度评估',
    requestedFen: yuan(500_000),
    facts: {
      ...sound,
      level,
      certificateNumber: certificateNumber(particulars.company),
      certificateValidTo: validTo,
    },
    ending: 'closed',
    ...particulars,
  };
}

function certificateNumber(company: number): string {
  return `DEMO-DCMM-2026-${String(company).padStart(4, '0')}`;
}

const tiers = {
  'revenue-200m': { name: '两亿元', revenue: 200_000_000, award: 1_000_000 },
  'revenue-1b': { name: '十亿元', revenue: 1_000_000_000, award: 2_000_000 },
  'revenue-2b': { name: '二十亿元', revenue: 2_000_000_000, award: 3_000_000 },
};

/** @param growth revenue of the year in parts of the tier's threshold */
function milestone(tier: keyof typeof tiers, growth: number, particulars: Particulars): Case {
  const { name, revenue, award } = tiers[tier];
  const revenueFen = yuan(revenue * growth);
  return {
    item: 'growth-milestone',
    projectName: `年营业收入首次达到${name}`,
    requestedFen: yuan(award),
    facts: {
      ...sound,
      tier,
      revenueFen,
      highestEarlierRevenueFen: yuan(revenue * 0.9),
      statisticsRevenueFen: Math.round(revenueFen * 0.99),
    },
    ending: 'closed',
    ...particulars,
  };
}

interface OpenSource {
  readonly project: string;
  readonly repository: string;
  /** In millions of yuan. */
  readonly input: number;
  readonly report?: string;
}

function openSource({ project, repository, input, report }: OpenSource, particulars: Particulars): Case {
  const { company } = particulars;
  return {
    item: 'open-source',
    projectName: project,
    requestedFen: million(input * 0.3),
    facts: {
      ...onlyProject,
      repository: `https://example.org/${repository}`,
      licence: 'mulan',
      startedOn: '2024-03-01',
      finishedOn: '2025-11-30',
      firstInvoiceOn: '2024-03-19',
      lastPaymentOn: '2025-11-12',
      totalInputFen: million(input),
      auditedInputFen: million(input),
      auditReportNumber: report ?? `DEMO-ZX-2025-2${String(company).padStart(2, '0')}`,
      invoiceNumbers: [`0440025001${String(company).padStart(2, '0')}-00000118`],
    },
    ending: 'closed',
    approvals: { 'gz-miit': { verifiedInputFen: million(input), amountFen: million(input * 0.3) } },
    ...particulars,
  };
}

/** What most items ask every applicant for. */
const onlyProject = { ...sound, competitiveProjectsThisYear: 1, appliedUnderAnotherDirection: false };

export const cases: readonly Case[] = [
  {
    company: 13,
    item: 'core-tech-a',
    direction: 'foundation',
    projectName: '大规模稀疏优化求解器在穗转化',
    requestedFen: million(5),
    facts: {
      ...onlyProject,
      programmeNumber: '2021YFB9900013',
      acceptedOn: '2025-03-28',
      transferSignedOn: '2025-06-16',
      localInvestmentFen: million(6.2),
    },
    ending: 'closed',
    // Two departments lead, and the smaller amount counts.
    approvals: { 'gz-miit': { amountFen: million(4.2) }, 'gz-sti': { amountFen: million(3.85) } },
    correction: {
      by: 'gz-sti',
      materials: ['transfer-contract'],
      reason: { zh: '转化合同缺少签章页', en: 'The page with the seals is missing from the contract' },
    },
  },
  {
    company: 2,
    item: 'core-tech-b',
    direction: 'infrastructure',
    projectName: '数据流通国家级产业创新平台（广州节点）',
    requestedFen: million(8),
    facts: {
      ...sound,
      nationalKind: 'innovation-platform',
      approvalNumber: '示例发改高技〔2024〕902号',
      nationalFundingFen: million(16),
      fundsReceivedOn: '2025-09-22',
    },
    ending: 'closed',
    approvals: { 'gz-miit': { amountFen: million(8) }, 'gz-sti': { amountFen: million(8) } },
    clawback: {
      amountFen: yuan(1_250_000.5),
      reason: {
        zh: '广州节点一项建设内容终止，相应配套资金应予追回',
        en: 'A part of the node in Guangzhou was given up: what matched it is to be paid back',
      },
      citation: '二(一)1',
    },
  },
  {
    company: 12,
    item: 'innovation-carrier',
    direction: 'application',
    projectName: '虚实融合内容引擎企业技术中心',
    requestedFen: 0,
    facts: {
      ...undertaken,
      carrierKind: 'enterprise-technology-centre',
      revenueFen: million(1_120),
      researchSpendingFen: million(96.4),
      researchStaff: 214,
    },
    ending: 'recognised',
  },
  {
    company: 10,
    item: 'open-source',
    direction: 'ecosystem',
    projectName: '荔枝时序数据库开源项目',
    requestedFen: million(3.6),
    facts: {
      ...onlyProject,
      repository: 'https://example.org/zengcheng/lychee-tsdb',
      licence: 'mulan',
      startedOn: '2024-03-01',
      finishedOn: '2025-11-30',
      firstInvoiceOn: '2024-03-19',
      lastPaymentOn: '2025-11-12',
      totalInputFen: million(12),
      auditedInputFen: million(12),
      auditReportNumber: 'DEMO-ZX-2025-118',
      invoiceNumbers: ['044002400111-00031207', '044002400111-00031255', '044002500111-00004410'],
    },
    ending: 'closed',
    // Part of the input was the rent of the office.
    approvals: { 'gz-miit': { verifiedInputFen: million(10.4), amountFen: million(3.12) } },
    // An award that comes to light when the application is in its pool already holds its order.
    otherAwards: [
      {
        company: 10,
        matterKind: 'innovation-project',
        matterDetail: 'DEMO-CX-2024-31',
        projectName: '荔枝时序数据库开源项目（2024年度）',
        amountYuan: '300000.00',
        late: true,
      },
    ],
    verdict: {
      verdict: 'not-duplicate',
      reason: {
        zh: '前次资助为培训活动，与本次研发投入不重叠',
        en: 'The earlier award was for training and does not overlap with this input',
      },
    },
  },
  // The same project under another name of the file: an adjudicator finds one matter (S3).
  openSource(
    { project: '海珠图神经网络训练框架', repository: 'haizhu/graph-trainer', input: 6 },
    {
      company: 13,
      direction: 'ecosystem',
      ending: 'duplicate',
      otherAwards: [
        {
          company: 13,
          matterKind: 'innovation-project',
          matterDetail: 'DEMO-CX-2024-07',
          projectName: '2024年度海珠图神经网络训练框架项目（一期）',
          amountYuan: '450000.00',
        },
      ],
      verdict: {
        verdict: 'duplicate',
        reason: {
          zh: '合同、成果与前次资助项目一致',
          en: 'Contract and results are those of the project awarded before',
        },
      },
    },
  ),
  // An audit report that stands in another company's award (S2′): a slip of the pen there.
  openSource(
    {
      project: '越秀隐私计算中间件',
      repository: 'yuexiu/private-compute',
      input: 4,
      report: 'DEMO-ZX-2024-055',
    },
    {
      company: 5,
      direction: 'ecosystem',
      otherAwards: [
        {
          company: 7,
          matterKind: 'innovation-project',
          matterDetail: 'DEMO-CX-2024-55',
          projectName: '车规芯片验证工具链',
          evidence: 'audit-report:DEMO-ZX-2024-055',
          amountYuan: '260000.00',
        },
      ],
      verdict: {
        verdict: 'not-duplicate',
        reason: {
          zh: '对方记录的审计报告编号登记有误，已核对原件',
          en: 'The number in the other record is a slip: the originals were compared',
        },
      },
      ending: 'cancelled',
      objection: {
        grounds: '该项目代码仓库自立项前即由高校团队完成，申报单位未实际投入研发。',
        evidence: 'Commits of the repository before the project began',
        outcome: 'upheld',
        reason: {
          zh: '经核查，仓库主要代码完成于立项之前，申报投入不属实',
          en: 'Most of the code was written before the project began: the input was not what it was said to be',
        },
        citation: '二(一)3',
      },
    },
  ),
  // The enterprise that it continues was paid for the same project (S1).
  openSource(
    { project: '荔湾医疗影像标注平台', repository: 'liwan/image-label', input: 3 },
    {
      company: 4,
      direction: 'ecosystem',
      ending: 'duplicate',
      predecessors: [7],
      otherAwards: [
        {
          company: 7,
          matterKind: 'open-source',
          matterDetail: 'https://example.org/liwan/image-label',
          projectName: '医疗影像标注平台',
          amountYuan: '500000.00',
        },
      ],
    },
  ),
  {
    company: 17,
    item: 'new-company',
    direction: 'platform',
    projectName: '软件业务由制造集团剥离设立',
    requestedFen: million(3),
    facts: {
      ...sound,
      softwareRevenueFen: million(7.6),
      firstRevenueOn: '2025-06-03',
      insuredStaff: 42,
      spunOff: true,
    },
    ending: 'closed',
  },
  milestone('revenue-1b', 1.07, { company: 2, direction: 'infrastructure' }),
  milestone('revenue-200m', 1.2, {
    company: 3,
    direction: 'platform',
    objection: {
      grounds: '该公司营业收入可能包含关联企业之间的交易，请核实。',
      outcome: 'dismissed',
      reason: {
        zh: '统计部门数据已剔除关联交易，收入达到标准',
        en: 'The statistics leave such trade out, and the revenue reaches the threshold',
      },
      citation: '二(二)5',
    },
  }),
  milestone('revenue-2b', 1.01, { company: 5, direction: 'platform' }),
  milestone('revenue-200m', 1.35, { company: 9, direction: 'application', uploadsWrongBytes: true }),
  milestone('revenue-1b', 1.5, { company: 10, direction: 'ecosystem', ending: 'withdrawn' }),
  milestone('revenue-1b', 1.12, { company: 12, direction: 'application', requestedFen: yuan(1_800_000) }),
  milestone('revenue-200m', 1.04, {
    company: 14,
    direction: 'foundation',
    approvals: { 'gz-miit': { amountFen: yuan(876_543.21) } },
  }),
  {
    company: 18,
    item: 'growth-scale',
    direction: 'platform',
    projectName: '年营业收入超五十亿元并保持增长',
    requestedFen: million(20),
    facts: {
      ...sound,
      revenueYear: 2025,
      revenueFen: million(6_180),
      previousRevenueFen: million(5_430),
      statisticsRevenueFen: million(6_155),
    },
    ending: 'closed',
  },
  // Two that hand in one file (S5): whichever is checked first, or both, an adjudicator looks at.
  dcmm({ level: 4 }, { company: 1, direction: 'platform', ...blankForm() }),
  dcmm(
    { level: 3 },
    {
      company: 4,
      direction: 'application',
      requestedFen: yuan(480_000),
      approvals: { 'gz-miit': { amountFen: yuan(452_345.67) } },
    },
  ),
  dcmm({ level: 2, validTo: '2025-12-31' }, { company: 6, direction: 'foundation', ending: 'ineligible' }),
  dcmm(
    { level: 3 },
    {
      company: 7,
      direction: 'foundation',
      ending: 'refused',
      refusal: {
        reason: {
          zh: 'DCMM 证书的获证单位与申报单位不一致',
          en: 'The DCMM certificate was issued to another unit',
        },
        citation: '二(二)6',
      },
    },
  ),
  dcmm(
    { level: 3 },
    { company: 8, direction: 'infrastructure', ending: 'duplicate', paidBefore: dcmmAward(8, 'municipal') },
  ),
  dcmm(
    { level: 3 },
    {
      company: 11,
      direction: 'ecosystem',
      paidBefore: dcmmAward(11, 'district'),
      putsWrongAccount: true,
    },
  ),
  dcmm({ level: 5 }, { company: 13, direction: 'platform', ...blankForm() }),
  {
    company: 9,
    item: 'four-modernisations-platform',
    direction: 'platform',
    projectName: '花都皮具产业数字化赋能平台',
    requestedFen: million(2),
    facts: {
      ...onlyProject,
      platformName: '花都皮具云',
      operatingSince: '2023-10-09',
      servedEnterprises: 137,
    },
    ending: 'closed',
    approvals: { 'gz-miit': { amountFen: million(1.65) } },
    expertPoints: [
      { technology: 31, reach: 36, openness: 14 },
      { technology: 34, reach: 33, openness: 16 },
    ],
  },
  {
    company: 8,
    item: 'four-modernisations-platform',
    direction: 'platform',
    projectName: '南沙航运物流数字化赋能平台',
    requestedFen: million(1.5),
    facts: {
      ...onlyProject,
      platformName: '南沙航运云',
      operatingSince: '2024-04-18',
      servedEnterprises: 64,
    },
    ending: 'closed',
    // The pool is shared by rank: the one with fewer points gets what the other has left.
    expertPoints: [
      { technology: 28, reach: 25, openness: 12 },
      { technology: 30, reach: 27, openness: 11 },
    ],
  },
  {
    company: 16,
    item: 'first-release',
    direction: 'foundation',
    projectName: '车载域控制器操作系统首版次',
    requestedFen: million(3),
    facts: {
      ...onlyProject,
      copyrightNumber: '2025SR9900016',
      firstSoldOn: '2025-07-14',
      contractNumber: 'DEMO-XS-2025-071',
      salesFen: million(4.3),
      testedOn: '2025-05-20',
      testReportNumber: 'DEMO-JC-2025-0520',
    },
    ending: 'closed',
    // What was paid for the product already is taken off.
    paidBefore: {
      level: 'municipal',
      matterDetail: '2025SR9900016',
      evidence: 'copyright:2025SR9900016',
      amountYuan: '600000.00',
    },
  },
  // A product like a project of the group that owns the company (S4): what the group got is taken off.
  {
    company: 14,
    item: 'first-release',
    direction: 'platform',
    projectName: '港航物流调度引擎',
    parent: 18,
    requestedFen: million(1.5),
    facts: {
      ...onlyProject,
      copyrightNumber: '2025SR9900014',
      firstSoldOn: '2025-04-22',
      contractNumber: 'DEMO-XS-2025-042',
      salesFen: million(2.1),
      testedOn: '2025-03-18',
      testReportNumber: 'DEMO-JC-2025-0318',
    },
    otherAwards: [
      {
        company: 18,
        matterKind: 'innovation-project',
        matterDetail: 'DEMO-CX-2024-18',
        projectName: '港航物流调度引擎研发项目',
        amountYuan: '400000.00',
      },
    ],
    verdict: {
      verdict: 'top-up',
      reason: {
        zh: '集团已获部分资助，本次仅补差额',
        en: 'The group was paid a part of it: only the rest is paid',
      },
    },
    ending: 'closed',
  },
  {
    company: 16,
    item: 'first-release-finance',
    direction: 'foundation',
    projectName: '车载域控制器操作系统首版次保险',
    requestedFen: 0,
    facts: { ...undertaken, copyrightNumber: '2025SR9900016', service: 'insurance' },
    // The award for the product has its name (S3): insuring it is another matter.
    verdict: {
      verdict: 'not-duplicate',
      reason: {
        zh: '前次奖补为产品本身，本次仅推荐保险服务',
        en: 'The award was for the product, this refers it to an insurer',
      },
    },
    ending: 'recognised',
  },
  {
    company: 15,
    item: 'innovation-catalogue',
    direction: 'foundation',
    projectName: '工业控制网络入侵检测系统',
    requestedFen: 0,
    facts: {
      ...undertaken,
      copyrightNumber: '2024SR9900015',
      firstSoldOn: '2024-12-02',
      inFirstReleaseStore: true,
    },
    ending: 'recognised',
  },
  {
    company: 15,
    item: 'xinchuang-a',
    direction: 'foundation',
    projectName: '政务终端安全适配团体标准',
    requestedFen: 0,
    facts: {
      ...undertaken,
      outcome: 'standard',
      outcomeName: '政务终端安全软件适配规范',
      completedOn: '2025-10-20',
    },
    ending: 'recognised',
  },
  {
    company: 1,
    item: 'xinchuang-b',
    direction: 'application',
    projectName: '轨道交通资产管理场景对接',
    requestedFen: 0,
    facts: {
      ...undertaken,
      solutionName: '云帆资产全周期管理系统',
      scenarioName: '轨道交通资产管理',
      adaptationCertificates: ['DEMO-SP-2025-031', 'DEMO-SP-2025-032'],
    },
    ending: 'recognised',
  },
  {
    company: 19,
    item: 'software-park-a',
    direction: 'infrastructure',
    projectName: '珠江软件园公共服务提升',
    requestedFen: million(10),
    facts: {
      ...sound,
      parkName: '珠江软件园（示例）',
      recognitionNumber: '示例工信信发〔2025〕61号',
      recognisedOn: '2025-08-08',
      softwareTenants: 326,
    },
    ending: 'closed',
    approvals: { 'gz-miit': { amountFen: million(7.5) } },
    orderCut: {
      lessFen: yuan(200_000),
      reason: { zh: '一项服务合同在公示后解除', en: 'A contract of services was ended after the notice' },
    },
  },
  {
    company: 6,
    item: 'platform-cross',
    direction: 'platform',
    projectName: '白云工联跨行业跨领域工业互联网平台',
    requestedFen: million(5),
    facts: {
      ...sound,
      platformName: '白云工联平台',
      recognitionNumber: '示例工信信发〔2024〕12号',
      recognisedOn: '2024-12-30',
    },
    ending: 'closed',
  },
  {
    company: 14,
    item: 'platform-specialised',
    direction: 'platform',
    projectName: '注塑行业特色型工业互联网平台',
    requestedFen: million(3),
    facts: {
      ...sound,
      platformName: '黄埔注塑云',
      recognitionTier: 'characteristic',
      recognitionNumber: '示例工信信发〔2025〕18号',
      recognisedOn: '2025-06-27',
    },
    ending: 'closed',
  },
];

function dcmmAward(company: number, level: EarlierAward['level']): EarlierAward {
  const evidence = `certificate:${certificateNumber(company)}`;
  return { level, matterDetail: '3', evidence, amountYuan: '300000.00' };
}

function blankForm(): Pick<Case, 'sharesUndertaking' | 'verdict'> {
  return {
    sharesUndertaking: true,
    verdict: {
      verdict: 'not-duplicate',
      reason: {
        zh: '两份承诺书均为同一空白范本的扫描件，项目与证书不同',
        en: 'Both undertakings are scans of one blank form; projects and certificates differ',
      },
    },
  };
}

const cause = '2026 年度预算（演示）';

/** What a second person wants to see before a plan is approved. */
interface Doubt {
  readonly reason: Bilingual;
  /** Money of the simulation that answers it. */
  readonly availableFen: number;
}

export interface Appropriation {
  readonly poolId: string;
  readonly amountFen: number;
  readonly cause: string;
  /** Refuses the first plan of the pool's round. */
  readonly doubt?: Doubt;
  /** Its year is ended, and what is left lapses. */
  readonly endsYear?: true;
}

/** For each pool of the guide less than the sum of the ceilings, so that every share is cut. */
export const appropriations: readonly Appropriation[] = [
  {
    poolId: 'software-2026',
    amountFen: million(32),
    cause,
    doubt: {
      reason: {
        zh: '请先测算预算减少一成的影响，再报方案',
        en: 'First show what a tenth less money would do',
      },
      availableFen: million(28.8),
    },
  },
  { poolId: 'software-projects-2026', amountFen: million(15), cause, endsYear: true },
  { poolId: 'software-platforms-2026', amountFen: million(3), cause },
];

/** Points of one expert by criterion. */
export type Points = Readonly<Record<string, number>>;

/** An application as the demo follows it. */
export interface Entry {
  readonly story: Case;
  readonly id: string;
  readonly organisation: string;
  /** Company and item, for the progress lines. */
  readonly label: string;
}
