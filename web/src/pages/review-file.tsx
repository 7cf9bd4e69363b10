import { useQuery } from '@tanstack/react-query';
import { outcomeLabels } from '../../../functions/filing/applications/labels.ts';
import type { Bilingual } from '../../../functions/shared/text.ts';
import { labelOf } from '../data/field-labels.ts';
import { day, money, time } from '../data/format.ts';
import { type Language, useLanguage, useText } from '../data/language.tsx';
import { submissionBefore, type TaskDetail, useNames } from '../data/tasks.ts';
import { Failed, Tag } from '../design/parts.tsx';
import { Before, Others } from './review-before.tsx';

type Content = TaskDetail['content'];

/** All that a decision rests on beside the documents: what was filled in, the conditions, what was decided before. */
export function ReviewFile({
  task,
  giveBack,
}: {
  readonly task: TaskDetail;
  /** Sends one place back to be corrected; undefined where that is not possible any more. */
  readonly giveBack: ((path: string) => void) | undefined;
}) {
  return (
    <>
      <Warnings task={task} />
      <Conditions task={task} />
      <FilledIn task={task} giveBack={giveBack} />
      <Before task={task} />
      <Others task={task} />
    </>
  );
}

function Warnings({ task }: { readonly task: TaskDetail }) {
  const t = useText();
  const { language } = useLanguage();
  const { dishonesty, statedName, reconsideration, districtRank } = task;
  return (
    <>
      {dishonesty && (
        <div className="told bad">
          <p>
            {t({
              zh: `该单位自 ${dishonesty.since} 起列入严重失信主体名单（${dishonesty.source}），不得推荐或核准（${dishonesty.citation}）。`,
              en: `Listed for serious dishonesty since ${dishonesty.since} （${dishonesty.source}）: neither recommended nor approved （${dishonesty.citation}）.`,
            })}
          </p>
        </div>
      )}
      {statedName !== undefined && (
        <div className="told warn">
          <p>
            {t({
              zh: `申报单位填写的名称是“${statedName}”，与登录信息不同。请对照证照核实，核准时确认。`,
              en: `The applicant states the name "${statedName}", which the login does not give. See the licence, and confirm it with the approval.`,
            })}
          </p>
        </div>
      )}
      {reconsideration && (
        <div className="told warn">
          <h2>{t({ zh: '申请复核的理由', en: 'Why it is to be reconsidered' })}</h2>
          <p>{reconsideration.grounds}</p>
          <p className="soft">
            {t({ zh: '原决定：', en: 'It was refused for: ' })}
            {reconsideration.reasons.map(({ message, citation }) => `${t(message)}（${citation}）`).join(' ')}
          </p>
          <p className="soft small">{time(reconsideration.at, language)}</p>
        </div>
      )}
      {districtRank && (
        <p>
          {t({
            zh: `区级推荐排序：第 ${districtRank.rank} 位，共 ${districtRank.of} 件`,
            en: `The district ranks it ${districtRank.rank} of ${districtRank.of}`,
          })}
        </p>
      )}
    </>
  );
}

const order = { unmet: 0, 'needs-review': 1, met: 2 } as const;
const tones = { unmet: 'bad', 'needs-review': 'warn', met: 'good' } as const;

function Conditions({ task }: { readonly task: TaskDetail }) {
  const t = useText();
  const { language } = useLanguage();
  const names = useNames();
  const conditions = [...task.eligibility.conditions].sort((a, b) => order[a.outcome] - order[b.outcome]);
  return (
    <section>
      <h2>{t({ zh: '申报条件', en: 'Conditions' })}</h2>
      <ul className="verdicts">
        {conditions.map(({ id, outcome, sentence, citation, inputs }) => (
          <li key={id}>
            <Tag tone={tones[outcome]}>{t(outcomeLabels[outcome])}</Tag>
            <span>
              {t(sentence)} <span className="soft small">（{citation}）</span>
              {Object.keys(inputs).length > 0 && (
                <>
                  <br />
                  <span className="soft small">
                    {Object.entries(inputs)
                      .map(
                        ([path, value]) =>
                          `${inputLabel(path, task, t)} ${inputValue(path, value, task, language, names.district)}`,
                      )
                      .join(t({ zh: '；', en: '; ' }))}
                  </span>
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function inputLabel(path: string, { form }: TaskDetail, t: (text: Bilingual) => string): string {
  return labelOf(path.replace(/^enterprise\./, ''), form, t);
}

function inputValue(
  path: string,
  value: unknown,
  { form }: TaskDetail,
  language: Language,
  district: (code: string) => string,
): string {
  if (path.endsWith('district')) return district(String(value));
  const definition = form.facts.find(({ id }) => `facts.${id}` === path);
  return definition ? shownFact(definition, value, language) : String(value);
}

/** A fact as a person reads it. */
function shownFact(
  { type, values }: TaskDetail['form']['facts'][number],
  value: unknown,
  language: Language,
): string {
  if (value === undefined) return language === 'zh' ? '未填写' : 'Not filled in';
  if (type === 'money') return money(Number(value), language);
  if (type === 'boolean') return language === 'zh' ? (value ? '是' : '否') : value ? 'Yes' : 'No';
  if (Array.isArray(value)) return value.join(language === 'zh' ? '、' : ', ');
  return values?.find(({ id }) => id === value)?.title[language] ?? String(value);
}

function rowsOf(content: Content, task: TaskDetail, language: Language, district: (code: string) => string) {
  const { enterprise } = content;
  return [
    ['projectName', content.projectName],
    ...(content.requestedFen > 0 || task.amountKind !== 'none'
      ? ([['requestedFen', money(content.requestedFen, language)]] as const)
      : []),
    ['enterprise.name', enterprise.name],
    ['enterprise.uscc', enterprise.uscc],
    ['enterprise.district', district(enterprise.district)],
    ['enterprise.registeredOn', day(enterprise.registeredOn, language)],
    ['enterprise.industryClass', enterprise.industryClass ?? '—'],
    ...task.form.facts.map(
      (definition) =>
        [`facts.${definition.id}`, shownFact(definition, content.facts[definition.id], language)] as const,
    ),
  ] as const satisfies readonly (readonly [string, string])[];
}

/** The place that is sent back for a row: the enterprise goes back whole. */
const placeOf = (path: string) => (path.startsWith('enterprise.') ? 'enterprise' : path);

function FilledIn({
  task,
  giveBack,
}: {
  readonly task: TaskDetail;
  readonly giveBack: ((path: string) => void) | undefined;
}) {
  const t = useText();
  const { language } = useLanguage();
  const names = useNames();
  const before = useQuery(submissionBefore(task));
  const rows = rowsOf(task.content, task, language, names.district);
  const earlier = new Map<string, string>(
    before.data ? rowsOf(before.data.content, task, language, names.district) : [],
  );
  const label = (path: string) => labelOf(path.replace(/^enterprise\./, ''), task.form, t);
  const changedFiles = task.changed.filter((path) => path.startsWith('documents.'));
  return (
    <section>
      <h2>{t({ zh: '填报内容', en: 'What was filled in' })}</h2>
      {before.error && <Failed error={before.error} />}
      {changedFiles.length > 0 && (
        <p className="changed">
          {t({ zh: '补正后有更换的材料：', en: 'Documents that were replaced: ' })}
          {changedFiles.map(label).join(t({ zh: '、', en: ', ' }))}
        </p>
      )}
      <dl className="facts">
        {rows.map(([path, shown]) => {
          const was = earlier.get(path);
          const isChanged = was !== undefined && was !== shown;
          return (
            <div key={path}>
              <dt>{label(path)}</dt>
              <dd className={isChanged ? 'changed' : undefined}>
                {giveBack && (
                  <button type="button" className="plain small" onClick={() => giveBack(placeOf(path))}>
                    {t({ zh: '退回此项', en: 'Return' })}
                    <span className="unseen">
                      {t({ zh: '：', en: ': ' })}
                      {label(path)}
                    </span>
                  </button>
                )}
                {isChanged && (
                  <span className="was">
                    <span className="unseen">{t({ zh: '原为：', en: 'Was: ' })}</span>
                    {was}
                  </span>
                )}
                {shown}
                {isChanged && <Tag tone="now">{t({ zh: '已更改', en: 'Changed' })}</Tag>}
              </dd>
            </div>
          );
        })}
      </dl>
      {giveBack && (
        <p>
          {task.form.materials.map(({ id, title }) => (
            <button
              key={id}
              type="button"
              className="plain small"
              onClick={() => giveBack(`documents.${id}`)}
            >
              {t({ zh: `退回材料：${title.zh}`, en: `Return the document: ${title.en}` })}
            </button>
          ))}
        </p>
      )}
    </section>
  );
}
