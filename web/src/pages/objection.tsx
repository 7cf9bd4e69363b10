import { useState } from 'react';
import {
  objectionOutcomeLabels,
  objectionStatusLabels,
} from '../../../functions/publicity/objections/labels.ts';
import { type Answer, ask } from '../data/api.ts';
import { time } from '../data/format.ts';
import { useLanguage, useText } from '../data/language.tsx';
import { Facts, Failed, Field, Page } from '../design/parts.tsx';

/** How an objection stands, for whoever has its receipt. Neither goes into an address, nor is kept. */
export function Objection() {
  const t = useText();
  const { language } = useLanguage();
  const [number, setNumber] = useState('');
  const [receipt, setReceipt] = useState('');
  const [error, setError] = useState<unknown>();
  const [standing, setStanding] = useState<Answer<'GET /v1/objections/{objectionId}/standing'>>();
  const look = async () => {
    setError(undefined);
    setStanding(undefined);
    try {
      const { body } = await ask('GET /v1/objections/{objectionId}/standing', {
        params: { objectionId: number.trim().toUpperCase() },
        headers: { 'objection-receipt': receipt.trim() },
      });
      setStanding(body);
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <Page title={{ zh: '查询异议办理情况', en: 'How an objection stands' }}>
      <form
        noValidate
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void look();
        }}
      >
        <p>
          {t({
            zh: '提交异议、投诉或举报后，页面给出编号和回执码，在此填入即可查询。回执码遗失不能补发：本系统不保存原码。',
            en: 'The page gives both when an objection or a complaint is sent. A lost receipt cannot be given again: the system does not keep it.',
          })}
        </p>
        <Field id="number" label={t({ zh: '编号', en: 'Number' })}>
          {(props) => (
            <input
              {...props}
              autoComplete="off"
              value={number}
              onChange={({ target }) => setNumber(target.value)}
            />
          )}
        </Field>
        <Field id="receipt" label={t({ zh: '回执码', en: 'Receipt' })}>
          {(props) => (
            <input
              {...props}
              autoComplete="off"
              value={receipt}
              onChange={({ target }) => setReceipt(target.value)}
            />
          )}
        </Field>
        <div className="actions">
          <button className="first" type="submit" disabled={number.trim() === '' || receipt.trim() === ''}>
            {t({ zh: '查询', en: 'Look it up' })}
          </button>
        </div>
      </form>
      {error !== undefined && <Failed error={error} />}
      {standing && (
        <section aria-labelledby="standing" role="status">
          <h2 id="standing">{t({ zh: '办理情况', en: 'How it stands' })}</h2>
          <Facts
            items={[
              [t({ zh: '编号', en: 'Number' }), <code key="id">{standing.objectionId}</code>],
              [t({ zh: '状态', en: 'Status' }), t(objectionStatusLabels[standing.status])],
              [t({ zh: '收到时间', en: 'Received' }), time(standing.receivedAt, language)],
              [t({ zh: '答复期限', en: 'To be answered by' }), time(standing.dueAt, language)],
              ...(standing.outcome
                ? ([[t({ zh: '结果', en: 'Outcome' }), t(objectionOutcomeLabels[standing.outcome])]] as const)
                : []),
              ...(standing.decidedAt
                ? ([[t({ zh: '决定时间', en: 'Decided' }), time(standing.decidedAt, language)]] as const)
                : []),
            ]}
          />
          {standing.reason && <p>{t(standing.reason)}</p>}
        </section>
      )}
    </Page>
  );
}
