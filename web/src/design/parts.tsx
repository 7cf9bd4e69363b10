import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import type { Bilingual } from '../../../functions/shared/text.ts';
import { Offline, Problem } from '../data/api.ts';
import { useText } from '../data/language.tsx';

/** A page: its title stands in the window too, and takes the focus when the address changes. */
export function Page({
  title,
  isWide = false,
  children,
}: {
  readonly title: Bilingual;
  /** As wide as the window, for what stands side by side. */
  readonly isWide?: boolean;
  readonly children: ReactNode;
}) {
  const t = useText();
  const said = t(title);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${said} · ${t(siteName)}`;
  }, [said, t]);
  useEffect(() => {
    // Whoever listens hears where they are; whoever came by the first load begins at the top.
    if (document.body.dataset['moved'] === 'yes') heading.current?.focus({ preventScroll: true });
    document.body.dataset['moved'] = 'yes';
  }, []);
  return (
    <div className={isWide ? 'width whole' : 'width'}>
      <h1 ref={heading} tabIndex={-1}>
        {said}
      </h1>
      {children}
    </div>
  );
}

export const siteName: Bilingual = {
  zh: '广州市软件和信息技术服务业支持政策',
  en: 'Guangzhou software and IT services support',
};

export function Waiting() {
  const t = useText();
  return (
    <p className="waiting" role="status">
      {t({ zh: '正在读取……', en: 'Loading…' })}
    </p>
  );
}

/** What went wrong, in words, with a way to try again. */
export function Failed({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const t = useText();
  const said: Bilingual =
    error instanceof Problem
      ? error.said
      : error instanceof Offline
        ? {
            zh: '网络连接中断。已填写的内容仍在本机。',
            en: 'The network is gone. What you typed is still on this device.',
          }
        : { zh: '页面出现故障，请刷新后再试。', en: 'Something failed on this page. Load it again.' };
  return (
    <div className="told bad" role="alert">
      <p>{t(said)}</p>
      {error instanceof Problem && error.faults.length > 0 && (
        <ul>
          {error.faults.map(({ path, messages, citation }) => (
            <li key={`${path} ${messages.en}`}>
              {t(messages)}
              {citation !== undefined && <span className="soft">（{citation}）</span>}
            </li>
          ))}
        </ul>
      )}
      {retry && (
        <button type="button" onClick={retry}>
          {t({ zh: '重试', en: 'Try again' })}
        </button>
      )}
    </div>
  );
}

export function Tag({
  tone,
  children,
}: {
  readonly tone?: 'good' | 'warn' | 'bad' | 'now';
  readonly children: ReactNode;
}) {
  return <span className={tone === undefined ? 'tag' : `tag ${tone}`}>{children}</span>;
}

/** A table that scrolls inside itself where it has to, and can be reached by keyboard then. */
export function Table({
  caption,
  head,
  children,
}: {
  readonly caption: string;
  readonly head: readonly { readonly title: string; readonly isNumber?: boolean }[];
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard (WCAG 2.1.1)
    <section className="wide" aria-labelledby={id} tabIndex={0}>
      <table className="stack">
        <caption id={id}>{caption}</caption>
        <thead>
          <tr>
            {head.map(({ title, isNumber }) => (
              <th key={title} scope="col" className={isNumber ? 'number' : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

/** Facts in two columns: what, and which. */
export function Facts({ items }: { readonly items: readonly (readonly [what: string, which: ReactNode])[] }) {
  return (
    <dl className="facts">
      {items.map(([what, which]) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>{which}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The faults of a form in one place, each a link to its field; it takes the focus when it comes up. */
export function ErrorSummary({
  faults,
  attempt,
  children,
}: {
  readonly children?: ReactNode;
  readonly faults: readonly { readonly field: string; readonly message: string }[];
  /** Rises with each attempt, so that a second one is told again. */
  readonly attempt: number;
}) {
  const t = useText();
  const box = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the attempt is what it is told of
  useEffect(() => box.current?.focus(), [attempt]);
  if (faults.length === 0) return null;
  return (
    <div className="told bad" ref={box} tabIndex={-1} role="alert">
      <h2>{t({ zh: '有内容需要修改', en: 'There is something to mend' })}</h2>
      <ul>
        {faults.map(({ field, message }) => (
          <li key={`${field} ${message}`}>
            <a
              href={`#${field}`}
              onClick={(event) => {
                const target = document.getElementById(field);
                if (!target) return;
                event.preventDefault();
                target.focus();
                target.scrollIntoView({ block: 'center' });
              }}
            >
              {message}
            </a>
          </li>
        ))}
      </ul>
      {children}
    </div>
  );
}

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly fault?: string | undefined;
  readonly isChanged?: boolean;
  /** The control; it takes the ids of what describes it. */
  readonly children: (props: {
    readonly id: string;
    readonly 'aria-describedby'?: string;
    readonly 'aria-invalid'?: true;
  }) => ReactNode;
}

/** A labelled control with its hint and its fault. */
export function Field({ id, label, hint, fault, isChanged = false, children }: FieldProps) {
  const t = useText();
  const described = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ');
  return (
    <div className={`field${fault === undefined ? '' : ' field-wrong'}${isChanged ? ' changed' : ''}`}>
      <label htmlFor={id}>{label}</label>
      {hint !== undefined && (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {fault !== undefined && (
        <span className="wrong" id={`${id}-fault`}>
          <span className="unseen">{t({ zh: '错误：', en: 'Error: ' })}</span>
          {fault}
        </span>
      )}
      {children({
        id,
        ...(described !== '' && { 'aria-describedby': described }),
        ...(fault !== undefined && { 'aria-invalid': true }),
      })}
    </div>
  );
}

/** A page that could not be shown, most often since a part of it could not be loaded. */
export function Broken({ error }: { readonly error: unknown }) {
  return (
    <Page title={{ zh: '页面无法显示', en: 'The page cannot be shown' }}>
      <Failed error={navigator.onLine ? error : new Offline()} retry={() => location.reload()} />
    </Page>
  );
}

export function NotFound() {
  const t = useText();
  return (
    <Page title={{ zh: '没有这个页面', en: 'There is no such page' }}>
      <p>
        {t({
          zh: '地址可能有误，或内容已不存在。',
          en: 'The address may be wrong, or what was there is gone.',
        })}
      </p>
      <p>
        <Link to="/">{t({ zh: '返回首页', en: 'Go to the first page' })}</Link>
      </p>
    </Page>
  );
}
