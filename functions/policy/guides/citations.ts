import { DomainError } from '../../shared/errors.ts';
import { quoted } from '../../shared/text.ts';
import type { OpenedItem, PolicyBook } from './policy-book.ts';

/**
 * What a decision on an application of an item may cite: the item's own places in its guide, and the clauses of the
 * notice, those of its measure first.
 */
export function citationsOf(
  { guide, item, law }: OpenedItem,
  { notice }: Pick<PolicyBook, 'notice'>,
): string[] {
  return [
    ...new Set([
      ...item.conditions.map(({ citation }) => citation),
      `申报指南 ${guide.version} ${item.id}`,
      law.item.clause,
      ...notice.otherMatters.map(({ clause }) => clause),
      ...notice.measures.map(({ clause }) => clause),
      ...notice.directions.map(({ clause }) => clause),
    ]),
  ];
}

/**
 * Refuses what cites no place that there is: a reason that nobody can look up binds nobody.
 * @param cited by the paths at which they are given.
 * @throws DomainError invalid-request with every such citation, and those that there are.
 */
export function requireCitations(
  cited: readonly { readonly path: string; readonly citation: string | undefined }[],
  opened: OpenedItem,
  policy: Pick<PolicyBook, 'notice'>,
): void {
  const known = citationsOf(opened, policy);
  const places = quoted(known);
  const faults = cited
    .filter(({ citation }) => citation !== undefined && !known.includes(citation))
    .map(({ path }) => ({
      path,
      rule: 'known-citation',
      message: {
        zh: `请引用指南或措施的条款：${places.zh}`,
        en: `cite a place of the guide or the notice: ${places.en}`,
      },
    }));
  if (faults.length > 0) throw new DomainError('invalid-request', { faults });
}
