import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { eventLabels } from '../../../functions/filing/applications/labels.ts';
import type { Bilingual } from '../../../functions/shared/text.ts';
import { ask, Problem } from '../data/api.ts';
import { labelOf } from '../data/field-labels.ts';
import { lastDay, money, time } from '../data/format.ts';
import { type Language, useLanguage, useText } from '../data/language.tsx';
import { nameOf } from '../data/names.ts';
import {
  type ApplicationView,
  application as applicationQuery,
  documents as documentsQuery,
  form as formQuery,
} from '../data/queries.ts';
import { DocumentTag } from '../design/document-lines.tsx';
import { FileLink } from '../design/file-link.tsx';
import { Facts, Failed, NotFound, Page, siteName, Waiting } from '../design/parts.tsx';
import { ForApplicants } from '../design/signed-in.tsx';
import { Copying, Handover, Reconsideration, Withdrawal } from './application-acts.tsx';
import { Deletion } from './application-deletion.tsx';
import { NextStep } from './application-next.tsx';
import { StatusTag, useItemTitle } from './applications.tsx';
import { Dossier } from './dossier.tsx';

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
    <Page title={nameOf(application)}>
      {application.submittedAt !== undefined && (
        <p className="paper">
          {t(siteName)} · {t({ zh: '申报回执', en: 'Receipt of an application' })}
        </p>
      )}
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
          [
            status === 'draft'
              ? t({ zh: '草稿编号', en: 'Number of the draft' })
              : t({ zh: '受理编号', en: 'Number' }),
            <code key="id">{applicationId}</code>,
          ],
          [t({ zh: '事项', en: 'Measure' }), titleOf(content.item)],
          [
            t({ zh: '申报单位', en: 'Enterprise' }),
            `${content.enterprise.name || '—'}（${content.enterprise.uscc}）`,
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
          <Dossier applicationId={applicationId} />
        </div>
      )}
      {application.reconsideration && status === 'refused' && (
        <Reconsideration applicationId={applicationId} reconsideration={application.reconsideration} />
      )}
      <DocumentsOf applicationId={applicationId} />
      <TimeLine applicationId={applicationId} version={application.version} />
      <Handover application={application} />
      <Copying application={application} />
      <Deletion application={application} />
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
            <div>
              {labelOf(`documents.${document.material}`, item.data, t)}
              {t({ zh: '：', en: ': ' })}
              <FileLink document={document} applicationId={applicationId} />
              <code className="paper">SHA-256 {document.sha256}</code>
            </div>
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
