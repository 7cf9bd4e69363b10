import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ask } from '../data/api.ts';
import { useText } from '../data/language.tsx';
import { nameOf } from '../data/names.ts';
import { Facts, Failed, Page, Waiting } from '../design/parts.tsx';
import { type Applicant, ForApplicants } from '../design/signed-in.tsx';

const title = { zh: '本单位人员', en: 'People of our organisation' };

/** Who looks after what for an organisation, what each role may do, and where people are added. */
export function Organisation() {
  return <ForApplicants title={title}>{(person) => <People person={person} />}</ForApplicants>;
}

function People({ person }: { readonly person: Applicant }) {
  const t = useText();
  const { data, error, refetch } = useQuery({
    queryKey: ['applications', 'newest'],
    queryFn: async () => ask('GET /v1/applications', { query: { limit: 100 } }),
  });
  const held = new Map<string, string[]>();
  for (const application of data?.body.items ?? []) {
    const { holder } = application;
    held.set(holder, [...(held.get(holder) ?? []), t(nameOf(application))]);
  }
  const isAdmin = person.roles.includes('organisation-admin');
  const role = isAdmin ? { zh: '企业管理员', en: 'Administrator' } : { zh: '申报人', en: 'Preparer' };
  return (
    <Page title={title}>
      <Facts
        items={[
          [t({ zh: '单位', en: 'Organisation' }), person.organisationName ?? '—'],
          [
            t({ zh: '统一社会信用代码', en: 'Unified social credit code' }),
            <code key="uscc">{person.organisation}</code>,
          ],
          [t({ zh: '您', en: 'You' }), person.name],
          [t({ zh: '角色', en: 'Role' }), t(role)],
          [t({ zh: '登录账号', en: 'Account' }), person.id],
        ]}
      />
      <h2>{t({ zh: '谁可以做什么', en: 'Who may do what' })}</h2>
      <ul>
        <li>
          {t({
            zh: '申报人：填写、上传材料、删除草稿、移交同事。',
            en: 'Preparers fill in, add documents, delete drafts and hand them to colleagues.',
          })}
        </li>
        <li>
          {t({
            zh: '企业管理员：以上各项，并可提交、撤回、申请复核、登记收款账户。',
            en: 'Administrators do all of that, and submit, withdraw, ask for a reconsideration and put the bank account.',
          })}
        </li>
      </ul>
      <h2>{t({ zh: '各项申报由谁负责', en: 'Who looks after which application' })}</h2>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data && held.size === 0 && (
        <p>{t({ zh: '本单位还没有申报。', en: 'Your organisation has no application yet.' })}</p>
      )}
      {held.size > 0 && (
        <Facts
          items={[...held].map(([holder, names]) => [
            holder === person.id ? t({ zh: `您（${holder}）`, en: `You (${holder})` }) : holder,
            names.join(t({ zh: '、', en: ', ' })),
          ])}
        />
      )}
      <p>
        {t({
          zh: '要换人负责，请在该申报的页面上“移交同事”。',
          en: 'To change it, hand the application to a colleague on its page.',
        })}{' '}
        <Link to="/applications">{t({ zh: '我的申报', en: 'My applications' })}</Link>
      </p>
      <h2>{t({ zh: '增加或减少人员', en: 'Adding people, and taking them out' })}</h2>
      <p>
        {t({
          zh: '人员和角色由统一身份认证平台管理，本系统不发邀请：请本单位管理员在该平台上办理，新登录的同事随即可以看到本单位的申报。',
          en: 'People and their roles are kept by the identity platform, and this system invites nobody: an administrator of yours adds them there. Whoever logs in then sees the applications of your organisation.',
        })}
      </p>
    </Page>
  );
}
