import type { Bilingual } from '../../shared/text.ts';
import type { LimitSource } from './eligibility-result.ts';
import type { ApplicationEvent } from './history-row.ts';
import type { Stage, Status } from './lifecycle.ts';

/** What a status of an application is called, for its applicant. */
export const statusLabels: Readonly<Record<Status, Bilingual>> = {
  draft: { zh: '草稿，尚未提交', en: 'Draft, not submitted' },
  submitted: { zh: '已提交，正在核查条件', en: 'Submitted, conditions are being checked' },
  ineligible: { zh: '不符合申报条件', en: 'Conditions not met' },
  'sign-off': { zh: '部门审核中', en: 'With the departments' },
  returned: { zh: '退回补正', en: 'Returned for correction' },
  lapsed: { zh: '逾期未补正，已终止', en: 'Ended: not corrected in time' },
  refused: { zh: '不予支持', en: 'Refused' },
  deduplication: { zh: '查重中', en: 'Being compared with other awards' },
  adjudication: { zh: '疑似重复，正在裁定', en: 'A possible duplicate is being decided' },
  duplicate: { zh: '与已获支持的事项重复，已终止', en: 'Ended: supported before' },
  recognised: { zh: '已认定', en: 'Recognised' },
  pooled: { zh: '通过审核，等待资金安排', en: 'Passed, waiting for money to be allocated' },
  allocated: { zh: '已安排资金，待公示', en: 'Money allocated, notice to follow' },
  noticed: { zh: '公示中', en: 'Under public notice' },
  cancelled: { zh: '已取消', en: 'Cancelled' },
  ordered: { zh: '已下达，待拨付', en: 'Ordered, payment to follow' },
  closed: { zh: '已拨付', en: 'Paid' },
  withdrawn: { zh: '已撤回', en: 'Withdrawn' },
  deleted: { zh: '已删除', en: 'Deleted' },
};

/** What an event of an application's history is called. */
export const eventLabels: Readonly<Record<ApplicationEvent, Bilingual>> = {
  created: { zh: '建立草稿', en: 'Draft created' },
  copied: { zh: '由以前的申报复制为草稿', en: 'Draft copied from an earlier application' },
  'handover-offered': { zh: '提出移交给同事', en: 'Offered to a colleague' },
  'handed-over': { zh: '已移交给同事', en: 'Handed over to a colleague' },
  edited: { zh: '修改内容', en: 'Content changed' },
  deleted: { zh: '删除草稿', en: 'Draft deleted' },
  erased: { zh: '保存期满，内容已清除', en: 'Erased at the end of its period' },
  submitted: { zh: '提交申报', en: 'Submitted' },
  corrected: { zh: '提交补正', en: 'Correction submitted' },
  withdrawn: { zh: '撤回', en: 'Withdrawn' },
  'review-failed': { zh: '办理流程中断，正在处理', en: 'The review stopped and is being looked at' },
  'found-eligible': { zh: '条件核查通过', en: 'Conditions checked: met' },
  'found-ineligible': { zh: '条件核查未通过', en: 'Conditions checked: not met' },
  recommended: { zh: '区级部门推荐', en: 'Recommended by the district' },
  opined: { zh: '部门出具意见', en: 'A department gave its opinion' },
  'signed-off': { zh: '牵头部门审核通过', en: 'Approved by the lead department' },
  refused: { zh: '不予支持', en: 'Refused' },
  abstained: { zh: '经办人回避', en: 'An official abstained' },
  returned: { zh: '退回补正', en: 'Returned for correction' },
  'sign-off-expired': { zh: '审核期限届满', en: 'The time for deciding has passed' },
  'correction-warned': { zh: '提醒补正', en: 'Reminder of the correction' },
  lapsed: { zh: '逾期未补正', en: 'Not corrected in time' },
  'reopening-requested': { zh: '提出恢复申请', en: 'Reopening asked for' },
  'reopening-refused': { zh: '不予恢复', en: 'Reopening refused' },
  reopened: { zh: '恢复办理', en: 'Reopened' },
  'reconsideration-requested': { zh: '申请复核', en: 'Reconsideration asked for' },
  'refusal-upheld': { zh: '复核维持原决定', en: 'Reconsidered: the refusal stands' },
  'refusal-overturned': { zh: '复核撤销原决定', en: 'Reconsidered: the refusal is overturned' },
  'expert-invited': { zh: '邀请专家评审', en: 'Expert invited' },
  'invitation-revoked': { zh: '取消专家邀请', en: 'Invitation taken back' },
  'expert-declined': { zh: '专家谢绝', en: 'Expert declined' },
  'expert-scored': { zh: '专家评分', en: 'Expert scored' },
  suspected: { zh: '发现疑似重复', en: 'Possible duplicate found' },
  'adjudication-proposed': { zh: '提出裁定', en: 'Decision on the duplicate proposed' },
  adjudicated: { zh: '作出裁定', en: 'Duplicate decided' },
  'ceiling-lowered': { zh: '可支持上限调低', en: 'The most that can be paid was lowered' },
  'found-duplicate': { zh: '认定为重复', en: 'Found to be a duplicate' },
  'registry-changed': { zh: '其他计划的记录有变化', en: 'Records of other schemes changed' },
  held: { zh: '暂停，等待裁定', en: 'On hold until a possible duplicate is decided' },
  pooled: { zh: '进入资金安排', en: 'In the pool for allocation' },
  recognised: { zh: '予以认定', en: 'Recognised' },
  allocated: { zh: '安排资金', en: 'Money allocated' },
  'notice-opened': { zh: '开始公示', en: 'Public notice began' },
  'objected-to': { zh: '有人提出异议', en: 'An objection was made' },
  'objection-dismissed': { zh: '异议不成立', en: 'Objection dismissed' },
  'award-lowered': { zh: '支持金额调低', en: 'Award lowered' },
  cancelled: { zh: '取消支持', en: 'Award cancelled' },
  'notice-ended': { zh: '公示期满', en: 'Public notice ended' },
  ordered: { zh: '下达资金', en: 'Payment ordered' },
  paid: { zh: '已拨付', en: 'Paid' },
  'partly-paid': { zh: '部分拨付', en: 'Partly paid' },
  'payment-returned': { zh: '银行退回', en: 'Returned by the bank' },
  'payment-disputed': { zh: '银行回执前后不一', en: 'The bank’s answers differ' },
  'payment-dispute-decided': { zh: '银行回执已核实', en: 'The bank’s answer was settled' },
  'clawback-demanded': { zh: '要求退回资金', en: 'Repayment demanded' },
  'clawback-received': { zh: '已退回资金', en: 'Repayment received' },
};

/** What becomes of a condition. */
export const outcomeLabels = {
  met: { zh: '符合', en: 'Met' },
  unmet: { zh: '不符合', en: 'Not met' },
  'needs-review': { zh: '待核实', en: 'To be checked' },
} as const satisfies Readonly<Record<string, Bilingual>>;

/** What a limit of the ceiling is called (glossary, "ceiling"), by its source. */
export const limitLabels: Readonly<Record<LimitSource, Bilingual>> = {
  notice: { zh: '通知规定的上限', en: 'the most that the notice gives' },
  'notice-ratio': { zh: '通知规定的比例', en: 'the share that the notice gives' },
  guide: { zh: '申报指南规定的金额', en: 'the amount of the guide' },
  'guide-sum': { zh: '申报指南规定的计算结果', en: 'what the guide adds up' },
  'guide-ratio': { zh: '申报指南规定的比例', en: 'the share that the guide gives' },
  requested: { zh: '申请金额', en: 'the amount asked for' },
  'signed-off': { zh: '部门核定的金额', en: 'the amount that the department approved' },
  'after-other-schemes': { zh: '扣除其他计划已支持的金额', en: 'less what other schemes have paid' },
};

/** What an adjudicator decides on a pair. */
export const verdictLabels = {
  duplicate: { zh: '同一事项', en: 'duplicate' },
  'not-duplicate': { zh: '不同事项', en: 'not duplicate' },
  'top-up': { zh: '补差额', en: 'top-up' },
} as const satisfies Readonly<Record<string, Bilingual>>;

type NamedStage = Stage extends infer S ? (S extends `${infer Name}-${number}` ? Name : S) : never;
const stageLabels: Readonly<Record<NamedStage, Bilingual>> = {
  step: { zh: '部门审核', en: 'sign-off' },
  reopening: { zh: '恢复办理', en: 'reopening' },
  reconsideration: { zh: '复核', en: 'reconsideration' },
  eligibility: { zh: '条件核查', en: 'eligibility' },
  expert: { zh: '专家评审', en: 'expert review' },
  adjudication: { zh: '查重裁定', en: 'adjudication' },
  allocation: { zh: '资金安排', en: 'allocation' },
  objection: { zh: '异议处理', en: 'objection' },
  order: { zh: '资金下达', en: 'order' },
  payment: { zh: '资金拨付', en: 'payment' },
  clawback: { zh: '资金追回', en: 'clawback' },
};

/** What a stage is called; of those that are numbered, without the number. */
export function stageLabel(stage: Stage): Bilingual {
  // A stage is one of these names, with or without a number.
  return stageLabels[stage.replace(/-\d+$/, '') as NamedStage];
}
