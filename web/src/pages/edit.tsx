import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ask, Offline, Problem } from '../data/api.ts';
import { labelOf } from '../data/field-labels.ts';
import { type FormFault, sendable, typedOf } from '../data/form.ts';
import { useKeptForm } from '../data/kept-form.ts';
import { useText } from '../data/language.tsx';
import {
  type ApplicationView,
  application as applicationQuery,
  type Catalogue,
  catalogue,
  form as formQuery,
  type OpenItem,
} from '../data/queries.ts';
import { useSession } from '../data/session.tsx';
import { ApplicationHead } from '../design/application-head.tsx';
import { type Conflict, Conflicting } from '../design/conflicting.tsx';
import { BasicFields, FactFields } from '../design/fact-fields.tsx';
import { ErrorSummary, Failed, Page, Waiting } from '../design/parts.tsx';
import { SavedLine, type ServerState } from '../design/saved-line.tsx';
import { type Applicant, ForApplicants } from '../design/signed-in.tsx';

const title = { zh: '填写申报内容', en: 'Fill in the application' };
/** How long nobody has to type before a form goes to the server, in milliseconds. */
const pause = 1200;

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
  const queries = useQueryClient();
  const [etag, setEtag] = useState(first);
  const [server, setServer] = useState<ServerState>('none');
  const [refused, setRefused] = useState<readonly FormFault[]>([]);
  const [failure, setFailure] = useState<unknown>();
  const [conflict, setConflict] = useState<Conflict>();
  const [looked, setLooked] = useState<ReadonlySet<string>>(new Set());
  const [attempt, setAttempt] = useState(0);
  const stands = typedOf(content, item.facts);
  const form = useKeptForm(person.id, applicationId, stands, etag);
  const { found, isReady, typed, forget, replace, keptAt } = form;
  const { body, faults } = sendable(typed, item, content.enterprise);
  const told = [...faults, ...refused];
  const shown = attempt > 0 ? told : told.filter(({ field }) => looked.has(field));

  // What a save in the background works with, whatever was typed since it was planned.
  const state = useRef({ body, typed, etag, isSaving: false, sent: JSON.stringify(stands) });
  Object.assign(state.current, { body, typed, etag });

  const save = useCallback(async (): Promise<boolean> => {
    const now = state.current;
    const asTyped = JSON.stringify(now.typed);
    if (asTyped === now.sent) return true;
    if (now.isSaving) return false;
    if (!now.body) {
      setServer({ waits: 'incomplete' });
      return false;
    }
    now.isSaving = true;
    setServer('saving');
    try {
      const answered = await ask('PUT /v1/applications/{applicationId}', {
        params: { applicationId },
        headers: { 'if-match': now.etag },
        body: now.body as never,
      });
      now.sent = asTyped;
      now.etag = answered.etag ?? now.etag;
      setEtag(now.etag);
      setRefused([]);
      setFailure(undefined);
      setServer({ savedAt: new Date() });
      queries.setQueryData(
        applicationQuery(applicationId).queryKey,
        (before) => before && { ...before, ...answered },
      );
      return true;
    } catch (error) {
      if (error instanceof Offline) setServer({ waits: 'offline' });
      else if (error instanceof Problem && error.status === 401) setServer({ waits: 'login' });
      else if (error instanceof Problem && error.code === 'version-mismatch') {
        const current = await ask('GET /v1/applications/{applicationId}', {
          params: { applicationId },
        }).catch(() => undefined);
        setServer({ waits: 'refused' });
        if (current) {
          setConflict({ theirs: typedOf(current.body.content, item.facts), etag: current.etag ?? '' });
        }
      } else {
        setServer({ waits: error instanceof Problem && error.status < 500 ? 'refused' : 'offline' });
        setFailure(error);
        if (error instanceof Problem) {
          setRefused(
            error.faults.map(({ path, messages }) => ({
              field: path.replace(/^enterprise\./, ''),
              message: messages,
            })),
          );
        }
      }
      return false;
    } finally {
      now.isSaving = false;
    }
  }, [applicationId, item, queries]);

  const asTyped = JSON.stringify(typed);
  const isSaved = asTyped === state.current.sent;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is typed plans the save
  useEffect(() => {
    if (!isReady || conflict || isSaved) return;
    const timer = setTimeout(() => void save(), pause);
    return () => clearTimeout(timer);
  }, [asTyped, isReady, conflict, isExpired, save]);
  // What waits for the network goes when it is back, or is tried again after a while.
  const isWaiting = typeof server === 'object' && 'waits' in server && server.waits === 'offline';
  useEffect(() => {
    if (!isWaiting) return;
    const again = () => void save();
    window.addEventListener('online', again);
    const timer = setInterval(again, 5000);
    return () => {
      window.removeEventListener('online', again);
      clearInterval(timer);
    };
  }, [isWaiting, save]);
  // Once the server has it all, the device need not.
  useEffect(() => {
    if (isSaved && keptAt !== undefined && keptAt !== 'nowhere') void forget();
  }, [isSaved, keptAt, forget]);
  // What this device kept was begun from an earlier version than the server's.
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked at once, when it was found
  useEffect(() => {
    if (found?.basis !== undefined && found.basis !== first && asTyped !== JSON.stringify(stands)) {
      setConflict({ theirs: stands, etag: first });
    }
  }, [found]);

  const isOpen = (field: string): boolean => {
    if (!correction) return true;
    const path = ['name', 'district', 'registeredOn', 'industryClass'].includes(field) ? 'enterprise' : field;
    return correction.items.some((open) => open.path === path);
  };
  const goOn = async () => {
    setAttempt((count) => count + 1);
    if (faults.length > 0) return;
    if (await save()) {
      await navigate({ to: '/applications/$applicationId/documents', params: { applicationId } });
    }
  };
  return (
    <Page title={title}>
      <ApplicationHead application={application} at="form" />
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
          keep={() => {
            state.current.etag = conflict.etag;
            setEtag(conflict.etag);
            setConflict(undefined);
            void save();
          }}
          take={() => {
            state.current.sent = JSON.stringify(conflict.theirs);
            state.current.etag = conflict.etag;
            setEtag(conflict.etag);
            replace(conflict.theirs);
            setConflict(undefined);
            setServer('none');
            void forget();
          }}
        />
      )}
      <ErrorSummary
        faults={attempt > 0 ? told.map(({ field, message }) => ({ field, message: t(message) })) : []}
        attempt={attempt}
      />
      {failure !== undefined && refused.length === 0 && <Failed error={failure} retry={() => void save()} />}
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void goOn();
        }}
      >
        <BasicFields
          catalogue={laws}
          item={item}
          uscc={content.enterprise.uscc}
          typed={typed}
          type={form.type}
          faultOf={(field) => shown.find((fault) => fault.field === field)?.message}
          isOpen={isOpen}
          leave={(field) => setLooked((before) => new Set([...before, field]))}
        />
        {item.facts.length > 0 && <h2>{t({ zh: '申报内容', en: 'What the guide asks for' })}</h2>}
        <FactFields
          facts={item.facts}
          typed={typed}
          type={form.type}
          faultOf={(field) => shown.find((fault) => fault.field === field)?.message}
          isOpen={isOpen}
          leave={(field) => setLooked((before) => new Set([...before, field]))}
        />
        <div className="actions">
          <button className="first" type="submit">
            {t({ zh: '继续：上传材料', en: 'Continue: documents' })}
          </button>
        </div>
        <SavedLine
          keptAt={isSaved ? undefined : keptAt}
          server={isSaved && server === 'none' ? { savedAt: new Date(application.updatedAt) } : server}
        />
      </form>
    </Page>
  );
}
