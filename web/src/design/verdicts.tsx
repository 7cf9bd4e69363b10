import { Link, useParams } from '@tanstack/react-router';
import { Fragment } from 'react';
import { limitLabels, outcomeLabels } from '../../../functions/filing/applications/labels.ts';
import { labelOf } from '../data/field-labels.ts';
import { money } from '../data/format.ts';
import { useLanguage, useText } from '../data/language.tsx';
import type { Assessment, OpenItem } from '../data/queries.ts';
import { Tag } from './parts.tsx';

/** What every condition says, with its citation and links to the fields it reads; and the most that could be paid, with why. */
export function Verdicts({ assessment, item }: { readonly assessment: Assessment; readonly item: OpenItem }) {
  return (
    <>
      <ul className="verdicts">
        {assessment.eligibility.conditions.map((condition) => (
          <Verdict key={condition.id} condition={condition} item={item} />
        ))}
      </ul>
      <Most assessment={assessment} />
    </>
  );
}

const tones = { met: 'good', unmet: 'bad', 'needs-review': 'warn' } as const;

function Verdict({
  condition: { id, outcome, sentence, citation, inputs },
  item,
}: {
  readonly condition: Assessment['eligibility']['conditions'][number];
  readonly item: OpenItem;
}) {
  const t = useText();
  const fields = item.conditions.find((one) => one.id === id)?.reads.filter(isOfForm) ?? [];
  const missing = fields.filter((name) => inputs[name] === undefined);
  // What nothing is stated for is no matter of a reviewer's yet.
  const isPending = outcome === 'needs-review' && missing.length > 0;
  return (
    <li>
      <span>
        <Tag tone={tones[outcome]}>
          {t(isPending ? { zh: '待填写', en: 'To be filled in' } : outcomeLabels[outcome])}
        </Tag>
      </span>
      <span>
        {isPending ? (
          <Fields names={missing} item={item} before={{ zh: '请填写：', en: 'Fill in: ' }} />
        ) : (
          <>
            {t(sentence)}
            {outcome !== 'met' && fields.length > 0 && (
              <>
                <br />
                <Fields names={fields} item={item} before={{ zh: '所依内容：', en: 'It reads: ' }} />
              </>
            )}
          </>
        )}{' '}
        <span className="soft small">（{citation}）</span>
      </span>
    </li>
  );
}

/** Links to fields of the form, on its own page and from others. */
function Fields({
  names,
  item,
  before,
}: {
  readonly names: readonly string[];
  readonly item: OpenItem;
  readonly before: { readonly zh: string; readonly en: string };
}) {
  const t = useText();
  const { applicationId = '' } = useParams({ strict: false });
  return (
    <>
      {t(before)}
      {names.map((name, place) => {
        const field = name.replace(/^enterprise\./, '');
        return (
          <Fragment key={name}>
            {place > 0 && t({ zh: '、', en: ', ' })}
            <Link
              to="/applications/$applicationId/form"
              params={{ applicationId }}
              hash={field}
              onClick={() => document.getElementById(field)?.focus()}
            >
              {labelOf(field, item, t)}
            </Link>
          </Fragment>
        );
      })}
    </>
  );
}

const ownFields = ['name', 'district', 'registeredOn', 'industryClass'];

/** Whether what a condition reads is stated in the form; of the enterprise, some stands in none. */
function isOfForm(name: string): boolean {
  return name.startsWith('facts.') || ownFields.includes(name.replace(/^enterprise\./, ''));
}

function Most({ assessment: { ceiling, faults } }: { readonly assessment: Assessment }) {
  const t = useText();
  const { language } = useLanguage();
  if (!ceiling) return null;
  const isAsked = ceiling.limits.some(({ source, fen }) => source === 'requested' && fen > 0);
  if (faults.length > 0 || !isAsked) {
    return (
      <p className="soft">
        {t({
          zh: '填报内容和申请金额填齐后，这里显示最多可获的金额及其依据。',
          en: 'Once the facts and the amount are filled in, the most that could be paid stands here, and why.',
        })}
      </p>
    );
  }
  const decisive = ceiling.limits.find(({ source }) => source === ceiling.decisive);
  return (
    <>
      <p>
        {t({
          zh: `按目前填报内容，最多可获 ${money(ceiling.fen, 'zh')}，以审核和资金安排为准。`,
          en: `As it stands, at most ${money(ceiling.fen, 'en')} could be paid, subject to review and to the money there is.`,
        })}
        {decisive &&
          t({
            zh: `起决定作用的是：${limitLabels[decisive.source]?.zh ?? decisive.source}。`,
            en: ` What decides it: ${limitLabels[decisive.source]?.en ?? decisive.source}.`,
          })}
      </p>
      <details>
        <summary>{t({ zh: '上限怎样得出', en: 'Where the most comes from' })}</summary>
        <ul>
          {ceiling.limits.map(({ source, fen, citation }) => (
            <li key={source}>
              {t(limitLabels[source] ?? { zh: source, en: source })}
              {t({ zh: '：', en: ': ' })}
              {money(fen, language)}
              {citation !== undefined && <span className="soft small">（{citation}）</span>}
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}
