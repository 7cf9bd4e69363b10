import { parse } from '@marcbachmann/cel-js';
import { itemIdOf, lawOf } from './policy-book.ts';
import type { Guide, GuideItem, Notice, NoticePart } from './schema.ts';

/** A fault of a guide: where it is, as a path into the guide, and what the matter is. */
export interface GuideFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/**
 * What a guide may not do beyond its schema: open what the notice does not have, exceed its ceilings, name facts it does
 * not ask, use conditions that are no expressions.
 * @returns every fault; none for a guide that may be published.
 */
export function checkGuide(guide: Guide, notice: Notice): GuideFault[] {
  return guide.items.flatMap((item, index) =>
    itemFaults(guide, item, notice).map(({ path, message }) => ({
      path: ['items', index, ...path],
      message,
    })),
  );
}

function itemFaults(guide: Guide, item: GuideItem, notice: Notice): GuideFault[] {
  const law = lawOf(notice, item.id);
  if (!law || item.id !== itemIdOf(item.item, item.part)) {
    return [{ path: ['id'], message: `the notice has no item ${item.id}` }];
  }
  const faults: GuideFault[] = ceilingFaults(item, law.part, law.item.clause);
  if (item.pool !== undefined && !guide.pools.some((pool) => pool.id === item.pool)) {
    faults.push({ path: ['pool'], message: `no pool ${item.pool}` });
  }
  item.conditions.forEach(({ expression }, index) => {
    try {
      parse(expression);
    } catch (error) {
      const cause = error instanceof Error ? error.message.split('\n')[0] : String(error);
      faults.push({ path: ['conditions', index, 'expression'], message: `not a CEL expression: ${cause}` });
    }
  });
  const asked = new Set(item.facts.map((fact) => fact.id));
  const named = [...item.matter.facts, ...item.evidence.map((evidence) => evidence.fact)];
  for (const fact of named) {
    if (!asked.has(fact)) faults.push({ path: ['matter'], message: `names a fact it does not ask: ${fact}` });
  }
  return faults;
}

function ceilingFaults(item: GuideItem, { ceiling }: NoticePart, clause: string): GuideFault[] {
  const { amount } = item;
  if (!ceiling || amount.kind === 'none') return [];
  const above = (path: (string | number)[], given: number, limit: number) =>
    given <= limit
      ? []
      : [
          {
            path: ['amount', ...path],
            message: `${given / 100} yuan is above the notice's ${limit / 100} yuan (${clause})`,
          },
        ];
  if (amount.kind !== 'tiers') return ceiling.kind === 'tiers' ? [] : above([], amount.fen, ceiling.fen);
  if (ceiling.kind !== 'tiers') return [{ path: ['amount'], message: `the notice has no tiers (${clause})` }];
  return amount.tiers.flatMap((tier, index) => {
    const limit = ceiling.tiers.find((candidate) => candidate.id === tier.id);
    if (!limit) return [{ path: ['amount', 'tiers', index], message: `the notice has no tier ${tier.id}` }];
    return above(['tiers', index], tier.fen, limit.fen);
  });
}
