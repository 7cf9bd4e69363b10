import type { ReactNode } from 'react';
import type { Bilingual } from '../../../functions/shared/text.ts';
import { useText } from '../data/language.tsx';
import { isApplicant, isReviewer, type Person, useSession } from '../data/session.tsx';
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
  const { person } = useSession();
  if (person && isApplicant(person) && person.organisation !== undefined) {
    return children({ ...person, organisation: person.organisation });
  }
  return (
    <NotForYou
      title={title}
      why={{
        zh: '本页供申报单位使用，您的登录身份不是申报单位人员。',
        en: 'This page is for applicants, which your login is not.',
      }}
    />
  );
}

/** An official with the department that it decides for. */
export type Official = Person & { readonly department: string };

/** A page for the reviewers of departments and districts. */
export function ForReviewers({
  title,
  children,
}: {
  readonly title: Bilingual;
  readonly children: (person: Official) => ReactNode;
}) {
  const { person } = useSession();
  if (person && isReviewer(person) && person.department !== undefined) {
    return children({ ...person, department: person.department });
  }
  return (
    <NotForYou
      title={title}
      why={{
        zh: '本页供区级部门和牵头部门的审核人员使用，您的登录身份不是审核人员。',
        en: 'This page is for the reviewers of districts and lead departments, which your login is not.',
      }}
    />
  );
}

function NotForYou({ title, why }: { readonly title: Bilingual; readonly why: Bilingual }) {
  const t = useText();
  const { person, login } = useSession();
  return (
    <Page title={title}>
      <p>
        {t(
          person
            ? why
            : { zh: '请先登录。登录后回到本页。', en: 'Log in first. You will come back to this page.' },
        )}
      </p>
      {!person && (
        <button type="button" className="first" onClick={() => void login()}>
          {t({ zh: '登录', en: 'Log in' })}
        </button>
      )}
    </Page>
  );
}
