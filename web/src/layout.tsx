import { useQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import type { Bilingual } from '../../functions/shared/text.ts';
import { ask } from './data/api.ts';
import { useLanguage, useText } from './data/language.tsx';
import { isApplicant, isReviewer, portalConfig, useSession } from './data/session.tsx';
import { Failed, siteName } from './design/parts.tsx';

const publicPages = [
  { to: '/measures', title: { zh: '政策措施', en: 'Measures' } },
  { to: '/check', title: { zh: '自查', en: 'Check' } },
  { to: '/awards', title: { zh: '公示名单', en: 'Public notice' } },
  { to: '/register', title: { zh: '奖补登记簿', en: 'Register of awards' } },
] as const satisfies readonly { readonly to: string; readonly title: Bilingual }[];

const applicantPages = [
  { to: '/applications', title: { zh: '我的申报', en: 'My applications' } },
  { to: '/account', title: { zh: '收款账户', en: 'Bank account' } },
  { to: '/organisation', title: { zh: '本单位', en: 'Our organisation' } },
] as const satisfies readonly { readonly to: string; readonly title: Bilingual }[];

const reviewerPages = [{ to: '/tasks', title: { zh: '待办审核', en: 'Tasks' } }] as const satisfies readonly {
  readonly to: string;
  readonly title: Bilingual;
}[];

/** What is around every page. */
export function Layout() {
  const t = useText();
  const { person, refused, isExpired } = useSession();
  const pages = [
    ...publicPages,
    ...(isApplicant(person) ? applicantPages : []),
    ...(isReviewer(person) ? reviewerPages : []),
  ];
  return (
    <>
      <a className="skip" href="#main">
        {t({ zh: '跳到正文', en: 'Skip to the content' })}
      </a>
      <Head />
      <nav className="nav" aria-label={t({ zh: '主导航', en: 'Main' })}>
        <ul className="width">
          {pages.map(({ to, title }) => (
            <li key={to}>
              <Link to={to} activeOptions={{ includeSearch: false }}>
                {t(title)}
              </Link>
            </li>
          ))}
          {person && <MessagesLink />}
        </ul>
      </nav>
      <main id="main" tabIndex={-1}>
        {refused && (
          <div className="width">
            <Failed error={refused} />
          </div>
        )}
        {isExpired && <Expired />}
        <Outlet />
      </main>
      <Foot />
    </>
  );
}

function Head() {
  const t = useText();
  const { language, speak } = useLanguage();
  const { person, login, logout } = useSession();
  const other = language === 'zh' ? 'en' : 'zh';
  return (
    <header className="head">
      <div className="width head-row">
        <Link className="brand" to="/">
          {t(siteName)}
        </Link>
        {person && (
          <span className="who">
            {person.name}
            {person.organisationName !== undefined && ` · ${person.organisationName}`}
          </span>
        )}
        <button type="button" lang={other === 'zh' ? 'zh-CN' : 'en'} onClick={() => speak(other)}>
          {other === 'zh' ? '中文' : 'English'}
        </button>
        {person ? (
          <button type="button" onClick={() => void logout()}>
            {t({ zh: '退出登录', en: 'Log out' })}
          </button>
        ) : (
          <button type="button" onClick={() => void login()}>
            {t({ zh: '登录', en: 'Log in' })}
          </button>
        )}
      </div>
    </header>
  );
}

function MessagesLink() {
  const t = useText();
  const { data } = useQuery({
    queryKey: ['unread'],
    queryFn: async () => (await ask('GET /v1/notifications/unread')).body,
    refetchInterval: 60_000,
  });
  const unread = data?.unread ?? 0;
  return (
    <li>
      <Link to="/messages">
        {t({ zh: '消息', en: 'Messages' })}
        {unread > 0 && t({ zh: `（${unread} 条未读）`, en: ` (${unread} unread)` })}
      </Link>
    </li>
  );
}

function Expired() {
  const t = useText();
  const { loginBeside } = useSession();
  return (
    <div className="width">
      <div className="told warn" role="alert">
        <h2>{t({ zh: '登录已过期', en: 'Your login has expired' })}</h2>
        <p>
          {t({
            zh: '本页内容没有丢失，仍保存在本机。重新登录后继续。',
            en: 'Nothing on this page is lost: it is kept on this device. Log in again to go on.',
          })}
        </p>
        <button type="button" className="first" onClick={() => void loginBeside()}>
          {t({ zh: '重新登录（新窗口）', en: 'Log in again (new window)' })}
        </button>
      </div>
    </div>
  );
}

function Foot() {
  const t = useText();
  const { data: config } = useQuery({
    queryKey: ['portal'],
    queryFn: portalConfig,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <footer className="foot">
      <div className="width">
        <ul>
          <li>
            <Link to="/about">{t({ zh: '关于本系统', en: 'About' })}</Link>
          </li>
          <li>
            <Link to="/accessibility">{t({ zh: '无障碍', en: 'Accessibility' })}</Link>
          </li>
          <li>
            <Link to="/privacy">{t({ zh: '个人信息保护', en: 'Privacy' })}</Link>
          </li>
          <li>
            <a href="/openapi.json">{t({ zh: '开放接口', en: 'API' })}</a>
          </li>
        </ul>
        <p>
          {t({
            zh: '依据：广州市人民政府办公厅 穗府办规〔2023〕12号',
            en: 'By notice 穗府办规〔2023〕12号 of the General Office of Guangzhou Municipal Government',
          })}
          {config?.icp !== undefined && ` · ${config.icp}`}
          {config?.police !== undefined && ` · ${config.police}`}
        </p>
      </div>
    </footer>
  );
}
