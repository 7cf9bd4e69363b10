import type { PublicAward } from '../../functions/publicity/notice/list-awards.ts';

/** An award under public notice. */
export function publicAward(overrides: Partial<PublicAward> = {}): PublicAward {
  return {
    applicationId: '01J00000000000000000000001',
    organisation: '91440101731566630A',
    organisationName: '广州示例云帆软件有限公司',
    item: 'dcmm',
    projectName: '数据管理能力成熟度评估',
    title: { zh: 'DCMM 三级以上评估奖励', en: 'DCMM level 3 or above award' },
    clause: '二(二)6',
    awardFen: 50_000_000,
    roundId: '01J00000000000000000000009',
    status: 'noticed',
    noticedAt: '2026-11-23T02:00:00.000Z',
    closesAt: '2026-11-29T16:00:00.000Z',
    ...overrides,
  };
}
