import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { outcomeLabels } from '../../../functions/filing/applications/labels.ts';
import { ask, Problem } from '../data/api.ts';
import { labelOf } from '../data/field-labels.ts';
import { typedOf } from '../data/form.ts';
import { fenOf, money, time } from '../data/format.ts';
import { useLanguage, useText } from '../data/language.tsx';
import {
  application as applicationQuery,
  catalogue,
  documents as documentsQuery,
  form as formQuery,
  type OpenItem,
} from '../data/queries.ts';
import { useSession } from '../data/session.tsx';
import { ApplicationHead } from '../design/application-head.tsx';
import { Countdown } from '../design/countdown.tsx';
import { Facts, Failed, Page, Tag, Waiting } from '../design/parts.tsx';
import { ForApplicants } from '../design/signed-in.tsx';
import { DocumentTag, isAwaited } from './documents.tsx';

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
  const isDraft = loaded.data?.body.status === 'draft';
  const assessment = useQuery({
    queryKey: ['assessment', applicationId, loaded.data?.body.version],
    queryFn: async () =>
      (await ask('GET /v1/applications/{applicationId}/eligibility', { params: { applicationId } })).body,
    enabled: isDraft,
    staleTime: 0,
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
  const { content, status, correction } = application;
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
  const emptyFacts = item.data.facts.filter(({ id }) => content.facts[id] === undefined);
  const awaited = listed.data.filter(isAwaited);
  return (
    <Page title={title}>
      <ApplicationHead application={application} at="check" />
      <Countdown until={correction?.dueAt ?? item.data.closesAt} serverTime={loaded.data.serverTime} />
      {(emptyFacts.length > 0 || missing.length > 0) && (
        <div className="told warn">
          <h2>{t({ zh: '提交前还需补全', en: 'Still missing before it can be submitted' })}</h2>
          <ul>
            {emptyFacts.map(({ id, title: what }) => (
              <li key={id}>
                <Link to="/applications/$applicationId/form" params={{ applicationId }} hash={`facts.${id}`}>
                  {t(what)}
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
                  {t(what)}
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
          <ul className="verdicts">
            {assessment.data.eligibility.conditions.map(({ id, outcome, sentence, citation }) => (
              <li key={id}>
                <span>
                  <Tag tone={outcome === 'met' ? 'good' : outcome === 'unmet' ? 'bad' : 'warn'}>
                    {t(outcomeLabels[outcome])}
                  </Tag>
                </span>
                <span>
                  {t(sentence)} <span className="soft small">（{citation}）</span>
                </span>
              </li>
            ))}
          </ul>
          {assessment.data.ceiling && (
            <p>
              {t({
                zh: `按目前填报内容，最多可获 ${money(assessment.data.ceiling.fen, 'zh')}，以审核和资金安排为准。`,
                en: `As it stands, at most ${money(assessment.data.ceiling.fen, 'en')} could be paid, subject to review and to the money there is.`,
              })}
            </p>
          )}
        </>
      )}
      <h2>{t({ zh: '将要提交的内容', en: 'What will be submitted' })}</h2>
      <Facts
        items={[
          [t({ zh: '事项', en: 'Measure' }), t(item.data.title)],
          ...Object.entries({
            ...typed,
            ...Object.fromEntries(emptyFacts.map(({ id }) => [`facts.${id}`, ''])),
          }).map(
            ([field, text]) =>
              [
                labelOf(field, item.data, t),
                text === '' ? (
                  <span key="empty" className="soft">
                    {t({ zh: '未填写', en: 'empty' })}
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
                <span>
                  {labelOf(`documents.${document.material}`, item.data, t)}
                  {t({ zh: '：', en: ': ' })}
                  {document.fileName}
                </span>
                <DocumentTag document={document} />
              </li>
            ))}
        </ul>
      )}
      <Submission
        applicationId={applicationId}
        isIncomplete={emptyFacts.length > 0 || missing.length > 0}
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
  const fact = facts.find(({ id }) => `facts.${id}` === field);
  switch (fact?.type) {
    case 'money':
      return money(fenOf(text) ?? 0, language);
    case 'boolean':
      return text === 'yes' ? t({ zh: '是', en: 'Yes' }) : t({ zh: '否', en: 'No' });
    case 'enum':
      return t(fact.values?.find(({ id }) => id === text)?.title ?? { zh: text, en: text });
    default:
      return text;
  }
}

function Submission({
  applicationId,
  isIncomplete,
  isCorrection,
  awaited,
}: {
  readonly applicationId: string;
  readonly isIncomplete: boolean;
  readonly isCorrection: boolean;
  readonly awaited: readonly string[];
}) {
  const t = useText();
  const { language } = useLanguage();
  const { person } = useSession();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [isDeclared, setDeclared] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const key = useRef(submissionKey(applicationId));
  const mayDo = person?.roles.includes('organisation-admin') ?? false;
  if (!mayDo) {
    return (
      <div className="told">
        <p>
          {t({
            zh: '您可以填写和修改；提交由本单位的企业管理员完成。请通知管理员登录后在“我的申报”中提交。',
            en: 'You may fill it in and change it. An administrator of your organisation submits it: under “My applications”.',
          })}
        </p>
      </div>
    );
  }
  const submit = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const { body } = await ask('POST /v1/applications/{applicationId}/submission', {
        params: { applicationId },
        headers: { 'idempotency-key': key.current },
        ...(awaited.length > 0 && { query: { without: awaited.join(',') } }),
      });
      sessionStorage.removeItem(keyName(applicationId));
      await queries.invalidateQueries({ queryKey: ['application', applicationId] });
      await navigate({
        to: '/applications/$applicationId',
        params: { applicationId: body.applicationId },
        hash: 'receipt',
      });
    } catch (failure) {
      if (failure instanceof Problem && failure.status < 500) {
        sessionStorage.removeItem(keyName(applicationId));
        key.current = submissionKey(applicationId);
      }
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <h2>
        {isCorrection
          ? t({ zh: '提交补正', en: 'Submit the correction' })
          : t({ zh: '提交申报', en: 'Submit the application' })}
      </h2>
      {awaited.length > 0 && (
        <div className="told warn">
          <p>
            {t({
              zh: `有 ${awaited.length} 个文件还在传送或检查。现在提交将不包含它们。`,
              en: `${awaited.length} files are still being sent or checked. Submitted now, it goes without them.`,
            })}
          </p>
        </div>
      )}
      {error !== undefined && <Failed error={error} />}
      <label className="choice">
        <input type="checkbox" checked={isDeclared} onChange={({ target }) => setDeclared(target.checked)} />
        <span>
          {t({
            zh: '本单位承诺以上内容和材料真实、合法、有效，并知悉虚假申报的法律责任。',
            en: 'Our organisation declares that all of this is true, lawful and valid, and knows what a false application means by law.',
          })}
        </span>
      </label>
      <div className="actions">
        <button
          type="button"
          className="first"
          disabled={!isDeclared || isBusy || isIncomplete}
          onClick={() => void submit()}
        >
          {isBusy ? t({ zh: '正在提交……', en: 'Submitting…' }) : t({ zh: '提交', en: 'Submit' })}
        </button>
        <span className="soft small">
          {isIncomplete
            ? t({ zh: '补全以上内容后才能提交。', en: 'It can be submitted once nothing is missing.' })
            : t({
                zh: `提交后不能再修改。现在是 ${time(new Date().toISOString(), language)}。`,
                en: `It cannot be changed afterwards. It is ${time(new Date().toISOString(), language)} now.`,
              })}
        </span>
      </div>
    </>
  );
}

const keyName = (applicationId: string) => `portal.submission.${applicationId}`;

/** One key for one attempt to submit, also after the page was loaded again: whatever the network did, it is submitted once. */
function submissionKey(applicationId: string): string {
  const kept = sessionStorage.getItem(keyName(applicationId));
  if (kept !== null) return kept;
  const made = crypto.randomUUID();
  sessionStorage.setItem(keyName(applicationId), made);
  return made;
}
