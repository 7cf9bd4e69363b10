import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { type Answer, ask, Problem } from '../data/api.ts';
import { money, time } from '../data/format.ts';
import { useLanguage, useText } from '../data/language.tsx';
import {
  bodyOf,
  confirmable,
  emptyObjection,
  faultsOfObjection,
  objectionKinds,
  type TypedObjection,
} from '../data/objection.ts';
import { useSession } from '../data/session.tsx';
import { digestOf } from '../data/upload.ts';
import { Evidence, EvidenceUploads } from '../design/evidence.tsx';
import { ObjectorFields } from '../design/objector-fields.tsx';
import { ErrorSummary, Facts, Failed, Field, NotFound, Page, Waiting } from '../design/parts.tsx';

const title = { zh: '异议、投诉、举报', en: 'Object, complain or report' };

/** Says something against an award under notice, by name; of what is typed here this browser keeps nothing. */
export function ObjectTo() {
  const { applicationId } = useParams({ from: '/awards/$applicationId/objection' });
  const search = useSearch({ from: '/awards/$applicationId/objection' });
  const year = Number(search.year) || new Date().getFullYear();
  const { data, error, refetch } = useQuery({
    queryKey: ['award', year, applicationId],
    queryFn: () => findAward(year, applicationId),
  });
  if (data === null) return <NotFound />;
  if (!data) {
    return (
      <Page title={title}>{error ? <Failed error={error} retry={() => void refetch()} /> : <Waiting />}</Page>
    );
  }
  return <ObjectionForm award={data} />;
}

type Award = Answer<'GET /v1/awards'>['items'][number];

async function findAward(year: number, applicationId: string): Promise<Award | null> {
  let cursor: string | undefined;
  do {
    const { body } = await ask('GET /v1/awards', { query: { year, limit: 100, ...(cursor && { cursor }) } });
    const found = body.items.find((award) => award.applicationId === applicationId);
    if (found) return found;
    cursor = body.nextCursor;
  } while (cursor);
  return null;
}

type Filed = Answer<'POST /v1/objections'>;

function ObjectionForm({ award }: { readonly award: Award }) {
  const t = useText();
  const { person } = useSession();
  const [typed, setTyped] = useState<TypedObjection>(() => ({
    ...emptyObjection,
    // Objections are taken while the notice stands.
    kind: award.status === 'noticed' ? 'objection' : 'complaint',
  }));
  const [files, setFiles] = useState<readonly File[]>([]);
  const [attempt, setAttempt] = useState(0);
  const [isBusy, setBusy] = useState(false);
  const [refused, setRefused] = useState<unknown>();
  const [filed, setFiled] = useState<Filed>();
  // Of one attempt: sent again, it is the same objection with the same receipt.
  const key = useRef(crypto.randomUUID());
  const kinds = objectionKinds.filter(({ id }) => id !== 'objection' || award.status === 'noticed');
  const isTyped = filed === undefined && typed.grounds !== '';
  useEffect(() => {
    if (!isTyped) return;
    // Nothing of it is kept anywhere before it is sent.
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isTyped]);
  if (filed) return <Receipt filed={filed} files={files} award={award} />;
  const faults = faultsOfObjection(typed, person !== undefined);
  const told = [
    ...faults,
    ...(refused instanceof Problem
      ? refused.faults.map(({ path, messages }) => ({
          field: path.startsWith('evidence') ? 'evidence' : path,
          message: messages,
        }))
      : []),
  ];
  const type = (field: string, text: string) => setTyped((before) => ({ ...before, [field]: text }));
  const faultOf = (field: string) => {
    const fault = attempt > 0 ? told.find((one) => one.field === field) : undefined;
    return fault && t(fault.message);
  };
  const send = async () => {
    setAttempt((count) => count + 1);
    setRefused(undefined);
    if (faults.length > 0 || isBusy) return;
    setBusy(true);
    try {
      const evidence = await Promise.all(
        files.map(async (file) => ({
          fileName: file.name,
          contentType: file.type as 'application/pdf',
          bytes: file.size,
          sha256: await digestOf(file),
        })),
      );
      const stated = { ...bodyOf(typed), applicationId: award.applicationId, evidence };
      const headers = { 'idempotency-key': key.current };
      const { body } = person
        ? await ask('POST /v1/me/objections', { headers, body: stated })
        : await ask('POST /v1/objections', {
            headers,
            body: { ...stated, confirmation: confirmable(typed) },
          });
      setTyped(emptyObjection);
      setFiled(body);
    } catch (error) {
      // What was refused was not taken: mended, it is another request.
      if (error instanceof Problem && error.status < 500) key.current = crypto.randomUUID();
      setRefused(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Page title={title}>
      <AwardInShort award={award} />
      <p>
        {t({
          zh: '异议须实名提出。您的身份加密保存：只有承办人员说明理由后才能查阅，每次查阅都有记录；举报人的身份，作决定的人始终不知道。本浏览器不保存您填写的任何内容。',
          en: 'An objection is made by name. Who you are is kept encrypted: officers read it for a reason alone, and every reading is recorded; of a report, those who decide never learn it. This browser keeps nothing of what you type.',
        })}
      </p>
      <ErrorSummary
        faults={attempt > 0 ? told.map(({ field, message }) => ({ field, message: t(message) })) : []}
        attempt={attempt}
      />
      {refused !== undefined && !(refused instanceof Problem && refused.faults.length > 0) && (
        <Failed error={refused} />
      )}
      <form
        noValidate
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <h2>{t({ zh: '要说的事', en: 'What it is about' })}</h2>
        <Field id="kind" label={t({ zh: '类型', en: 'Kind' })}>
          {(props) => (
            <select {...props} value={typed.kind} onChange={({ target }) => type('kind', target.value)}>
              {kinds.map(({ id, zh, en }) => (
                <option key={id} value={id}>
                  {t({ zh, en })}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field
          id="grounds"
          label={t({ zh: '理由和事实', en: 'Grounds and facts' })}
          hint={t({ zh: '10 至 4000 字', en: '10 to 4,000 characters' })}
          fault={faultOf('grounds')}
        >
          {(props) => (
            <textarea
              {...props}
              rows={6}
              maxLength={4000}
              value={typed.grounds}
              onChange={({ target }) => type('grounds', target.value)}
            />
          )}
        </Field>
        <Evidence files={files} change={setFiles} fault={faultOf('evidence')} />
        <ObjectorFields {...{ typed, type, faultOf }} isKnown={person !== undefined} />
        <div className="actions">
          <button className="first" type="submit" disabled={isBusy}>
            {isBusy ? t({ zh: '正在提交……', en: 'Sending…' }) : t({ zh: '提交', en: 'Send' })}
          </button>
          <Link className="button" to="/awards">
            {t({ zh: '返回公示名单', en: 'Back to the notice' })}
          </Link>
        </div>
      </form>
    </Page>
  );
}

function AwardInShort({ award }: { readonly award: Award }) {
  const t = useText();
  const { language } = useLanguage();
  return (
    <Facts
      items={[
        [t({ zh: '单位', en: 'Unit' }), award.organisationName],
        [t({ zh: '项目', en: 'Project' }), award.projectName ?? '—'],
        [t({ zh: '事项', en: 'Measure' }), `${t(award.title)}（${award.clause}）`],
        [t({ zh: '拟支持金额', en: 'Award' }), money(award.awardFen, language)],
        ...(award.closesAt === undefined
          ? []
          : ([[t({ zh: '公示截止', en: 'The notice ends' }), time(award.closesAt, language)]] as const)),
      ]}
    />
  );
}

/** What was taken, with the receipt that alone shows how it stands; and the files, on their way. */
function Receipt({
  filed,
  files,
  award,
}: {
  readonly filed: Filed;
  readonly files: readonly File[];
  readonly award: Award;
}) {
  const t = useText();
  const { language } = useLanguage();
  return (
    <Page title={{ zh: '已收到', en: 'It has been received' }}>
      <div className="told warn" role="status">
        <p>
          {t({
            zh: '请立即打印或抄下编号和回执码：凭它们查询办理情况，系统不会再次显示，也不能找回。',
            en: 'Print the number and the receipt or write them down now: they alone show how it stands. They are shown once and cannot be found again.',
          })}
        </p>
      </div>
      <Facts
        items={[
          [t({ zh: '编号', en: 'Number' }), <code key="id">{filed.objectionId}</code>],
          [t({ zh: '回执码', en: 'Receipt' }), <code key="receipt">{filed.receipt}</code>],
          [t({ zh: '收到时间', en: 'Received' }), time(filed.receivedAt, language)],
          [t({ zh: '答复期限', en: 'To be answered by' }), time(filed.dueAt, language)],
        ]}
      />
      <AwardInShort award={award} />
      <EvidenceUploads uploads={filed.uploads} files={files} />
      <div className="actions screen">
        <button type="button" className="first" onClick={() => window.print()}>
          {t({ zh: '打印回执', en: 'Print the receipt' })}
        </button>
        <Link className="button" to="/objections">
          {t({ zh: '查询办理情况', en: 'See how it stands' })}
        </Link>
      </div>
    </Page>
  );
}
