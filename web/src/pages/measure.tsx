import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { Bilingual } from '../../../functions/shared/text.ts';
import { Problem } from '../data/api.ts';
import { money, size, time } from '../data/format.ts';
import { formatWords } from '../data/formats.ts';
import { type Language, useLanguage, useText } from '../data/language.tsx';
import { measure as measureQuery } from '../data/queries.ts';
import { isApplicant, useSession } from '../data/session.tsx';
import { Facts, Failed, NotFound, Page, Waiting } from '../design/parts.tsx';
import { TemplateLink } from '../design/template-link.tsx';
import { Standing } from './measures.tsx';

/** One measure: who qualifies, how much, what to hand in, and the clause that says so. */
export function Measure() {
  const t = useText();
  const { language } = useLanguage();
  const { item } = useParams({ from: '/measures/$item' });
  const { data, error, refetch } = useQuery(measureQuery(item));
  const { person, login } = useSession();
  if (error instanceof Problem && error.status === 404) return <NotFound />;
  if (!data) {
    return (
      <Page title={{ zh: '政策措施', en: 'Measure' }}>
        {error ? <Failed error={error} retry={() => void refetch()} /> : <Waiting />}
      </Page>
    );
  }
  const names = (list: typeof data.lead) => list.map(({ name }) => t(name)).join(t({ zh: '、', en: ', ' }));
  const facts = Object.entries((data.facts?.['properties'] ?? {}) as Record<string, FactForm>);
  return (
    <Page title={data.title}>
      <Standing part={data} />
      <p>{t(data.summary)}</p>
      {data.illustrative && (
        <div className="told warn">
          <p>
            {t({
              zh: '本指南为示例，仅供演示，不构成申报依据。',
              en: 'This guide is a sample for demonstration. No application can rest on it.',
            })}
          </p>
        </div>
      )}
      {data.open && (
        <div className="actions">
          {isApplicant(person) ? (
            <Link className="button first" to="/apply/$item" params={{ item: data.id }}>
              {t({ zh: '开始申报', en: 'Apply' })}
            </Link>
          ) : (
            !person && (
              <button type="button" className="first" onClick={() => void login()}>
                {t({ zh: '登录后申报', en: 'Log in to apply' })}
              </button>
            )
          )}
        </div>
      )}
      <h2>{t({ zh: '基本信息', en: 'In short' })}</h2>
      <Facts
        items={[
          [t({ zh: '条款', en: 'Clause' }), data.clause],
          ...(data.amount
            ? [[t({ zh: '支持金额', en: 'Amount' }), t(amountWords(data.amount))] as const]
            : []),
          ...(data.ceiling
            ? [
                [
                  t({ zh: '通知规定的上限', en: 'Limit of the notice' }),
                  t(ceilingWords(data.ceiling)),
                ] as const,
              ]
            : []),
          ...(data.window
            ? [
                [
                  t({ zh: '受理时间', en: 'Open' }),
                  `${time(data.window.opensAt, language)} – ${time(data.window.closesAt, language)}`,
                ] as const,
              ]
            : []),
          [t({ zh: '牵头部门', en: 'Lead department' }), names(data.lead)],
          ...(data.support.length > 0
            ? [[t({ zh: '配合部门', en: 'Supporting departments' }), names(data.support)] as const]
            : []),
          ...(data.guide === undefined ? [] : [[t({ zh: '申报指南', en: 'Guide' }), data.guide] as const]),
        ]}
      />
      {data.conditions && (
        <>
          <h2>{t({ zh: '谁可以申报', en: 'Who qualifies' })}</h2>
          <ul>
            {data.conditions.map(({ id, met, citation }) => (
              <li key={id}>
                {t(met)} <span className="soft small">（{citation}）</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {facts.length > 0 && (
        <>
          <h2>{t({ zh: '需要填报的内容', en: 'What you will be asked' })}</h2>
          <ul>
            {facts.map(([id, fact]) => (
              <li key={id}>{t(fact['x-titles'])}</li>
            ))}
          </ul>
        </>
      )}
      {data.materials && data.materials.length > 0 && (
        <>
          <h2>{t({ zh: '需要提交的材料', en: 'What to hand in' })}</h2>
          <ul>
            {data.materials.map(({ id, title, formats, maxBytes, template }) => (
              <li key={id}>
                {t(title)} <TemplateLink material={{ template }} name={t(title)} />{' '}
                <span className="soft small">
                  {t({
                    zh: `（${formatWords(formats).zh}，每个文件不超过 ${size(maxBytes)}）`,
                    en: `(${formatWords(formats).en}; up to ${size(maxBytes)} a file)`,
                  })}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {!data.conditions && (
        <p>
          {t({
            zh: '本项尚未发布申报指南；发布后在此显示条件、材料和受理时间。',
            en: 'No guide has been published for this measure yet. Its conditions, materials and dates will stand here.',
          })}
        </p>
      )}
    </Page>
  );
}

interface FactForm {
  readonly 'x-titles': Bilingual;
}

type Amount = NonNullable<
  Awaited<ReturnType<NonNullable<ReturnType<typeof measureQuery>['queryFn']>>>['amount']
>;
type Ceiling = NonNullable<
  Awaited<ReturnType<NonNullable<ReturnType<typeof measureQuery>['queryFn']>>>['ceiling']
>;

const inBoth = (words: (language: Language) => string): Bilingual => ({ zh: words('zh'), en: words('en') });

function amountWords(amount: Amount): Bilingual {
  switch (amount.kind) {
    case 'fixed':
      return inBoth((language) => money(amount.fen, language));
    case 'ratio':
      return {
        zh: `投入的 ${amount.percent}%，最高 ${money(amount.fen, 'zh')}`,
        en: `${amount.percent}% of the input, up to ${money(amount.fen, 'en')}`,
      };
    case 'tiers':
      return {
        zh: `按档次：${amount.tiers.map(({ fen }) => money(fen, 'zh')).join('、')}`,
        en: `by level: ${amount.tiers.map(({ fen }) => money(fen, 'en')).join(', ')}`,
      };
    case 'sum':
      return {
        zh: `${amount.parts.map(({ title }) => title.zh).join('；')}；合计最高 ${money(amount.fen, 'zh')}`,
        en: `${amount.parts.map(({ title }) => title.en).join('; ')}; together up to ${money(amount.fen, 'en')}`,
      };
    case 'at-sign-off':
      return {
        zh: `由牵头部门核定，最高 ${money(amount.fen, 'zh')}`,
        en: `decided by the lead department, up to ${money(amount.fen, 'en')}`,
      };
    case 'none':
      return { zh: '不涉及资金', en: 'no money' };
  }
}

function ceilingWords(ceiling: Ceiling): Bilingual {
  switch (ceiling.kind) {
    case 'fixed':
      return inBoth((language) => money(ceiling.fen, language));
    case 'ratio':
      return {
        zh: `投入的 ${ceiling.percent}%，最高 ${money(ceiling.fen, 'zh')}`,
        en: `${ceiling.percent}% of the input, up to ${money(ceiling.fen, 'en')}`,
      };
    case 'tiers':
      return {
        zh: ceiling.tiers
          .map(({ reachedAtFen, fen }) => `达到 ${money(reachedAtFen, 'zh')}：${money(fen, 'zh')}`)
          .join('；'),
        en: ceiling.tiers
          .map(({ reachedAtFen, fen }) => `from ${money(reachedAtFen, 'en')}: ${money(fen, 'en')}`)
          .join('; '),
      };
  }
}
