import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ask } from '../data/api.ts';
import { time } from '../data/format.ts';
import { useLanguage, useText } from '../data/language.tsx';
import { useSession } from '../data/session.tsx';
import { Failed, Page, Tag, Waiting } from '../design/parts.tsx';

const title = { zh: '消息', en: 'Messages' };

/** What the system has told this person, its organisation or its department. */
export function Messages() {
  const t = useText();
  const { language } = useLanguage();
  const { person, login } = useSession();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['messages'],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam }) =>
      (await ask('GET /v1/notifications', { query: { limit: 50, ...(pageParam && { cursor: pageParam }) } }))
        .body,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    enabled: person !== undefined,
  });
  if (!person) {
    return (
      <Page title={title}>
        <p>{t({ zh: '请先登录。', en: 'Log in first.' })}</p>
        <button type="button" className="first" onClick={() => void login()}>
          {t({ zh: '登录', en: 'Log in' })}
        </button>
      </Page>
    );
  }
  const all = data?.pages.flatMap(({ items }) => items) ?? [];
  const newest = all[0];
  const markRead = async () => {
    if (!newest) return;
    await ask('POST /v1/notifications/read', { body: { upTo: newest.receivedAt } });
    await Promise.all([
      queries.invalidateQueries({ queryKey: ['messages'] }),
      queries.invalidateQueries({ queryKey: ['unread'] }),
    ]);
  };
  return (
    <Page title={title}>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data && all.length === 0 && <p>{t({ zh: '还没有消息。', en: 'There are none yet.' })}</p>}
      {all.some(({ read }) => !read) && (
        <div className="actions">
          <button type="button" onClick={() => void markRead()}>
            {t({ zh: '全部标为已读', en: 'Mark all as read' })}
          </button>
        </div>
      )}
      <ul className="steps">
        {all.map((message) => (
          <li key={`${message.channel} ${message.id}`}>
            <span>
              {!message.read && (
                <>
                  <Tag tone="now">{t({ zh: '未读', en: 'New' })}</Tag>{' '}
                </>
              )}
              <a
                href={message.link}
                onClick={(event) => {
                  event.preventDefault();
                  void navigate({ href: message.link });
                }}
              >
                {t(message.title)}
              </a>
              <br />
              {t(message.text)}
            </span>
            <time className="soft small" dateTime={message.at}>
              {time(message.at, language)}
            </time>
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <button type="button" onClick={() => void fetchNextPage()}>
          {t({ zh: '显示更多', en: 'Show more' })}
        </button>
      )}
    </Page>
  );
}
