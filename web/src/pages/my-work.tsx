import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ask, serverNow } from '../data/api.ts';
import { time } from '../data/format.ts';
import { useLanguage, useText } from '../data/language.tsx';
import { nameOf } from '../data/names.ts';
import { type ApplicationView, catalogue } from '../data/queries.ts';
import { Countdown } from '../design/countdown.tsx';
import { Failed, Waiting } from '../design/parts.tsx';
import { StatusTag } from './applications.tsx';

/** From when on a closing is counted down, in milliseconds. */
const soon = 30 * 86_400_000;
/** How many applications that are on their way the first page shows. */
const shownOnWay = 3;

/** On the first page, for people of a company: what waits for them and until when, what is on its way, and the last news. */
export function MyWork() {
  const t = useText();
  const { language } = useLanguage();
  const laws = useQuery(catalogue);
  const own = useQuery({
    queryKey: ['applications', 'newest'],
    queryFn: async () => ask('GET /v1/applications', { query: { limit: 100 } }),
  });
  const news = useQuery({
    queryKey: ['news'],
    queryFn: async () => (await ask('GET /v1/notifications', { query: { limit: 3 } })).body.items,
  });
  if (own.error) return <Failed error={own.error} retry={() => void own.refetch()} />;
  if (!own.data) return <Waiting />;
  const { body } = own.data;
  const closings = new Map(
    laws.data?.measures.flatMap(({ items }) =>
      items.flatMap(({ parts }) => parts.map(({ id, window }) => [id, window?.closesAt] as const)),
    ),
  );
  const untilOf = ({ correction, content }: ApplicationView) =>
    correction?.dueAt ?? closings.get(content.item);
  const waiting = body.items
    .filter(({ status }) => status === 'draft' || status === 'returned')
    .sort((one, other) => (untilOf(one) ?? '9').localeCompare(untilOf(other) ?? '9'));
  const onWay = body.items.filter(({ status }) => !['draft', 'returned', 'withdrawn'].includes(status));
  const first = waiting[0] && untilOf(waiting[0]);
  return (
    <section aria-labelledby="my-work">
      <h2 id="my-work">{t({ zh: '等待您处理', en: 'Waiting for you' })}</h2>
      {waiting.length === 0 && (
        <p>{t({ zh: '目前没有需要您处理的申报。', en: 'No application waits for you.' })}</p>
      )}
      {first !== undefined && Date.parse(first) - serverNow() < soon && <Countdown until={first} />}
      <ul className="steps">
        {waiting.map((one) => {
          const until = untilOf(one);
          return (
            <li key={one.applicationId}>
              <Link to="/applications/$applicationId" params={{ applicationId: one.applicationId }}>
                {t(nameOf(one))}
              </Link>
              <span>
                <StatusTag status={one.status} />{' '}
                {until !== undefined && (
                  <span className="soft small">
                    {t({ zh: `${time(until, 'zh')} 截止`, en: `until ${time(until, language)}` })}
                  </span>
                )}
              </span>
            </li>
          );
        })}
      </ul>
      {onWay.length > 0 && (
        <>
          <h3>{t({ zh: '正在办理和已办结', en: 'On their way, and done' })}</h3>
          <ul className="steps">
            {onWay.slice(0, shownOnWay).map((one) => (
              <li key={one.applicationId}>
                <Link to="/applications/$applicationId" params={{ applicationId: one.applicationId }}>
                  {t(nameOf(one))}
                </Link>
                <StatusTag status={one.status} />
              </li>
            ))}
          </ul>
          {onWay.length > shownOnWay && (
            <p>
              <Link to="/applications">{t({ zh: '全部申报', en: 'All applications' })}</Link>
            </p>
          )}
        </>
      )}
      {news.data && news.data.length > 0 && (
        <>
          <h3>{t({ zh: '最新消息', en: 'News' })}</h3>
          <ul>
            {news.data.map(({ id, title, receivedAt }) => (
              <li key={id}>
                <Link to="/messages">{t(title)}</Link>{' '}
                <time className="soft small" dateTime={receivedAt}>
                  {time(receivedAt, language)}
                </time>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
