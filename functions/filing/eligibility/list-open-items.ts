import type * as z from 'zod';
import type { OpenedItem, PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Application } from '../applications/application.ts';
import { highestAmount } from './ceiling.ts';
import { statementsOf } from './condition-inputs.ts';
import type { OpenItemSchema } from './open-item-view.ts';

/** The items that take applications at an instant, with all that a form needs to be built from. */
export async function listOpenItems(policy: PolicyBook, at: Date): Promise<z.input<typeof OpenItemSchema>[]> {
  return (await policy.openItems(at)).map(formOf);
}

/** The form of an application: what its own guide asks for, whatever is open by now. @throws Error without that guide. */
export async function showForm(
  policy: PolicyBook,
  { guide, content }: Pick<Application, 'guide' | 'content'>,
): Promise<z.input<typeof OpenItemSchema>> {
  return formOf(await policy.requireItem(guide, content.item));
}

/** What a guide asks of whoever applies for an item. */
export function formOf(opened: OpenedItem): z.input<typeof OpenItemSchema> {
  return {
    item: opened.item.id,
    guide: opened.guide.version,
    clause: opened.law.item.clause,
    title: opened.law.part.title,
    opensAt: opened.item.window.opensAt,
    closesAt: opened.item.window.closesAt,
    ceilingFen: highestAmount(opened),
    facts: opened.item.facts,
    materials: opened.item.materials,
    conditions: opened.item.conditions.map((condition) => ({
      ...{ id: condition.id, citation: condition.citation },
      reads: statementsOf(condition).map(({ name }) => name),
    })),
  };
}
