import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { ask, Problem } from '../data/api.ts';
import { type FormFault, sendable } from '../data/form.ts';
import { useKeptForm } from '../data/kept-form.ts';
import { useText } from '../data/language.tsx';
import { type ApplicationView, catalogue, type OpenItem, openItems } from '../data/queries.ts';
import { BasicFields } from '../design/fact-fields.tsx';
import { ErrorSummary, Failed, Page, Waiting } from '../design/parts.tsx';
import { SavedLine } from '../design/saved-line.tsx';
import { type Applicant, ForApplicants } from '../design/signed-in.tsx';

const title = { zh: '新的申报', en: 'New application' };

/** The first step of an application: what a draft cannot be without. */
export function Apply() {
  return <ForApplicants title={title}>{(person) => <Begin person={person} />}</ForApplicants>;
}

function Begin({ person }: { readonly person: Applicant }) {
  const t = useText();
  const { item: id } = useParams({ from: '/apply/$item' });
  const items = useQuery(openItems);
  const laws = useQuery(catalogue);
  const own = useQuery({
    queryKey: ['applications', 'newest'],
    queryFn: async () => (await ask('GET /v1/applications', { query: { limit: 50 } })).body.items,
    staleTime: 0,
  });
  const error = items.error ?? laws.error ?? own.error;
  if (error) {
    return (
      <Page title={title}>
        <Failed error={error} />
      </Page>
    );
  }
  if (!items.data || !laws.data || !own.data) {
    return (
      <Page title={title}>
        <Waiting />
      </Page>
    );
  }
  const item = items.data.find((one) => one.item === id);
  if (!item) {
    return (
      <Page title={title}>
        <p>{t({ zh: '该事项目前不受理申报。', en: 'This measure does not take applications now.' })}</p>
        <Link to="/measures" search={{ open: 'yes' }}>
          {t({ zh: '查看可申报事项', en: 'See what is open' })}
        </Link>
      </Page>
    );
  }
  return <BeginForm {...{ person, item, laws: laws.data, own: own.data }} />;
}

/** Key of one attempt to create: sent again, it is the same. */
function newKey(): string {
  return crypto.randomUUID();
}

function BeginForm({
  person,
  item,
  laws,
  own,
}: {
  readonly person: Applicant;
  readonly item: OpenItem;
  readonly laws: NonNullable<Awaited<ReturnType<NonNullable<(typeof catalogue)['queryFn']>>>>;
  readonly own: readonly ApplicationView[];
}) {
  const t = useText();
  const navigate = useNavigate();
  const [looked, setLooked] = useState<ReadonlySet<string>>(new Set());
  const [attempt, setAttempt] = useState(0);
  const [isBusy, setBusy] = useState(false);
  const [refused, setRefused] = useState<unknown>();
  const [key, setKey] = useState(newKey);
  const drafts = own.filter(({ status, content }) => status === 'draft' && content.item === item.item);
  const earlier = own[0]?.content.enterprise;
  const form = useKeptForm(
    person.id,
    `new ${item.item}`,
    {
      name: person.organisationName ?? earlier?.name ?? '',
      district:
        earlier?.district ??
        // The code's own district, where it is one of the city's.
        laws.districts.find(({ code }) => code === person.organisation.slice(2, 8))?.code ??
        '',
      registeredOn: earlier?.registeredOn ?? '',
      industryClass: earlier?.industryClass ?? '',
    },
    undefined,
  );
  const kept = {
    uscc: person.organisation,
    ...(earlier && {
      kind: earlier.kind,
      predecessors: earlier.predecessors,
      ...(earlier.parent && { parent: earlier.parent }),
    }),
  };
  const { body, faults } = sendable(form.typed, item, kept);
  const told: FormFault[] = [
    ...faults,
    ...(refused instanceof Problem
      ? refused.faults.map(({ path, messages }) => ({
          field: path.replace(/^enterprise\./, ''),
          message: messages,
        }))
      : []),
  ];
  const shown = attempt > 0 ? told : told.filter(({ field }) => looked.has(field));
  const save = async () => {
    setAttempt((count) => count + 1);
    setRefused(undefined);
    if (!body || isBusy) return;
    setBusy(true);
    try {
      const { body: made } = await ask('POST /v1/applications', {
        headers: { 'idempotency-key': key },
        // Its facts are of the guide's kinds, which the API checks again.
        body: body as never,
      });
      await form.forget();
      await navigate({
        to: '/applications/$applicationId/form',
        params: { applicationId: made.applicationId },
      });
    } catch (error) {
      // What was refused was not made: mended, it is another request.
      if (error instanceof Problem && error.status < 500) setKey(newKey());
      setRefused(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Page title={{ zh: `申报：${item.title.zh}`, en: `Apply: ${item.title.en}` }}>
      {drafts.length > 0 && (
        <div className="told warn">
          <h2>{t({ zh: '您已有该事项的草稿', en: 'You have a draft for this measure already' })}</h2>
          <ul>
            {drafts.map(({ applicationId, content }) => (
              <li key={applicationId}>
                <Link to="/applications/$applicationId" params={{ applicationId }}>
                  {t({ zh: `继续填写“${content.projectName}”`, en: `Go on with “${content.projectName}”` })}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      )}
      <ErrorSummary
        faults={attempt > 0 ? told.map(({ field, message }) => ({ field, message: t(message) })) : []}
        attempt={attempt}
      />
      {refused !== undefined && !(refused instanceof Problem && refused.faults.length > 0) && (
        <Failed error={refused} />
      )}
      <p>
        {t({
          zh: '先填写以下内容建立草稿，其余内容和材料可以以后再补。填写的每个字都会自动保存。',
          en: 'Fill this in to begin a draft. All the rest, and the documents, can come later. Everything you type is kept.',
        })}
      </p>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <BasicFields
          catalogue={laws}
          item={item}
          uscc={person.organisation}
          typed={form.typed}
          type={form.type}
          faultOf={(field) => shown.find((fault) => fault.field === field)?.message}
          leave={(field) => setLooked((before) => new Set([...before, field]))}
        />
        <div className="actions">
          <button className="first" type="submit" disabled={isBusy}>
            {isBusy
              ? t({ zh: '正在保存……', en: 'Saving…' })
              : t({ zh: '保存并继续', en: 'Save and continue' })}
          </button>
        </div>
        <SavedLine keptAt={form.keptAt} server="none" />
      </form>
    </Page>
  );
}
