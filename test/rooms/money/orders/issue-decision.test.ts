import { describe, expect, it } from 'vitest';
import type { Application, ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import { issue } from '../../../../functions/money/orders/issue-decision.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { draftedLine, noticedApplication, orderId, orderIn } from '../../../builders/order.ts';

const at = '2026-11-24T02:00:00.000Z';
const id = '1'.repeat(26);
const order = orderIn('approved');
const award = noticedApplication(id, 400);

const issueOf = (application: Application | undefined, changes: object = {}) =>
  issue(order, [{ line: draftedLine(id, 400, changes), application }], at);

describe('a line of an order', () => {
  it('is ordered whole, and moves nothing then', () => {
    const { settled, movements, awards } = issueOf(award);
    expect(settled).toMatchObject([{ status: 'ordered', at, fen: 400, paidFen: 0, revision: 1 }]);
    expect(movements).toEqual([]);
    expect(awards).toMatchObject([
      {
        from: award,
        to: {
          status: 'ordered',
          version: award.version + 1,
          order: { orderId, fen: 400, at },
          paidFen: 0,
          deciders: { reviewer: 'step-1', approver: 'order' },
        },
        note: { event: 'ordered', actor: { id: 'approver', role: 'budget-approver' } },
      },
    ]);
  });

  it('gives back what is not ordered of an award, for the reason that was stated', () => {
    const { movements, awards } = issueOf(award, { fen: fen(150), reason: 'less' });
    expect(movements).toMatchObject([
      {
        ...{ kind: 'release', of: 'commitment', amountFen: 250, applicationId: id },
        ...{ cause: `order ${orderId}: less`, key: `order#${orderId}#${id}` },
      },
    ]);
    expect(awards).toMatchObject([{ to: { order: { fen: 150, reason: 'less' } }, note: { note: 'less' } }]);
  });

  const decidedBy = (person: string) => noticedApplication(id, 400, { deciders: { [person]: 'objection' } });
  it.each<[string, string, ApplicationIn<'noticed'> | undefined]>([
    ['withdrawn', 'its application is gone', undefined],
    ['objected', 'an objection is open', noticedApplication(id, 400, { openObjections: [id] })],
    ['award-changed', 'its award was lowered', noticedApplication(id, 399)],
    [
      'award-changed',
      'its award is of another round',
      noticedApplication(id, 400, { award: { ...award.award, roundId: '7'.repeat(26) } }),
    ],
    ['same-person', 'who approved the order has decided on it since', decidedBy('approver')],
    ['same-person', 'who drafted the order has decided on it since', decidedBy('drafter')],
  ])('is left out as %s when %s', (leftOut, _why, application) => {
    const { settled, movements, awards } = issueOf(application);
    expect(settled).toMatchObject([{ status: 'left-out', leftOut, at }]);
    expect([movements, awards]).toEqual([[], []]);
  });

  it('keeps none of the others from theirs', () => {
    const others = ['2', '3'].map((digit) => digit.repeat(26));
    const due = others.map((other) => ({
      line: draftedLine(other, 500),
      application: other.startsWith('2') ? undefined : noticedApplication(other, 500),
    }));
    expect(issue(order, due, at).settled.map(({ status }) => status)).toEqual(['left-out', 'ordered']);
  });
});
