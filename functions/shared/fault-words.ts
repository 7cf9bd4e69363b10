import type * as z from 'zod';
import { type Bilingual, quoted } from './text.ts';

const types: Readonly<Record<string, Bilingual>> = {
  string: { zh: '文字', en: 'a text' },
  number: { zh: '数字', en: 'a number' },
  int: { zh: '整数', en: 'a whole number' },
  boolean: { zh: '是或否', en: 'true or false' },
  array: { zh: '列表', en: 'a list' },
  object: { zh: '一组内容', en: 'an object' },
  record: { zh: '一组内容', en: 'an object' },
  null: { zh: '空值', en: 'null' },
};

const forms: Readonly<Record<string, Bilingual>> = {
  date: { zh: '日期，如 2026-03-01', en: 'a date, as 2026-03-01' },
  datetime: { zh: '带时区的时间，如 2026-03-01T00:00:00Z', en: 'an instant, as 2026-03-01T00:00:00Z' },
  email: { zh: '电子邮箱地址', en: 'a mail address' },
  url: { zh: '网址', en: 'a URL' },
};

const other: Bilingual = { zh: '内容不符合要求', en: 'it is not as asked for' };

/**
 * What a fault that a schema found says to people, in both languages. A schema's own words come first (`both`); those of
 * the parser are in English alone, and speak of types and patterns.
 */
export function issueWords(issue: z.core.$ZodIssue): Bilingual {
  const [zh = '', en] = issue.message.split('\n');
  if (en !== undefined) return { zh, en };
  switch (issue.code) {
    case 'invalid_type': {
      const wanted = types[issue.expected];
      return wanted ? { zh: `应为${wanted.zh}`, en: `it must be ${wanted.en}` } : other;
    }
    case 'invalid_value':
      return oneOf(issue.values.map(String));
    case 'too_small':
      return limit(issue.origin, Number(issue.minimum), issue.inclusive === false ? 'above' : 'least');
    case 'too_big':
      return limit(issue.origin, Number(issue.maximum), issue.inclusive === false ? 'below' : 'most');
    case 'invalid_format': {
      const wanted = forms[issue.format];
      if (wanted) return { zh: `应为${wanted.zh}`, en: `it must be ${wanted.en}` };
      return { zh: '格式不符', en: 'it does not have the form that is asked for' };
    }
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options) ? oneOf(issue.options.map(String)) : other;
    case 'invalid_key': {
      const [inner] = issue.issues;
      return inner ? prefixed(issueWords(inner)) : other;
    }
    default:
      return other;
  }
}

function prefixed({ zh, en }: Bilingual): Bilingual {
  return { zh: `名称${zh}`, en: `the name: ${en}` };
}

function oneOf(values: readonly string[]): Bilingual {
  const { zh, en } = quoted(values);
  if (values.length === 1) return { zh: `应为${zh}`, en: `it must be ${en}` };
  return { zh: `应为以下之一：${zh}`, en: `it must be one of ${en}` };
}

const units: Readonly<Record<string, Bilingual>> = {
  string: { zh: ' 个字符', en: ' characters' },
  array: { zh: ' 项', en: ' entries' },
  set: { zh: ' 项', en: ' entries' },
  map: { zh: ' 项', en: ' entries' },
};

const bounds = {
  least: { zh: '不少于', en: 'at least' },
  most: { zh: '不超过', en: 'at most' },
  above: { zh: '应大于', en: 'more than' },
  below: { zh: '应小于', en: 'less than' },
} as const satisfies Record<string, Bilingual>;

function limit(origin: string, bound: number, kind: keyof typeof bounds): Bilingual {
  const unit = units[origin] ?? { zh: '', en: '' };
  return {
    zh: `${bounds[kind].zh} ${bound}${unit.zh}`,
    en: `it must ${unit.en === '' ? 'be' : 'have'} ${bounds[kind].en} ${bound}${unit.en}`,
  };
}

/** What fields of requests are called in Chinese. */
const titles: Readonly<Record<string, string>> = {
  item: '事项',
  direction: '发展方向',
  projectName: '项目名称',
  enterprise: '申报单位',
  uscc: '统一社会信用代码',
  name: '名称',
  district: '登记所在区',
  registeredOn: '登记日期',
  kind: '类型',
  industryClass: '行业代码',
  predecessors: '承继单位',
  parent: '母公司',
  requestedFen: '申请金额',
  facts: '填报内容',
  holder: '户名',
  bank: '开户银行',
  branchCode: '联行号',
  accountNumber: '账号',
  legalRepresentative: '法定代表人',
  idNumber: '证件号码',
  bankAccount: '银行账号',
  confirmUscc: '信用代码确认',
  confirmName: '名称确认',
  limit: '每页条数',
  cursor: '分页游标',
  table: '数据表',
  partition: '分区',
  applicationId: '申报编号',
  without: '未送达的材料',
  'if-match': '版本条件',
  'idempotency-key': '幂等键',
  'objection-receipt': '回执',
  confirmation: '联系方式确认',
  confirmationId: '确认编号',
  code: '确认码',
  via: '联系方式',
  into: '并入的异议',
  'x-bank-signature': '银行签名',
  bookedFen: '入账金额',
  statement: '对账单编号',
  reason: '原因',
  material: '材料',
  fileName: '文件名',
  contentType: '文件类型',
  bytes: '文件大小',
  sha256: '文件校验值',
  documentId: '材料编号',
  taskId: '任务编号',
  submission: '第几次提交',
  row: '行号',
  mapping: '列映射',
  outcome: '结果',
  amountFen: '金额',
  verifiedInputFen: '核定投入',
  contentHash: '内容校验值',
  favourable: '意见倾向',
  opinion: '意见',
  citation: '依据',
  items: '事项',
  path: '位置',
  dueDays: '期限天数',
  decisions: '决定',
  decision: '决定',
  overdue: '逾期筛选',
  mine: '本人筛选',
  q: '检索词',
  soonDays: '临期天数',
  assignee: '承办人',
  fields: '草稿内容',
  order: '排序',
  expert: '专家账号',
  invitationId: '邀请编号',
  verdicts: '裁定',
  id: '编号',
  verdict: '裁定',
  paidFen: '已付金额',
  departure: '偏离理由',
  points: '评分',
  comment: '评语',
  interest: '利害关系',
  organisation: '单位',
  note: '说明',
  personId: '人员账号',
  to: '受托人',
  from: '开始日期',
  until: '结束日期',
  day: '日期',
  person: '人员账号',
  application: '申报编号',
  delegationId: '委托编号',
  url: '网址',
  eventTypes: '事件类型',
  description: '说明',
  webhookId: '订阅编号',
  overlapHours: '并行时数',
  status: '状态',
  deliveryId: '推送编号',
  upTo: '截止时间',
  email: '电子邮箱',
  language: '语言',
  poolId: '资金池',
  year: '年份',
  cause: '事由',
  entryId: '录入编号',
  personReference: '人员编号',
  grantId: '授权编号',
  correctionId: '更正编号',
  version: '版本',
  roundId: '轮次编号',
  planHash: '方案校验值',
  availableFen: '可用金额',
  minimumPayableFen: '最低拨付额',
  mode: '分配方式',
  residue: '余数处理',
  unit: '计算单位',
  guide: '指南',
  simulationId: '测算编号',
  amounts: '调整金额',
  orderId: '下达编号',
  paymentFileId: '付款批次编号',
  clawbackId: '追回编号',
  reference: '流水号',
  date: '日期',
  objector: '异议人',
  identifier: '证件号码',
  phone: '电话',
  address: '地址',
  grounds: '异议理由',
  evidence: '佐证',
  objectionId: '异议编号',
  receipt: '回执',
  listed: '是否列入',
  since: '起始日期',
  source: '来源',
  scheme: '方案文号',
  dryRun: '试运行',
  sheet: '工作表',
  proposalId: '提案编号',
  effectiveFrom: '生效时间',
  importId: '导入编号',
  announcementId: '消息编号',
  exceptionId: '例外编号',
  title: '标题',
  text: '正文',
  encoding: '编码',
  headerRow: '表头行',
  columns: '列',
  awardId: '奖补编号',
  level: '级别',
  matterKind: '事项类型',
  matterDetail: '事项明细',
  amount: '金额',
  evidenceColumns: '佐证列',
  heading: '列名',
  levelWords: '级别用词',
  matterWords: '事项用词',
  amountUnit: '金额单位',
  yearFormat: '年份格式',
  revokedWords: '撤销用词',
  grantedWords: '授予用词',
  clause: '条款',
  format: '格式',
  by: '分组方式',
  zh: '中文',
  en: '英文',
  documentNumber: '文号',
};

/** What a field is called, by the last name on its way. */
export function fieldTitle(path: readonly string[]): string | undefined {
  const name = path.findLast((step) => !/^\d+$/.test(step)) ?? '';
  return Object.hasOwn(titles, name) ? titles[name] : undefined;
}
