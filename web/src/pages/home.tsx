import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { lastDay } from '../data/format.ts';
import { useLanguage, useText } from '../data/language.tsx';
import { catalogue } from '../data/queries.ts';
import { isApplicant, useSession } from '../data/session.tsx';
import { Failed, siteName, Tag, Waiting } from '../design/parts.tsx';

// Nobody has to load it before they have logged in.
const MyWork = lazy(async () => ({ default: (await import('./my-work.tsx')).MyWork }));

/** The first page: what this is for, what is open, and where to go on. */
export function Home() {
  const t = useText();
  const { language } = useLanguage();
  const { person, login } = useSession();
  const { data, error, refetch } = useQuery(catalogue);
  useEffect(() => {
    document.title = t(siteName);
  }, [t]);
  const open =
    data?.measures.flatMap(({ items }) =>
      items.flatMap(({ title, summary, parts }) =>
        parts.filter((part) => part.open).map((part) => ({ ...part, of: title, summary })),
      ),
    ) ?? [];
  return (
    <>
      <div className="hero">
        <div className="width">
          <h1>{t(siteName)}</h1>
          <p>
            {t({
              zh: '软件和信息技术服务企业在此查询政策、申报支持、查看进度；公众在此查看公示、提出异议、核验每一笔资金。',
              en: 'Software and IT services companies look up the policy here, apply, and follow their applications. Everybody sees the public notice, may object, and can verify every payment.',
            })}
          </p>
          <div className="actions">
            <Link className="button first" to="/measures" search={{ open: 'yes' }}>
              {t({ zh: '查看可申报事项', en: 'See what is open' })}
            </Link>
            <Link className="button" to="/check">
              {t({ zh: '自查能申报什么', en: 'What could we apply for?' })}
            </Link>
            {isApplicant(person) ? (
              <Link className="button" to="/applications">
                {t({ zh: '我的申报', en: 'My applications' })}
              </Link>
            ) : (
              !person && (
                <button type="button" onClick={() => void login()}>
                  {t({ zh: '登录后申报', en: 'Log in to apply' })}
                </button>
              )
            )}
          </div>
        </div>
      </div>
      <div className="width">
        {isApplicant(person) && (
          <Suspense fallback={<Waiting />}>
            <MyWork />
          </Suspense>
        )}
        <h2>{t({ zh: '正在受理', en: 'Open now' })}</h2>
        {error && <Failed error={error} retry={() => void refetch()} />}
        {!data && !error && <Waiting />}
        {data && open.length === 0 && (
          <p>{t({ zh: '目前没有正在受理的事项。', en: 'Nothing takes applications at the moment.' })}</p>
        )}
        <ul className="cards">
          {open.map(({ id, title, clause, window }) => (
            <li className="card" key={id}>
              <h3>
                <Link to="/measures/$item" params={{ item: id }}>
                  {t(title)}
                </Link>
              </h3>
              <p className="soft small">{clause}</p>
              {window && (
                <p>
                  <Tag tone="now">
                    {t({
                      zh: `受理至 ${lastDay(window.closesAt, language)}`,
                      en: `Open until ${lastDay(window.closesAt, language)}`,
                    })}
                  </Tag>
                </p>
              )}
            </li>
          ))}
        </ul>
        <h2>{t({ zh: '公开信息', en: 'For everybody' })}</h2>
        <ul className="cards">
          <li className="card">
            <h3>
              <Link to="/awards">{t({ zh: '公示名单', en: 'Public notice' })}</Link>
            </h3>
            <p>
              {t({
                zh: '拟支持的单位、项目和金额，公示期内任何人可以实名提出异议。',
                en: 'Who is to be supported, for what and with how much. Anybody may object by name while it stands.',
              })}
            </p>
          </li>
          <li className="card">
            <h3>
              <Link to="/register">{t({ zh: '奖补登记簿', en: 'Register of awards' })}</Link>
            </h3>
            <p>
              {t({
                zh: '每一笔下达、拨付和追回。您可以在自己的浏览器里核验它没有被改动。',
                en: 'Every order, payment and recovery. Your own browser can verify that none was changed.',
              })}
            </p>
          </li>
          <li className="card">
            <h3>
              <Link to="/measures">{t({ zh: '全部政策措施', en: 'All measures' })}</Link>
            </h3>
            <p>
              {t({
                zh: '通知的全部条款：支持什么、支持多少、由谁负责。',
                en: 'Every clause of the notice: what is supported, with how much, and who is in charge.',
              })}
            </p>
          </li>
        </ul>
      </div>
    </>
  );
}
