/** The companies of the demo round, all fictional, and how each of their applications is meant to end. */

/** Yuan as the API takes money: integer fen. */
const yuan = (amount: number): number => Math.round(amount * 100);

type Ending = 'closed' | 'ineligible' | 'refused' | 'duplicate' | 'withdrawn';

export interface Participant {
  /** N of the demo users preparer-N and admin-N. */
  readonly number: number;
  readonly district: string;
  readonly registeredOn: string;
  readonly item: 'dcmm' | 'growth-milestone';
  readonly direction: string;
  readonly projectName: string;
  readonly requestedFen: number;
  readonly facts: Readonly<Record<string, string | number>>;
  readonly ending: Ending;
  /** Level at which another scheme has paid for the same matter: the municipal one bars, a district's does not. */
  readonly paidBefore?: 'municipal' | 'district';
  /** What the reviewer verifies, where it is less than what could be approved. */
  readonly verifiedFen?: number;
  /** Sends other bytes than it declared for its first document, before the right ones. */
  readonly uploadsWrongBytes?: true;
}

type Particulars = Pick<Participant, 'number' | 'district' | 'registeredOn' | 'direction'> &
  Partial<Pick<Participant, 'requestedFen' | 'verifiedFen' | 'ending' | 'paidBefore' | 'uploadsWrongBytes'>>;

interface Certificate {
  readonly level: number;
  readonly validTo?: string;
}

function dcmm({ level, validTo = '2030-12-31' }: Certificate, particulars: Particulars): Participant {
  return {
    item: 'dcmm',
    projectName: '数据管理能力成熟度评估',
    requestedFen: yuan(500_000),
    facts: { level, certificateNumber: certificateNumber(particulars.number), certificateValidTo: validTo },
    ending: 'closed',
    ...particulars,
  };
}

const tiers = {
  'revenue-200m': { name: '两亿元', revenue: 200_000_000, award: 1_000_000 },
  'revenue-1b': { name: '十亿元', revenue: 1_000_000_000, award: 2_000_000 },
  'revenue-2b': { name: '二十亿元', revenue: 2_000_000_000, award: 3_000_000 },
};

/** @param growth revenue of the year in parts of the tier's threshold */
function milestone(tier: keyof typeof tiers, growth: number, particulars: Particulars): Participant {
  const { name, revenue, award } = tiers[tier];
  const revenueFen = yuan(revenue * growth);
  return {
    item: 'growth-milestone',
    projectName: `年营业收入首次达到${name}`,
    requestedFen: yuan(award),
    facts: {
      tier,
      revenueFen,
      highestEarlierRevenueFen: yuan(revenue * 0.9),
      statisticsRevenueFen: Math.round(revenueFen * 0.99),
    },
    ending: 'closed',
    ...particulars,
  };
}

function certificateNumber(number: number): string {
  return `DEMO-DCMM-2026-${String(number).padStart(4, '0')}`;
}

export const participants: readonly Participant[] = [
  dcmm({ level: 4 }, { number: 1, district: '440106', registeredOn: '2014-03-18', direction: 'platform' }),
  milestone('revenue-1b', 1.07, {
    number: 2,
    district: '440105',
    registeredOn: '2009-11-02',
    direction: 'infrastructure',
  }),
  milestone('revenue-200m', 1.2, {
    number: 3,
    district: '440112',
    registeredOn: '2017-06-30',
    direction: 'platform',
  }),
  dcmm(
    { level: 3 },
    {
      number: 4,
      district: '440103',
      registeredOn: '2012-01-09',
      direction: 'application',
      requestedFen: yuan(480_000),
      verifiedFen: yuan(452_345.67),
    },
  ),
  milestone('revenue-2b', 1.01, {
    number: 5,
    district: '440104',
    registeredOn: '2005-08-15',
    direction: 'platform',
  }),
  dcmm(
    { level: 2, validTo: '2025-12-31' },
    {
      number: 6,
      district: '440111',
      registeredOn: '2018-04-27',
      direction: 'foundation',
      ending: 'ineligible',
    },
  ),
  dcmm(
    { level: 3 },
    { number: 7, district: '440113', registeredOn: '2016-10-11', direction: 'foundation', ending: 'refused' },
  ),
  dcmm(
    { level: 3 },
    {
      number: 8,
      district: '440115',
      registeredOn: '2019-02-14',
      direction: 'infrastructure',
      ending: 'duplicate',
      paidBefore: 'municipal',
    },
  ),
  milestone('revenue-200m', 1.35, {
    number: 9,
    district: '440114',
    registeredOn: '2013-12-05',
    direction: 'application',
    uploadsWrongBytes: true,
  }),
  milestone('revenue-1b', 1.5, {
    number: 10,
    district: '440118',
    registeredOn: '2011-07-21',
    direction: 'ecosystem',
    ending: 'withdrawn',
  }),
  dcmm(
    { level: 3 },
    {
      number: 11,
      district: '440117',
      registeredOn: '2020-05-08',
      direction: 'ecosystem',
      paidBefore: 'district',
    },
  ),
  milestone('revenue-1b', 1.12, {
    number: 12,
    district: '440106',
    registeredOn: '2010-09-30',
    direction: 'application',
    requestedFen: yuan(1_800_000),
  }),
  dcmm({ level: 5 }, { number: 13, district: '440105', registeredOn: '2015-06-01', direction: 'platform' }),
  milestone('revenue-200m', 1.04, {
    number: 14,
    district: '440112',
    registeredOn: '2008-03-03',
    direction: 'foundation',
    verifiedFen: yuan(876_543.21),
  }),
];

/** Document number of the other scheme whose awards are imported. */
export const otherScheme = '穗示例规〔2025〕1号';

/** Why the reviewer refuses, with the clause it rests on. */
export const refusal = {
  reason: {
    zh: 'DCMM 证书的获证单位与申报单位不一致',
    en: 'The DCMM certificate was issued to another unit',
  },
  citation: '二(二)6',
};

/** Less than the sum of the ceilings, so that every share is cut. */
export const appropriation = { amountFen: yuan(8_000_000), cause: '2026 年度预算（演示）' };

/** The other scheme's awards to these companies, as its CSV file. */
export function earlierAwardsCsv(
  awards: ReadonlyArray<{
    readonly participant: Participant;
    readonly organisation: string;
    readonly organisationName: string;
  }>,
): string {
  const header =
    'award_id,uscc,name,level,year,matter_kind,matter_detail,project_name,evidence,amount_yuan,status';
  const rows = awards.map(({ participant: { facts, ...participant }, organisation, organisationName }) =>
    [
      `DEMO-${participant.number}`,
      organisation,
      organisationName,
      participant.paidBefore,
      '2025',
      participant.item,
      facts['level'],
      participant.projectName,
      `certificate:${facts['certificateNumber']}`,
      '300000.00',
      'granted',
    ].join(','),
  );
  return `${[header, ...rows].join('\n')}\n`;
}
