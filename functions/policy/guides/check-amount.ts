import type { NoticePart } from '../notice/notice-schema.ts';
import { duplicates, type PolicyFault } from '../notice/policy-fault.ts';
import type { Amount, AmountPart } from './amount-schema.ts';
import type { CheckedItem } from './checked-guide.ts';

/** The kinds of amount that a guide may give for what the notice grants. */
export function amountsThatFit({ kind, ceiling }: NoticePart): readonly Amount['kind'][] {
  switch (kind) {
    case 'recognition':
    case 'referral':
      return ['none'];
    case 'matching':
      return ['at-sign-off'];
    case 'by-guide':
      return ['at-sign-off', 'fixed', 'ratio', 'sum'];
    case 'paid':
      return !ceiling || ceiling.kind === 'fixed' ? ['fixed', 'ratio', 'sum'] : [ceiling.kind];
    case 'outside':
      return [];
  }
}

/** Where a guide gives more than the notice lets it, or tiers that the notice does not have. */
export function amountFaults(amount: Amount, { ceiling }: NoticePart, clause: string): PolicyFault[] {
  const above = (path: (string | number)[], given: number, limit: number, unit: string): PolicyFault[] => {
    const message = `${given}${unit} is above the notice's ${limit}${unit} (${clause})`;
    const zh = `${given}${unit === ' yuan' ? ' 元' : unit}高于通知规定的 ${limit}${unit === ' yuan' ? ' 元' : unit}（${clause}）`;
    return given > limit ? [{ path: ['amount', ...path], message, zh }] : [];
  };
  const aboveFen = (path: (string | number)[], given: number, limit: number) =>
    above(path, given / 100, limit / 100, ' yuan');
  if (amount.kind === 'none') return [];
  if (amount.kind !== 'tiers') {
    if (!ceiling || ceiling.kind === 'tiers') return [];
    const percent =
      ceiling.kind === 'ratio' && amount.kind === 'ratio'
        ? above(['percent'], amount.percent, ceiling.percent, '%')
        : [];
    return [...aboveFen(['yuan'], amount.fen, ceiling.fen), ...percent];
  }
  if (ceiling?.kind !== 'tiers') return [];
  const order = ceiling.tiers.map((tier) => tier.id);
  const left = order.filter((id) => !amount.tiers.some((tier) => tier.id === id));
  return [
    ...duplicates('tiers', amount.tiers, ['amount']),
    ...left.map((id) => ({
      path: ['amount', 'tiers'],
      message: `the tier ${id} is missing (${clause})`,
      zh: `缺少档次“${id}”（${clause}）`,
    })),
    ...amount.tiers.flatMap((tier, index) => {
      const path = ['amount', 'tiers', index];
      const limit = ceiling.tiers.find((candidate) => candidate.id === tier.id);
      if (!limit)
        return [
          {
            path: [...path, 'id'],
            message: `the notice has no tier ${tier.id} (${clause})`,
            zh: `通知没有档次“${tier.id}”（${clause}）`,
          },
        ];
      const faults = aboveFen(['tiers', index, 'yuan'], tier.fen, limit.fen);
      const before = amount.tiers[index - 1];
      if (before && order.indexOf(before.id) > order.indexOf(tier.id)) {
        faults.push({
          path: [...path, 'id'],
          message: `the tier ${tier.id} stands before ${before.id}`,
          zh: `档次“${tier.id}”应在“${before.id}”之前`,
        });
      } else if (before && before.fen >= tier.fen) {
        faults.push({
          path: [...path, 'yuan'],
          message: 'a higher tier pays more than the one before it',
          zh: `较高档次的金额应高于前一档次`,
        });
      }
      return faults;
    }),
  ];
}

/** Parts of an amount name facts that the item asks, of a type that can be counted, and values that a fact can have. */
export function partFaults({ amount, facts }: CheckedItem): PolicyFault[] {
  if (amount?.kind !== 'sum') return [];
  const types = new Map(facts.map((fact) => [fact?.id, fact?.type]));
  return [
    ...duplicates('parts', amount.parts, ['amount']),
    ...amount.parts.flatMap((part, index) => {
      const path = ['amount', 'parts', index];
      const counted = countedFacts(part).flatMap(([field, id, type]) => {
        const asked = types.get(id);
        if (!types.has(id)) return [unasked([...path, ...field], id)];
        if (asked === undefined || asked === type) return [];
        const message = `the fact ${id} is ${asked}, not ${type}`;
        return [
          { path: [...path, ...field], message, zh: `填报内容“${id}”的类型为“${asked}”，应为“${type}”` },
        ];
      });
      return [...counted, ...valueFaults(part, facts, [...path, 'when'])];
    }),
  ];
}

/** The facts that a part is counted from: where each is named, and what it has to be. */
function countedFacts(part: AmountPart): [field: string[], id: string, type: 'money' | 'integer'][] {
  switch (part.kind) {
    case 'fixed':
      return [];
    case 'piece':
      return [[['count'], part.count, 'integer']];
    case 'share':
    case 'step':
      return [
        [['of'], part.of, 'money'],
        ...(part.above && 'fact' in part.above
          ? [[['above', 'fact'], part.above.fact, 'money'] as [string[], string, 'money']]
          : []),
      ];
  }
}

/** A part that waits for a value that its fact cannot have would never be given. */
function valueFaults(
  { when }: AmountPart,
  facts: CheckedItem['facts'],
  path: readonly (string | number)[],
): PolicyFault[] {
  if (!when) return [];
  const fact = facts.find((one) => one?.id === when.fact);
  if (!fact) return [unasked([...path, 'fact'], when.fact)];
  const { type, values } = fact;
  const known =
    type === 'enum' ? values?.some((value) => value?.id === when.is) !== false : fits(type, when.is);
  if (type === undefined || known) return [];
  const message = `the fact ${when.fact} (${type}) never has the value ${when.is}`;
  return [{ path: [...path, 'is'], message, zh: `填报内容“${when.fact}”（“${type}”）不会取值“${when.is}”` }];
}

function fits(type: string | undefined, value: string | number | boolean): boolean {
  if (type === 'integer') return typeof value === 'number';
  if (type === 'boolean') return typeof value === 'boolean';
  return type === 'text' && typeof value === 'string';
}

/** A fact that is named and not asked. */
export function unasked(path: readonly (string | number)[], id: string): PolicyFault {
  const message = `names a fact that the item does not ask: "${id}"`;
  return { path, message, zh: `引用了该事项未要求填报的内容“${id}”` };
}
