import { publishedUscc } from './content.ts';

const columns = {
  award_id: 'A-001',
  uscc: publishedUscc,
  name: '广州示例云帆软件有限公司',
  level: 'municipal',
  year: '2025',
  matter_kind: 'dcmm',
  matter_detail: '3',
  project_name: '数据管理能力成熟度评估',
  evidence: '',
  amount_yuan: '500000',
  status: 'granted',
};

/** A row of another scheme's file: by default a municipal dcmm award of level 3. */
export type AwardRow = typeof columns;

/** A CSV file of awards; each row names only what differs from the default. */
export function awardCsv(...rows: readonly Partial<AwardRow>[]): string {
  const lines = rows.map((row) =>
    Object.values({ ...columns, ...row })
      .map(quote)
      .join(','),
  );
  return `${[Object.keys(columns).join(','), ...lines].join('\n')}\n`;
}

function quote(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
