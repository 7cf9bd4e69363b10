import { portionsOf } from './exact-proportion.ts';
import { sharesByQuota } from './quota-method.ts';

/** What a class gives its members, in units and in the order of the members. */
export interface ClassShares {
  readonly units: Float64Array;
  /** The claims of all who stay. */
  readonly total: bigint;
  /** Whether a member leaves because it would get less than the minimum payable. */
  readonly leaves?: Uint8Array;
  /** Whether a member gets less than its share because money is kept for who stands next in line. */
  readonly capped?: Uint8Array;
}

/**
 * The quota method with a minimum payable, such that more money still never takes a unit from anybody.
 *
 * Members stand in line by their claims, the largest first, of equal ones in the order given. They come in one by one:
 * each when the quota of everybody in the line as far as himself comes to the minimum. Until he does, those before him
 * get no more than what their quotas will be then, rounded down, so that nobody loses when he comes in; a minimum and
 * less than one unit for each of them may stay over for that. A claim below the minimum never comes in. Why something
 * has to stay: no rule can hand out everything, pay nobody less than a minimum and never take anything back (ADR 12).
 *
 * @param minimum in units, at least 1
 * @throws RangeError like sharesByQuota
 */
export function sharesByQuotaAboveMinimum(claims: Float64Array, units: number, minimum: number): ClassShares {
  const line = [...claims.keys()].filter((index) => (claims[index] ?? 0) >= minimum);
  line.sort((a, b) => (claims[b] ?? 0) - (claims[a] ?? 0) || a - b);
  const leaves = new Uint8Array(claims.length).fill(1);
  let total = 0n;
  let next = 0;
  for (const index of line) {
    const claim = BigInt(claims[index] ?? 0);
    if (BigInt(minimum) * (total + claim) > BigInt(units) * claim) {
      next = Number(claim);
      break;
    }
    total += claim;
    leaves[index] = 0;
  }
  const staying = claims.map((claim, index) => (leaves[index] === 1 ? 0 : claim));
  const shares = sharesByQuota(staying, units);
  const capped = new Uint8Array(claims.length);
  if (next === 0) return { units: shares, total, leaves, capped };

  const { quotients: caps } = portionsOf(staying, minimum, BigInt(next));
  for (const [index, share] of shares.entries()) {
    const cap = caps[index] ?? 0;
    if (share <= cap) continue;
    shares[index] = cap;
    capped[index] = 1;
  }
  return { units: shares, total, leaves, capped };
}
