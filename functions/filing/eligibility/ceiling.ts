import { unitFen } from '../../policy/guides/allocation-unit.ts';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import { type Fen, fen, floorToUnit, sumFen } from '../../shared/money.ts';
import type { Content } from '../applications/content.ts';
import type { Ceiling } from '../applications/eligibility-result.ts';
import { addedUp, statedMoney } from './added-amount.ts';

/** Figures that become known on the way, in fen. */
export interface KnownFigures {
  /** Amount that the lead departments signed off. */
  readonly signedOffFen?: Fen | undefined;
  /** Project input that the lead departments verified; before that, what the applicant claims counts. */
  readonly verifiedInputFen?: Fen | undefined;
  /** What other schemes have paid for the same matter, where the guide tops up. */
  readonly alreadyPaidFen?: Fen | undefined;
}

type Limit = Ceiling['limits'][number];

/**
 * The most an application can be paid (glossary, "ceiling"): the smallest of the notice's ceiling, the guide's amount,
 * the ratio of the input, the amount requested and, once there is one, the amount signed off; less what was paid
 * already; cut down to the pool's unit. The trace names every limit, and which of them was decisive: the first of the
 * smallest.
 */
export function computeCeiling(opened: OpenedItem, content: Content, known: KnownFigures = {}): Ceiling {
  const limits: Limit[] = [
    ...limitsOfNotice(opened, content, known),
    ...limitsOfGuide(opened, content, known),
    { source: 'requested', fen: content.requestedFen },
    ...(known.signedOffFen === undefined ? [] : [{ source: 'signed-off' as const, fen: known.signedOffFen }]),
  ];
  let decisive = limits.reduce((least, limit) => (limit.fen < least.fen ? limit : least));
  const paid = known.alreadyPaidFen ?? fen(0);
  if (paid > 0) {
    const left = fen(Math.max(0, decisive.fen - paid));
    decisive = { source: 'after-other-schemes', fen: left, citation: '三(二)' };
    limits.push(decisive);
  }
  const unitFen = unitOf(opened);
  return { fen: floorToUnit(decisive.fen, unitFen), limits, decisive: decisive.source, unitFen };
}

/** The highest amount that a guide gives for an item, in fen; nothing for recognition and referral. */
export function highestAmount(opened: OpenedItem): Fen {
  const { amount } = opened.item;
  if (amount.kind === 'none') return fen(0);
  if (amount.kind !== 'tiers') return amount.fen;
  const amounts = amount.tiers.map((tier) => tier.fen);
  return amount.skipped === 'sum' ? sumFen(amounts) : fen(Math.max(...amounts));
}

function limitsOfNotice({ law, item }: OpenedItem, content: Content, known: KnownFigures): Limit[] {
  const { ceiling } = law.part;
  const citation = law.item.clause;
  switch (ceiling?.kind) {
    case undefined:
      return [];
    case 'fixed':
      return [{ source: 'notice', fen: ceiling.fen, citation }];
    case 'ratio': {
      const claimed = item.amount.kind === 'ratio' ? item.amount.claimed : '';
      const share = shareOf(inputOf(content, claimed, known), ceiling.percent);
      return [
        { source: 'notice', fen: ceiling.fen, citation },
        { source: 'notice-ratio', fen: share, citation },
      ];
    }
    case 'tiers': {
      const amounts = new Map(ceiling.tiers.map((tier) => [tier.id, tier.fen]));
      const skipped = item.amount.kind === 'tiers' ? item.amount.skipped : 'highest';
      // That a guide pays a difference only is its own limit: the notice's is what the tier reached gives.
      const counted = skipped === 'difference' ? 'highest' : skipped;
      return [{ source: 'notice', fen: tiersPay({ law, item }, content, amounts, counted), citation }];
    }
  }
}

function limitsOfGuide({ law, item, guide }: OpenedItem, content: Content, known: KnownFigures): Limit[] {
  const citation = `申报指南 ${guide.version}`;
  const { amount } = item;
  switch (amount.kind) {
    case 'none':
      return [{ source: 'guide', fen: fen(0), citation }];
    case 'fixed':
    case 'at-sign-off':
      return [{ source: 'guide', fen: amount.fen, citation }];
    case 'ratio':
      return [
        { source: 'guide', fen: amount.fen, citation },
        {
          source: 'guide-ratio',
          fen: shareOf(inputOf(content, amount.claimed, known), amount.percent),
          citation,
        },
      ];
    case 'sum':
      return [
        { source: 'guide', fen: amount.fen, citation },
        { source: 'guide-sum', fen: addedUp(amount.parts, content.facts), citation },
      ];
    case 'tiers': {
      const amounts = new Map(amount.tiers.map((tier) => [tier.id, tier.fen]));
      return [{ source: 'guide', fen: tiersPay({ law, item }, content, amounts, amount.skipped), citation }];
    }
  }
}

/**
 * What the tiers reached for the first time pay together: the highest of them, the highest less what the tier that an
 * earlier year had reached pays, or their sum, as the guide says (二(二)5).
 */
function tiersPay(
  { law, item }: Pick<OpenedItem, 'law' | 'item'>,
  content: Content,
  amounts: ReadonlyMap<string, Fen>,
  skipped: 'highest' | 'difference' | 'sum',
): Fen {
  const { amount } = item;
  const { ceiling } = law.part;
  if (amount.kind !== 'tiers' || ceiling?.kind !== 'tiers') return fen(0);
  const revenue = moneyFact(content, amount.revenue);
  // Unknown earlier years are no first time.
  const earlier = statedMoney(content.facts, amount.earlier) ?? Number.POSITIVE_INFINITY;
  const paid = ceiling.tiers.map((tier) => ({ ...tier, pays: amounts.get(tier.id) ?? fen(0) }));
  const fresh = paid.filter((tier) => tier.reachedAtFen <= revenue && tier.reachedAtFen > earlier);
  if (fresh.length === 0) return fen(0);
  if (skipped === 'sum') return sumFen(fresh.map((tier) => tier.pays));
  const highest = Math.max(...fresh.map((tier) => tier.pays));
  if (skipped === 'highest') return fen(highest);
  const before = paid.filter((tier) => tier.reachedAtFen <= earlier).map((tier) => tier.pays);
  return fen(Math.max(0, highest - Math.max(0, ...before)));
}

/** A percentage of an amount, rounded down to the fen; exact, since the product can pass 2^53. */
function shareOf(input: Fen, percent: number): Fen {
  return fen(Number((BigInt(input) * BigInt(percent)) / 100n));
}

function inputOf(content: Content, claimed: string, known: KnownFigures): Fen {
  return known.verifiedInputFen ?? moneyFact(content, claimed);
}

/** A stated amount that a ceiling grows with: one that is missing or no amount counts as nothing. */
function moneyFact(content: Content, id: string): Fen {
  return statedMoney(content.facts, id) ?? fen(0);
}

/** The unit that the item's pool pays in; where no pool pays, the fen. */
function unitOf({ guide, item }: OpenedItem): number {
  const pool = guide.pools.find((candidate) => candidate.id === item.pool);
  return pool ? unitFen[pool.allocation.unit] : 1;
}
