import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { CreditList } from '../../filing/credit/credit-list.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import { type Register, registerEntries } from '../../register/register-entry.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { OrderId } from '../../shared/vocabulary.ts';
import { settleContention } from '../pools/contention.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import { advanceRound } from '../rounds/advance-round.ts';
import type { RoundStore } from '../rounds/round-store.ts';
import { linesHash } from './draft-decision.ts';
import { isListed } from './is-listed.ts';
import { type DueLine, issue } from './issue-decision.ts';
import { type Order, type OrderLine, orderBatches } from './order.ts';
import { failed, issued } from './order-lifecycle.ts';
import type { OrderStore } from './order-store.ts';

export interface IssueParts {
  readonly applications: ApplicationStore;
  readonly pools: PoolStore;
  readonly rounds: RoundStore;
  readonly orders: OrderStore;
  readonly register: Register;
  readonly policy: PolicyBook;
  readonly credit: Pick<CreditList, 'get'>;
  readonly clock: Clock;
}

/**
 * The batches that an approved order is issued in.
 * @throws DomainError not-found; not-in-this-state. Error when the lines are not those that were approved.
 */
export async function batchOrder(
  parts: IssueParts,
  orderId: OrderId,
): Promise<{ batches: readonly { orderId: OrderId; batch: number }[] }> {
  const { order, lines } = await readLines(parts, orderId);
  if (order.status !== 'approved') throw new DomainError('not-in-this-state');
  return { batches: orderBatches(lines).map((_, batch) => ({ orderId, batch })) };
}

/**
 * Orders one batch of lines in one transaction: applications, ledger, register and lines together. A line that may not
 * be ordered any more is left out with its reason, and a later order may have it: an objection, a hold or a withdrawal
 * keeps nobody else waiting. A batch that was done before changes nothing.
 * @throws DomainError not-in-this-state when the order is not approved; RangeError for a batch that it has not.
 */
export async function issueBatch(
  parts: IssueParts,
  { orderId, batch }: { readonly orderId: OrderId; readonly batch: number },
): Promise<{ ordered: number; leftOut: number }> {
  return settleContention(async () => {
    const { order, lines } = await readLines(parts, orderId);
    const batchLines = orderBatches(lines)[batch];
    if (!batchLines) throw new RangeError(`order ${orderId} has no batch ${batch}`);
    const due = batchLines.filter((line) => line.status === 'drafted');
    if (due.length === 0) return summary(batchLines);
    if (order.status !== 'approved') throw new DomainError('not-in-this-state');
    const pool = await parts.pools.require(order.poolId);
    const standing = await Promise.all(due.map(async (line) => standingOf(parts, line)));
    const { settled, movements, awards } = issue(order, standing, parts.clock().toISOString());
    await parts.orders.write([
      parts.orders.unchanged(order),
      ...parts.pools.movement(pool, movements),
      ...settled.map((line) => parts.orders.settledLine(line)),
      ...awards.flatMap(({ from, to, note }) => parts.applications.transition(from, to, note)),
      ...registerEntries(
        parts.register,
        awards.map(({ to, line }) => ({
          event: 'ordered',
          application: to,
          amountFen: line.fen,
          at: line.at,
        })),
      ),
    ]);
    const done = new Map(settled.map((line) => [line.applicationId, line]));
    return summary(batchLines.map((line) => done.get(line.applicationId) ?? line));
  });
}

/**
 * Ends an order whose lines are all settled, and moves its round on.
 * @throws DomainError not-in-this-state; Error while a line is still to be settled.
 */
export async function finishOrder(parts: IssueParts, orderId: OrderId): Promise<{ ordered: number }> {
  const { lines, order } = await readLines(parts, orderId);
  if (lines.some((line) => line.status === 'drafted')) throw new Error('a line is not settled yet');
  const ordered = lines.filter((line) => line.status === 'ordered');
  await settleContention(async () => {
    const before = await parts.orders.require(orderId);
    const step = issued(before, ordered, parts.clock().toISOString());
    if (step) await parts.orders.write(parts.orders.transition(before, step.to, step.note));
  });
  await advanceRound(parts, order.roundId);
  return { ordered: ordered.length };
}

/** Records that an order could not be issued to its end; what is ordered stays, and an operator has it tried again. */
export async function failOrder(
  parts: IssueParts,
  failure: { readonly orderId: OrderId; readonly error: string; readonly cause: string },
): Promise<{ status: Order['status'] }> {
  return settleContention(async () => {
    const order = await parts.orders.require(failure.orderId);
    const step = failed(order, { ...failure, at: parts.clock().toISOString() });
    if (!step) return { status: order.status };
    await parts.orders.write(parts.orders.transition(order, step.to, step.note));
    return { status: 'failed' };
  });
}

/** The order before its lines: when another run settles them in between, the order is not any more as it was read. */
async function readLines(parts: IssueParts, orderId: OrderId): Promise<{ order: Order; lines: OrderLine[] }> {
  const order = await parts.orders.require(orderId);
  const lines = await parts.orders.lines(orderId);
  if (linesHash(lines) !== order.list?.contentHash) throw new Error('the lines of the order were altered');
  return { order, lines };
}

async function standingOf(parts: IssueParts, line: OrderLine): Promise<DueLine> {
  const application = await parts.applications.get(line.applicationId);
  return { line, application, isListed: await isListed(parts, application) };
}

function summary(lines: readonly OrderLine[]): { ordered: number; leftOut: number } {
  const count = (status: OrderLine['status']) => lines.filter((line) => line.status === status).length;
  return { ordered: count('ordered'), leftOut: count('left-out') };
}
