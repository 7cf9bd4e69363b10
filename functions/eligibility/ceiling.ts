import type { Ceiling, Content } from '../applications/application.ts';
import { unitFen } from '../budget/allocation-unit.ts';
import type { OpenedItem } from '../policy/policy-book.ts';
import { type Fen, fen, floorToUnit } from '../shared/money.ts';

/**
 * The most an application can be paid: the smallest of the notice's ceiling, the guide's amount, the amount requested
 * and, once there is one, the amount signed off, cut down to the pool's unit (domain §8). The trace names every limit.
 * A tier that the guide does not have gives a ceiling of nothing, and says so.
 */
export function computeCeiling(opened: OpenedItem, content: Content, signedOffFen?: Fen): Ceiling {
  const { guide, item, notice } = opened;
  const tier = item.amount.kind === 'tiers' ? String(content.facts[item.amount.by] ?? '') : '';
  const ofNotice = notice.ceiling.kind === 'tiers' ? notice.ceiling.tiers[tier] : notice.ceiling.yuan;
  const ofGuide = item.amount.kind === 'tiers' ? item.amount.tiers[tier] : item.amount.yuan;
  const limits: Ceiling['limits'] = [
    { source: 'notice', fen: ofNotice ?? fen(0), citation: notice.clause },
    { source: 'guide', fen: ofGuide ?? fen(0), citation: `申报指南 ${guide.version}` },
    { source: 'requested', fen: content.requestedFen },
    ...(signedOffFen === undefined ? [] : [{ source: 'signed-off', fen: signedOffFen }]),
  ];
  const pool = guide.pools.find((candidate) => candidate.id === item.pool);
  if (!pool) throw new Error(`guide ${guide.version} has no pool ${item.pool}`);
  const unit = unitFen[pool.allocation.unit];
  const smallest = limits.reduce(
    (least, limit) => (limit.fen < least ? limit.fen : least),
    content.requestedFen,
  );
  return { fen: floorToUnit(smallest, unit), limits, unitFen: unit };
}

/** The highest amount that a guide gives for an item, in fen. */
export function highestAmount(opened: OpenedItem): Fen {
  const { amount } = opened.item;
  return amount.kind === 'fixed' ? amount.yuan : fen(Math.max(...Object.values(amount.tiers)));
}
