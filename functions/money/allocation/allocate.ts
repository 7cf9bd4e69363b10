import { unitFen } from '../../policy/guides/allocation-unit.ts';
import { type Fen, fen } from '../../shared/money.ts';
import type { Bilingual } from '../../shared/text.ts';
import type { ApplicationId } from '../../shared/vocabulary.ts';
import { portionsOf, sumExactly } from './exact-proportion.ts';
import { explainShare, type Grounds } from './explain-share.ts';
import { type ClassShares, sharesByQuotaAboveMinimum } from './minimum-payable.ts';
import { sharesByQuota } from './quota-method.ts';

/** Name of the algorithm below; a plan's hash covers it, so that a change of the algorithm voids approvals. */
export const allocationAlgorithm = 'classes-1';

/** What the allocation looks at in a candidate. */
export interface AllocationCandidate {
  readonly applicationId: ApplicationId;
  readonly ceilingFen: number;
  readonly submittedAt: string;
  readonly score?: number | undefined;
}

/** How a pool's money is shared. */
export interface AllocationTerms {
  readonly mode: 'pro-rata' | 'ranked';
  /**
   * What becomes of the units that remain when everybody has his proportion, rounded down: they stay in the pool, go to
   * the largest remainders, or are dealt out by the quota method, the only one of these that hands them out and by
   * which more money never takes a fen from anybody (ADR 12).
   */
  readonly residue: 'keep' | 'largest-remainder' | 'quota-monotone';
  readonly unit: keyof typeof unitFen;
  /** Nobody is paid less than this; 0 for no such limit. */
  readonly minimumPayableFen: number;
}

export interface AllocationShare {
  readonly applicationId: ApplicationId;
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
 * Shares money among candidates (glossary, "allocation"). Classes are paid in full in their order while the money
 * lasts; the first class that does not fit shares what is left in proportion to its ceilings, and later classes get
 * nothing.
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
  // Plain loops over typed arrays here: with iterators and callbacks, a million candidates take several times as long.
  const ceilings = new Float64Array(ordered.length);
  for (let place = 0; place < ordered.length; place += 1) {
    ceilings[place] = unitsIn(fen(ordered[place]?.ceilingFen ?? 0), unit);
  }
  const units = new Float64Array(ordered.length);
  const grounds = new Array<Grounds>(ordered.length).fill(exhausted);
  const tooSmall: Grounds = { kind: 'too-small', minimum: terms.minimumPayableFen };
  const capped: Grounds = { kind: 'capped', minimum: terms.minimumPayableFen };
  let left: number = fen(availableFen);

  const ranking = terms.mode === 'ranked' ? rankingOf(ordered) : undefined;
  const size = ranking ? 1 : ordered.length;
  for (let start = 0; start < ordered.length; start += size) {
    const placeOf = (member: number) => ranking?.[start] ?? member;
    const claims = ranking ? Float64Array.of(ceilings[placeOf(0)] ?? 0) : ceilings;
    if (left === 0 && sumExactly(claims) > 0n) break;
    const result = sharesOfClass(claims, left, rule);
    const shortage = result.total * BigInt(unit) > BigInt(left);
    const staying: Grounds = shortage
      ? { kind: 'in-proportion', left, total: result.total * BigInt(unit) }
      : inFull;
    for (let member = 0; member < size; member += 1) {
      const place = placeOf(member);
      units[place] = result.units[member] ?? 0;
      grounds[place] = result.leaves?.[member] ? tooSmall : result.capped?.[member] ? capped : staying;
    }
    left -= Number(sumExactly(result.units)) * unit;
    if (shortage) break;
  }

  const numbers = ranking && classNumbers(ranking);
  const shares: AllocationShare[] = [];
  for (let place = 0; place < ordered.length; place += 1) {
    const ceilingFen = fen((ceilings[place] ?? 0) * unit);
    const shareFen = fen((units[place] ?? 0) * unit);
    const applicationId = ordered[place]?.applicationId ?? '';
    const share = { applicationId, class: numbers?.[place] ?? 1, ceilingFen, shareFen };
    shares.push(new Share(share, grounds[place] ?? exhausted));
  }
  return { shares, residueFen: fen(left) };
}

const inFull: Grounds = { kind: 'in-full' };
const exhausted: Grounds = { kind: 'exhausted' };

/** Sentences for a million candidates cost far more than their shares, so each is written when it is read. */
class Share implements AllocationShare {
  readonly applicationId: ApplicationId;
  readonly class: number;
  readonly ceilingFen: Fen;
  readonly shareFen: Fen;
  readonly #grounds: Grounds;

  constructor(share: Omit<AllocationShare, 'explanation'>, grounds: Grounds) {
    this.applicationId = share.applicationId;
    this.class = share.class;
    this.ceilingFen = share.ceilingFen;
    this.shareFen = share.shareFen;
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

/** Places of the candidates by rank: higher score first, no score last; then who submitted earlier; the smaller id. */
function rankingOf(candidates: readonly AllocationCandidate[]): Uint32Array {
  const scores = new Float64Array(candidates.length);
  const times = new Float64Array(candidates.length);
  for (const [place, { score, submittedAt }] of candidates.entries()) {
    scores[place] = score ?? Number.NEGATIVE_INFINITY;
    times[place] = Date.parse(submittedAt);
  }
  return Uint32Array.from(candidates.keys()).sort(
    (a, b) => compare(scores[b] ?? 0, scores[a] ?? 0) || compare(times[a] ?? 0, times[b] ?? 0) || a - b,
  );
}

/** For each place its number in the ranking, from 1. */
function classNumbers(ranking: Uint32Array): Uint32Array {
  const numbers = new Uint32Array(ranking.length);
  for (const [index, place] of ranking.entries()) numbers[place] = index + 1;
  return numbers;
}

function sharesOfClass(claims: Float64Array, left: number, rule: Rule): ClassShares {
  const { unit, minimum, residue } = rule;
  if (residue === 'quota-monotone' && minimum > 0) {
    return sharesByQuotaAboveMinimum(claims, unitsIn(left, unit), minimum);
  }
  const total = sumExactly(claims);
  if (minimum === 0) return { units: sharesOf(claims, total, left, rule), total };
  return sharesAboveMinimum(claims, total, left, rule);
}

/**
 * Shares of the members who remain when nobody's share is below the minimum. The smallest share is always that of the
 * member who would leave next (shares grow with ceilings, and of equal ceilings the larger id is served last), so that
 * one share tells whether the class is settled.
 */
function sharesAboveMinimum(claims: Float64Array, sum: bigint, left: number, rule: Rule): ClassShares {
  const leaving = [...claims.keys()].sort((a, b) => (claims[a] ?? 0) - (claims[b] ?? 0) || b - a);
  const leaves = new Uint8Array(claims.length);
  const staying = claims.slice();
  const unit = BigInt(rule.unit);
  let total = sum;
  for (const next of leaving) {
    const claim = BigInt(claims[next] ?? 0);
    const quota = total * unit <= BigInt(left) ? claim : (claim * BigInt(left)) / (total * unit);
    // Before its part of the residue, which is one unit at most: far below the minimum, nothing more need be computed.
    if (quota >= rule.minimum) break;
    if (quota + 1n >= rule.minimum && (sharesOf(staying, total, left, rule)[next] ?? 0) >= rule.minimum)
      break;
    leaves[next] = 1;
    staying[next] = 0;
    total -= claim;
  }
  return { units: sharesOf(staying, total, left, rule), total, leaves };
}

/** Shares of one class: in full when it fits, else in proportion. A claim of 0 gets nothing. */
function sharesOf(claims: Float64Array, total: bigint, left: number, { unit, residue }: Rule): Float64Array {
  if (residue === 'quota-monotone') return sharesByQuota(claims, unitsIn(left, unit));
  const divisor = total * BigInt(unit);
  if (divisor <= BigInt(left)) return claims;
  const { quotients: shares, remainders } = portionsOf(claims, left, divisor);
  if (residue === 'largest-remainder') {
    // What rests is less than one unit for each claim with a remainder, so that no share is raised above its claim.
    raiseLargest(shares, remainders, unitsIn(left, unit) - Number(sumExactly(shares)));
  }
  return shares;
}

/** Gives one unit to each of the largest remainders, as many as there are units; of equal ones to the first. */
function raiseLargest(
  shares: Float64Array,
  remainders: Float64Array | readonly bigint[],
  units: number,
): void {
  if (units === 0) return;
  const sorted = remainders instanceof Float64Array ? remainders.toSorted() : remainders.toSorted(compare);
  const least = sorted[sorted.length - units] ?? 0;
  let above = 0;
  while ((sorted[sorted.length - above - 1] ?? least) > least) above += 1;
  let equals = units - above;
  for (let index = 0; index < shares.length; index += 1) {
    const remainder = remainders[index] ?? 0;
    if (remainder < least || (remainder === least && equals === 0)) continue;
    if (remainder === least) equals -= 1;
    shares[index] = (shares[index] ?? 0) + 1;
  }
}

/** Order by code units, which no language setting of the machine changes. */
function compare<T extends bigint | number | string>(a: T, b: T): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}
