import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { statusLabels } from '../../../functions/filing/applications/labels.ts';
import type { Bilingual } from '../../../functions/shared/text.ts';
import { ask } from '../data/api.ts';
import { labelOf } from '../data/field-labels.ts';
import { day, money, time } from '../data/format.ts';
import { useLanguage, useText } from '../data/language.tsx';
import { type TaskDetail, useNames } from '../data/tasks.ts';
import { Failed, Table } from '../design/parts.tsx';

const decisionWords: Readonly<Record<string, Bilingual>> = {
  approved: { zh: '审核通过', en: 'Approved' },
  recommended: { zh: '推荐', en: 'Recommended' },
  opined: { zh: '出具意见', en: 'Gave an opinion' },
  refused: { zh: '不予支持', en: 'Refused' },
};

/** What departments have decided, and what was sent back before. */
export function Before({ task }: { readonly task: TaskDetail }) {
  const t = useText();
  const { language } = useLanguage();
  const names = useNames();
  const { decisions, corrections } = task;
  if (decisions.length === 0 && corrections.length === 0) return null;
  return (
    <section>
      <h2>{t({ zh: '已有的决定和补正', en: 'What was decided before' })}</h2>
      <ul>
        {decisions.map(({ department, step, decision }) => (
          <li key={`${step} ${department}`}>
            <strong>{names.department(department)}</strong>
            {t({ zh: '：', en: ': ' })}
            {t(decisionWords[decision.outcome] ?? { zh: decision.outcome, en: decision.outcome })}
            {decision.outcome === 'approved' &&
              decision.amountFen > 0 &&
              ` ${money(decision.amountFen, language)}`}
            {decision.outcome === 'opined' &&
              t(
                decision.favourable
                  ? { zh: '（同意）', en: ' (in favour)' }
                  : { zh: '（不同意）', en: ' (against)' },
              )}
            {decision.outcome === 'opined' && ` ${t(decision.opinion)}`}
            {'reason' in decision && decision.reason && ` ${t(decision.reason)}`}{' '}
            <span className="soft small">{time(decision.at, language)}</span>
          </li>
        ))}
        {corrections.map(({ round, department, items, at, correctedAt }) => (
          <li key={`round ${round}`}>
            <strong>{names.department(department)}</strong>
            {t({ zh: `：第 ${round} 次退回补正`, en: `: returned, round ${round}` })}{' '}
            <span className="soft small">
              {time(at, language)}
              {correctedAt !== undefined &&
                t({
                  zh: `，${time(correctedAt, language)} 补正`,
                  en: `, corrected ${time(correctedAt, language)}`,
                })}
            </span>
            <ul>
              {items.map(({ path, reason }) => (
                <li key={path}>
                  {labelOf(path, task.form, t)}
                  {t({ zh: '：', en: ': ' })}
                  {t(reason)}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What the enterprise has applied for beside, asked for when somebody wants to see it. */
export function Others({ task: { taskId } }: { readonly task: TaskDetail }) {
  const t = useText();
  const { language } = useLanguage();
  const names = useNames();
  const [isOpen, setOpen] = useState(false);
  const { data, error } = useQuery({
    queryKey: ['task', taskId, 'applications'],
    queryFn: async () =>
      (await ask('GET /v1/tasks/{taskId}/applications', { params: { taskId }, query: { limit: 100 } })).body,
    enabled: isOpen,
  });
  return (
    <details className="card" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{t({ zh: '该单位的其他申报', en: 'What else the enterprise applied for' })}</summary>
      {error && <Failed error={error} />}
      {data?.items.length === 0 && <p>{t({ zh: '没有其他申报。', en: 'Nothing else.' })}</p>}
      {data && data.items.length > 0 && (
        <Table
          caption={t({ zh: '其他申报', en: 'Other applications' })}
          head={[
            { title: t({ zh: '项目', en: 'Project' }) },
            { title: t({ zh: '状态', en: 'Status' }) },
            { title: t({ zh: '金额', en: 'Amount' }), isNumber: true },
          ]}
        >
          {data.items.map((one) => (
            <tr key={one.applicationId}>
              <th scope="row">
                {one.projectName}
                <br />
                <span className="soft small">
                  {names.item(one.item)} · {day(one.submittedAt, language)}
                </span>
              </th>
              <td>{t(statusLabels[one.status])}</td>
              <td className="number">{money(one.awardFen ?? one.requestedFen, language)}</td>
            </tr>
          ))}
        </Table>
      )}
    </details>
  );
}
