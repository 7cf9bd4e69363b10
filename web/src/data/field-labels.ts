import type { OpenItem } from './queries.ts';

/** What a path of an application is called. */
export function labelOf(
  path: string,
  item: Pick<OpenItem, 'facts' | 'materials'>,
  t: (text: { readonly zh: string; readonly en: string }) => string,
): string {
  const [kind, id] = path.split('.');
  if (kind === 'facts') return t(item.facts.find((fact) => fact.id === id)?.title ?? { zh: path, en: path });
  if (kind === 'documents') {
    return t(item.materials.find((one) => one.id === id)?.title ?? { zh: path, en: path });
  }
  return t(basicLabels[path] ?? { zh: path, en: path });
}

const basicLabels: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  projectName: { zh: '项目名称', en: 'Name of the project' },
  direction: { zh: '发展方向', en: 'Direction' },
  requestedFen: { zh: '申请金额', en: 'Amount asked for' },
  name: { zh: '单位名称', en: 'Name of the enterprise' },
  district: { zh: '登记所在区', en: 'District of registration' },
  registeredOn: { zh: '成立日期', en: 'Registered on' },
  industryClass: { zh: '国民经济行业代码', en: 'Industry class' },
  uscc: { zh: '统一社会信用代码', en: 'Unified social credit code' },
  kind: { zh: '单位类型', en: 'Kind of unit' },
  submittedOn: { zh: '提交日期', en: 'Submitted on' },
  enterprise: { zh: '单位信息', en: 'The enterprise' },
};
