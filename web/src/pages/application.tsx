import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { eventLabels } from '../../../functions/filing/applications/labels.ts';
import type { Bilingual } from '../../../functions/shared/text.ts';
import { ask, Problem } from '../data/api.ts';
import { labelOf } from '../data/field-labels.ts';
import { lastDay, money, time } from '../data/format.ts';
import { type Language, useLanguage, useText } from '../data/language.tsx';
import {
  type ApplicationView,
  application as applicationQuery,
  documents as documentsQuery,
  form as formQuery,
} from '../data/queries.ts';
import { useSession } from '../data/session.tsx';
import { Facts, Failed, NotFound, Page, Waiting } from '../design/parts.tsx';
import { ForApplicants } from '../design/signed-in.tsx';
import { Copying, Handover, Reconsideration, Withdrawal } from './application-acts.tsx';
import { StatusTag, useItemTitle } from './applications.tsx';
import { DocumentTag } from './documents.tsx';

const title = { zh: '申报', en: 'Application' };

/** How an application stands: what happened, who has it now, and what is to be done. */
export function Application() {
  return <ForApplicants title={title}>{() => <Load />}</ForApplicants>;
}

function Load() {
  const { applicationId } = useParams({ from: '/applications/$applicationId' });
  const { data, error, refetch } = useQuery({
    ...applicationQuery(applicationId),
    // Somebody else acts on it meanwhile.
    refetchInterval: 15_000,
  });
  if (error instanceof Problem && error.status === 404) return <NotFound />;
  if (!data) {
    return (
      <Page title={title}>{error ? <Failed error={error} retry={() => void refetch()} /> : <Waiting />}</Page>
    );
  }
  return <Standing application={data.body} />;
}

function Standing({ application }: { readonly application: ApplicationView }) {
  const t = useText();
  const { language } = useLanguage();
  const titleOf = useItemTitle();
  const { applicationId, content, status, reasons = [] } = application;
  return (
    <Page title={{ zh: content.projectName, en: content.projectName }}>
      <p>
        <StatusTag status={status} />
      </p>
      <NextStep application={application} />
      {reasons.length > 0 && (
        <section className="told warn">
          <h2>{t({ zh: '理由', en: 'Reasons' })}</h2>
          <ul>
            {reasons.map(({ code, message, citation }) => (
              <li key={`${code} ${message.en}`}>
                {t(message)} <span className="soft">（{citation}）</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <h2 id="receipt" tabIndex={-1}>
        {t({ zh: '申报信息', en: 'In short' })}
      </h2>
      <Facts
        items={[
          [t({ zh: '受理编号', en: 'Number' }), <code key="id">{applicationId}</code>],
          [t({ zh: '事项', en: 'Measure' }), titleOf(content.item)],
          [
            t({ zh: '申报单位', en: 'Enterprise' }),
            `${content.enterprise.name}（${content.enterprise.uscc}）`,
          ],
          ...(content.requestedFen > 0
            ? [[t({ zh: '申请金额', en: 'Asked for' }), money(content.requestedFen, language)] as const]
            : []),
          ...(application.submittedAt === undefined
            ? []
            : [[t({ zh: '提交时间', en: 'Submitted' }), time(application.submittedAt, language)] as const]),
          ...amounts(application, language).map(([what, which]) => [t(what), which] as const),
          [t({ zh: '适用指南', en: 'Guide' }), application.guide],
        ]}
      />
      {application.submittedAt !== undefined && (
        <div className="actions">
          <button type="button" onClick={() => window.print()}>
            {t({ zh: '打印本页（回执）', en: 'Print this page (receipt)' })}
          </button>
        </div>
      )}
      {application.reconsideration && status === 'refused' && (
        <Reconsideration applicationId={applicationId} reconsideration={application.reconsideration} />
      )}
      <DocumentsOf applicationId={applicationId} />
      <TimeLine applicationId={applicationId} version={application.version} />
      <Handover application={application} />
      <Copying application={application} />
      <Withdrawal application={application} />
    </Page>
  );
}

function amounts(application: ApplicationView, language: Language): (readonly [Bilingual, string])[] {
  const { ceilingFen, awardFen, orderedFen, paidFen, recoveredFen, noticeClosesAt } = application;
  const shown = (what: Bilingual, fen: number | undefined) =>
    fen === undefined ? [] : [[what, money(fen, language)] as const];
  return [
    ...shown({ zh: '可支持上限', en: 'At most' }, ceilingFen),
    ...shown({ zh: '拟支持金额', en: 'Award' }, awardFen),
    ...shown({ zh: '已下达', en: 'Ordered' }, orderedFen),
    ...shown({ zh: '已拨付', en: 'Paid' }, paidFen),
    ...shown({ zh: '已追回', en: 'Recovered' }, recoveredFen),
    ...(noticeClosesAt === undefined
      ? []
      : [[{ zh: '公示截止', en: 'Notice ends' }, lastDay(noticeClosesAt, language)] as const]),
  ];
}

/** What is to be done now and by whom, in plain words. */
function NextStep({ application }: { readonly application: ApplicationView }) {
  const t = useText();
  const { language } = useLanguage();
  const { person } = useSession();
  const { applicationId, status, correction } = application;
  const isAdmin = person?.roles.includes('organisation-admin') ?? false;
  if (status === 'draft' || status === 'returned') {
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

function DocumentsOf({ applicationId }: { readonly applicationId: string }) {
  const t = useText();
  const item = useQuery(formQuery(applicationId));
  const listed = useQuery(documentsQuery(applicationId));
  if (!item.data || !listed.data || listed.data.length === 0) return null;
  return (
    <>
      <h2>{t({ zh: '材料', en: 'Documents' })}</h2>
      <ul className="steps">
        {listed.data.map((document) => (
          <li key={document.documentId}>
            <span>
              {labelOf(`documents.${document.material}`, item.data, t)}
              {t({ zh: '：', en: ': ' })}
              {document.fileName}
            </span>
            <DocumentTag document={document} />
          </li>
        ))}
      </ul>
    </>
  );
}

function TimeLine({ applicationId, version }: { readonly applicationId: string; readonly version: number }) {
  const t = useText();
  const { language } = useLanguage();
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['history', applicationId, version],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam }) =>
      (
        await ask('GET /v1/applications/{applicationId}/history', {
          params: { applicationId },
          query: { limit: 100, ...(pageParam && { cursor: pageParam }) },
        })
      ).body,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const rows = data?.pages.flatMap(({ items }) => items) ?? [];
  // A draft that saves itself is edited a hundred times: a row of edits is one.
  const told = rows.filter((row, place) => row.event !== 'edited' || rows[place + 1]?.event !== 'edited');
  return (
    <>
      <h2>{t({ zh: '办理过程', en: 'What happened' })}</h2>
      {error && <Failed error={error} />}
      <ol className="timeline">
        {told.map((row) => (
          <li key={row.version}>
            <strong>{t(eventLabels[row.event])}</strong>
            <br />
            <time className="soft small" dateTime={row.at}>
              {time(row.at, language)}
            </time>
            {row.reasons && (
              <ul>
                {row.reasons.map(({ code, message, citation }) => (
                  <li key={`${code} ${message.en}`}>
                    {t(message)} <span className="soft small">（{citation}）</span>
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ol>
      {hasNextPage && (
        <button type="button" onClick={() => void fetchNextPage()}>
          {t({ zh: '显示更多', en: 'Show more' })}
        </button>
      )}
    </>
  );
}
