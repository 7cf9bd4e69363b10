import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { labelOf } from '../data/field-labels.ts';
import { sendable, typedOf } from '../data/form.ts';
import { day, fenOf, money } from '../data/format.ts';
import { useLanguage, useText } from '../data/language.tsx';
import {
  application as applicationQuery,
  assessment as assessmentQuery,
  catalogue,
  documents as documentsQuery,
  form as formQuery,
  type OpenItem,
} from '../data/queries.ts';
import { ApplicationHead } from '../design/application-head.tsx';
import { DocumentTag, isAwaited } from '../design/document-lines.tsx';
import { FileLink } from '../design/file-link.tsx';
import { Facts, Failed, Page, Waiting } from '../design/parts.tsx';
import { ForApplicants } from '../design/signed-in.tsx';
import { Verdicts } from '../design/verdicts.tsx';
import { Submission } from './submission.tsx';

const title = { zh: '核对并提交', en: 'Check and submit' };

/** Everything that will be submitted, what the conditions say of it, and the submission. */
export function Check() {
  return <ForApplicants title={title}>{() => <Load />}</ForApplicants>;
}

function Load() {
  const t = useText();
  const { language } = useLanguage();
  const { applicationId } = useParams({ from: '/applications/$applicationId/check' });
  const loaded = useQuery({ ...applicationQuery(applicationId), staleTime: 0 });
  const item = useQuery(formQuery(applicationId));
  const laws = useQuery(catalogue);
  const listed = useQuery({
    ...documentsQuery(applicationId),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.some(isAwaited) ? 1500 : false),
  });
  const isChangeable = loaded.data?.body.status === 'draft' || loaded.data?.body.status === 'returned';
  const assessment = useQuery({
    ...assessmentQuery(applicationId, loaded.data?.etag ?? ''),
    enabled: isChangeable,
  });
  const error = loaded.error ?? item.error ?? listed.error ?? laws.error;
  if (error || !loaded.data || !item.data || !listed.data || !laws.data) {
    return (
      <Page title={title}>
        {error ? <Failed error={error} retry={() => void loaded.refetch()} /> : <Waiting />}
      </Page>
    );
  }
  const application = loaded.data.body;
  const { content, status } = application;
  if (status !== 'draft' && status !== 'returned') {
    return (
      <Page title={title}>
        <p>{t({ zh: '申报已提交。', en: 'The application was submitted.' })}</p>
        <Link to="/applications/$applicationId" params={{ applicationId }}>
          {t({ zh: '查看申报', en: 'See the application' })}
        </Link>
      </Page>
    );
  }
  const usable = listed.data.filter((document) => document.status === 'accepted');
  const missing = item.data.materials.filter(({ id }) => !usable.some(({ material }) => material === id));
  const typed = typedOf(content, item.data.facts);
  const gaps = sendable(typed, item.data, content.enterprise).faults;
  const awaited = listed.data.filter(isAwaited);
  return (
    <Page title={title}>
      <ApplicationHead application={application} at="check" closesAt={item.data.closesAt} />
      {(gaps.length > 0 || missing.length > 0) && (
        <div className="told warn">
          <h2>{t({ zh: '提交前还需补全', en: 'Still missing before it can be submitted' })}</h2>
          <ul>
            {gaps.map(({ field, message }) => (
              <li key={field}>
                <Link to="/applications/$applicationId/form" params={{ applicationId }} hash={field}>
                  {t(message)}
                </Link>
              </li>
            ))}
            {missing.map(({ id, title: what }) => (
              <li key={id}>
                <Link
                  to="/applications/$applicationId/documents"
                  params={{ applicationId }}
                  hash={`documents.${id}`}
                >
                  {t({ zh: `上传材料：${what.zh}`, en: `Add the document: ${what.en}` })}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      )}
      {assessment.error && <Failed error={assessment.error} retry={() => void assessment.refetch()} />}
      {assessment.data && (
        <>
          <h2>{t({ zh: '条件核查', en: 'Conditions' })}</h2>
          <Verdicts assessment={assessment.data} item={item.data} />
        </>
      )}
      <h2>{t({ zh: '将要提交的内容', en: 'What will be submitted' })}</h2>
      <Facts
        items={[
          [t({ zh: '事项', en: 'Measure' }), t(item.data.title)],
          ...Object.entries({
            ...typed,
            ...Object.fromEntries(gaps.map(({ field }) => [field, ''])),
          }).map(
            ([field, text]) =>
              [
                labelOf(field, item.data, t),
                text === '' ? (
                  <span key="empty" className="soft">
                    {t({ zh: '未填写', en: 'not filled in' })}
                  </span>
                ) : (
                  shownText(field, text, item.data, laws.data, t, language)
                ),
              ] as const,
          ),
        ]}
      />
      <h3>{t({ zh: '材料', en: 'Documents' })}</h3>
      {listed.data.length === 0 ? (
        <p className="soft">{t({ zh: '尚无材料', en: 'None yet' })}</p>
      ) : (
        <ul className="steps">
          {listed.data
            .filter((document) => document.status !== 'superseded')
            .map((document) => (
              <li key={document.documentId}>
                <div>
                  {labelOf(`documents.${document.material}`, item.data, t)}
                  {t({ zh: '：', en: ': ' })}
                  <FileLink document={document} applicationId={applicationId} />
                </div>
                <DocumentTag document={document} />
              </li>
            ))}
        </ul>
      )}
      <Submission
        applicationId={applicationId}
        isIncomplete={gaps.length > 0 || missing.length > 0}
        isCorrection={status === 'returned'}
        awaited={awaited.map(({ documentId }) => documentId)}
      />
    </Page>
  );
}

/** A typed value as a person reads it. */
function shownText(
  field: string,
  text: string,
  { facts }: Pick<OpenItem, 'facts'>,
  laws: {
    readonly directions: readonly { readonly id: string; readonly title: { zh: string; en: string } }[];
    readonly districts: readonly { readonly code: string; readonly name: { zh: string; en: string } }[];
  },
  t: (text: { readonly zh: string; readonly en: string }) => string,
  language: 'zh' | 'en',
): string {
  if (field === 'requestedFen') return money(fenOf(text) ?? 0, language);
  if (field === 'direction')
    return t(laws.directions.find(({ id }) => id === text)?.title ?? { zh: text, en: text });
  if (field === 'district')
    return t(laws.districts.find(({ code }) => code === text)?.name ?? { zh: text, en: text });
  if (field === 'registeredOn') return day(text, language);
  const fact = facts.find(({ id }) => `facts.${id}` === field);
  switch (fact?.type) {
    case 'money':
      return money(fenOf(text) ?? 0, language);
    case 'date':
      return day(text, language);
    case 'boolean':
      return text === 'yes' ? t({ zh: '是', en: 'Yes' }) : t({ zh: '否', en: 'No' });
    case 'enum':
      return t(fact.values?.find(({ id }) => id === text)?.title ?? { zh: text, en: text });
    default:
      return text;
  }
}
