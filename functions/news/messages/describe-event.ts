import { lawOf } from '../../policy/guides/policy-book.ts';
import type { Notice } from '../../policy/notice/notice-schema.ts';
import { invitationIdOf } from '../../review/experts/invitation.ts';
import { shanghaiDate, shanghaiTime } from '../../shared/shanghai-date.ts';
import type { Bilingual } from '../../shared/text.ts';
import type { DomainEvent } from '../domain-events/domain-event.ts';
import { type AccountMoved, accountSentences } from './account-sentences.ts';
import { type Channel, channelOf } from './channel.ts';
import { type Sentences, said } from './sentences.ts';

/** What people are told of an event: no amounts, no names and no personal data, since it may travel by mail. */
export interface Described {
  readonly channels: readonly Channel[];
  readonly title: Bilingual;
  readonly text: Bilingual;
  /** Path in the portal. */
  readonly link: string;
  /**
   * Whether it goes out by mail as well: each one, or the first of a day for all of its type, since a whole round of
   * tasks may be due at once. A department's new tasks do not, which its inbox shows.
   */
  readonly mail: 'each' | 'first-of-day' | 'none';
}

/** Says what an event means to those it concerns. @param notice that knows the titles of items */
export function describeEvent(notice: Notice, event: DomainEvent): Described {
  if ('lastFour' in event) {
    const { title, news } = accountSentences(event);
    return { ...addressed(event), title, text: news };
  }
  const item = lawOf(notice, event.item)?.part.title ?? { zh: event.item, en: event.item };
  const { title, news } = sentences(event);
  const number = 'applicationId' in event ? event.applicationId : undefined;
  return {
    ...addressed(event),
    title,
    text: {
      zh: `“${item.zh}”申报${number === undefined ? '' : `（编号 ${number}）`}：${news.zh}`,
      en: `Application for “${item.en}”${number === undefined ? '' : ` (${number})`}: ${news.en}`,
    },
  };
}

function addressed(event: DomainEvent): Pick<Described, 'channels' | 'link' | 'mail'> {
  switch (event.type) {
    case 'TaskOpened':
    case 'TaskDueSoon':
    case 'TaskOverdue': {
      const department = channelOf('department', event.department);
      const assignee = 'assignee' in event ? event.assignee : undefined;
      return {
        channels: [department, ...(assignee === undefined ? [] : [channelOf('person', assignee)])],
        link: `/tasks/${event.taskId}`,
        mail: event.type === 'TaskOpened' ? 'none' : 'first-of-day',
      };
    }
    case 'ExpertInvited':
      return {
        channels: [channelOf('person', event.expert)],
        link: `/invitations/${invitationIdOf(event.applicationId, event.expert)}`,
        mail: 'each',
      };
    case 'AccountProposed':
    case 'AccountConfirmed':
    case 'AccountRefused':
    case 'AccountWithdrawn': {
      const district = 'department' in event ? event.department : undefined;
      return {
        channels: [
          channelOf('organisation', event.organisation),
          ...(district === undefined ? [] : [channelOf('department', district)]),
        ],
        link: '/account',
        mail: 'each',
      };
    }
    case 'LateApplicationAllowed':
      return {
        channels: [channelOf('organisation', event.organisation)],
        link: `/apply/${event.item}`,
        mail: 'each',
      };
    default:
      return {
        channels: [channelOf('organisation', event.organisation)],
        link: `/applications/${event.applicationId}`,
        mail: 'each',
      };
  }
}

function sentences(event: Exclude<DomainEvent, AccountMoved>): Sentences {
  switch (event.type) {
    case 'ApplicationSubmitted':
      return said(
        '申报已提交',
        'Application submitted',
        '已收到，进入审核。',
        'received; its review begins.',
      );
    case 'ApplicationFoundIneligible':
      return said(
        '不符合申报条件',
        'Conditions not met',
        '不符合指南条件，理由请在系统中查看。',
        'it does not meet the conditions of the guide; see the reasons in the system.',
      );
    case 'ApplicationReturned':
      return said(
        '申报需要补正',
        'Corrections are asked for',
        `请按意见补正${untilZh(event.dueAt)}。`,
        `please make the corrections asked for${untilEn(event.dueAt)}.`,
      );
    case 'CorrectionDueSoon':
      return said(
        '补正即将到期',
        'Corrections are due soon',
        `补正期限将至，请尽快提交${untilZh(event.dueAt)}；逾期未补正的，申报失效。`,
        `please submit the corrections soon${untilEn(event.dueAt)}; without them the application lapses.`,
      );
    case 'ApplicationCorrected':
      return said(
        '补正已提交',
        'Corrections submitted',
        '补正已收到，继续审核。',
        'the corrections were received.',
      );
    case 'ApplicationLapsed':
      return said(
        '申报已失效',
        'Application lapsed',
        '未在期限内补正，申报失效。',
        'the corrections did not come in time, so it has lapsed.',
      );
    case 'ApplicationReopened':
      return said(
        '申报已恢复',
        'Application reopened',
        `申报已恢复，请补正${untilZh(event.dueAt)}。`,
        `it is open again; please make the corrections${untilEn(event.dueAt)}.`,
      );
    case 'ApplicationRefused':
      return said(
        '申报未获通过',
        'Application refused',
        `审核未通过，理由请在系统中查看；不服的，可申请复核${untilZh(event.askBefore)}。`,
        `it was refused; see the reasons in the system. You may ask for a reconsideration${untilEn(event.askBefore)}.`,
      );
    case 'ReconsiderationRequested':
      return said(
        '复核申请已收到',
        'Reconsideration asked for',
        `复核申请已收到，由未参与原审核的人员办理${untilZh(event.dueAt)}。`,
        `your request was received; people who had no part in it decide${untilEn(event.dueAt)}.`,
      );
    case 'RefusalUpheld':
      return said(
        '复核维持原决定',
        'Refusal upheld',
        '经复核，维持原决定，理由请在系统中查看。',
        'the refusal was reconsidered and stands; see the reasons in the system.',
      );
    case 'RefusalOverturned':
      return said(
        '复核撤销原决定',
        'Refusal overturned',
        '经复核，原决定已撤销，继续办理。',
        'the refusal was overturned; its review goes on.',
      );
    case 'ApplicationSignedOff':
      return said('审核通过', 'Signed off', '各部门审核均已通过。', 'every department has signed it off.');
    case 'ApplicationFoundDuplicate':
      return said(
        '重复申报',
        'Already supported elsewhere',
        '同一事项已获其他支持，理由请在系统中查看。',
        'the same matter is supported elsewhere; see the reasons in the system.',
      );
    case 'ApplicationRecognised':
      return said(
        '认定、推荐通过',
        'Recognised or referred',
        '已通过，证明可在系统中下载。',
        'it succeeded; its certificate is in the system.',
      );
    case 'ApplicationPooled':
      return said('等待资金分配', 'Waiting for allocation', '等待资金分配。', 'it waits for a budget round.');
    case 'AwardCommitted':
      return said(
        '奖补已安排',
        'Award committed',
        '已列入资金安排，等待公示。',
        'it has an award, which will be published.',
      );
    case 'NoticeOpened':
      return said(
        '进入公示',
        'Public notice begins',
        `已进入公示期${untilZh(event.closesAt)}。`,
        `its award is under public notice${untilEn(event.closesAt)}.`,
      );
    case 'AwardOrdered':
      return said('资金已下达', 'Payment ordered', '资金已下达，待拨付。', 'its payment has been ordered.');
    case 'AwardCancelled':
      return said(
        '奖励已取消',
        'Award taken back',
        `公示后奖励被取消，理由请在系统中查看；不服的，可申请复核${untilZh(event.askBefore)}。`,
        `its award was taken back; see the reasons in the system. You may ask for a reconsideration${untilEn(event.askBefore)}.`,
      );
    case 'PaymentReturned':
      return said(
        '拨付款项被银行退回',
        'A payment was returned by the bank',
        '银行退回了拨付的款项。请核对收款账户并重新提出（无误的原样提出），由另一人确认，此前不再拨付。',
        'the bank returned its payment. Please check your bank account and propose it again (as it is, if it is right), for another person to confirm; nothing is paid before.',
      );
    case 'ApplicationClosed':
      return said(
        '资金已拨付',
        'Award paid',
        '资金已全部拨付，办理完毕。',
        'its award is paid; it is complete.',
      );
    case 'ApplicationWithdrawn':
      return said('申报已撤回', 'Application withdrawn', '已撤回。', 'it was withdrawn.');
    case 'HandoverOffered':
      return said(
        '申报待接办',
        'An application is to be taken over',
        '经办人拟将本件移交同事，请受让人在系统中接办。',
        'it is offered to a colleague, who takes it over in the system.',
      );
    case 'ApplicationHandedOver':
      return said(
        '申报已移交',
        'Application handed over',
        '已由本单位另一人员接办。',
        'a colleague of the organisation has taken it over.',
      );
    case 'DraftClosingSoon':
      return said(
        '申报即将截止',
        'Applications close soon',
        `尚未提交。受理将于 ${shanghaiTime(event.closesAt)} 截止，请尽快提交。`,
        `it is still a draft. Applications close at ${shanghaiTime(event.closesAt)} (Shanghai): please submit it soon.`,
      );
    case 'LateApplicationAllowed':
      return said(
        '准予逾期申报',
        'You may still apply',
        `受理已截止，经核准，本单位可于 ${shanghaiTime(event.until)} 前提交一次。`,
        `applications have closed; by a confirmed exception your organisation may submit one before ${shanghaiTime(event.until)} (Shanghai).`,
      );
    case 'AnnouncementSent':
      return { title: event.title, news: event.text };
    case 'ExpertInvited':
      return said('邀请评审', 'Invitation to score', '请您评审打分。', 'you are asked to score it.');
    case 'TaskOpened':
      return said(
        '新待办',
        'New task',
        `请审核${untilZh(event.dueAt)}。`,
        `please decide${untilEn(event.dueAt)}.`,
      );
    case 'TaskDueSoon':
      return said(
        '待办即将到期',
        'Task due soon',
        `请尽快审核${untilZh(event.dueAt)}。`,
        `please decide soon${untilEn(event.dueAt)}.`,
      );
    case 'TaskOverdue':
      return said(
        '待办已逾期',
        'Task overdue',
        `已超过办理期限${untilZh(event.dueAt)}，请立即处理。`,
        `the task is overdue${untilEn(event.dueAt)}; please decide now.`,
      );
  }
}

/** The last day of a period that ends with an instant, as people name it: midnight belongs to the day before. */
function lastDay(end: string): string {
  return shanghaiDate(new Date(Date.parse(end) - 1));
}

function untilZh(end: string | undefined): string {
  return end === undefined ? '' : `（截止日期：${lastDay(end)}）`;
}

function untilEn(end: string | undefined): string {
  return end === undefined ? '' : ` (last day: ${lastDay(end)})`;
}
