import type { Application, ApplicationIn } from '../../filing/applications/application.ts';
import type { HistoryNote } from '../../filing/applications/history-row.ts';
import { fen } from '../../shared/money.ts';
import { involvedIn } from '../pools/duty-rules.ts';
import type { Movement } from '../pools/pool.ts';
import type { LeftOutReason, OrderedLine, OrderIn, OrderLine } from './order.ts';
import { requireOrderable } from './orderable-rules.ts';

/** A line that is to be settled, with its application as it is now. */
export interface DueLine {
  readonly line: OrderLine;
  readonly application: Application | undefined;
  /** Whether the list of serious dishonesty bars it. */
  readonly isListed?: boolean;
}

/** What issuing a batch does. */
interface Issue {
  /** Every line that was due. */
  readonly settled: readonly OrderLine[];
  readonly movements: readonly Movement[];
  /** Awards that are ordered. */
  readonly awards: readonly {
    readonly from: ApplicationIn<'noticed'>;
    readonly to: ApplicationIn<'ordered'>;
    readonly note: HistoryNote;
    readonly line: OrderedLine;
  }[];
}

/** Orders a batch of lines; one that may not be ordered any more is left out with its reason. */
export function issue(order: OrderIn<'approved'>, due: readonly DueLine[], at: string): Issue {
  const found = due.map((one) => settle(order, one, at));
  const ordered = found.flatMap(({ line, application }) =>
    application && line.status === 'ordered' ? [{ line, application }] : [],
  );
  return {
    settled: found.map(({ line }) => line),
    movements: ordered.flatMap(({ line }) => releaseOf(order, line)),
    awards: ordered.map(({ line, application }) => ({
      from: application,
      to: orderedBy(order, line, application),
      note: {
        at,
        actor: { id: order.decision.by, role: 'budget-approver' },
        event: 'ordered',
        ...(line.reason !== undefined && { note: line.reason }),
      },
      line,
    })),
  };
}

/** What becomes of a line, by its application as it is now. */
function settle(
  order: OrderIn<'approved'>,
  { line, application: found, isListed }: DueLine,
  at: string,
): { readonly line: OrderLine; readonly application?: ApplicationIn<'noticed'> } {
  const answer = requireOrderable(found, isListed);
  const leave = (leftOut: LeftOutReason) => ({ line: { ...line, status: 'left-out' as const, leftOut, at } });
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
