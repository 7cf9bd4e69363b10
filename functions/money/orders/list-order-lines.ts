import { type AccountOpener, isHeldBy } from '../../filing/bank-accounts/bank-account.ts';
import type { PageRequest } from '../../shared/cursor.ts';
import type { OrderId } from '../../shared/vocabulary.ts';
import type { OrderLine } from './order.ts';
import type { OrderStore } from './order-store.ts';
import { orderLineView } from './order-view.ts';

interface ListParts {
  readonly orders: OrderStore;
  readonly opener: AccountOpener;
}

/**
 * One page of an order's lines, as whoever approves it sees them: with holder and bank of each account, its last four
 * digits, and whether it is in the name of the enterprise.
 * @throws DomainError not-found; invalid-request for a foreign cursor.
 */
export async function listOrderLines(parts: ListParts, orderId: OrderId, page: PageRequest) {
  await parts.orders.require(orderId);
  const { lines, nextCursor } = await parts.orders.linePage(orderId, page);
  return { items: await Promise.all(lines.map((line) => shownLine(parts, line))), nextCursor };
}

async function shownLine({ opener }: ListParts, line: OrderLine) {
  const shown = orderLineView(line);
  if (!line.account) return shown;
  const { holder, bank } = await opener.open(line.organisation, line.account.ciphertext);
  return {
    ...shown,
    account: { holder, bank, lastFour: line.account.lastFour },
    holderIsOrganisation: isHeldBy({ holder }, line.organisationName),
  };
}
