import { isRecord } from '../../shared/records.ts';
import type { Bilingual } from '../../shared/text.ts';
import { shortYuan } from '../../shared/yuan.ts';

/** What the parts of a guide are called. A list's name stands before the id of its entry: condition "level". */
const partWords: Readonly<Record<string, Bilingual>> = {
  above: { zh: '超过部分的起点', en: 'threshold' },
  accountCoolingOff: { zh: '收款账户变更冷静期', en: 'cooling-off of a new account' },
  allocation: { zh: '分配规则', en: 'allocation' },
  amount: { zh: '支持金额', en: 'amount' },
  blind: { zh: '匿名评审', en: 'blind review' },
  by: { zh: '办理部门', en: 'departments' },
  citation: { zh: '依据', en: 'citation' },
  claimed: { zh: '申报投入的填报项', en: 'fact of the stated input' },
  clawbackDue: { zh: '追回缴款期限', en: 'time to pay back' },
  closesAt: { zh: '截止时间', en: 'end' },
  competition: { zh: '竞争方式', en: 'competition' },
  competitionFact: { zh: '竞争性项目数填报项', en: 'fact of competitive projects' },
  conditions: { zh: '申报条件', en: 'condition' },
  correction: { zh: '补正', en: 'correction' },
  creditFact: { zh: '失信填报项', en: 'fact of dishonesty' },
  criteria: { zh: '评审指标', en: 'criterion' },
  deduplication: { zh: '查重', en: 'duplicate check' },
  direction: { zh: '方向', en: 'direction' },
  count: { zh: '数量填报项', en: 'fact of the number' },
  due: { zh: '办理期限', en: 'time to act' },
  duties: { zh: '职责分离', en: 'duties' },
  eachFen: { zh: '每份金额', en: 'amount of each' },
  en: { zh: '英文', en: 'English' },
  everyFen: { zh: '每档金额', en: 'size of a step' },
  evidence: { zh: '佐证', en: 'evidence' },
  experts: { zh: '专家评审', en: 'expert review' },
  expiresAfterSeconds: { zh: '审核重新发起的时限（秒）', en: 'seconds until a sign-off is asked again' },
  expression: { zh: '条件表达式', en: 'expression' },
  fact: { zh: '填报项', en: 'fact' },
  facts: { zh: '填报项', en: 'fact' },
  fen: { zh: '金额上限', en: 'cap' },
  fiscalYear: { zh: '预算年度', en: 'fiscal year' },
  formats: { zh: '文件格式', en: 'format' },
  fund: { zh: '专项资金', en: 'fund' },
  grace: { zh: '宽限期', en: 'grace' },
  id: { zh: '标识', en: 'id' },
  illustrative: { zh: '示例指南', en: 'illustrative' },
  inputs: { zh: '条件所涉内容', en: 'input' },
  into: { zh: '结转入资金池', en: 'pool that is carried into' },
  is: { zh: '取值', en: 'value' },
  item: { zh: '通知事项', en: 'item of the notice' },
  items: { zh: '事项', en: 'item' },
  kind: { zh: '类别', en: 'kind' },
  levels: { zh: '查重级别', en: 'level' },
  materials: { zh: '申报材料', en: 'material' },
  matter: { zh: '同一事项的认定', en: 'matter' },
  maxBytes: { zh: '文件大小上限（字节）', en: 'bytes at most' },
  met: { zh: '符合时的说明', en: 'sentence when it is met' },
  minimumPayableFen: { zh: '最低拨付额', en: 'minimum payable' },
  mode: { zh: '方式', en: 'mode' },
  notice: { zh: '公示期', en: 'public notice' },
  objectionsDue: { zh: '异议办理期限', en: 'time to decide an objection' },
  objectionsScreened: {
    zh: '异议受理前暂缓期限',
    en: 'time that an objection holds an award before it is admitted',
  },
  of: { zh: '计算依据填报项', en: 'fact that it is counted from' },
  opensAt: { zh: '开始时间', en: 'beginning' },
  part: { zh: '通知事项的部分', en: 'part of the item of the notice' },
  parts: { zh: '计算项', en: 'part of the amount' },
  perMillion: { zh: '比例（百万分之）', en: 'parts of a million' },
  percent: { zh: '比例上限（百分比）', en: 'percentage at most' },
  points: { zh: '分值', en: 'points' },
  pool: { zh: '资金池', en: 'pool' },
  pools: { zh: '资金池', en: 'pool' },
  reconsideration: { zh: '复核', en: 'reconsideration' },
  without: { zh: '略去的通用内容', en: 'left out of what is common' },
  within: { zh: '申请复核期限', en: 'time to ask for a reconsideration' },
  remindBefore: { zh: '提前提醒', en: 'reminder before it is due' },
  required: { zh: '所需评分数', en: 'scores required' },
  residue: { zh: '余数处理', en: 'residue' },
  restsOn: { zh: '审核依据', en: 'basis' },
  revenue: { zh: '营业收入填报项', en: 'fact of the revenue' },
  earlier: { zh: '以前年度最高收入填报项', en: 'fact of the highest earlier revenue' },
  reason: { zh: '理由', en: 'reason' },
  rounds: { zh: '次数', en: 'rounds' },
  signOff: { zh: '审核', en: 'sign-off' },
  similarNames: { zh: '项目名称比对', en: 'comparison of names' },
  skipped: { zh: '跨档计算', en: 'tiers reached at once' },
  steps: { zh: '环节', en: 'step' },
  submitterDiffersFromPreparer: { zh: '提交人与填报人须为不同人', en: 'submitter differs from preparer' },
  template: { zh: '空白模板', en: 'template' },
  tiers: { zh: '档次', en: 'tier' },
  title: { zh: '名称', en: 'title' },
  topic: { zh: '专题', en: 'topic' },
  type: { zh: '填报类型', en: 'type' },
  unit: { zh: '计算单位', en: 'unit' },
  unmet: { zh: '不符合时的说明', en: 'sentence when it is not met' },
  unmetNeedsReview: { zh: '不符合时转人工审核', en: 'left to a person when it is not met' },
  unspent: { zh: '年末结余处理', en: 'what is unspent' },
  values: { zh: '选项', en: 'value' },
  version: { zh: '版本', en: 'version' },
  warnBefore: { zh: '提前预警', en: 'warning before it is due' },
  when: { zh: '适用情形', en: 'where it is given' },
  window: { zh: '申报时间', en: 'window' },
  year: { zh: '年度', en: 'year' },
  yearEnd: { zh: '年终处理', en: 'year end' },
  zh: { zh: '中文', en: 'Chinese' },
};

/** A step into a guide: a field's name, or the key of an entry of the list before it. */
export type GuideStep = string | { readonly entry: string };

/** Where a part of a guide is, in words: `item "dcmm", condition "level"`. @throws Error for a field without words. */
export function placeInWords(steps: readonly GuideStep[]): Bilingual {
  const zh: string[] = [];
  const en: string[] = [];
  for (const step of steps) {
    if (typeof step !== 'string') {
      zh.push(`${zh.pop() ?? ''}“${step.entry}”`);
      en.push(`${en.pop() ?? ''} "${step.entry}"`);
      continue;
    }
    const words = partWords[step];
    if (!words) throw new Error(`there are no words for ${step} of a guide`);
    zh.push(words.zh);
    en.push(words.en);
  }
  return { zh: zh.join('，'), en: en.join(', ') };
}

/** A value as people read it; what has no words of its own stands in quotes. */
export function valueInWords(field: string, value: unknown): Bilingual {
  if (typeof value === 'boolean') return value ? { zh: '是', en: 'yes' } : { zh: '否', en: 'no' };
  if (typeof value === 'number') return numberInWords(field, value);
  if (isRecord(value)) {
    const { days, unit, seconds } = value;
    if (seconds !== undefined) return { zh: `${seconds} 秒`, en: `${seconds} seconds` };
    if (days !== undefined && unit === 'working')
      return { zh: `${days} 个工作日`, en: `${days} working days` };
    if (days !== undefined) return { zh: `${days} 个自然日`, en: `${days} calendar days` };
  }
  const text = valueText(value);
  return { zh: `“${text}”`, en: `"${text}"` };
}

/** Characters of a value that are shown; the guide itself has it whole. */
const longest = 600;

/** A value as it stands: a text as it is, anything else as JSON. */
export function valueText(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function numberInWords(field: string, value: number): Bilingual {
  if (field !== 'fen' && !field.endsWith('Fen')) return { zh: String(value), en: String(value) };
  const yuan = shortYuan(value);
  return { zh: `${yuan} 元`, en: `${yuan} yuan` };
}
