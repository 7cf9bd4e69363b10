import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import { type Register, registerEntries } from '../../register/register-entry.ts';
import { systemActor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { fen, sumFen } from '../../shared/money.ts';
import type { OrderId } from '../../shared/vocabulary.ts';
import { settleContention } from '../pools/contention.ts';
import { involvedIn } from '../pools/duty-rules.ts';
import type { Movement } from '../pools/pool.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import { advanceRound } from '../rounds/advance-round.ts';
import type { RoundStore } from '../rounds/round-store.ts';
import { linesHash } from './draft-order.ts';
import {
  type LeftOutReason,
  type Order,
  type OrderedLine,
  type OrderIn,
  type OrderLine,
  orderBatches,
} from './order.ts';
import type { OrderStore } from './order-store.ts';
import { requireOrderable } from './orderable.ts';

export interface IssueParts {
  readonly applications: ApplicationStore;
  readonly pools: PoolStore;
  readonly rounds: RoundStore;
  readonly orders: OrderStore;
  readonly register: Register;
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
    const found = await Promise.all(due.map(async (line) => settle(parts, order, line)));
    const orders = found.flatMap(({ line, application }) =>
      application && line.status === 'ordered'
        ? [{ line, application, ordered: orderedBy(order, line, application) }]
        : [],
    );
    await parts.orders.write([
      parts.orders.unchanged(order),
      ...parts.pools.movement(
        pool,
        orders.flatMap(({ line }) => releaseOf(order, line)),
      ),
      ...found.map(({ line }) => parts.orders.settledLine(line)),
      ...orders.flatMap(({ line, application, ordered }) =>
        parts.applications.transition(application, ordered, {
          at: line.at,
          actor: { id: order.decision.by, role: 'budget-approver' },
          event: 'ordered',
          ...(line.reason !== undefined && { note: line.reason }),
        }),
      ),
      ...registerEntries(
        parts.register,
        orders.map(({ line, ordered }) => ({
          event: 'ordered',
          application: ordered,
          amountFen: line.fen,
          at: line.at,
        })),
      ),
    ]);
    const settled = new Map(found.map(({ line }) => [line.applicationId, line]));
    return summary(batchLines.map((line) => settled.get(line.applicationId) ?? line));
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
    if (before.status === 'issued') return;
    if (before.status !== 'approved') throw new DomainError('not-in-this-state');
    const at = parts.clock().toISOString();
    const issued: Order = {
      ...before,
      status: 'issued',
      version: before.version + 1,
      issuedAt: at,
      orderedCount: ordered.length,
      orderedFen: sumFen(ordered.map((line) => line.fen)),
    };
    await parts.orders.write(
      parts.orders.transition(before, issued, { at, actor: systemActor, event: 'issued' }),
    );
  });
  await advanceRound(parts, order.roundId);
  return { ordered: ordered.length };
}

/** Records that an order could not be issued to its end; what is ordered stays, and an operator has it tried again. */
export async function failOrder(
  parts: IssueParts,
  failed: { readonly orderId: OrderId; readonly error: string; readonly cause: string },
): Promise<{ status: Order['status'] }> {
  return settleContention(async () => {
    const order = await parts.orders.require(failed.orderId);
    if (order.status !== 'approved') return { status: order.status };
    const at = parts.clock().toISOString();
    const failure = { error: failed.error, cause: failed.cause.slice(0, 1000), at };
    const ended: Order = { ...order, status: 'failed', version: order.version + 1, failure };
    await parts.orders.write(
      parts.orders.transition(order, ended, { at, actor: systemActor, event: 'failed' }),
    );
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

interface Settled {
  readonly line: OrderLine;
  readonly application?: ApplicationIn<'noticed'>;
}

/** What becomes of a line, by its application as it is now. */
async function settle(parts: IssueParts, order: OrderIn<'approved'>, line: OrderLine): Promise<Settled> {
  const at = parts.clock().toISOString();
  const answer = requireOrderable(await parts.applications.get(line.applicationId));
  const leave = (leftOut: LeftOutReason): Settled => ({
    line: { ...line, status: 'left-out', leftOut, at },
  });
  if ('leftOut' in answer) return leave(answer.leftOut);
  const { application } = answer;
  const { award } = application;
  if (award.fen !== line.awardFen || award.roundId !== order.roundId) return leave('award-changed');
  // Whoever decided on it after the order was listed, an objection for one, did not know that by then.
  const involved = involvedIn(application);
  if ([order.draftedBy, order.decision.by].some((person) => involved.includes(person))) {
    return leave('same-person');
  }
  return { line: { ...line, status: 'ordered', at, paidFen: fen(0), revision: 1 }, application };
}

/** What an order does not pay of an award goes back to the pool. */
function releaseOf(order: OrderIn<'approved'>, line: OrderLine): Movement[] {
  if (line.fen === line.awardFen) return [];
  return [
    {
      ...{ kind: 'release', of: 'commitment', amountFen: fen(line.awardFen - line.fen) },
      actor: { id: order.decision.by, role: 'budget-approver' },
      at: order.decision.at,
      cause: `order ${order.orderId}: ${line.reason ?? 'less than the award'}`,
      key: `order#${order.orderId}#${line.applicationId}`,
      roundId: order.roundId,
      applicationId: line.applicationId,
    },
  ];
}

function orderedBy(
  order: OrderIn<'approved'>,
  line: OrderedLine,
  application: ApplicationIn<'noticed'>,
): ApplicationIn<'ordered'> {
  const { at, reason } = line;
  return {
    ...application,
    status: 'ordered',
    version: application.version + 1,
    updatedAt: at,
    deciders: { ...application.deciders, [order.decision.by]: 'order' },
    order: { orderId: order.orderId, fen: line.fen, at, ...(reason !== undefined && { reason }) },
    paidFen: fen(0),
  };
}

function summary(lines: readonly OrderLine[]): { ordered: number; leftOut: number } {
  const count = (status: OrderLine['status']) => lines.filter((line) => line.status === status).length;
  return { ordered: count('ordered'), leftOut: count('left-out') };
}
