import * as z from 'zod';
import { both } from './text.ts';

/** An amount of money in fen (1 yuan = 100 fen): a whole number, never negative, at most 2^53 − 1. */
export type Fen = number & { readonly __unit: 'fen' };

/** Parses an amount in fen; fractions, negatives and numbers a JSON reader cannot hold exactly are refused. */
export const FenSchema = z
  .int({
    error: both(
      '金额应为以分为单位的整数，不超过 9007199254740991',
      'an amount is a whole number of fen, at most 9007199254740991',
    ),
  })
  .min(0, { error: both('金额不得为负', 'an amount is not negative') })
  .transform((value) => value as Fen)
  .meta({ description: 'Amount in fen (1 yuan = 100 fen), a whole number' });

/** Takes a whole number of fen as an amount. @throws RangeError for fractions, negatives and unsafe integers. */
export function fen(value: number): Fen {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not an amount in fen: ${value}`);
  return value as Fen;
}

/** Adds amounts. @throws RangeError when the sum is not exact any more. */
export function sumFen(amounts: Iterable<number>): Fen {
  let total = 0;
  for (const amount of amounts) total += amount;
  return fen(total);
}

/** Rounds an amount down to a whole multiple of a unit, both in fen (glossary, "unit"). */
export function floorToUnit(amount: Fen, unitFen: number): Fen {
  return fen(amount - (amount % unitFen));
}
