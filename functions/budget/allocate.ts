import { type Fen, fen } from '../shared/money.ts';
import type { Bilingual } from '../shared/text.ts';
import { unitFen } from './allocation-unit.ts';
import { portionsOf, sumExactly } from './exact-proportion.ts';
import { explainShare, type Grounds } from './explain-share.ts';
import { type ClassShares, sharesByQuotaAboveMinimum } from './minimum-payable.ts';
import { sharesByQuota } from './quota-method.ts';

/** Name of the algorithm below; a plan's hash covers it, so that a change of the algorithm voids approvals. */
export const allocationAlgorithm = 'classes-1';

/** What the allocation looks at in a candidate. */
export interface AllocationCandidate {
  readonly applicationId: string;
  readonly ceilingFen: number;
  readonly submittedAt: string;
  readonly score?: number | undefined;
}

/** How a pool's money is shared. */
export interface AllocationTerms {
  readonly mode: 'pro-rata' | 'ranked';
  /**
   * What becomes of the units that remain when everybody has his proportion, rounded down: they stay in the pool, go to
   * the largest remainders, or are dealt out by the quota method, the only one that hands out all of them and by which
   * more money never takes a fen from anybody (ADR 12).
   */
  readonly residue: 'keep' | 'largest-remainder' | 'quota-monotone';
  readonly unit: keyof typeof unitFen;
  /** Nobody is paid less than this; 0 for no such limit. */
  readonly minimumPayableFen: number;
}

export interface AllocationShare {
  readonly applicationId: string;
  /** Number of the class that the candidate stands in; class 1 is paid first. */
  readonly class: number;
  /** The candidate's ceiling, cut down to the unit. */
  readonly ceilingFen: Fen;
  readonly shareFen: Fen;
  /** Written when it is asked for: a copy of the share's fields is without it. */
  readonly explanation: Bilingual;
}

export interface Allocation {
  /** One share for each candidate, in the order of application ids. */
  readonly shares: readonly AllocationShare[];
  /** What nobody gets. */
  readonly residueFen: Fen;
}

/** The terms in units; everything below counts in units, but for what is left of the pool. */
interface Rule {
  readonly unit: number;
  readonly minimum: number;
  readonly residue: AllocationTerms['residue'];
}

/**
 * Shares money among candidates (domain §8). Classes are paid in full in their order while the money lasts; the first
 * class that does not fit shares what is left in proportion to its ceilings, and later classes get nothing.
 *
 * The minimum payable holds within each class that money reaches: while one of its shares is below the minimum, its
 * candidate with the smallest ceiling leaves (of equals the one with the larger id), and the class is computed again;
 * when nobody of it remains, the next class has its turn. Counting the later classes' zeros as shares too was rejected:
 * a candidate of a higher rank would then have to leave because one of a lower rank gets nothing.
 *
 * Among candidates in proportion, that takes money back when more of it lets somebody in again who had left: whatever
 * becomes of the residue, but with `quota-monotone`. There the one who would come in waits until nobody loses by it, and
 * about one minimum may stay in the pool (minimum-payable.ts). Without a minimum, and by rank, `keep` is monotone too;
 * `largest-remainder` is not.
 *
 * The result depends on the arguments alone, not on the order of the candidates.
 * @throws RangeError for an amount that is no amount in fen, an application that stands twice, and ceilings too unequal
 *   for the quota method (from about one to a thousand times a thousand candidates).
 */
export function allocate(
  candidates: readonly AllocationCandidate[],
  terms: AllocationTerms,
  availableFen: number,
): Allocation {
  const unit = unitFen[terms.unit];
  const rule: Rule = {
    unit,
    minimum: unitsWorth(fen(terms.minimumPayableFen), unit),
    residue: terms.residue,
  };
  const ordered = inOrderOfIds(candidates);
  const ceilings = new Float64Array(ordered.length);
  for (const [index, { ceilingFen }] of ordered.entries()) {
    ceilings[index] = unitsIn(fen(ceilingFen), unit);
  }
  const units = new Float64Array(ordered.length);
  const classNumbers = new Int32Array(ordered.length);
  const grounds = new Array<Grounds>(ordered.length).fill(exhausted);
  const tooSmall: Grounds = { kind: 'too-small', minimum: terms.minimumPayableFen };
  const capped: Grounds = { kind: 'capped', minimum: terms.minimumPayableFen };
  let left: number = fen(availableFen);
  let shortage = false;

  for (const [number, members] of classesOf(ordered, terms.mode).entries()) {
    for (const member of members) classNumbers[member] = number + 1;
    const claims = Float64Array.from(members, (member) => ceilings[member] ?? 0);
    shortage ||= left === 0 && sumExactly(claims) > 0n;
    if (shortage) continue;
    const result = sharesOfClass(claims, left, rule);
    const total = sumExactly(claims.filter((_, index) => result.leaves[index] === 0)) * BigInt(unit);
    shortage = total > BigInt(left);
    const staying: Grounds = shortage ? { kind: 'in-proportion', left, total } : inFull;
    for (const [index, member] of members.entries()) {
      units[member] = result.units[index] ?? 0;
      const leaves = result.leaves[index] === 1;
      grounds[member] = leaves ? tooSmall : result.capped?.[index] === 1 ? capped : staying;
    }
    left -= Number(sumExactly(result.units)) * unit;
  }

  const shares = ordered.map(({ applicationId }, index) => {
    const ceilingFen = fen((ceilings[index] ?? 0) * unit);
    const shareFen = fen((units[index] ?? 0) * unit);
    return new Share(
      applicationId,
      classNumbers[index] ?? 0,
      ceilingFen,
      shareFen,
      grounds[index] ?? exhausted,
    );
  });
  return { shares, residueFen: fen(left) };
}

const inFull: Grounds = { kind: 'in-full' };
const exhausted: Grounds = { kind: 'exhausted' };

/** Sentences for a million candidates cost far more than their shares, so each is written when it is read. */
class Share implements AllocationShare {
  readonly applicationId: string;
  readonly class: number;
  readonly ceilingFen: Fen;
  readonly shareFen: Fen;
  readonly #grounds: Grounds;

  constructor(applicationId: string, number: number, ceilingFen: Fen, shareFen: Fen, grounds: Grounds) {
    this.applicationId = applicationId;
    this.class = number;
    this.ceilingFen = ceilingFen;
    this.shareFen = shareFen;
    this.#grounds = grounds;
  }

  get explanation(): Bilingual {
    return explainShare(this.#grounds, this.ceilingFen, this.shareFen);
  }
}

/** Whole units in an amount. The division itself is exact: rounding could reach the next whole number. */
function unitsIn(amount: number, unit: number): number {
  return (amount - (amount % unit)) / unit;
}

/** Fewest units that are worth an amount. */
function unitsWorth(amount: number, unit: number): number {
  return unitsIn(amount, unit) + (amount % unit > 0 ? 1 : 0);
}

/** @throws RangeError when an application stands twice. */
function inOrderOfIds(candidates: readonly AllocationCandidate[]): readonly AllocationCandidate[] {
  // As a store lists them, they are in order already; sorting costs more than all the rest.
  if (ascends(candidates)) return candidates;
  const ordered = candidates.toSorted((a, b) => compare(a.applicationId, b.applicationId));
  if (!ascends(ordered)) throw new RangeError('an application stands twice among the candidates');
  return ordered;
}

function ascends(candidates: readonly AllocationCandidate[]): boolean {
  for (let index = 1; index < candidates.length; index += 1) {
    if ((candidates[index - 1]?.applicationId ?? '') >= (candidates[index]?.applicationId ?? ''))
      return false;
  }
  return true;
}

/** The classes that are paid one after the other, each with the places of its members in the order of ids. */
function classesOf(candidates: readonly AllocationCandidate[], mode: AllocationTerms['mode']): number[][] {
  const places = [...candidates.keys()];
  if (mode === 'pro-rata') return [places];
  const ranks = candidates.map(({ score, submittedAt }) => ({
    score: score ?? Number.NEGATIVE_INFINITY,
    submittedAt: Date.parse(submittedAt),
  }));
  // Higher score first, no score last; then who submitted earlier; then the smaller id.
  const last = { score: Number.NEGATIVE_INFINITY, submittedAt: 0 };
  places.sort((placeA, placeB) => {
    const [a, b] = [ranks[placeA] ?? last, ranks[placeB] ?? last];
    return compare(b.score, a.score) || compare(a.submittedAt, b.submittedAt) || placeA - placeB;
  });
  return places.map((place) => [place]);
}

function sharesOfClass(claims: Float64Array, left: number, rule: Rule): ClassShares {
  const { unit, minimum, residue } = rule;
  if (residue === 'quota-monotone' && minimum > 0) {
    return sharesByQuotaAboveMinimum(claims, unitsIn(left, unit), minimum);
  }
  const leaves = minimum === 0 ? new Uint8Array(claims.length) : leavesBelowMinimum(claims, left, rule);
  const staying = minimum === 0 ? claims : claims.map((claim, index) => (leaves[index] === 1 ? 0 : claim));
  return { units: sharesOf(staying, left, rule), leaves };
}

/**
 * Which members of a class leave until nobody's share is below the minimum. The smallest share is always that of the
 * member who would leave next (shares grow with ceilings, and of equal ceilings the larger id is served last), so that
 * one share tells whether the class is settled.
 */
function leavesBelowMinimum(claims: Float64Array, left: number, rule: Rule): Uint8Array {
  const leaving = [...claims.keys()].sort((a, b) => (claims[a] ?? 0) - (claims[b] ?? 0) || b - a);
  const leaves = new Uint8Array(claims.length);
  const staying = claims.slice();
  const unit = BigInt(rule.unit);
  let total = sumExactly(claims);
  for (const next of leaving) {
    const claim = BigInt(claims[next] ?? 0);
    const quota = total * unit <= BigInt(left) ? claim : (claim * BigInt(left)) / (total * unit);
    // Before its part of the residue, which is one unit at most: far below the minimum, nothing more need be computed.
    if (quota >= rule.minimum) break;
    if (quota + 1n >= rule.minimum && (sharesOf(staying, left, rule)[next] ?? 0) >= rule.minimum) break;
    leaves[next] = 1;
    staying[next] = 0;
    total -= claim;
  }
  return leaves;
}

/** Shares of one class: in full when it fits, else in proportion. A claim of 0 gets nothing. */
function sharesOf(claims: Float64Array, left: number, { unit, residue }: Rule): Float64Array {
  if (residue === 'quota-monotone') return sharesByQuota(claims, unitsIn(left, unit));
  const total = sumExactly(claims) * BigInt(unit);
  if (total <= BigInt(left)) return claims;
  const { quotients: shares, remainders } = portionsOf(claims, left, total);
  if (residue === 'keep') return shares;
  let rest = unitsIn(left, unit) - Number(sumExactly(shares));
  if (rest === 0) return shares;
  // The units that rest are fewer than the claims with a remainder, so none of them raises a share above its claim.
  const { remainder: least, ties } = largest(remainders, rest);
  let equals = ties;
  for (const [index, remainder] of remainders.entries()) {
    if (remainder < least || rest === 0) continue;
    if (remainder === least) {
      if (equals === 0) continue;
      equals -= 1;
    }
    shares[index] = (shares[index] ?? 0) + 1;
    rest -= 1;
  }
  return shares;
}

/** The smallest of the largest remainders, as many as wanted, and how many of them are equal to it. */
function largest(
  remainders: Float64Array | readonly bigint[],
  wanted: number,
): { remainder: number | bigint; ties: number } {
  const sorted = remainders instanceof Float64Array ? remainders.toSorted() : remainders.toSorted(compare);
  const remainder = sorted[sorted.length - wanted] ?? 0;
  let above = sorted.length - 1;
  while ((sorted[above] ?? 0) > remainder) above -= 1;
  return { remainder, ties: wanted - (sorted.length - 1 - above) };
}

/** Order by code units, which no language setting of the machine changes. */
function compare<T extends bigint | number | string>(a: T, b: T): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}
