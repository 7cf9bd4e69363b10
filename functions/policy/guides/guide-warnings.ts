import type { Bilingual } from '../../shared/text.ts';
import { isConstant } from './guide-effects.ts';
import type { Guide, GuideItem } from './guide-schema.ts';

/** What a guide may do and is likely not to mean: for whoever writes it, and for the second person. */
export interface GuideWarning {
  /** Names and ids on the way to it, e.g. `items.dcmm.conditions.level-3`. */
  readonly path: string;
  readonly sentence: Bilingual;
}

/** The clause of the notice that says which industries it is for. */
const scopeClause = '三(一)';

/**
 * Items with money that do not ask for the notice's scope or for what the credit check goes by, conditions that most items
 * like this one ask and this one neither asks nor leaves out with a reason, and conditions that ask nothing.
 */
export function guideWarnings({ items, creditFact }: Guide): GuideWarning[] {
  return items.flatMap((item) => [
    ...(isPaid(item) ? [...scopeWarnings(item), ...creditWarnings(item, creditFact)] : []),
    ...forgotten(item, items),
    ...item.conditions.flatMap(({ id, expression }) =>
      isConstant(expression)
        ? [
            warning(item, `conditions.${id}`, {
              zh: `条件“${id}”或其一部分恒成立，不起作用`,
              en: `the condition "${id}", or a part of it, always holds: it asks nothing`,
            }),
          ]
        : [],
    ),
  ]);
}

function isPaid({ amount }: GuideItem): boolean {
  return amount.kind !== 'none';
}

function scopeWarnings(item: GuideItem): GuideWarning[] {
  if (item.conditions.some(({ citation }) => citation.startsWith(scopeClause))) return [];
  return [
    warning(item, 'conditions', {
      zh: `没有条件核对适用范围（${scopeClause}）：非软件和信息技术服务业的单位也会符合`,
      en: `no condition asks for the scope of the notice (${scopeClause}): a firm outside software meets all of them`,
    }),
  ];
}

function creditWarnings(item: GuideItem, creditFact: string | undefined): GuideWarning[] {
  if (creditFact === undefined) return [];
  const isAsked = item.facts.some(({ id }) => id === creditFact);
  if (isAsked && item.conditions.some(({ inputs }) => inputs.includes(`facts.${creditFact}`))) return [];
  return [
    warning(item, 'conditions', {
      zh: `没有条件核对严重失信（“${creditFact}”）：公示结束时的失信核查会跳过该事项`,
      en: `no condition asks for serious dishonesty ("${creditFact}"): the credit check at the end of a notice passes over it`,
    }),
  ];
}

/** Conditions of more than half of the items with money, or of those without. */
function forgotten(item: GuideItem, items: readonly GuideItem[]): GuideWarning[] {
  const alike = items.filter((other) => isPaid(other) === isPaid(item));
  const known = new Set([
    ...item.conditions.map(({ id }) => id),
    ...(item.without ?? []).map(({ id }) => id),
  ]);
  const asked = Map.groupBy(
    alike.flatMap(({ conditions }) => conditions),
    ({ id }) => id,
  );
  return [...asked]
    .filter(([id, of]) => !known.has(id) && of.length > 2 && of.length * 2 > alike.length)
    .map(([id, of]) =>
      warning(item, 'conditions', {
        zh: `同类事项多数（${of.length}/${alike.length}）设有条件“${id}”，该事项没有，也没有说明略去的理由`,
        en: `most items like it (${of.length} of ${alike.length}) have the condition "${id}": this one has it not, and gives no reason`,
      }),
    );
}

function warning({ id }: GuideItem, path: string, sentence: Bilingual): GuideWarning {
  return { path: `items.${id}.${path}`, sentence };
}
