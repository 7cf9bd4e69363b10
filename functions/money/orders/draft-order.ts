import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { BankAccountStore } from '../../filing/bank-accounts/bank-account-store.ts';
import type { CreditList } from '../../filing/credit/credit-list.ts';
import type { PeopleStore } from '../../people/people-store.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { IdempotencyRecords } from '../../shared/idempotency.ts';
import type { NewId } from '../../shared/ids.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { budget } from '../../shared/tables.ts';
import type { RoundId } from '../../shared/vocabulary.ts';
import { requireImpartial } from '../pools/duties.ts';
import { advanceRound } from '../rounds/advance-round.ts';
import type { RoundStore } from '../rounds/round-store.ts';
import { type LowerAmount, linesOf, listed, requireAmounts } from './draft-decision.ts';
import { isListed } from './is-listed.ts';
import { type Order, type OrderIn, OrderSchema } from './order.ts';
import type { OrderEvent } from './order-lifecycle.ts';
import type { OrderStore } from './order-store.ts';
import { requireOrderable } from './orderable-rules.ts';

export interface DraftParts {
  readonly applications: ApplicationStore;
  readonly rounds: RoundStore;
  readonly orders: OrderStore;
  readonly accounts: Pick<BankAccountStore, 'of'>;
  readonly people: PeopleStore;
  readonly policy: PolicyBook;
  readonly credit: Pick<CreditList, 'get'>;
  readonly records: IdempotencyRecords;
  readonly clock: Clock;
  readonly newId: NewId;
}

export interface OrderRequest {
  readonly roundId: RoundId;
  /** The items to order. Default: all. */
  readonly items?: readonly string[] | undefined;
  /** Awards of which less is to be paid, and why. */
  readonly amounts?: readonly LowerAmount[] | undefined;
  readonly idempotencyKey: string;
}

/**
 * Lists the awards of a round that may be ordered now. The list counts once the order says that it is complete: one
 * that breaks off is begun again by the same request, under a fence that an earlier attempt cannot pass.
 * @throws DomainError not-found; not-in-this-state when no award can be ordered now; amount-too-high or
 * invalid-request for an amount, naming its line; idempotency-key-reused; same-person; conflict-of-interest.
 */
export async function draftOrder(parts: DraftParts, actor: Actor, request: OrderRequest): Promise<Order> {
  const { roundId, items, amounts = [], idempotencyKey } = request;
  const keyed = {
    key: budget.entities.orderAnswer.key({ idempotencyKey }),
    content: { roundId, items, amounts, by: actor.id },
  };
  const note = (event: OrderEvent) => ({
    at: parts.clock().toISOString(),
    actor: { id: actor.id, role: 'operator' } as const,
    event,
  });
  return decideAgainOnConflict(async () => {
    const round = await parts.rounds.require(roundId);
    const given = await parts.records.answer(keyed, OrderSchema);
    const known = given && (await parts.orders.require(given.orderId));
    if (known && (known.status !== 'drafted' || known.list)) return known;

    const applications = await orderableOf(parts, roundId, items);
    requireAmounts(applications, amounts);
    const orderId = known?.orderId ?? parts.newId();
    const organisations = applications.map(({ organisation }) => organisation);
    const accounts = await parts.accounts.of(organisations, parts.clock());
    const lines = linesOf(orderId, applications, amounts, accounts);
    const impartial = await requireImpartial(parts.people, actor, lines);
    const to: OrderIn<'drafted'> = known
      ? { ...known, version: known.version + 1 }
      : {
          ...{ status: 'drafted', orderId, roundId, poolId: round.poolId, version: 1 },
          ...(items && { items: [...items] }),
          createdAt: parts.clock().toISOString(),
          draftedBy: actor.id,
        };
    const begun = [known, to, note(known ? 'lines-begun-again' : 'lines-begun')] as const;
    const fence = parts.orders.linked(...begun);
    await parts.orders.write([
      ...parts.orders.transition(...begun),
      ...(known ? [] : [parts.records.record(keyed, fence)]),
    ]);
    await parts.orders.writeDraft(fence, lines);
    const drafted = listed(fence, lines);
    await parts.orders.write([impartial, ...parts.orders.transition(fence, drafted, note('drafted'))]);
    return drafted;
  });
}

/** How many applications are read side by side. */
const readsAtOnce = 50;

async function orderableOf(
  parts: DraftParts,
  roundId: RoundId,
  items: readonly string[] | undefined,
): Promise<ApplicationIn<'noticed'>[]> {
  const awarded = (await parts.rounds.lines(roundId)).filter(
    ({ status, item }) => status === 'committed' && (items?.includes(item) ?? true),
  );
  const found: ApplicationIn<'noticed'>[] = [];
  for (let start = 0; start < awarded.length; start += readsAtOnce) {
    const chunk = awarded.slice(start, start + readsAtOnce);
    const read = await Promise.all(
      chunk.map(async (line) => {
        const application = await parts.applications.get(line.applicationId);
        return requireOrderable(application, await isListed(parts, application));
      }),
    );
    for (const answer of read) {
      if ('application' in answer && answer.application.award.roundId === roundId) {
        found.push(answer.application);
      }
    }
  }
  if (found.length > 0) return found;
  // What ended after the last order, by a withdrawal for instance, has moved no round: this is where it is noticed.
  await advanceRound(parts, roundId);
  throw new DomainError('not-in-this-state', {
    detail: {
      zh: '本轮次目前没有可以下达的奖补',
      en: 'no award of this round can be ordered now: notices are open, held or objected to, enterprises are on the list of serious dishonesty, or all is ordered',
    },
  });
}
