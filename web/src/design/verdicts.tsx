import { Link, useParams } from '@tanstack/react-router';
import { limitLabels, outcomeLabels } from '../../../functions/filing/applications/labels.ts';
import { labelOf } from '../data/field-labels.ts';
import { money } from '../data/format.ts';
import { useLanguage, useText } from '../data/language.tsx';
import type { Assessment, OpenItem } from '../data/queries.ts';
import { Tag } from './parts.tsx';

/** What every condition says, with its citation and links to the fields it reads; and the most that could be paid, with why. */
export function Verdicts({
  assessment: { eligibility, ceiling },
  item,
}: {
  readonly assessment: Assessment;
  readonly item: OpenItem;
}) {
  const t = useText();
  const { language } = useLanguage();
  const { applicationId = '' } = useParams({ strict: false });
  const readsOf = new Map(item.conditions.map(({ id, reads }) => [id, reads]));
  const decisive = ceiling?.limits.find(({ source }) => source === ceiling.decisive);
  return (
    <>
      <ul className="verdicts">
        {eligibility.conditions.map(({ id, outcome, sentence, citation }) => (
          <li key={id}>
            <span>
              <Tag tone={outcome === 'met' ? 'good' : outcome === 'unmet' ? 'bad' : 'warn'}>
                {t(outcomeLabels[outcome])}
              </Tag>
            </span>
            <span>
              {t(sentence)} <span className="soft small">（{citation}）</span>
              {outcome !== 'met' &&
                fieldsOf(readsOf.get(id) ?? []).map((field) => (
                  <span key={field}>
                    {' '}
                    <Link
                      to="/applications/$applicationId/form"
                      params={{ applicationId }}
                      hash={field}
                      onClick={() => document.getElementById(field)?.focus()}
                    >
                      {t({ zh: '填写：', en: 'Fill in: ' })}
                      {labelOf(field, item, t)}
                    </Link>
                  </span>
                ))}
            </span>
          </li>
        ))}
      </ul>
      {ceiling && (
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
      )}
    </>
  );
}

const ownFields = ['name', 'district', 'registeredOn', 'industryClass'];

/** The fields of the form in which what a condition reads is stated; some of the enterprise stand in none. */
function fieldsOf(reads: readonly string[]): string[] {
  return reads
    .map((name) => name.replace(/^enterprise\./, ''))
    .filter((name) => name.startsWith('facts.') || ownFields.includes(name));
}
