import type { Award } from '../../functions/filing/applications/award.ts';
import { fen } from '../../functions/shared/money.ts';
import { publishedUscc } from './content.ts';

/** An award of another municipal scheme that was granted. */
export function award(overrides: Partial<Award> = {}): Award {
  return {
    scheme: '穗科规字〔2021〕3号',
    awardId: 'A-1',
    uscc: publishedUscc,
    name: '广州示例软件有限公司',
    level: 'municipal',
    year: 2024,
    matterKind: 'other',
    matterDetail: 'X',
    projectName: '城市治理平台',
    evidence: [],
    amountFen: fen(5_000_000),
    status: 'granted',
    ...overrides,
  };
}
