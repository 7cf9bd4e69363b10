import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';
import { outcomeLabels } from '../../../functions/filing/applications/labels.ts';
import { takeAlong } from '../data/answers.ts';
import { type Answer, ask } from '../data/api.ts';
import { factOf, type Typed } from '../data/form.ts';
import { lastDay, money } from '../data/format.ts';
import { useLanguage, useText } from '../data/language.tsx';
import { catalogue } from '../data/queries.ts';
import { FactFields } from '../design/fact-fields.tsx';
import { Failed, Field, Page, Tag, Waiting } from '../design/parts.tsx';

type Checked = Answer<'POST /v1/pre-checks'>['items'][number];

/** What an enterprise could apply for: without a login, and nothing is kept. */
export function PreCheck() {
  const t = useText();
  const laws = useQuery(catalogue);
  const [typed, setTyped] = useState<Typed>({ kind: 'legal-person' });
  const type = (field: string, text: string) => setTyped((before) => ({ ...before, [field]: text }));
  const [known, setKnown] = useState<readonly Checked[]>([]);
  const facts = factsOf(typed, known);
  const asked = useDeferredValue(JSON.stringify({ enterprise: enterpriseOf(typed), facts }));
  const isReady =
    typed['district'] !== undefined &&
    typed['district'] !== '' &&
    /^\d{4}-/.test(typed['registeredOn'] ?? '');
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['pre-check', asked],
    queryFn: async () => {
      const { items } = (await ask('POST /v1/pre-checks', { body: JSON.parse(asked) })).body;
      setKnown(items);
      return items;
    },
    enabled: isReady,
    placeholderData: keepPreviousData,
  });
  const rank = { met: 0, 'needs-review': 1, unmet: 2 } as const;
  const items = [...(data ?? [])].sort((a, b) => rank[a.outcome] - rank[b.outcome]);
  const common = commonFacts(items);
  return (
    <Page title={{ zh: '自查：我能申报什么', en: 'What could we apply for?' }}>
      <p>
        {t({
          zh: '不需要登录，填写的内容不会被保存。先填单位情况，再在感兴趣的事项里补充。结果仅供参考，以审核为准。',
          en: 'No login is needed and nothing is kept. Say what the enterprise is, then answer what the measures ask. The review decides.',
        })}
      </p>
      <div className="filter">
        <div>
          <Field id="district" label={t({ zh: '登记所在区', en: 'District of registration' })}>
            {(props) => (
              <select
                {...props}
                value={typed['district'] ?? ''}
                onChange={({ target }) => type('district', target.value)}
              >
                <option value="">{t({ zh: '请选择', en: 'Choose' })}</option>
                {laws.data?.districts.map(({ code, name }) => (
                  <option key={code} value={code}>
                    {t(name)}
                  </option>
                ))}
                <option value="000000">{t({ zh: '不在广州', en: 'Not in Guangzhou' })}</option>
              </select>
            )}
          </Field>
        </div>
        <div>
          <Field id="registeredOn" label={t({ zh: '成立日期', en: 'Registered on' })}>
            {(props) => (
              <input
                {...props}
                type="date"
                value={typed['registeredOn'] ?? ''}
                onChange={({ target }) => type('registeredOn', target.value)}
              />
            )}
          </Field>
        </div>
        <div>
          <Field id="kind" label={t({ zh: '单位性质', en: 'Kind' })}>
            {(props) => (
              <select
                {...props}
                value={typed['kind'] ?? ''}
                onChange={({ target }) => type('kind', target.value)}
              >
                <option value="legal-person">{t({ zh: '独立法人', en: 'Legal person' })}</option>
                <option value="branch">{t({ zh: '分支机构', en: 'Branch' })}</option>
              </select>
            )}
          </Field>
        </div>
        <div>
          <Field
            id="industryClass"
            label={t({ zh: '行业代码（GB/T 4754）', en: 'Industry class (GB/T 4754)' })}
          >
            {(props) => (
              <input
                {...props}
                placeholder="I65"
                value={typed['industryClass'] ?? ''}
                onChange={({ target }) => type('industryClass', target.value)}
              />
            )}
          </Field>
        </div>
      </div>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!isReady && (
        <p>
          {t({
            zh: '选择登记所在区和成立日期后显示结果。',
            en: 'Choose the district and the day of registration to see.',
          })}
        </p>
      )}
      {isReady && !data && !error && <Waiting />}
      {data && (
        <p role="status">
          {isFetching
            ? t({ zh: '正在核对……', en: 'Checking…' })
            : t({
                zh: `符合 ${count(items, 'met')} 项，待补充 ${count(items, 'needs-review')} 项，不符合 ${count(items, 'unmet')} 项`,
                en: `${count(items, 'met')} met, ${count(items, 'needs-review')} to be answered, ${count(items, 'unmet')} not met`,
              })}
        </p>
      )}
      {common.length > 0 && (
        <section className="card">
          <h2>{t({ zh: '多数事项共同的问题', en: 'What most measures ask' })}</h2>
          <Facts prefix="common-" facts={common} {...{ typed, type }} />
        </section>
      )}
      {items.map((item) => (
        <Item key={item.item} {...{ item, common, typed, type }} />
      ))}
    </Page>
  );
}

function count(items: readonly Checked[], outcome: Checked['outcome']): number {
  return items.filter((item) => item.outcome === outcome).length;
}

/** Facts that more than half of the items ask: they are asked once, for all of them. */
function commonFacts(items: readonly Checked[]): Checked['facts'] {
  const asked = items.flatMap(({ facts }) => facts);
  const timesAsked = (id: string) => asked.filter((fact) => fact.id === id).length;
  const isFirst = (id: string, at: number) => asked.findIndex((fact) => fact.id === id) === at;
  return asked.filter(({ id }, at) => isFirst(id, at) && timesAsked(id) * 2 > items.length);
}

/** Questions whose answers hold for every item that asks them. */
function Facts({
  prefix,
  facts,
  typed,
  type,
}: {
  readonly prefix: string;
  readonly facts: Checked['facts'];
  readonly typed: Typed;
  readonly type: (field: string, text: string) => void;
}) {
  return (
    <FactFields
      {...{ prefix, facts, typed, type }}
      faultOf={(field) => {
        const fact = facts.find(({ id }) => `facts.${id}` === field);
        return fact && factOf(fact, typed[field]).fault;
      }}
      leave={() => undefined}
    />
  );
}

function Item({
  item,
  common,
  typed,
  type,
}: {
  readonly item: Checked;
  readonly common: Checked['facts'];
  readonly typed: Typed;
  readonly type: (field: string, text: string) => void;
}) {
  const t = useText();
  const { language } = useLanguage();
  const unmet = item.conditions.filter(({ outcome }) => outcome === 'unmet');
  return (
    <details className="card">
      <summary>
        <Tag tone={item.outcome === 'met' ? 'good' : item.outcome === 'unmet' ? 'bad' : 'warn'}>
          {item.outcome === 'needs-review' && item.missing.length > 0
            ? t({ zh: `还需回答 ${item.missing.length} 项`, en: `${item.missing.length} to answer` })
            : t(outcomeLabels[item.outcome])}
        </Tag>{' '}
        <strong>{t(item.title)}</strong> <span className="soft small">{item.clause}</span>
        {unmet.map(({ id, sentence, citation }) => (
          <span key={id} className="wrong">
            {t(sentence)}（{citation}）
          </span>
        ))}
      </summary>
      <ul className="verdicts">
        {item.conditions.map(({ id, outcome, sentence, citation }) => (
          <li key={id}>
            <span>
              <Tag tone={outcome === 'met' ? 'good' : outcome === 'unmet' ? 'bad' : 'warn'}>
                {t(outcomeLabels[outcome])}
              </Tag>
            </span>
            <span>
              {t(sentence)} <span className="soft small">（{citation}）</span>
            </span>
          </li>
        ))}
      </ul>
      {item.ceiling && item.outcome === 'met' && (
        <p>
          {t({
            zh: `最多可获 ${money(item.ceiling.fen, 'zh')}`,
            en: `At most ${money(item.ceiling.fen, 'en')}`,
          })}
        </p>
      )}
      <Facts
        prefix={`${item.item}-`}
        facts={item.facts.filter(({ id }) => !common.some((one) => one.id === id))}
        {...{ typed, type }}
      />
      <p>
        {item.outcome !== 'unmet' && (
          <>
            <Link
              className="button"
              to="/apply/$item"
              params={{ item: item.item }}
              onClick={() => takeAlong({ enterprise: enterpriseOf(typed), facts: factsOf(typed, [item]) })}
            >
              {t({ zh: '以这些内容开始申报', en: 'Apply with these answers' })}
            </Link>{' '}
          </>
        )}
        <Link to="/measures/$item" params={{ item: item.item }}>
          {t({ zh: '查看该事项', en: 'See this measure' })}
        </Link>{' '}
        <span className="soft small">
          {t({
            zh: `受理至 ${lastDay(item.closesAt, language)}`,
            en: `open until ${lastDay(item.closesAt, language)}`,
          })}
        </span>
      </p>
    </details>
  );
}

function enterpriseOf(typed: Typed) {
  const industryClass = typed['industryClass']?.trim() ?? '';
  return {
    district: typed['district'] ?? '',
    registeredOn: typed['registeredOn'] ?? '',
    kind: typed['kind'],
    // Half of a code is none yet.
    ...(/^[A-T]?\d{2,4}$/.test(industryClass) && { industryClass }),
  };
}

/** What was typed of the items' facts, where it is one already. */
function factsOf(typed: Typed, items: readonly Checked[]): Readonly<Record<string, unknown>> {
  const definitions = items.flatMap(({ facts }) => facts);
  return Object.fromEntries(
    definitions.flatMap((fact) => {
      const { value } = factOf(fact, typed[`facts.${fact.id}`]);
      return value === undefined ? [] : [[fact.id, value]];
    }),
  );
}
