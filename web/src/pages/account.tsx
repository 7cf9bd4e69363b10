import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../data/api.ts';
import { time } from '../data/format.ts';
import { useLanguage, useText } from '../data/language.tsx';
import { Facts, Failed, Page, Table, Waiting } from '../design/parts.tsx';
import { type Applicant, ForApplicants } from '../design/signed-in.tsx';
import { AccountChange } from './account-change.tsx';
import { AccountForm } from './account-form.tsx';

const title = { zh: '收款账户', en: 'Bank account' };

/** Where awards are paid to, what is to take its place, and what happened to it; of numbers the last digits alone. */
export function Account() {
  return <ForApplicants title={title}>{(person) => <Shown person={person} />}</ForApplicants>;
}

function Shown({ person }: { readonly person: Applicant }) {
  const t = useText();
  const { language } = useLanguage();
  const queries = useQueryClient();
  const shown = useQuery({
    queryKey: ['account'],
    queryFn: async () => (await ask('GET /v1/bank-account')).body,
  });
  const [isDone, setDone] = useState(false);
  const moved = async (isTaken: boolean) => {
    setDone(isTaken);
    await queries.invalidateQueries({ queryKey: ['account'] });
  };
  const { account, change, toConfirm } = shown.data ?? {};
  return (
    <Page title={title}>
      {!shown.data && !shown.error && <Waiting />}
      {shown.error && <Failed error={shown.error} retry={() => void shown.refetch()} />}
      {shown.data && !account && <p>{t({ zh: '尚无生效的收款账户。', en: 'No account counts yet.' })}</p>}
      {account && (
        <Facts
          items={[
            [t({ zh: '开户银行', en: 'Bank' }), account.bank],
            [t({ zh: '账号末四位', en: 'Last four digits' }), account.accountNumber],
            [t({ zh: '生效', en: 'Counts from' }), time(account.since, language)],
          ]}
        />
      )}
      {toConfirm && (
        <div className="told warn">
          <p>
            {t({
              zh: '银行退回了付往此账户的款项。请核对后重新提出账户，确认前不再付款。',
              en: 'The bank sent a payment to this account back. Check it and propose it again, or another one: nothing is paid before it is confirmed.',
            })}
          </p>
        </div>
      )}
      {isDone && (
        <div className="told good" role="status">
          <p>
            {t({
              zh: '已收到，并已告知本单位全体人员。',
              en: 'It is kept, and everybody of your enterprise is told.',
            })}
          </p>
        </div>
      )}
      {change && <AccountChange person={person} change={change} decided={moved} />}
      {shown.data && !change && (
        <AccountForm person={person} isFirst={!account} proposed={() => moved(true)} />
      )}
      <History />
    </Page>
  );
}

const events: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  proposed: { zh: '提出', en: 'Proposed' },
  confirmed: { zh: '确认', en: 'Confirmed' },
  refused: { zh: '否决', en: 'Refused' },
  withdrawn: { zh: '撤回', en: 'Withdrawn' },
};
const roles: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  preparer: { zh: '申报人', en: 'preparer' },
  'organisation-admin': { zh: '企业管理员', en: 'administrator' },
  'district-reviewer': { zh: '区工信部门', en: 'district' },
};

function History() {
  const t = useText();
  const { language } = useLanguage();
  const { data } = useQuery({
    queryKey: ['account', 'history'],
    queryFn: async () => (await ask('GET /v1/bank-account/history', { query: { limit: 100 } })).body.items,
  });
  if (!data || data.length === 0) return null;
  const heads = [
    { zh: '时间', en: 'When' },
    { zh: '事项', en: 'What' },
    { zh: '账户', en: 'Account' },
    { zh: '经办', en: 'By' },
    { zh: '理由', en: 'Reason' },
  ].map((head) => t(head));
  return (
    <Table caption={t({ zh: '变更经过', en: 'What happened' })} head={heads.map((head) => ({ title: head }))}>
      {[...data].reverse().map((row) => (
        <tr key={row.version}>
          <td data-label={heads[0]}>{time(row.at, language)}</td>
          <td data-label={heads[1]}>{t(events[row.event] ?? { zh: row.event, en: row.event })}</td>
          <td data-label={heads[2]}>{`${row.bank} ${row.accountNumber}`}</td>
          <td data-label={heads[3]}>{t(roles[row.role] ?? { zh: row.role, en: row.role })}</td>
          <td data-label={heads[4]}>{row.reason ?? '–'}</td>
        </tr>
      ))}
    </Table>
  );
}
