import { compareProducts, portionsOf, sumExactly } from './exact-proportion.ts';

/** More units than this are not dealt out one by one: some dozens of seconds. */
const largestRun = 2 ** 26;
const smallestWindow = 2 ** 16;

/**
 * Shares units among claims by the quota method of Balinski and Young (ADR 12): everybody gets his quota, units × claim ÷
 * all claims, rounded up or down, and one unit more never takes a unit from anybody.
 *
 * The method deals out unit after unit: each to the claim that the unit leaves within its quota rounded up and that has
 * most claim left for the unit, of equals to the one that stands first. Only the last of these steps can tell in the
 * result; the ones before are skipped. How many remain depends on how unequal the claims are, at most about all claims ÷
 * the smallest one but zero.
 *
 * @param claims whole numbers of units below 2^53
 * @returns units of each claim; the claims themselves when there is enough for all
 * @throws RangeError when the claims are so unequal that more than 2^26 steps remain
 */
export function sharesByQuota(claims: Float64Array, units: number): Float64Array {
  const total = sumExactly(claims);
  if (total <= BigInt(units)) return claims.slice();
  const from = Math.max(0, units - stepsThatTell(claims, Number(total), units));
  const { quotients: shares, remainders } = portionsOf(claims, from, total);
  let given = Number(sumExactly(shares));
  if (units - given > largestRun) {
    throw new RangeError(
      'the claims are too unequal for the quota method: set a higher minimum or a coarser unit',
    );
  }
  const schedule = new Schedule(claims, shares, total);
  schedule.start(from, remainders);
  // Whoever's quota is no whole number at `from` has its next unit released: enough for the ones due until there.
  for (; given < from; given += 1) schedule.deal(from);
  schedule.open(from + 1, units);
  for (let size = from + 1; size <= units; size += 1) {
    schedule.release(size, units);
    schedule.deal(size);
  }
  return shares;
}

/**
 * Number of steps that a result of the method can depend on: the smallest one with Σ max(0, 1 − steps × claim ÷ total)
 * below 1 (ADR 12). The sum is kept away from 1 by more than its rounding error.
 */
function stepsThatTell(claims: Float64Array, total: number, most: number): number {
  let low = 0;
  let high = most;
  while (low < high) {
    const steps = Math.floor((low + high) / 2);
    let sum = 0;
    for (const claim of claims) {
      if (claim > 0) sum += Math.max(0, 1 - (steps * claim) / total);
      if (sum > 0.999) break;
    }
    if (sum > 0.999) low = steps + 1;
    else high = steps;
  }
  return low;
}

/**
 * The claims and the next unit of each: the j-th unit of a claim is released when (j − 1) × total ÷ claim units have
 * been dealt out, and due at j × total ÷ claim. The released one that is due first comes next.
 */
class Schedule {
  readonly #claims: Float64Array;
  readonly #shares: Float64Array;
  /** (j − 1) × total ÷ claim for the next unit j: whole part, and what remains of the claim. */
  readonly #released: Float64Array;
  readonly #fraction: Float64Array;
  /** total ÷ claim, in the same two parts. */
  readonly #period: Float64Array;
  readonly #periodFraction: Float64Array;
  /** j ÷ claim, rounded: due dates that differ once rounded differ the same way exactly. */
  readonly #due: Float64Array;
  /** Claims with a released unit, a binary heap: who is due first stands first. */
  readonly #ready: Int32Array;
  #readyCount = 0;
  /** Claims whose next unit is released within the window, in a list for each size; the others wait for theirs. */
  #first = new Int32Array(0);
  readonly #next: Int32Array;
  #windowStart = 0;
  #windowEnd = 0;

  constructor(claims: Float64Array, shares: Float64Array, total: bigint) {
    const count = claims.length;
    this.#claims = claims;
    this.#shares = shares;
    this.#released = new Float64Array(count);
    this.#fraction = new Float64Array(count);
    this.#period = new Float64Array(count);
    this.#periodFraction = new Float64Array(count);
    this.#due = new Float64Array(count);
    this.#ready = new Int32Array(count);
    this.#next = new Int32Array(count);
    const whole = total <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(total) : undefined;
    for (const [index, claim] of claims.entries()) {
      if (claim === 0) continue;
      const rest = whole === undefined ? Number(total % BigInt(claim)) : whole % claim;
      this.#periodFraction[index] = rest;
      this.#period[index] = whole === undefined ? Number(total / BigInt(claim)) : (whole - rest) / claim;
    }
  }

  /** Begins where everybody has his quota at a size, rounded down; remainders are what that leaves of size × claim. */
  start(size: number, remainders: Float64Array | readonly bigint[]): void {
    for (const [index, claim] of this.#claims.entries()) {
      if (claim === 0) {
        this.#released[index] = Number.POSITIVE_INFINITY;
        continue;
      }
      // share × total = size × claim − remainder, so the next unit was released remainder ÷ claim before the size.
      const remainder = remainders[index] ?? 0;
      const over = typeof remainder === 'bigint' ? Number(remainder % BigInt(claim)) : remainder % claim;
      const before =
        typeof remainder === 'bigint' ? Number(remainder / BigInt(claim)) : (remainder - over) / claim;
      this.#released[index] = size - before - (over > 0 ? 1 : 0);
      this.#fraction[index] = over > 0 ? claim - over : 0;
      this.#due[index] = (at(this.#shares, index) + 1) / claim;
      if (at(this.#released, index) < size) this.#push(index);
    }
  }

  /** Opens the window of releases that begins at a size; the last size is the last that anybody asks for. */
  open(size: number, last: number): void {
    const length = Math.min(last - size + 1, Math.max(smallestWindow, this.#claims.length));
    if (this.#first.length < length) this.#first = new Int32Array(length);
    this.#first.fill(-1);
    this.#windowStart = size;
    this.#windowEnd = size + length;
    for (const [index, released] of this.#released.entries()) if (released + 1 >= size) this.#wait(index);
  }

  /** Makes ready what is released at a size. */
  release(size: number, last: number): void {
    if (size === this.#windowEnd) this.open(size, last);
    const list = size - this.#windowStart;
    for (let index = placeAt(this.#first, list); index >= 0; index = placeAt(this.#next, index))
      this.#push(index);
  }

  /** Gives one unit to whoever of the ready is due first. */
  deal(size: number): void {
    const index = placeAt(this.#ready, 0);
    const claim = at(this.#claims, index);
    const share = at(this.#shares, index) + 1;
    this.#shares[index] = share;
    this.#due[index] = (share + 1) / claim;
    this.#advance(index, claim);
    if (at(this.#released, index) < size) {
      this.#sink(index);
      return;
    }
    this.#wait(index);
    this.#readyCount -= 1;
    if (this.#readyCount > 0) this.#sink(placeAt(this.#ready, this.#readyCount));
  }

  /** Adds total ÷ claim to the release of the next unit, without passing 2^53 on the way. */
  #advance(index: number, claim: number): void {
    const lack = claim - at(this.#periodFraction, index);
    const fraction = at(this.#fraction, index);
    const carries = fraction >= lack;
    this.#fraction[index] = carries ? fraction - lack : fraction + (claim - lack);
    this.#released[index] = at(this.#released, index) + at(this.#period, index) + (carries ? 1 : 0);
  }

  #wait(index: number): void {
    const size = at(this.#released, index) + 1;
    if (size >= this.#windowEnd) return;
    const list = size - this.#windowStart;
    this.#next[index] = placeAt(this.#first, list);
    this.#first[list] = index;
  }

  #push(index: number): void {
    let place = this.#readyCount;
    this.#readyCount += 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const other = placeAt(this.#ready, above);
      if (this.#comesBefore(other, index)) break;
      this.#ready[place] = other;
      place = above;
    }
    this.#ready[place] = index;
  }

  /** Puts a claim where the first one was, and down to where it belongs. */
  #sink(index: number): void {
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= this.#readyCount) break;
      const right = below + 1;
      if (
        right < this.#readyCount &&
        this.#comesBefore(placeAt(this.#ready, right), placeAt(this.#ready, below))
      ) {
        below = right;
      }
      const other = placeAt(this.#ready, below);
      if (this.#comesBefore(index, other)) break;
      this.#ready[place] = other;
      place = below;
    }
    this.#ready[place] = index;
  }

  #comesBefore(a: number, b: number): boolean {
    const difference = at(this.#due, a) - at(this.#due, b);
    if (difference !== 0) return difference < 0;
    const first = at(this.#shares, a) + 1;
    const second = at(this.#shares, b) + 1;
    return (compareProducts(first, at(this.#claims, b), second, at(this.#claims, a)) || a - b) < 0;
  }
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? 0;
}

/** The same for places: one function for both kinds of array would be compiled for neither. */
function placeAt(values: Int32Array, index: number): number {
  return values[index] ?? 0;
}
