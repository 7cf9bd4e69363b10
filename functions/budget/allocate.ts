import { type Fen, fen } from '../shared/money.ts';
import type { Bilingual } from '../shared/text.ts';
import { unitFen } from './allocation-unit.ts';

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
  readonly explanation: Bilingual;
}

export interface Allocation {
  /** One share for each candidate, in the order of application ids. */
  readonly shares: readonly AllocationShare[];
  /** What nobody gets. */
  readonly residueFen: Fen;
}

/** A candidate in exact arithmetic: a ceiling times the money of a pool passes 2^53. */
interface Claimant {
  readonly applicationId: string;
  readonly ceiling: bigint;
}

interface Result {
  readonly share: bigint;
  readonly explanation: Bilingual;
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
 * The result depends on the arguments alone, not on the order of the candidates.
 * @throws RangeError for an amount that is no amount in fen, or an application that stands twice.
 */
export function allocate(
  candidates: readonly AllocationCandidate[],
  terms: AllocationTerms,
  availableFen: number,
): Allocation {
  if (terms.residue === 'quota-monotone') throw new RangeError('the quota method is not here yet');
  const unit = BigInt(unitFen[terms.unit]);
  const minimum = BigInt(fen(terms.minimumPayableFen));
  const classes = classesOf(candidates, terms.mode).map((members) => members.map(claimant(unit)));
  const results = new Map<string, Result>();
  let left = BigInt(fen(availableFen));
  let shortage = false;

  for (const members of classes) {
    if (shortage || (left === 0n && totalOf(members) > 0n)) {
      shortage = true;
      for (const member of members) results.set(member.applicationId, exhausted());
      continue;
    }
    const staying = membersAboveMinimum(members, left, { unit, minimum, residue: terms.residue });
    for (const member of members) results.set(member.applicationId, tooSmall(minimum));
    if (staying.length === 0) continue;
    const total = totalOf(staying);
    shortage = total > left;
    const shares = sharesOf(staying, left, unit, terms.residue);
    for (const [index, member] of staying.entries()) {
      const share = shares[index] ?? 0n;
      const explanation = shortage
        ? inProportion(member.ceiling, left, total, share)
        : inFull(member.ceiling);
      results.set(member.applicationId, { share, explanation });
    }
    left -= shares.reduce((sum, share) => sum + share, 0n);
  }

  const shares = classes.flatMap((members, index) =>
    members.map(({ applicationId, ceiling }) => {
      const { share, explanation } = results.get(applicationId) ?? exhausted();
      const ceilingFen = fen(Number(ceiling));
      return { applicationId, class: index + 1, ceilingFen, shareFen: fen(Number(share)), explanation };
    }),
  );
  shares.sort((a, b) => compare(a.applicationId, b.applicationId));
  return { shares, residueFen: fen(Number(left)) };
}

/** Candidates in the classes that are paid one after the other. */
function classesOf(
  candidates: readonly AllocationCandidate[],
  mode: AllocationTerms['mode'],
): AllocationCandidate[][] {
  if (new Set(candidates.map((candidate) => candidate.applicationId)).size !== candidates.length) {
    throw new RangeError('an application stands twice among the candidates');
  }
  if (mode === 'pro-rata') return candidates.length === 0 ? [] : [[...candidates]];
  return [...candidates].sort(byRank).map((candidate) => [candidate]);
}

/** Higher score first, no score last; then who submitted earlier; then the smaller id. */
function byRank(a: AllocationCandidate, b: AllocationCandidate): number {
  return (
    compare(b.score ?? Number.NEGATIVE_INFINITY, a.score ?? Number.NEGATIVE_INFINITY) ||
    compare(Date.parse(a.submittedAt), Date.parse(b.submittedAt)) ||
    compare(a.applicationId, b.applicationId)
  );
}

function claimant(unit: bigint): (candidate: AllocationCandidate) => Claimant {
  return ({ applicationId, ceilingFen }) => {
    const ceiling = BigInt(fen(ceilingFen));
    return { applicationId, ceiling: ceiling - (ceiling % unit) };
  };
}

interface Limits {
  readonly unit: bigint;
  readonly minimum: bigint;
  readonly residue: AllocationTerms['residue'];
}

/**
 * The members of a class that remain when nobody's share is below the minimum. The smallest share is always that of
 * the member who would leave next (shares grow with ceilings, and of equal ceilings the larger id is served last), so
 * that one share tells whether the class is settled.
 */
function membersAboveMinimum(
  members: readonly Claimant[],
  left: bigint,
  limits: Limits,
): readonly Claimant[] {
  const { unit, minimum, residue } = limits;
  if (minimum === 0n) return members;
  const leaving = [...members].sort(
    (a, b) => compare(a.ceiling, b.ceiling) || compare(b.applicationId, a.applicationId),
  );
  let total = totalOf(members);
  for (const [gone, next] of leaving.entries()) {
    // Before its part of the residue, which is one unit at most: far below the minimum, nothing more need be computed.
    const base = total <= left ? next.ceiling : (next.ceiling * left) / total;
    if (base + unit >= minimum) {
      const staying = leaving.slice(gone);
      const smallest = sharesOf(staying, left, unit, residue)[0] ?? 0n;
      if (smallest >= minimum) return staying;
    }
    total -= next.ceiling;
  }
  return [];
}

/** Shares of one class, in the order of its members: in full when it fits, else in proportion. */
function sharesOf(
  members: readonly Claimant[],
  left: bigint,
  unit: bigint,
  residue: AllocationTerms['residue'],
): bigint[] {
  const total = totalOf(members);
  if (total <= left) return members.map((member) => member.ceiling);
  const divisor = total * unit;
  const shares = members.map((member) => ((member.ceiling * left) / divisor) * unit);
  if (residue === 'keep') return shares;
  let rest = left - shares.reduce((sum, share) => sum + share, 0n);
  const byRemainder = members
    .map((member, index) => ({ ...member, index, remainder: (member.ceiling * left) % divisor }))
    .sort((a, b) => compare(b.remainder, a.remainder) || compare(a.applicationId, b.applicationId));
  for (const { index, ceiling } of byRemainder) {
    if (rest < unit) break;
    const raised = (shares[index] ?? 0n) + unit;
    if (raised > ceiling) continue;
    shares[index] = raised;
    rest -= unit;
  }
  return shares;
}

function totalOf(members: readonly Claimant[]): bigint {
  return members.reduce((sum, member) => sum + member.ceiling, 0n);
}

/** Order by code units, which no language setting of the machine changes. */
function compare<T extends bigint | number | string>(a: T, b: T): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}

function inFull(ceiling: bigint): Result['explanation'] {
  const amount = yuan(ceiling);
  return { zh: `资金充足，按上限 ${amount} 元全额安排`, en: `Paid in full: the ceiling of ${amount} yuan` };
}

function inProportion(ceiling: bigint, left: bigint, total: bigint, share: bigint): Result['explanation'] {
  const [a, b, c, d] = [yuan(ceiling), yuan(left), yuan(total), yuan(share)];
  return {
    zh: `资金不足，按比例安排：上限 ${a} 元 × 可用 ${b} 元 ÷ 上限合计 ${c} 元，取整后 ${d} 元`,
    en: `Short of money, so in proportion: ceiling ${a} × available ${b} ÷ all ceilings ${c}, rounded to ${d} yuan`,
  };
}

function exhausted(): Result {
  return {
    share: 0n,
    explanation: {
      zh: '本轮已无可用资金，未安排',
      en: 'Nothing is left in this round for this candidate',
    },
  };
}

function tooSmall(minimum: bigint): Result {
  const amount = yuan(minimum);
  return {
    share: 0n,
    explanation: {
      zh: `可安排金额低于最低拨付额 ${amount} 元，本轮不安排`,
      en: `What it could get is below the minimum payable of ${amount} yuan`,
    },
  };
}

/** An amount in yuan with two decimals, exactly. */
function yuan(amount: bigint): string {
  return `${amount / 100n}.${String(amount % 100n).padStart(2, '0')}`;
}
