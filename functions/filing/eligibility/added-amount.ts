import type { AmountPart } from '../../policy/guides/amount-schema.ts';
import { type Fen, fen } from '../../shared/money.ts';
import type { Facts } from '../../shared/schemas.ts';

const million = 10n ** 6n;

/**
 * What the parts of an amount come to together, in fen, each rounded down; a part that rests on a fact that is missing, or
 * of another kind, gives nothing. What cannot be counted exactly any more is as much as can be.
 */
export function addedUp(parts: readonly AmountPart[], facts: Facts): Fen {
  const sum = parts.reduce((before, part) => before + given(part, facts), 0n);
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  return fen(Number(sum < most ? sum : most));
}

function given(part: AmountPart, facts: Facts): bigint {
  if (part.when && stated(facts, part.when.fact) !== part.when.is) return 0n;
  switch (part.kind) {
    case 'fixed':
      return BigInt(part.fen);
    case 'share':
      return (excess(part, facts) * BigInt(part.perMillion)) / million;
    case 'piece': {
      const count = stated(facts, part.count);
      return Number.isSafeInteger(count) && Number(count) > 0
        ? BigInt(Number(count)) * BigInt(part.eachFen)
        : 0n;
    }
    case 'step':
      return (excess(part, facts) / BigInt(part.everyFen)) * BigInt(part.eachFen);
  }
}

/** What of a stated amount lies above the threshold; nothing where a threshold that is to be stated is not. */
function excess({ of, above }: Extract<AmountPart, { kind: 'share' | 'step' }>, facts: Facts): bigint {
  const whole = statedMoney(facts, of);
  const threshold = above === undefined ? 0 : 'fen' in above ? above.fen : statedMoney(facts, above.fact);
  if (whole === undefined || threshold === undefined || whole <= threshold) return 0n;
  return BigInt(whole) - BigInt(threshold);
}

/** An amount that the applicant states, in fen; undefined where it is missing or no amount. */
export function statedMoney(facts: Facts, id: string): Fen | undefined {
  const value = stated(facts, id);
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? fen(value) : undefined;
}

function stated(facts: Facts, id: string): unknown {
  return Object.hasOwn(facts, id) ? facts[id] : undefined;
}
