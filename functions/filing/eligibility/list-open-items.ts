import type * as z from 'zod';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import { highestAmount } from './ceiling.ts';
import type { OpenItemSchema } from './open-item-view.ts';

/** The items that take applications at an instant, with all that a form needs to be built from. */
export async function listOpenItems(policy: PolicyBook, at: Date): Promise<z.input<typeof OpenItemSchema>[]> {
  return (await policy.openItems(at)).map((opened) => ({
    item: opened.item.id,
    guide: opened.guide.version,
    clause: opened.law.item.clause,
    title: opened.law.part.title,
    opensAt: opened.item.window.opensAt,
    closesAt: opened.item.window.closesAt,
    ceilingFen: highestAmount(opened),
    facts: opened.item.facts,
    materials: opened.item.materials,
  }));
}
