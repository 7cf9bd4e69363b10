import type * as z from 'zod';
import { checkFacts } from '../../policy/guides/check-facts.ts';
import type { OpenedItem, PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Content } from '../applications/content.ts';
import { computeCeiling, highestAmount } from './ceiling.ts';
import type { PreCheckBodySchema, PreCheckSchema } from './pre-check-view.ts';

type PreCheckBody = z.output<typeof PreCheckBodySchema>;
type PreCheck = z.input<typeof PreCheckSchema>;

/**
 * What every item that is open at an instant would make of an enterprise that nobody names: which conditions are met, which
 * fail, and which facts are still to be stated. What the system records of enterprises is not asked, since none is named.
 */
export async function preCheck(policy: PolicyBook, body: PreCheckBody, at: Date): Promise<PreCheck> {
  // The evaluator of conditions is dear to load, and few calls come here.
  const { evaluate } = await import('./evaluate.ts');
  return {
    items: (await policy.openItems(at)).map((opened) => {
      const content = contentFor(opened, body);
      const { outcome, conditions } = evaluate(opened, content, at);
      const { guide, item, law } = opened;
      return {
        item: item.id,
        guide: guide.version,
        clause: law.item.clause,
        title: law.part.title,
        closesAt: item.window.closesAt,
        facts: item.facts,
        ...{ outcome, conditions },
        missing: item.facts
          .map(({ id }) => id)
          .filter(
            (id) => checkFacts(only(item, id), guide.version, pick(content.facts, id), true).length > 0,
          ),
        ...(item.amount.kind !== 'none' && { ceiling: computeCeiling(opened, content) }),
      };
    }),
  };
}

/** The statement as an application for the item would make it, which asks for the most that there is. */
function contentFor(opened: OpenedItem, { enterprise, facts }: PreCheckBody): Content {
  const { item } = opened;
  const asked = item.facts.map(({ id }) => id).filter((id) => Object.hasOwn(facts, id));
  return {
    item: item.id,
    direction: '',
    projectName: '',
    enterprise: { ...enterprise, uscc: '', name: '', predecessors: [] },
    requestedFen: highestAmount(opened),
    facts: Object.fromEntries(asked.flatMap((id) => Object.entries(pick(facts, id)))),
  };
}

function only(item: OpenedItem['item'], id: string): OpenedItem['item'] {
  return { ...item, facts: item.facts.filter((fact) => fact.id === id) };
}

function pick(facts: Content['facts'], id: string): Content['facts'] {
  const value = Object.hasOwn(facts, id) ? facts[id] : undefined;
  return value === undefined ? {} : { [id]: value };
}
