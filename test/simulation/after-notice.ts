import { admitObjection } from '../../functions/endings/admit-objection.ts';
import {
  decideObjection,
  type ProposedOutcome,
  proposeOutcome,
} from '../../functions/endings/decide-objection.ts';
import {
  decideClawback,
  proposeClawback,
  receiveClawback,
} from '../../functions/money/clawbacks/claw-back.ts';
import type { Clawback } from '../../functions/money/clawbacks/clawback.ts';
import { decideOrder } from '../../functions/money/orders/decide-order.ts';
import { draftOrder } from '../../functions/money/orders/draft-order.ts';
import type { Order } from '../../functions/money/orders/order.ts';
import { decidePayment } from '../../functions/money/payments/decide-payment.ts';
import { decidePaymentFile } from '../../functions/money/payments/decide-payment-file.ts';
import { decideResults } from '../../functions/money/payments/decide-results.ts';
import { makePaymentFile } from '../../functions/money/payments/make-payment-file.ts';
import type { Payment, PaymentFile } from '../../functions/money/payments/payment.ts';
import { proposeResults } from '../../functions/money/payments/propose-results.ts';
import type { ResultsFile } from '../../functions/money/payments/results-file.ts';
import { endNotice } from '../../functions/publicity/notice/end-notice.ts';
import { fileObjection } from '../../functions/publicity/objections/file-objection.ts';
import type { Actor } from '../../functions/shared/actor.ts';
import { DomainError } from '../../functions/shared/errors.ts';
import { fen } from '../../functions/shared/money.ts';
import { shanghaiDate } from '../../functions/shared/shanghai-date.ts';
import { type Answer, resultsCsv } from '../support/settle.ts';
import { type Opening, people } from './start.ts';
import type { Parts, World } from './world.ts';

type Send = <R>(name: string, run: (parts: Parts) => Promise<R>, delay?: number) => Promise<R | Error>;

/** What happens to awards once they are public: objections, orders, payments and money that comes back. */
export function afterNotice(world: World, opening: Opening, send: Send) {
  const { random, books, scheduler } = world;
  const awarded = () =>
    opening.applicationIds.filter((id) => {
      const application = books.applications.get(id);
      return application && 'award' in application;
    });
  /** Sends a request, and now and then the same again at any time. */
  const again = <R>(chance: number, once: () => Promise<R>): Promise<R> => {
    if (random.chance(chance)) void once();
    return once();
  };

  const object = (): void => {
    for (const applicationId of awarded()) {
      if (random.chance(0.7)) void objection(applicationId);
      // The notice ends at a time of its own for everybody.
      const end = () => {
        const application = books.applications.get(applicationId);
        if (application?.status !== 'noticed') return;
        scheduler.now = Math.max(scheduler.now, Date.parse(application.notice.closesAt));
        void send(`end notice ${applicationId.slice(-4)}`, (parts) =>
          endNotice(parts, { applicationId, submission: 1 }),
        );
      };
      scheduler.later(end, 20 + random.below(40));
    }
  };

  const objection = async (applicationId: string): Promise<void> => {
    const objector = { kind: 'person', name: '某某', identifier: '110101', phone: '13800000000' } as const;
    const confirmed = { by: 'login', person: `objector-${applicationId}` } as const;
    const stated = { applicationId, objector, grounds: 'grounds', evidence: [] };
    const request = { ...stated, kind: 'objection', confirmed } as const;
    const filed = await again(0.3, () =>
      send(
        'object',
        (parts) => fileObjection(parts, request, `objection-${applicationId}`),
        random.below(30),
      ),
    );
    if (filed instanceof Error) return;
    const { objectionId } = filed;
    // One that nobody looks at in its days holds nothing any more.
    if (random.chance(0.8)) {
      await again(0.2, () =>
        send('admit', (parts) => admitObjection(parts, people.treasurer, objectionId), random.below(10)),
      );
    }
    const reasons = { reason: { zh: '理由', en: 'reason' }, citation: '三(三)' };
    const proposals: readonly ProposedOutcome[] = [
      { outcome: 'dismissed', ...reasons },
      { outcome: 'upheld', ...reasons },
      { outcome: 'changed', amountFen: fen(100), ...reasons },
    ];
    for (let round = 0; round < 2; round += 1) {
      const proposed = proposals[round === 0 ? random.below(3) : 0] ?? proposals[0];
      if (!proposed) return;
      await again(0.2, () =>
        send('propose outcome', (parts) => proposeOutcome(parts, people.treasurer, objectionId, proposed)),
      );
      const decided = await again(0.4, () =>
        send(
          'decide objection',
          (parts) => decideObjection(parts, people.clawbackApprover, objectionId, { outcome: 'confirm' }),
          random.below(20),
        ),
      );
      // What cannot be done to an award any more can only be dismissed.
      if (!(decided instanceof Error)) return;
    }
  };

  const order = (): void => {
    for (const roundId of opening.roundIds) {
      void place(roundId, 'order-1');
      if (random.chance(0.4)) void place(roundId, 'order-2');
    }
  };

  const place = async (roundId: string, idempotencyKey: string): Promise<void> => {
    const [first] = awarded();
    const amounts =
      random.chance(0.3) && first
        ? [{ applicationId: first, amountFen: fen(200), reason: 'less' }]
        : undefined;
    const drafted = await again(0.5, () =>
      send<Order>(
        idempotencyKey,
        (parts) => draftOrder(parts, people.treasurer, { roundId, idempotencyKey, amounts }),
        random.below(20),
      ),
    );
    if (drafted instanceof Error || drafted.status !== 'drafted' || !drafted.list) return;
    const { contentHash } = drafted.list;
    await again(0.3, () =>
      send(
        `approve ${idempotencyKey}`,
        (parts) =>
          decideOrder(parts, people.orderApprover, drafted.orderId, { outcome: 'approve', contentHash }),
        random.below(20),
      ),
    );
  };

  const pay = (): void => {
    const answers = opening.payments.map(({ paymentId, fen: amountFen }): Answer => {
      const result = random.pick(['paid', 'paid', 'partial', 'returned'] as const);
      return { paymentId, result, amountFen: result === 'partial' ? amountFen - 100 : amountFen };
    });
    void bring('answers', answers, 0.6);
    // What came back later may be heard of before the payment itself: then it is refused, and sent again.
    if (random.chance(0.5)) {
      for (const payment of opening.payments.slice(0, 1)) void moneyBack(payment);
    }
    for (const orderId of opening.orderIds) {
      for (const idempotencyKey of ['file-2', 'file-3']) {
        if (random.chance(0.4)) continue;
        void again(0.4, () => makeAndRelease(orderId, idempotencyKey));
      }
    }
    const [applicationId] = awarded();
    if (applicationId !== undefined && random.chance(0.7)) {
      void claw(applicationId, 'clawback-1');
      for (const key of ['clawback-2', 'clawback-3']) if (random.chance(0.8)) void claw(applicationId, key);
    }
  };

  /** Whoever made or brought something tries to decide on it, too, now and then. */
  const decider = (): Actor =>
    random.chance(0.15)
      ? { ...people.treasurer, roles: ['operator', 'budget-approver'] }
      : random.pick([people.releaser, people.lastApprover]);

  const makeAndRelease = async (orderId: string, idempotencyKey: string): Promise<void> => {
    const made = await send<{ file: PaymentFile }>(
      idempotencyKey,
      (parts) => makePaymentFile(parts, people.treasurer, { orderId, idempotencyKey }),
      random.below(50),
    );
    if (made instanceof Error || made.file.status !== 'made') return;
    const { paymentFileId, contentHash = '' } = made.file;
    const decision = random.chance(0.2)
      ? ({ outcome: 'refuse', contentHash, reason: 'not so' } as const)
      : ({ outcome: 'confirm', contentHash } as const);
    await again(0.4, () => {
      const actor = decider();
      return send(
        `${actor.id} decides ${idempotencyKey}`,
        (parts) => decidePaymentFile(parts, actor, paymentFileId, decision),
        random.below(20),
      );
    });
  };

  const bring = (name: string, answers: readonly Answer[], chance: number): Promise<void> => {
    const text = resultsCsv(answers, new Date(scheduler.now));
    return again(chance, async () => {
      const brought = await send<ResultsFile>(
        name,
        (parts) => proposeResults(parts, people.treasurer, { text, bytes: Buffer.from(text) }),
        random.below(30),
      );
      if (brought instanceof Error) return;
      const { importId, contentHash } = brought;
      await again(0.5, () => {
        const actor = decider();
        const decision = random.chance(0.2)
          ? ({ outcome: 'refuse', contentHash, reason: 'not so' } as const)
          : ({ outcome: 'confirm', contentHash } as const);
        return send(
          `${actor.id} decides on ${name}`,
          (parts) => decideResults(parts, actor, importId, decision),
          random.below(20),
        );
      });
    });
  };

  /** Money of a payment comes back, which a person decides on once the award is held for it. */
  const moneyBack = async ({ paymentId, orderId, applicationId }: Payment): Promise<void> => {
    const word = {
      ...{ paymentId, reference: `BACK-${paymentId}`, amountFen: fen(100), reason: 'reason' },
      result: 'returned',
    } as const;
    const evidence = { statement: 'statement', sha256: 'a'.repeat(64) };
    const outcome = random.chance(0.7)
      ? ({ outcome: 'booked', bookedFen: fen(100), evidence } as const)
      : ({ outcome: 'dismissed' } as const);
    const decide = () =>
      send(
        'decide on money back',
        (parts) =>
          decidePayment(parts, people.lastApprover, { orderId, applicationId }, { ...word, ...outcome }),
        random.below(20),
      );
    // Until the payment itself is known to have gone, nothing is held.
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await bring('money back', [word], 0.3);
      if (!((await again(0.4, decide)) instanceof Error)) return;
    }
  };

  const claw = async (applicationId: string, idempotencyKey: string): Promise<void> => {
    const [payment] = opening.payments.filter((one) => one.applicationId === applicationId);
    if (!payment) return;
    const amountFen = fen(Math.floor(payment.fen / 2));
    const request = { applicationId, amountFen, reason: 'reason', citation: '三(三)', idempotencyKey };
    const proposed = await again(0.3, () =>
      send<Clawback>(
        idempotencyKey,
        (parts) => proposeClawback(parts, people.treasurer, request),
        60 + random.below(60),
      ),
    );
    if (proposed instanceof Error) return;
    const { clawbackId } = proposed;
    const demanded = await again(0.3, () =>
      send('demand', (parts) =>
        decideClawback(parts, people.clawbackApprover, clawbackId, { outcome: 'confirm' }),
      ),
    );
    if (demanded instanceof DomainError && demanded.code !== 'not-in-this-state') return;
    const receipt = {
      reference: `IN-${idempotencyKey}`,
      amountFen: fen(300),
      date: shanghaiDate(new Date(scheduler.now)),
    };
    await again(0.5, () =>
      send(
        'receive',
        (parts) => receiveClawback(parts, people.treasurer, clawbackId, receipt),
        random.below(20),
      ),
    );
  };

  return { object, order, pay };
}
