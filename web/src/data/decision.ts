import type { Bilingual } from '../../../functions/shared/text.ts';
import { ask } from './api.ts';
import type { Typed } from './form.ts';
import { fenOf, money } from './format.ts';
import type { TaskDetail } from './tasks.ts';

/** A decision as it is typed: its outcome, and texts as they stand in their fields. */
export const decisionFields = [
  ...([
    'outcome',
    'amount',
    'input',
    'confirm',
    'favourable',
    'zh',
    'en',
    'citation',
    'days',
    'items',
  ] as const),
] as const;

/** What is sent back: places, each with what is wrong with it. */
export type ReturnItems = Readonly<Record<string, string>>;

export function returnItems(typed: Typed): ReturnItems {
  try {
    return JSON.parse(typed['items'] || '{}');
  } catch {
    return {};
  }
}

/** A fault of a decision as it is typed; the field is the id of its control. */
export interface DecisionFault {
  readonly field: string;
  readonly message: Bilingual;
}

const text = (typed: Typed, field: (typeof decisionFields)[number]) => typed[field]?.trim() ?? '';

/** What keeps a decision from being sent. What only the server can know it says itself. */
export function decisionFaults(typed: Typed, task: TaskDetail): DecisionFault[] {
  const faults: DecisionFault[] = [];
  const outcome = text(typed, 'outcome');
  const need = (field: (typeof decisionFields)[number], message: Bilingual) => {
    if (text(typed, field) === '') faults.push({ field: `decision-${field}`, message });
  };
  const needText = () => need('zh', { zh: '请填写理由（中文）', en: 'Give the reason in Chinese' });
  switch (outcome) {
    case 'approve':
      if (task.claimedInputFen !== undefined) {
        const input = fenOf(text(typed, 'input'));
        if (input === undefined || input === 0) {
          faults.push({
            field: 'decision-input',
            message: {
              zh: '核定投入：应为大于零的金额（元）',
              en: 'Verified input: an amount above zero, in yuan',
            },
          });
        } else if (input > task.claimedInputFen) needText();
      }
      if (task.amountKind !== 'none') {
        const amount = fenOf(text(typed, 'amount'));
        if (amount === undefined || amount === 0) {
          faults.push({
            field: 'decision-amount',
            message: { zh: '核定金额：应为大于零的金额（元）', en: 'Amount: above zero, in yuan' },
          });
        } else if (task.claimedInputFen === undefined && amount > task.limitFen) {
          faults.push({
            field: 'decision-amount',
            message: {
              zh: `核定金额不能超过 ${money(task.limitFen, 'zh')}`,
              en: `At most ${money(task.limitFen, 'en')} can be approved`,
            },
          });
        }
      }
      break;
    case 'refuse':
    case 'uphold':
    case 'overturn':
      needText();
      need('citation', { zh: '请选择依据', en: 'Choose what it rests on' });
      break;
    case 'opine':
      need('favourable', { zh: '请选择同意或不同意', en: 'Say whether you are in favour' });
      need('zh', { zh: '请填写意见（中文）', en: 'Give the opinion in Chinese' });
      break;
    case 'return': {
      const items = Object.entries(returnItems(typed));
      if (items.length === 0) {
        faults.push({
          field: 'decision-items',
          message: {
            zh: '请在填报内容中选择需要补正的内容',
            en: 'Choose what has to be corrected, from what was filled in',
          },
        });
      }
      for (const [path, reason] of items) {
        if (reason.trim() === '') {
          faults.push({
            field: `decision-item-${path}`,
            message: { zh: '请说明需要补正什么', en: 'Say what has to be corrected' },
          });
        }
      }
      const days = text(typed, 'days');
      if (days !== '' && !(Number(days) >= 1 && Number(days) <= task.correctionDue.days)) {
        faults.push({
          field: 'decision-days',
          message: {
            zh: `补正期限：1 至 ${task.correctionDue.days} 日`,
            en: `Days: 1 to ${task.correctionDue.days}`,
          },
        });
      }
      break;
    }
    case 'abstain':
      need('zh', { zh: '请填写回避的原因', en: 'Give the nature of the interest' });
      break;
    case 'recommend':
      break;
    default:
      faults.push({ field: 'decision-outcome', message: { zh: '请选择决定', en: 'Choose a decision' } });
  }
  return faults;
}

const remark = (typed: Typed) => {
  const en = text(typed, 'en');
  return { zh: text(typed, 'zh'), ...(en !== '' && { en }) };
};

/** Sends a decision without faults, based on the content that the task shows. @throws Problem, Offline */
export async function sendDecision(typed: Typed, task: TaskDetail): Promise<void> {
  const params = { taskId: task.taskId };
  const { contentHash } = task;
  const reason = text(typed, 'zh') === '' ? {} : { reason: remark(typed) };
  const decide = (body: Parameters<typeof ask<'POST /v1/tasks/{taskId}/decision'>>[1]) =>
    ask('POST /v1/tasks/{taskId}/decision', { params, ...body });
  switch (text(typed, 'outcome')) {
    case 'approve':
      await decide({
        body: {
          outcome: 'approve',
          contentHash,
          ...(task.amountKind !== 'none' && { amountFen: fenOf(text(typed, 'amount')) }),
          ...(task.claimedInputFen !== undefined && { verifiedInputFen: fenOf(text(typed, 'input')) }),
          ...(text(typed, 'confirm') === 'yes' && { confirmName: true }),
          ...reason,
        },
      });
      return;
    case 'recommend':
      await decide({ body: { outcome: 'recommend', contentHash, ...reason } });
      return;
    case 'opine':
      await decide({
        body: {
          outcome: 'opine',
          contentHash,
          favourable: text(typed, 'favourable') === 'yes',
          opinion: remark(typed),
        },
      });
      return;
    case 'refuse':
      await decide({
        body: { outcome: 'refuse', contentHash, reason: remark(typed), citation: text(typed, 'citation') },
      });
      return;
    case 'return':
      await decide({
        body: {
          outcome: 'return',
          contentHash,
          items: Object.entries(returnItems(typed)).map(([path, zh]) => ({
            path,
            reason: { zh: zh.trim() },
          })),
          ...(text(typed, 'days') !== '' && { dueDays: Number(text(typed, 'days')) }),
        },
      });
      return;
    case 'abstain':
      await decide({ body: { outcome: 'abstain', reason: text(typed, 'zh') } });
      return;
    case 'uphold':
    case 'overturn':
      await ask('POST /v1/tasks/{taskId}/reconsideration', {
        params,
        body: {
          outcome: text(typed, 'outcome') === 'uphold' ? 'uphold' : 'overturn',
          reason: remark(typed),
          citation: text(typed, 'citation'),
          contentHash,
        },
      });
  }
}
