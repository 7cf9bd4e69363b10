import type * as z from 'zod';
import { DomainError } from '../../shared/errors.ts';
import { quoted } from '../../shared/text.ts';
import { itemIdOf } from '../notice/item-id.ts';
import { factForm } from './fact-form.ts';
import { measurePart, windowsAt } from './list-measures.ts';
import type { MeasureSchema } from './measure-view.ts';
import { lawOf, type PolicyBook } from './policy-book.ts';

/**
 * A measure as whoever thinks of applying reads it: what the notice says, and what the guide that is open (or else the
 * latest) asks for. The instant decides what is open.
 * @throws DomainError not-found for what the notice does not have, and for an item without the part that is meant.
 */
export async function describeMeasure(
  policy: PolicyBook,
  id: string,
  at: Date,
): Promise<z.input<typeof MeasureSchema>> {
  const law = lawOf(policy.notice, id);
  if (!law) throw notFound(policy, id);
  const part = measurePart(policy.notice, law, await windowsAt(policy, at));
  const described = { ...part, summary: law.item.summary };
  if (part.guide === undefined) return described;
  const { guide, item } = await policy.requireItem(part.guide, id);
  return {
    ...described,
    illustrative: guide.illustrative,
    competition: item.competition,
    amount: item.amount,
    conditions: item.conditions,
    facts: factForm(item),
    materials: item.materials,
    reconsideration: item.reconsideration ?? policy.notice.reconsideration,
  };
}

function notFound({ notice }: PolicyBook, id: string): DomainError {
  const parts = notice.items.find((item) => item.id === id)?.parts.map((part) => itemIdOf(id, part.id));
  if (!parts) return new DomainError('not-found');
  const { zh, en } = quoted(parts);
  const detail = { zh: `“${id}”分为：${zh}`, en: `"${id}" has parts: ${en}` };
  return new DomainError('not-found', { detail });
}
