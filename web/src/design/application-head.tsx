import { Link } from '@tanstack/react-router';
import { useText } from '../data/language.tsx';
import { nameOf } from '../data/names.ts';
import type { ApplicationView } from '../data/queries.ts';
import { Countdown } from './countdown.tsx';

/** The steps of an application that may still be changed, which of them this is, and until when they may be taken. */
export function ApplicationHead({
  application,
  at,
  closesAt,
}: {
  readonly application: Pick<ApplicationView, 'applicationId' | 'content' | 'correction'>;
  readonly at: 'form' | 'documents' | 'check';
  /** When the window of its measure closes; a correction has its own end. */
  readonly closesAt: string;
}) {
  const t = useText();
  const { applicationId } = application;
  const steps = [
    { id: 'form', to: '/applications/$applicationId/form', title: { zh: '1 填写内容', en: '1 Form' } },
    {
      id: 'documents',
      to: '/applications/$applicationId/documents',
      title: { zh: '2 上传材料', en: '2 Documents' },
    },
    {
      id: 'check',
      to: '/applications/$applicationId/check',
      title: { zh: '3 核对并提交', en: '3 Check and submit' },
    },
  ] as const;
  return (
    <>
      <nav className="steps-nav" aria-label={t({ zh: '申报步骤', en: 'Steps of the application' })}>
        <p>
          <Link to="/applications/$applicationId" params={{ applicationId }}>
            {t({ zh: '申报：', en: 'Application: ' })}
            {t(nameOf(application))}
          </Link>
        </p>
        <ol>
          {steps.map(({ id, to, title }) => (
            <li key={id}>
              {id === at ? (
                <strong aria-current="step">{t(title)}</strong>
              ) : (
                <Link to={to} params={{ applicationId }}>
                  {t(title)}
                </Link>
              )}
            </li>
          ))}
        </ol>
      </nav>
      <Countdown until={application.correction?.dueAt ?? closesAt} />
    </>
  );
}
