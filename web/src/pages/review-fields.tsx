import { limitLabels } from '../../../functions/filing/applications/labels.ts';
import type { Bilingual } from '../../../functions/shared/text.ts';
import { returnItems } from '../data/decision.ts';
import { labelOf } from '../data/field-labels.ts';
import type { Typed } from '../data/form.ts';
import { money, typedYuan } from '../data/format.ts';
import { useLanguage, useText } from '../data/language.tsx';
import type { TaskDetail } from '../data/tasks.ts';
import { Field } from '../design/parts.tsx';

/** Fields of the decision that was chosen. */
export function DecisionFields({
  task,
  outcome,
  typed,
  write,
  faultOf,
  forget,
}: {
  readonly task: TaskDetail;
  readonly outcome: string;
  readonly typed: Typed;
  readonly write: (field: string, text: string) => void;
  readonly faultOf: (field: string) => string | undefined;
  readonly forget: (path: string) => void;
}) {
  const t = useText();
  const { language } = useLanguage();
  const area = (label: Bilingual, field: 'zh' | 'en', hint?: Bilingual) => (
    <Field id={`decision-${field}`} label={t(label)} hint={hint && t(hint)} fault={faultOf(field)}>
      {(props) => (
        <textarea
          {...props}
          rows={3}
          maxLength={2000}
          value={typed[field] ?? ''}
          onChange={({ target }) => write(field, target.value)}
        />
      )}
    </Field>
  );
  const amount = (label: Bilingual, field: 'amount' | 'input', hint: Bilingual) => (
    <Field id={`decision-${field}`} label={t(label)} hint={t(hint)} fault={faultOf(field)}>
      {(props) => (
        <span className="unit">
          <input
            {...props}
            inputMode="decimal"
            value={typed[field] ?? ''}
            onChange={({ target }) => write(field, target.value)}
          />
          {t({ zh: '元', en: 'CNY' })}
        </span>
      )}
    </Field>
  );
  const citation = (
    <Field id="decision-citation" label={t({ zh: '依据', en: 'Rests on' })} fault={faultOf('citation')}>
      {(props) => (
        <select
          {...props}
          value={typed['citation'] ?? ''}
          onChange={({ target }) => write('citation', target.value)}
        >
          <option value="">{t({ zh: '请选择', en: 'Choose' })}</option>
          {task.citations.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
  const english = area({ zh: '英文（可不填）', en: 'In English (optional)' }, 'en');
  switch (outcome) {
    case 'approve':
      return (
        <>
          {task.claimedInputFen !== undefined &&
            amount({ zh: '核定投入', en: 'Verified input' }, 'input', {
              zh: `申报投入 ${money(task.claimedInputFen, 'zh')}`,
              en: `Claimed: ${money(task.claimedInputFen, 'en')}`,
            })}
          {task.amountKind !== 'none' && (
            <>
              {amount({ zh: '核定金额', en: 'Amount' }, 'amount', {
                zh: `最高 ${money(task.limitFen, 'zh')}`,
                en: `At most ${money(task.limitFen, 'en')}`,
              })}
              <p>
                <button
                  type="button"
                  className="plain"
                  onClick={() => write('amount', typedYuan(task.limitFen))}
                >
                  {t({
                    zh: `填入上限 ${money(task.limitFen, language)}`,
                    en: `Take the most, ${money(task.limitFen, language)}`,
                  })}
                </button>
              </p>
              <ul className="small">
                {task.limits.map(({ source, fen, citation: place }) => (
                  <li key={`${source} ${place}`}>
                    {t(limitLabels[source])}
                    {t({ zh: '：', en: ': ' })}
                    {money(fen, language)}
                    {place !== undefined && <span className="soft">（{place}）</span>}
                  </li>
                ))}
              </ul>
            </>
          )}
          {task.statedName !== undefined && (
            <label className="choice">
              <input
                type="checkbox"
                checked={typed['confirm'] === 'yes'}
                onChange={({ target }) => write('confirm', target.checked ? 'yes' : '')}
              />
              {t({
                zh: `已对照证照，确认单位名称为“${task.statedName}”`,
                en: `The licence shows that the enterprise is called "${task.statedName}"`,
              })}
            </label>
          )}
          {area({ zh: '说明（核定投入高于申报时必填）', en: 'Reason (needed above what was claimed)' }, 'zh')}
        </>
      );
    case 'recommend':
      return area({ zh: '推荐理由（可不填）', en: 'Why (optional)' }, 'zh');
    case 'opine':
      return (
        <>
          <fieldset className="field" id="decision-favourable" tabIndex={-1}>
            <legend>{t({ zh: '意见', en: 'Opinion' })}</legend>
            {faultOf('favourable') !== undefined && <span className="wrong">{faultOf('favourable')}</span>}
            {(['yes', 'no'] as const).map((one) => (
              <label className="choice" key={one}>
                <input
                  type="radio"
                  name="favourable"
                  checked={typed['favourable'] === one}
                  onChange={() => write('favourable', one)}
                />
                {one === 'yes' ? t({ zh: '同意', en: 'In favour' }) : t({ zh: '不同意', en: 'Against' })}
              </label>
            ))}
          </fieldset>
          {area({ zh: '意见内容', en: 'In words' }, 'zh')}
          {english}
        </>
      );
    case 'refuse':
    case 'uphold':
    case 'overturn':
      return (
        <>
          {citation}
          {area({ zh: '理由', en: 'Reason' }, 'zh', {
            zh: '申报单位会看到这段文字',
            en: 'The applicant reads this; it is needed in Chinese',
          })}
          {english}
        </>
      );
    case 'abstain':
      return area({ zh: '回避原因', en: 'Nature of the interest' }, 'zh', {
        zh: '会留存记录；此后您不再经办该单位的申报',
        en: 'It is kept. You decide on nothing of this enterprise any more',
      });
    case 'return': {
      const items = returnItems(typed);
      return (
        <>
          <div id="decision-items" tabIndex={-1}>
            {Object.keys(items).length === 0 && (
              <p>
                {t({
                  zh: '请在下方“填报内容”中点选“退回此项”。',
                  en: 'Choose “Return” beside what has to be corrected, below.',
                })}
              </p>
            )}
          </div>
          {Object.entries(items).map(([path, reason]) => (
            <Field
              key={path}
              id={`decision-item-${path}`}
              label={labelOf(path, task.form, t)}
              hint={t({ zh: '需要补正什么', en: 'What has to be corrected' })}
              fault={faultOf(`item-${path}`)}
            >
              {(props) => (
                <>
                  <textarea
                    {...props}
                    rows={2}
                    maxLength={300}
                    value={reason}
                    onChange={({ target }) =>
                      write('items', JSON.stringify({ ...items, [path]: target.value }))
                    }
                  />
                  <button
                    type="button"
                    className="plain small"
                    onClick={() => {
                      const { [path]: _, ...rest } = items;
                      write('items', JSON.stringify(rest));
                      forget(path);
                    }}
                  >
                    {t({ zh: '不退回此项', en: 'Do not return this' })}
                  </button>
                </>
              )}
            </Field>
          ))}
          <Field
            id="decision-days"
            label={t({ zh: '补正期限', en: 'Days to correct it' })}
            hint={t({
              zh: `至多 ${task.correctionDue.days} 个${task.correctionDue.unit === 'working' ? '工作日' : '自然日'}，不填即为该期限；还可退回 ${task.correctionsLeft} 次`,
              en: `At most ${task.correctionDue.days} ${task.correctionDue.unit} days, which is the default; it can be returned ${task.correctionsLeft} more time(s)`,
            })}
            fault={faultOf('days')}
          >
            {(props) => (
              <input
                {...props}
                className="short"
                inputMode="numeric"
                value={typed['days'] ?? ''}
                onChange={({ target }) => write('days', target.value)}
              />
            )}
          </Field>
        </>
      );
    }
    default:
      return null;
  }
}
