import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { statusLabels } from '../../../functions/filing/applications/labels.ts';
import type { Status } from '../../../functions/filing/applications/lifecycle.ts';
import { ask } from '../data/api.ts';
import { time, yuan } from '../data/format.ts';
import { useLanguage, useText } from '../data/language.tsx';
import { nameOf } from '../data/names.ts';
import { type ApplicationView, catalogue } from '../data/queries.ts';
import { Failed, Page, Table, Tag, Waiting } from '../design/parts.tsx';
import { ForApplicants } from '../design/signed-in.tsx';

const title = { zh: '我的申报', en: 'My applications' };

/** The applications of the organisation, those that wait for somebody of it first. */
export function Applications() {
  return <ForApplicants title={title}>{() => <List />}</ForApplicants>;
}

/** How a status stands for the applicant. */
export function toneOf(status: Status): 'good' | 'warn' | 'bad' | 'now' | undefined {
  switch (status) {
    case 'draft':
    case 'returned':
      return 'warn';
    case 'closed':
    case 'recognised':
      return 'good';
    case 'ineligible':
    case 'refused':
    case 'duplicate':
    case 'cancelled':
    case 'lapsed':
      return 'bad';
    case 'withdrawn':
    case 'deleted':
      return undefined;
    default:
      return 'now';
  }
}

/** The titles of the notice's items by their ids. */
export function useItemTitle(): (item: string) => string {
  const t = useText();
  const { data } = useQuery(catalogue);
  const titles = new Map(
    data?.measures.flatMap(({ items }) =>
      items.flatMap(({ parts }) => parts.map((part) => [part.id, t(part.title)] as const)),
    ),
  );
  return (item) => titles.get(item) ?? item;
}

function List() {
  const t = useText();
  const { language } = useLanguage();
  const titleOf = useItemTitle();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['applications'],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam }) =>
      (await ask('GET /v1/applications', { query: { limit: 50, ...(pageParam && { cursor: pageParam }) } }))
        .body,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const all = data?.pages.flatMap(({ items }) => items) ?? [];
  const waiting = all.filter(({ status }) => status === 'draft' || status === 'returned');
  const others = all.filter((one) => !waiting.includes(one));
  const row = (one: ApplicationView) => (
    <tr key={one.applicationId}>
      <th scope="row">
        <Link to="/applications/$applicationId" params={{ applicationId: one.applicationId }}>
          {t(nameOf(one))}
        </Link>
      </th>
      <td data-label={t({ zh: '事项', en: 'Measure' })}>{titleOf(one.content.item)}</td>
      <td className="number" data-label={t({ zh: '申请金额（元）', en: 'Asked for (CNY)' })}>
        {one.content.requestedFen === 0 ? '—' : yuan(one.content.requestedFen)}
      </td>
      <td data-label={t({ zh: '状态', en: 'Status' })}>
        <StatusTag status={one.status} />
      </td>
      <td data-label={t({ zh: '最近变化', en: 'Last change' })}>{time(one.updatedAt, language)}</td>
    </tr>
  );
  const head = [
    { title: t({ zh: '项目', en: 'Project' }) },
    { title: t({ zh: '事项', en: 'Measure' }) },
    { title: t({ zh: '申请金额（元）', en: 'Asked for (CNY)' }), isNumber: true },
    { title: t({ zh: '状态', en: 'Status' }) },
    { title: t({ zh: '最近变化', en: 'Last change' }) },
  ];
  return (
    <Page title={title}>
      <div className="actions">
        <Link className="button first" to="/measures" search={{ open: 'yes' }}>
          {t({ zh: '新的申报', en: 'New application' })}
        </Link>
      </div>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data && all.length === 0 && (
        <p>
          {t({
            zh: '还没有申报。请先在可申报事项中选择一项。',
            en: 'There are none yet. Choose one of the measures that are open.',
          })}
        </p>
      )}
      {waiting.length > 0 && (
        <Table caption={t({ zh: '等待您处理', en: 'Waiting for you' })} head={head}>
          {waiting.map(row)}
        </Table>
      )}
      {others.length > 0 && (
        <Table caption={t({ zh: '正在办理和已办结', en: 'On their way, and done' })} head={head}>
          {others.map(row)}
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

export function StatusTag({ status }: { readonly status: Status }) {
  const t = useText();
  const tone = toneOf(status);
  return <Tag {...(tone && { tone })}>{t(statusLabels[status])}</Tag>;
}
