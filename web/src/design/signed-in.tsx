import type { ReactNode } from 'react';
import type { Bilingual } from '../../../functions/shared/text.ts';
import { useText } from '../data/language.tsx';
import { isApplicant, type Person, useSession } from '../data/session.tsx';
import { Page } from './parts.tsx';

/** An applicant with the organisation that it acts for. */
export type Applicant = Person & { readonly organisation: string };

/** A page for people of companies: others are told so, and may log in. */
export function ForApplicants({
  title,
  children,
}: {
  readonly title: Bilingual;
  readonly children: (person: Applicant) => ReactNode;
}) {
  const t = useText();
  const { person, login } = useSession();
  if (person && isApplicant(person) && person.organisation !== undefined) {
    return children({ ...person, organisation: person.organisation });
  }
  return (
    <Page title={title}>
      <p>
        {person
          ? t({
              zh: '本页供申报单位使用，您的登录身份不是申报单位人员。',
              en: 'This page is for applicants, which your login is not.',
            })
          : t({ zh: '请先登录。登录后回到本页。', en: 'Log in first. You will come back to this page.' })}
      </p>
      {!person && (
        <button type="button" className="first" onClick={() => void login()}>
          {t({ zh: '登录', en: 'Log in' })}
        </button>
      )}
    </Page>
  );
}
