import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { lastDay, money, time } from '../data/format.ts';
import { useLanguage, useText } from '../data/language.tsx';
import { catalogue, type Part } from '../data/queries.ts';
import { Failed, Page, Tag, Waiting } from '../design/parts.tsx';

/** The notice's measures; the filter stands in the address. */
export function Measures() {
  const t = useText();
  const { data, error, refetch } = useQuery(catalogue);
  const search = useSearch({ from: '/measures' });
  const navigate = useNavigate({ from: '/measures' });
  const asked = search.q?.trim().toLowerCase() ?? '';
  const isWanted = (part: Part, texts: readonly string[]) =>
    (search.open !== 'yes' || part.open) &&
    (search.lead === undefined || part.lead.some(({ id }) => id === search.lead)) &&
    (asked === '' || texts.some((text) => text.toLowerCase().includes(asked)));
  const leads = new Map(
    data?.measures.flatMap(({ items }) =>
      items.flatMap(({ parts }) =>
        parts.flatMap(({ lead }) => lead.map(({ id, name }) => [id, name] as const)),
      ),
    ),
  );
  const shown = (data?.measures ?? []).flatMap((measure) => {
    const items = measure.items.flatMap((item) => {
      const parts = item.parts.filter((part) =>
        isWanted(part, [
          ...[
            measure.title.zh,
            measure.title.en,
            item.title.zh,
            item.title.en,
            item.summary.zh,
            item.summary.en,
          ],
          ...[part.title.zh, part.title.en, part.clause],
        ]),
      );
      return parts.length > 0 ? [{ ...item, parts }] : [];
    });
    return items.length > 0 ? [{ ...measure, items }] : [];
  });
  const count = shown.flatMap(({ items }) => items.flatMap(({ parts }) => parts)).length;
  return (
    <Page title={{ zh: '政策措施', en: 'Measures' }}>
      {data && (
        <p>
          {data.title.zh && t(data.title)}（{data.documentNumber}）
        </p>
      )}
      <search className="filter">
        <div>
          <label htmlFor="q">{t({ zh: '搜索', en: 'Search' })}</label>
          <input
            id="q"
            type="search"
            value={search.q ?? ''}
            onChange={({ target }) =>
              void navigate({
                search: (now) => ({ ...now, q: target.value || undefined }),
                replace: true,
                resetScroll: false,
              })
            }
          />
        </div>
        <div>
          <label htmlFor="lead">{t({ zh: '牵头部门', en: 'Lead department' })}</label>
          <select
            id="lead"
            value={search.lead ?? ''}
            onChange={({ target }) =>
              void navigate({
                search: (now) => ({ ...now, lead: target.value || undefined }),
                replace: true,
                resetScroll: false,
              })
            }
          >
            <option value="">{t({ zh: '全部', en: 'All' })}</option>
            {[...leads].map(([id, name]) => (
              <option key={id} value={id}>
                {t(name)}
              </option>
            ))}
          </select>
        </div>
        <div className="fit">
          <label className="choice">
            <input
              type="checkbox"
              checked={search.open === 'yes'}
              onChange={({ target }) =>
                void navigate({
                  search: (now) => ({ ...now, open: target.checked ? 'yes' : undefined }),
                  replace: true,
                  resetScroll: false,
                })
              }
            />
            {t({ zh: '只看正在受理', en: 'Open now only' })}
          </label>
        </div>
      </search>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data && (
        <p role="status">
          {t({ zh: `共 ${count} 项`, en: count === 1 ? '1 measure' : `${count} measures` })}
        </p>
      )}
      {shown.map(({ clause, title, summary, items }) => (
        <section key={clause}>
          <h2>
            {clause} {t(title)}
          </h2>
          <p className="soft">{t(summary)}</p>
          <ul className="cards">
            {items.flatMap(({ parts, summary: of }) =>
              parts.map((part) => (
                <li className="card" key={part.id}>
                  <h3>
                    <Link to="/measures/$item" params={{ item: part.id }}>
                      {t(part.title)}
                    </Link>
                  </h3>
                  <p className="small">{t(of)}</p>
                  <Standing part={part} />
                </li>
              )),
            )}
          </ul>
        </section>
      ))}
    </Page>
  );
}

/** Whether a measure is open, until when, and how much it gives at most. */
export function Standing({ part }: { readonly part: Part }) {
  const t = useText();
  const { language } = useLanguage();
  const { open, window, ceiling } = part;
  const now = Date.now();
  return (
    <p>
      {open && window ? (
        <Tag tone="now">
          {t({
            zh: `受理至 ${lastDay(window.closesAt, language)}`,
            en: `Open until ${lastDay(window.closesAt, language)}`,
          })}
        </Tag>
      ) : window && Date.parse(window.opensAt) > now ? (
        <Tag>
          {t({
            zh: `${time(window.opensAt, language)} 开始受理`,
            en: `Opens at ${time(window.opensAt, language)}`,
          })}
        </Tag>
      ) : (
        <Tag>{t({ zh: '目前不受理', en: 'Not open' })}</Tag>
      )}{' '}
      {ceiling && ceiling.kind !== 'tiers' && (
        <span className="small">
          {t({ zh: `最高 ${money(ceiling.fen, 'zh')}`, en: `up to ${money(ceiling.fen, 'en')}` })}
        </span>
      )}
    </p>
  );
}
