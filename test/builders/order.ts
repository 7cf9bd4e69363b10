import type { ApplicationIn } from '../../functions/filing/applications/application.ts';
import type { Order, OrderedLine, OrderIn, OrderLine } from '../../functions/money/orders/order.ts';
import { fen } from '../../functions/shared/money.ts';
import { pooledApplication } from './budget.ts';
import { poolId, roundId } from './round.ts';

const at = '2026-11-23T02:00:00.000Z';
export const orderId = '9'.repeat(26);

const fields = {
  ...{ orderId, roundId, poolId, version: 3, createdAt: at, draftedBy: 'drafter' },
  list: { lineCount: 1, totalFen: fen(400), contentHash: 'lines' },
  decision: { by: 'approver', at, reason: 'reason' },
  attempt: 1,
  failure: { error: 'Error', cause: 'cause', at },
  ...{ issuedAt: at, orderedCount: 1, orderedFen: fen(400) },
};

/** An order in a status, with what it would have by then. */
export function orderIn<S extends Order['status']>(status: S, changes: object = {}): OrderIn<S> {
  // Of each status these are the fields, and some more that no decision looks at.
  return { ...fields, status, ...changes } as unknown as OrderIn<S>;
}

/** An application with an award whose notice has ended with nothing against it. */
export function noticedApplication(
  applicationId: string,
  awardFen: number,
  changes: Partial<ApplicationIn<'noticed'>> = {},
): ApplicationIn<'noticed'> {
  return {
    ...pooledApplication(applicationId, poolId, awardFen),
    status: 'noticed',
    award: { fen: fen(awardFen), roundId, at },
    notice: { opensAt: at, closesAt: at, clearedAt: at },
    ...changes,
  };
}

/** A line of an order of an award, of which so much is to be paid. */
export function draftedLine(
  applicationId: string,
  amountFen: number,
  changes: object = {},
): OrderLine & { status: 'drafted' } {
  return {
    ...{ status: 'drafted', orderId, applicationId, organisation: '91440101731566630A' },
    ...{ organisationName: '测试公司', item: 'dcmm', deciders: ['reviewer'] },
    ...{ awardFen: fen(amountFen), fen: fen(amountFen) },
    ...changes,
  };
}

/** A line that is ordered, of which so much is paid. */
export function orderedLine(applicationId: string, amountFen: number, paidFen: number): OrderedLine {
  return {
    ...draftedLine(applicationId, amountFen),
    ...{ status: 'ordered', at, paidFen: fen(paidFen), revision: 1 },
  };
}
