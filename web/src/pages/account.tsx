import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask, Problem } from '../data/api.ts';
import { time } from '../data/format.ts';
import { useLanguage, useText } from '../data/language.tsx';
import { ErrorSummary, Facts, Failed, Field, Page, Waiting } from '../design/parts.tsx';
import { type Applicant, ForApplicants } from '../design/signed-in.tsx';

const title = { zh: '收款账户', en: 'Bank account' };

/** Where awards are paid to; once it is put, only the last digits are ever shown. */
export function Account() {
  return <ForApplicants title={title}>{(person) => <Shown person={person} />}</ForApplicants>;
}

const fields = [
  {
    id: 'holder',
    label: { zh: '户名', en: 'Holder' },
    hint: { zh: '应与单位名称一致', en: 'The name of the enterprise' },
  },
  { id: 'bank', label: { zh: '开户银行及支行', en: 'Bank and branch' } },
  { id: 'branchCode', label: { zh: '联行号（12 位）', en: 'Branch code (CNAPS, 12 digits)' } },
  { id: 'accountNumber', label: { zh: '账号', en: 'Account number' } },
] as const;

function Shown({ person }: { readonly person: Applicant }) {
  const t = useText();
  const { language } = useLanguage();
  const queries = useQueryClient();
  const account = useQuery({
    queryKey: ['account'],
    queryFn: async () => (await ask('GET /v1/bank-account')).body,
  });
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({
    holder: person.organisationName ?? '',
  });
  const [attempt, setAttempt] = useState(0);
  const [refused, setRefused] = useState<unknown>();
  const [isDone, setDone] = useState(false);
  const none = account.error instanceof Problem && account.error.status === 404;
  const isAdmin = person.roles.includes('organisation-admin');
  const faults =
    refused instanceof Problem
      ? refused.faults.map(({ path, messages }) => ({ field: path, message: t(messages) }))
      : [];
  const save = async () => {
    setRefused(undefined);
    setDone(false);
    try {
      await ask('PUT /v1/bank-account', {
        body: Object.fromEntries(fields.map(({ id }) => [id, typed[id] ?? ''])) as never,
      });
      setTyped({ holder: person.organisationName ?? '' });
      setDone(true);
      await queries.invalidateQueries({ queryKey: ['account'] });
    } catch (error) {
      setRefused(error);
      setAttempt((count) => count + 1);
    }
  };
  return (
    <Page title={title}>
      {!account.data && !account.error && <Waiting />}
      {account.error && !none && <Failed error={account.error} retry={() => void account.refetch()} />}
      {none && <p>{t({ zh: '尚未登记收款账户。', en: 'No account was given yet.' })}</p>}
      {account.data && (
        <>
          <Facts
            items={[
              [t({ zh: '账号末四位', en: 'Last four digits' }), account.data.accountNumber],
              [t({ zh: '登记时间', en: 'Given' }), time(account.data.updatedAt, language)],
            ]}
          />
          {account.data.toConfirm && (
            <div className="told warn">
              <p>
                {t({
                  zh: '银行退回了付往此账户的款项。请核对后重新登记账户，确认前不再付款。',
                  en: 'The bank sent a payment to this account back. Check it and give it again, or another one: nothing is paid before.',
                })}
              </p>
            </div>
          )}
        </>
      )}
      {isDone && (
        <div className="told good" role="status">
          <p>{t({ zh: '已登记。', en: 'It is kept.' })}</p>
        </div>
      )}
      {isAdmin ? (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <h2>
            {account.data
              ? t({ zh: '更换或确认账户', en: 'Change or confirm the account' })
              : t({ zh: '登记账户', en: 'Give an account' })}
          </h2>
          <ErrorSummary faults={faults} attempt={attempt} />
          {refused !== undefined && faults.length === 0 && <Failed error={refused} />}
          {fields.map((field) => (
            <Field
              key={field.id}
              id={field.id}
              label={t(field.label)}
              hint={'hint' in field ? t(field.hint) : undefined}
              fault={faults.find((fault) => fault.field === field.id)?.message}
            >
              {(props) => (
                <input
                  {...props}
                  value={typed[field.id] ?? ''}
                  autoComplete="off"
                  onChange={({ target }) => setTyped((before) => ({ ...before, [field.id]: target.value }))}
                />
              )}
            </Field>
          ))}
          <div className="actions">
            <button className="first" type="submit">
              {t({ zh: '保存', en: 'Save' })}
            </button>
          </div>
        </form>
      ) : (
        <p>
          {t({ zh: '由本单位的企业管理员登记。', en: 'An administrator of your organisation gives it.' })}
        </p>
      )}
    </Page>
  );
}
