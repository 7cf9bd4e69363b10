import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { forgetAnswers, takenAlong } from '../data/answers.ts';
import { ask, Problem } from '../data/api.ts';
import { size, time } from '../data/format.ts';
import { formatWords } from '../data/formats.ts';
import { useLanguage, useText } from '../data/language.tsx';
import { nameOf } from '../data/names.ts';
import { type ApplicationView, type OpenItem, openItems } from '../data/queries.ts';
import { Countdown } from '../design/countdown.tsx';
import { Failed, Page, Waiting } from '../design/parts.tsx';
import { type Applicant, ForApplicants } from '../design/signed-in.tsx';
import { TemplateLink } from '../design/template-link.tsx';

const title = { zh: '新的申报', en: 'New application' };

/** Before an application: until when, what to have at hand, and the drafts of it that there are. */
export function Apply() {
  return <ForApplicants title={title}>{(person) => <Begin person={person} />}</ForApplicants>;
}

function Begin({ person }: { readonly person: Applicant }) {
  const t = useText();
  const { item: id } = useParams({ from: '/apply/$item' });
  const items = useQuery(openItems);
  const own = useQuery({
    queryKey: ['applications', 'newest'],
    queryFn: async () => ask('GET /v1/applications', { query: { limit: 100 } }),
    staleTime: 0,
  });
  const error = items.error ?? own.error;
  if (error || !items.data || !own.data) {
    return <Page title={title}>{error ? <Failed error={error} /> : <Waiting />}</Page>;
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
  const { body } = own.data;
  return (
    <Page title={{ zh: `申报：${item.title.zh}`, en: `Apply: ${item.title.en}` }}>
      <Countdown until={item.closesAt} />
      <Beginning {...{ person, item }} own={body.items} />
      <ToHave item={item} />
    </Page>
  );
}

function Beginning({
  person,
  item,
  own,
}: {
  readonly person: Applicant;
  readonly item: OpenItem;
  readonly own: readonly ApplicationView[];
}) {
  const t = useText();
  const { language } = useLanguage();
  const navigate = useNavigate();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  // Of one attempt: sent again, it is the same draft.
  const key = useRef(crypto.randomUUID());
  const drafts = own.filter(({ status, content }) => status === 'draft' && content.item === item.item);
  const begin = async (answers = takenAlong(item)) => {
    setBusy(true);
    setError(undefined);
    try {
      const { body } = await ask('POST /v1/applications', {
        headers: { 'idempotency-key': key.current },
        body: {
          item: item.item,
          enterprise: { ...profileOf(person, own[0]), ...answers?.enterprise },
          // Of the guide's kinds, which the API checks again.
          facts: { ...answers?.facts } as Record<string, never>,
          confirmUscc: true,
        },
      });
      forgetAnswers();
      const { applicationId } = body;
      await navigate({ to: '/applications/$applicationId/form', params: { applicationId } });
    } catch (failure) {
      // What was refused was not made: asked for again, it is another request.
      if (failure instanceof Problem && failure.status < 500) key.current = crypto.randomUUID();
      if (failure instanceof Problem && failure.status === 400 && answers) {
        // What was answered is no help then, and no hindrance either.
        forgetAnswers();
        return begin(undefined);
      }
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <>
      {drafts.length > 0 && (
        <div className="told warn">
          <h2>{t({ zh: '您已有该事项的草稿', en: 'You have a draft for this measure already' })}</h2>
          <ul>
            {drafts.map((draft) => (
              <li key={draft.applicationId}>
                <Link to="/applications/$applicationId" params={{ applicationId: draft.applicationId }}>
                  {t({ zh: `继续填写“${nameOf(draft).zh}”`, en: `Go on with “${nameOf(draft).en}”` })}
                </Link>{' '}
                <span className="soft small">{time(draft.updatedAt, language)}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
      {error !== undefined && <Failed error={error} />}
      <p>
        {t({
          zh: '可以随时中断，填写的每个字都会自动保存；内容和材料可以分几次补齐，同事也能接着填写。',
          en: 'You can stop at any time: everything you type is kept. Contents and documents can come bit by bit, and a colleague can go on with it.',
        })}
      </p>
      <div className="actions">
        <button
          type="button"
          className={drafts.length > 0 ? undefined : 'first'}
          disabled={isBusy}
          onClick={() => void begin()}
        >
          {drafts.length > 0
            ? t({ zh: '另建一份草稿', en: 'Begin another draft' })
            : t({ zh: '开始填写', en: 'Begin' })}
        </button>
      </div>
    </>
  );
}

/** What is known of the enterprise: from its newest application, and its name from the login. */
function profileOf({ organisationName }: Applicant, newest: ApplicationView | undefined) {
  const { uscc: _, ...earlier } = newest?.content.enterprise ?? { uscc: undefined };
  return { ...earlier, ...(organisationName !== undefined && { name: organisationName }) };
}

function ToHave({ item }: { readonly item: OpenItem }) {
  const t = useText();
  return (
    <>
      <h2>{t({ zh: '需要准备', en: 'What to have at hand' })}</h2>
      <div className="columns">
        <section aria-labelledby="to-state">
          <h3 id="to-state">{t({ zh: '填报内容', en: 'To be stated' })}</h3>
          <ul>
            {item.facts.map(({ id, title: what }) => (
              <li key={id}>{t(what)}</li>
            ))}
          </ul>
        </section>
        <section aria-labelledby="to-hand-in">
          <h3 id="to-hand-in">{t({ zh: '材料', en: 'Documents' })}</h3>
          <ul>
            {item.materials.map(({ id, title: what, formats, maxBytes, template }) => (
              <li key={id}>
                {t(what)} <TemplateLink material={{ template }} name={t(what)} />
                <br />
                <span className="soft small">
                  {t({
                    zh: `${formatWords(formats).zh}，每个文件不超过 ${size(maxBytes)}`,
                    en: `${formatWords(formats).en}, up to ${size(maxBytes)} a file`,
                  })}
                </span>
              </li>
            ))}
          </ul>
        </section>
      </div>
      <p>
        {t({
          zh: '申报人填写，由本单位的企业管理员提交。',
          en: 'A preparer fills it in, and an administrator of your organisation submits it.',
        })}
      </p>
    </>
  );
}
