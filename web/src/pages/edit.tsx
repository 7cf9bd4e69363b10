import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { labelOf } from '../data/field-labels.ts';
import { typedOf } from '../data/form.ts';
import { useKeptForm } from '../data/kept-form.ts';
import { useText } from '../data/language.tsx';
import {
  type ApplicationView,
  application as applicationQuery,
  assessment as assessmentQuery,
  type Catalogue,
  catalogue,
  form as formQuery,
  type OpenItem,
} from '../data/queries.ts';
import { useServerDraft } from '../data/server-draft.ts';
import { useSession } from '../data/session.tsx';
import { ApplicationHead } from '../design/application-head.tsx';
import { Conflicting } from '../design/conflicting.tsx';
import { BasicFields, FactFields } from '../design/fact-fields.tsx';
import { ErrorSummary, Failed, Page, Waiting } from '../design/parts.tsx';
import { SavedLine } from '../design/saved-line.tsx';
import { type Applicant, ForApplicants } from '../design/signed-in.tsx';
import { Verdicts } from '../design/verdicts.tsx';

const title = { zh: '填写申报内容', en: 'Fill in the application' };

/** The form of a draft, or of what was returned for correction; it saves itself. */
export function Edit() {
  return <ForApplicants title={title}>{(person) => <Load person={person} />}</ForApplicants>;
}

function Load({ person }: { readonly person: Applicant }) {
  const t = useText();
  const { applicationId } = useParams({ from: '/applications/$applicationId/form' });
  const loaded = useQuery({
    ...applicationQuery(applicationId),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const laws = useQuery(catalogue);
  const item = useQuery(formQuery(applicationId));
  const error = loaded.error ?? laws.error ?? item.error;
  if (error || !loaded.data || !laws.data || !item.data) {
    return (
      <Page title={title}>
        {error ? <Failed error={error} retry={() => void loaded.refetch()} /> : <Waiting />}
      </Page>
    );
  }
  const { body, etag } = loaded.data;
  if (body.status !== 'draft' && body.status !== 'returned') {
    return (
      <Page title={title}>
        <p>
          {t({
            zh: '申报已提交，内容不能再修改。',
            en: 'The application was submitted and cannot be changed.',
          })}
        </p>
        <Link to="/applications/$applicationId" params={{ applicationId }}>
          {t({ zh: '查看申报', en: 'See the application' })}
        </Link>
      </Page>
    );
  }
  return <Form {...{ person, item: item.data, laws: laws.data, application: body, etag: etag ?? '' }} />;
}

interface FormProps {
  readonly person: Applicant;
  readonly item: OpenItem;
  readonly laws: Catalogue;
  readonly application: ApplicationView;
  readonly etag: string;
}

function Form({ person, item, laws, application, etag: first }: FormProps) {
  const t = useText();
  const { applicationId, content, correction } = application;
  const { isExpired } = useSession();
  const navigate = useNavigate();
  const [looked, setLooked] = useState<ReadonlySet<string>>(new Set());
  const [attempt, setAttempt] = useState(0);
  const [stands] = useState(() => typedOf(content, item.facts));
  const [basis, setBasis] = useState(first);
  const form = useKeptForm(person.id, applicationId, stands, basis);
  const { found, isReady, typed, forget, replace, keptAt, keepAgain } = form;
  const draft = useServerDraft({ application, item, first, typed, isReady, isExpired });
  const { etag, server, isSaved, leftOut, faults, failure, conflict, meet, save, settle } = draft;
  const shown = attempt > 0 ? faults : faults.filter(({ field }) => looked.has(field));
  useEffect(() => setBasis(etag), [etag]);
  // Once the server has it all, the device need not; what the server would not take, the device alone has.
  const hasAll = leftOut.length === 0;
  const isKept = keptAt !== undefined && keptAt !== 'nowhere';
  useEffect(() => {
    if (!isSaved || !isKept) return;
    if (hasAll) void forget();
    else void keepAgain(etag);
  }, [isSaved, hasAll, isKept, etag, forget, keepAgain]);
  // What this device kept was begun from an earlier version than the server's.
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked at once, when it was found
  useEffect(() => {
    if (found?.basis !== undefined && found.basis !== first && !isSaved)
      meet({ theirs: stands, etag: first });
  }, [found]);
  // A link from another page leads to a field, which is there only now.
  useEffect(() => {
    if (isReady && location.hash !== '')
      document.getElementById(decodeURIComponent(location.hash.slice(1)))?.focus();
  }, [isReady]);

  const isOpen = (field: string): boolean => {
    if (!correction) return true;
    const path = ['name', 'district', 'registeredOn', 'industryClass'].includes(field) ? 'enterprise' : field;
    return correction.items.some((open) => open.path === path);
  };
  const toDocuments = async () => {
    if (await save()) {
      await navigate({ to: '/applications/$applicationId/documents', params: { applicationId } });
    }
  };
  const goOn = async () => {
    setAttempt((count) => count + 1);
    if (faults.length === 0) await toDocuments();
  };
  const fields = {
    typed,
    type: form.type,
    faultOf: (field: string) => shown.find((fault) => fault.field === field)?.message,
    isOpen,
    leave: (field: string) => setLooked((before) => new Set([...before, field])),
  };
  return (
    <Page title={title}>
      <ApplicationHead application={application} at="form" closesAt={item.closesAt} />
      {correction && (
        <div className="told warn">
          <h2>{t({ zh: '退回补正', en: 'Returned for correction' })}</h2>
          <p>{t({ zh: '只有以下内容可以修改：', en: 'Only this may be changed:' })}</p>
          <ul>
            {correction.items.map(({ path, reason, citation }) => (
              <li key={path}>
                {labelOf(path, item, t)}
                {t({ zh: '：', en: ': ' })}
                {t(reason)}
                {citation !== undefined && <span className="soft">（{citation}）</span>}
              </li>
            ))}
          </ul>
        </div>
      )}
      {found && !conflict && !isSaved && (
        <div className="told">
          <p>
            {t({
              zh: '已恢复本机上次未保存到服务器的内容。',
              en: 'What this device had kept, and the server had not, is here again.',
            })}
          </p>
        </div>
      )}
      {conflict && (
        <Conflicting
          {...{ conflict, typed, item }}
          keep={() => settle('mine')}
          take={() => {
            replace(conflict.theirs);
            settle('theirs');
            void forget();
          }}
        />
      )}
      <ErrorSummary
        faults={attempt > 0 ? faults.map(({ field, message }) => ({ field, message: t(message) })) : []}
        attempt={attempt}
      >
        {leftOut.length === 0 && (
          <p>
            <button type="button" onClick={() => void toDocuments()}>
              {t({ zh: '以后再补，先上传材料', en: 'Fill it in later, add documents first' })}
            </button>
          </p>
        )}
      </ErrorSummary>
      {failure !== undefined && <Failed error={failure} retry={() => void save()} />}
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void goOn();
        }}
      >
        <div className="with-aside">
          <div>
            <BasicFields catalogue={laws} item={item} uscc={content.enterprise.uscc} {...fields} />
            {item.facts.length > 0 && <h2>{t({ zh: '申报内容', en: 'What the guide asks for' })}</h2>}
            <FactFields facts={item.facts} {...fields} />
          </div>
          <Conditions {...{ applicationId, item, etag }} />
        </div>
        <div className="actions">
          <button className="first" type="submit">
            {t({ zh: '继续：上传材料', en: 'Continue: documents' })}
          </button>
        </div>
        <SavedLine
          keptAt={isSaved && hasAll ? undefined : keptAt}
          leftOut={isSaved ? leftOut.length : 0}
          server={isSaved && server === 'none' ? { savedAt: new Date(application.updatedAt) } : server}
        />
      </form>
    </Page>
  );
}

/** What the conditions say of the draft as the server has it; asked again with every version. */
function Conditions({
  applicationId,
  item,
  etag,
}: {
  readonly applicationId: string;
  readonly item: OpenItem;
  readonly etag: string;
}) {
  const t = useText();
  const { data } = useQuery({ ...assessmentQuery(applicationId, etag), placeholderData: keepPreviousData });
  if (!data) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: beside the form it scrolls by itself, for the keyboard too (WCAG 2.1.1)
    <section className="aside" aria-labelledby="conditions" tabIndex={0}>
      <h2 id="conditions">{t({ zh: '条件核查', en: 'Conditions' })}</h2>
      <p className="soft">
        {t({
          zh: '按已保存到服务器的内容核查，随填写更新。',
          en: 'Checked on what the server has of it, again with every change.',
        })}
      </p>
      <Verdicts assessment={data} item={item} />
    </section>
  );
}
