import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { Bilingual } from '../../../functions/shared/text.ts';
import { type Answer, ask } from '../data/api.ts';
import { day, lastDay, yuan } from '../data/format.ts';
import { useLanguage, useText } from '../data/language.tsx';
import { Failed, Page, Table, Tag, Waiting } from '../design/parts.tsx';
import { YearFilter } from '../design/year-filter.tsx';

type Award = Answer<'GET /v1/awards'>['items'][number];

const statuses: Readonly<Record<Award['status'], Bilingual & { readonly tone?: 'now' | 'good' | 'bad' }>> = {
  noticed: { zh: '公示中', en: 'Under notice', tone: 'now' },
  'notice-ended': { zh: '公示期满', en: 'Notice ended' },
  ordered: { zh: '已下达', en: 'Ordered' },
  closed: { zh: '已拨付', en: 'Paid', tone: 'good' },
  cancelled: { zh: '已取消', en: 'Cancelled', tone: 'bad' },
};

/** The public notice, which prints as the list that is put up. */
export function Awards() {
  const t = useText();
  const { language } = useLanguage();
  const search = useSearch({ from: '/awards' });
  const navigate = useNavigate({ from: '/awards' });
  const year = Number(search.year) || new Date().getFullYear();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['awards', year],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam }) =>
      (await ask('GET /v1/awards', { query: { year, limit: 100, ...(pageParam && { cursor: pageParam }) } }))
        .body,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const asked = search.q?.trim().toLowerCase() ?? '';
  const awards = (data?.pages.flatMap(({ items }) => items) ?? []).filter(
    ({ organisationName, projectName = '', organisation = '' }) =>
      asked === '' ||
      [organisationName, projectName, organisation].some((text) => text.toLowerCase().includes(asked)),
  );
  return (
    <Page title={{ zh: '公示名单', en: 'Public notice' }}>
      <p>
        {t({
          zh: '对公示中的支持有异议的，请在公示截止前实名提出，并说明理由、附上证据。',
          en: 'Whoever objects to an award under notice does so by name, with grounds and evidence, before the notice ends.',
        })}
      </p>
      <p>
        <Link to="/objections">{t({ zh: '查询已提出的异议', en: 'See how an objection stands' })}</Link>
      </p>
      <search className="filter">
        <YearFilter
          year={year}
          choose={(chosen) => void navigate({ search: (now) => ({ ...now, year: chosen }), replace: true })}
        />
        <div>
          <label htmlFor="q">{t({ zh: '单位、项目或信用代码', en: 'Unit, project or credit code' })}</label>
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
        <div className="fit">
          <button type="button" onClick={() => window.print()}>
            {t({ zh: '打印', en: 'Print' })}
          </button>
        </div>
      </search>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data && awards.length === 0 && (
        <p role="status">
          {asked === ''
            ? t({ zh: `${year} 年没有公示的支持。`, en: `There were no awards under notice in ${year}.` })
            : t({ zh: '没有符合条件的记录。', en: 'Nothing fits what you look for.' })}
        </p>
      )}
      {awards.length > 0 && (
        <Table
          caption={t({ zh: `${year} 年拟支持名单`, en: `Awards of ${year}` })}
          head={[
            { title: t({ zh: '单位', en: 'Unit' }) },
            { title: t({ zh: '项目', en: 'Project' }) },
            { title: t({ zh: '事项', en: 'Measure' }) },
            { title: t({ zh: '金额（元）', en: 'Amount (CNY)' }), isNumber: true },
            { title: t({ zh: '公示期', en: 'Notice' }) },
            { title: t({ zh: '状态', en: 'Status' }) },
          ]}
        >
          {awards.map((award) => (
            <tr key={award.applicationId}>
              <th scope="row">
                {award.organisationName}
                {award.organisation !== undefined && (
                  <>
                    <br />
                    <code className="soft">{award.organisation}</code>
                  </>
                )}
              </th>
              <td data-label={t({ zh: '项目', en: 'Project' })}>{award.projectName ?? '—'}</td>
              <td data-label={t({ zh: '事项', en: 'Measure' })}>
                {t(award.title)} <span className="soft small">{award.clause}</span>
              </td>
              <td className="number" data-label={t({ zh: '金额（元）', en: 'Amount (CNY)' })}>
                {yuan(award.awardFen)}
              </td>
              <td data-label={t({ zh: '公示期', en: 'Notice' })}>
                {day(award.noticedAt, language)}
                {award.closesAt !== undefined && ` – ${lastDay(award.closesAt, language)}`}
              </td>
              <td data-label={t({ zh: '状态', en: 'Status' })}>
                <Tag {...(statuses[award.status].tone && { tone: statuses[award.status].tone })}>
                  {t(statuses[award.status])}
                </Tag>
                <br />
                <Link
                  className="screen"
                  to="/awards/$applicationId/objection"
                  params={{ applicationId: award.applicationId }}
                  search={{ year: String(year) }}
                >
                  {award.status === 'noticed'
                    ? t({ zh: '提出异议', en: 'Object' })
                    : t({ zh: '投诉或举报', en: 'Complain or report' })}
                  <span className="unseen"> {award.organisationName}</span>
                </Link>
              </td>
            </tr>
          ))}
        </Table>
      )}
      {hasNextPage && (
        <button type="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t({ zh: '显示更多', en: 'Show more' })}
        </button>
      )}
    </Page>
  );
}
