import type { GuideItem } from '../../policy/guides/guide-schema.ts';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import type { Content } from '../applications/content.ts';

/**
 * The condition of an item that the list of serious dishonesty decides, which nobody has to look at again; undefined
 * where the guide has none (glossary, "dishonesty list").
 */
export function creditConditionOf({
  guide,
  item,
}: Pick<OpenedItem, 'guide' | 'item'>): GuideItem['conditions'][number] | undefined {
  const fact = item.facts.find(({ id }) => id === guide.creditFact)?.id;
  if (fact === undefined) return undefined;
  const named = new RegExp(`\\bfacts\\.${fact}\\b`);
  return item.conditions.find(
    ({ expression, unmetNeedsReview }) => !unmetNeedsReview && named.test(expression),
  );
}

/** Content with what is recorded of the enterprise in the place of what it states of its credit. */
export function withRecord<C extends Content>({ guide, item }: OpenedItem, content: C, listed: boolean): C {
  const fact = item.facts.find(({ id }) => id === guide.creditFact)?.id;
  if (fact === undefined || !listed) return content;
  return { ...content, facts: { ...content.facts, [fact]: true } };
}
