import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Bilingual } from '../../../functions/shared/text.ts';
import { labelOf } from '../data/field-labels.ts';
import { lastDay, time } from '../data/format.ts';
import { type Language, useLanguage, useText } from '../data/language.tsx';
import { type ApplicationView, form as formQuery } from '../data/queries.ts';
import { useSession } from '../data/session.tsx';

/** What is to be done now and by whom, in plain words. */
export function NextStep({ application }: { readonly application: ApplicationView }) {
  const t = useText();
  const { language } = useLanguage();
  const { person } = useSession();
  const { applicationId, status, correction } = application;
  const isDraft = status === 'draft';
  const form = useQuery({ ...formQuery(applicationId), enabled: isDraft });
  const isAdmin = person?.roles.includes('organisation-admin') ?? false;
  if (isDraft || status === 'returned') {
    return (
      <section className="told warn">
        <h2>{t({ zh: '轮到您', en: 'Your turn' })}</h2>
        <p>
          {correction
            ? t({
                zh: `请在 ${time(correction.dueAt, 'zh')} 前修改退回的内容并提交补正；逾期申报终止。`,
                en: `Mend what was returned and submit it by ${time(correction.dueAt, 'en')}. After that the application ends.`,
              })
            : t({
                zh: '这是草稿，尚未提交。填完内容、上传材料后提交才算申报。',
                en: 'This is a draft and was not submitted. Fill it in, add the documents, and submit it.',
              })}
        </p>
        {isDraft && form.data && (
          <p>
            {t({
              zh: `受理至 ${time(form.data.closesAt, 'zh')}（北京时间）。`,
              en: `It can be submitted until ${time(form.data.closesAt, 'en')} (Beijing time).`,
            })}
          </p>
        )}
        {correction && <Returned application={application} />}
        <ol className="steps">
          <li>
            <Link to="/applications/$applicationId/form" params={{ applicationId }}>
              {t({ zh: '填写内容', en: 'Fill in the form' })}
            </Link>
          </li>
          <li>
            <Link to="/applications/$applicationId/documents" params={{ applicationId }}>
              {t({ zh: '上传材料', en: 'Add the documents' })}
            </Link>
          </li>
          <li>
            <Link to="/applications/$applicationId/check" params={{ applicationId }}>
              {isAdmin
                ? t({ zh: '核对并提交', en: 'Check and submit' })
                : t({ zh: '核对（由企业管理员提交）', en: 'Check (an administrator submits it)' })}
            </Link>
          </li>
        </ol>
      </section>
    );
  }
  const words = whoHasIt(application, language);
  return words ? (
    <section className="told">
      <h2>{t({ zh: '现在', en: 'Now' })}</h2>
      <p>{t(words)}</p>
      {application.status === 'allocated' || application.status === 'noticed' ? (
        <p>
          <Link to="/account">{t({ zh: '核对收款账户', en: 'See that your bank account is right' })}</Link>
        </p>
      ) : null}
    </section>
  ) : null;
}

function whoHasIt({ status, noticeClosesAt }: ApplicationView, language: Language): Bilingual | undefined {
  switch (status) {
    case 'submitted':
      return {
        zh: '系统正在核查申报条件，通常几分钟内完成。您不需要做什么。',
        en: 'The system is checking the conditions, mostly within minutes. You need to do nothing.',
      };
    case 'sign-off':
      return {
        zh: '部门正在审核。如需补正会退回并通知您。',
        en: 'The departments are reviewing it. If something has to be corrected, it comes back and you are told.',
      };
    case 'deduplication':
      return {
        zh: '正在与其他计划的支持记录比对。',
        en: 'It is being compared with what other schemes have paid.',
      };
    case 'adjudication':
      return {
        zh: '发现疑似重复的记录，裁定人正在判断。',
        en: 'There may be a duplicate. An adjudicator is deciding.',
      };
    case 'pooled':
      return {
        zh: '已通过审核，等待本轮资金安排。',
        en: 'It has passed the review and waits for a budget round.',
      };
    case 'allocated':
      return {
        zh: '资金已安排，公示即将开始。',
        en: 'Money has been allocated. The public notice is about to begin.',
      };
    case 'noticed': {
      const end = noticeClosesAt === undefined ? '' : lastDay(noticeClosesAt, language);
      return {
        zh: `正在公示，至 ${end} 止。公示无异议后下达资金。`,
        en: `It is under public notice until ${end}. Without an objection the money is ordered then.`,
      };
    }
    case 'ordered':
      return { zh: '资金已下达，等待银行拨付。', en: 'Payment has been ordered and waits for the bank.' };
    case 'closed':
      return { zh: '资金已拨付。', en: 'It has been paid.' };
    default:
      return undefined;
  }
}

function Returned({ application }: { readonly application: ApplicationView }) {
  const t = useText();
  const item = useQuery(formQuery(application.applicationId));
  if (!item.data || !application.correction) return null;
  return (
    <ul>
      {application.correction.items.map(({ path, reason, citation }) => (
        <li key={path}>
          <strong>{labelOf(path, item.data, t)}</strong>
          {t({ zh: '：', en: ': ' })}
          {t(reason)}
          {citation !== undefined && <span className="soft">（{citation}）</span>}
        </li>
      ))}
    </ul>
  );
}
