/**
 * Proportions of amounts without a rounding error, on floating-point numbers where they can carry it: the quotient is
 * computed approximately, its remainder exactly, and the remainder says by how much the quotient was wrong. On BigInt
 * alone, sharing a pool among a million claims takes many times as long.
 */

/**
 * Largest amount and divisor for which numbers are exact here. The approximate quotient is then off by one at most, so
 * that the remainder that belongs to it lies within [-2^50, 2^51), and every difference on the way to it is an integer
 * below 2^53 or one of two numbers within a factor of two of each other: exact either way.
 */
const largest = 2 ** 50;

/** Splits a number of 53 bits in halves whose products with other halves are exact (Veltkamp). */
const splitter = 2 ** 27 + 1;

/** For each amount, floor(amount × factor ÷ divisor) and what that leaves of amount × factor. */
export interface Portions {
  readonly quotients: Float64Array;
  readonly remainders: Float64Array | readonly bigint[];
}

/**
 * Portions of amounts that are whole numbers below 2^53.
 * @param factor a whole number below 2^53, at most the divisor
 */
export function portionsOf(amounts: Float64Array, factor: number, divisor: bigint): Portions {
  const quotients = new Float64Array(amounts.length);
  if (divisor > largest) {
    const remainders = Array.from(amounts, (amount, index) => {
      const product = BigInt(amount) * BigInt(factor);
      quotients[index] = Number(product / divisor);
      return product % divisor;
    });
    return { quotients, remainders };
  }
  const remainders = new Float64Array(amounts.length);
  const whole = Number(divisor);
  for (let index = 0; index < amounts.length; index += 1) {
    const amount = amounts[index] ?? 0;
    if (amount > largest) {
      const exact = BigInt(amount) * BigInt(factor);
      quotients[index] = Number(exact / divisor);
      remainders[index] = Number(exact % divisor);
      continue;
    }
    const product = amount * factor;
    let quotient = Math.floor(product / whole);
    const taken = quotient * whole;
    let remainder =
      product - taken + (productError(amount, factor, product) - productError(quotient, whole, taken));
    if (remainder < 0) {
      quotient -= 1;
      remainder += whole;
    } else if (remainder >= whole) {
      quotient += 1;
      remainder -= whole;
    }
    quotients[index] = quotient;
    remainders[index] = remainder;
  }
  return { quotients, remainders };
}

/** The sign of a × b − c × d, exactly, for whole numbers below 2^53. */
export function compareProducts(a: number, b: number, c: number, d: number): number {
  const first = a * b;
  const second = c * d;
  // Rounding never turns an order round: products that differ once rounded differ the same way exactly.
  return first - second || productError(a, b, first) - productError(c, d, second);
}

/** What rounding took from a product: a × b = product + error, exactly (Dekker). */
function productError(a: number, b: number, product: number): number {
  const aScaled = splitter * a;
  const bScaled = splitter * b;
  const aHigh = aScaled - (aScaled - a);
  const bHigh = bScaled - (bScaled - b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** The sum of whole numbers below 2^53. */
export function sumExactly(amounts: Float64Array): bigint {
  let sum = 0n;
  let part = 0;
  for (let index = 0; index < amounts.length; index += 1) {
    const amount = amounts[index] ?? 0;
    if (part > Number.MAX_SAFE_INTEGER - amount) {
      sum += BigInt(part);
      part = 0;
    }
    part += amount;
  }
  return sum + BigInt(part);
}
