import { useState } from 'react';
import { ask, Problem } from '../data/api.ts';
import { useText } from '../data/language.tsx';
import { ErrorSummary, Failed, Field } from '../design/parts.tsx';
import type { Applicant } from '../design/signed-in.tsx';

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

/** Proposes an account; what was typed is gone once it is kept. */
export function AccountForm({
  person,
  isFirst,
  proposed,
}: {
  readonly person: Applicant;
  readonly isFirst: boolean;
  readonly proposed: () => Promise<unknown>;
}) {
  const t = useText();
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({
    holder: person.organisationName ?? '',
  });
  const [attempt, setAttempt] = useState(0);
  const [refused, setRefused] = useState<unknown>();
  const faults =
    refused instanceof Problem
      ? refused.faults.map(({ path, messages }) => ({ field: path, message: t(messages) }))
      : [];
  const save = async () => {
    setRefused(undefined);
    try {
      const text = (id: string) => typed[id] ?? '';
      await ask('PUT /v1/bank-account', {
        body: {
          ...{ holder: text('holder'), bank: text('bank') },
          ...{ branchCode: text('branchCode'), accountNumber: text('accountNumber') },
        },
      });
      await proposed();
    } catch (error) {
      setRefused(error);
      setAttempt((count) => count + 1);
    }
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <h2>
        {isFirst
          ? t({ zh: '提出收款账户', en: 'Propose an account' })
          : t({ zh: '提出变更，或确认原账户', en: 'Propose another account, or the same again' })}
      </h2>
      <p>
        {t({
          zh: '须由本单位另一名企业管理员确认；仅有一名企业管理员的，由登记所在区的工信部门确认。确认后进入冷静期，期满生效。',
          en: 'Another administrator of your enterprise confirms it; where there is one administrator only, the district of registration does. It then cools off before it counts.',
        })}
      </p>
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
          {t({ zh: '提出', en: 'Propose' })}
        </button>
      </div>
    </form>
  );
}
