import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { PeopleStore } from '../../people/people-store.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError, type FieldFault } from '../../shared/errors.ts';
import { contentHash } from '../../shared/hash.ts';
import type { IdempotencyRecords } from '../../shared/idempotency.ts';
import type { NewId } from '../../shared/ids.ts';
import { type Fen, sumFen } from '../../shared/money.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { budget } from '../../shared/tables.ts';
import type { ApplicationId, OrderId, RoundId } from '../../shared/vocabulary.ts';
import { requireImpartial } from '../pools/duties.ts';
import { involvedIn } from '../pools/duty-rules.ts';
import { advanceRound } from '../rounds/advance-round.ts';
import type { RoundStore } from '../rounds/round-store.ts';
import { type Order, type OrderIn, type OrderLine, OrderSchema } from './order.ts';
import type { OrderStore } from './order-store.ts';
import { requireOrderable } from './orderable.ts';

export interface DraftParts {
  readonly applications: ApplicationStore;
  readonly rounds: RoundStore;
  readonly orders: OrderStore;
  readonly people: PeopleStore;
  readonly records: IdempotencyRecords;
  readonly clock: Clock;
  readonly newId: NewId;
}

export interface OrderRequest {
  readonly roundId: RoundId;
  /** The items to order. Default: all. */
  readonly items?: readonly string[] | undefined;
  /** Awards of which less is to be paid, and why. */
  readonly amounts?:
    | readonly { readonly applicationId: ApplicationId; readonly amountFen: Fen; readonly reason: string }[]
    | undefined;
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
  const note = (event: string) => ({
    at: parts.clock().toISOString(),
    actor: { id: actor.id, role: 'operator' },
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
    const lines = applications.map((application) => lineOf(orderId, application, amounts));
    const impartial = await requireImpartial(parts.people, actor, lines);
    const fence: OrderIn<'drafted'> = known
      ? { ...known, version: known.version + 1 }
      : {
          ...{ status: 'drafted', orderId, roundId, poolId: round.poolId, version: 1 },
          ...(items && { items: [...items] }),
          createdAt: parts.clock().toISOString(),
          draftedBy: actor.id,
        };
    await parts.orders.write([
      ...parts.orders.transition(known, fence, note(known ? 'lines-begun-again' : 'lines-begun')),
      ...(known ? [] : [parts.records.record(keyed, fence)]),
    ]);
    await parts.orders.writeDraft(fence, lines);
    const drafted: OrderIn<'drafted'> = {
      ...fence,
      version: fence.version + 1,
      list: {
        lineCount: lines.length,
        totalFen: sumFen(lines.map(({ fen }) => fen)),
        contentHash: linesHash(lines),
      },
    };
    await parts.orders.write([impartial, ...parts.orders.transition(fence, drafted, note('drafted'))]);
    return drafted;
  });
}

/** Hash of what an order says of its lines, whatever became of them since. */
export function linesHash(lines: readonly OrderLine[]): string {
  return contentHash(
    lines
      .map(({ applicationId, organisation, predecessors, item, awardFen, fen, reason, deciders }) => ({
        ...{ applicationId, organisation, predecessors, item, awardFen, fen, reason, deciders },
      }))
      .sort((a, b) => (a.applicationId < b.applicationId ? -1 : 1)),
  );
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
    const read = await Promise.all(chunk.map((line) => parts.applications.get(line.applicationId)));
    for (const application of read) {
      const answer = requireOrderable(application);
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
      en: 'no award of this round can be ordered now: notices are open, held or objected to, or all is ordered',
    },
  });
}

function requireAmounts(
  applications: readonly ApplicationIn<'noticed'>[],
  amounts: NonNullable<OrderRequest['amounts']>,
): void {
  const awards = new Map(applications.map(({ applicationId, award }) => [applicationId, award.fen]));
  const faults = amounts.flatMap(({ applicationId, amountFen }, index): FieldFault[] => {
    const path = `amounts.${index}`;
    const award = awards.get(applicationId);
    const named = { zh: `申报 ${applicationId}：`, en: `application ${applicationId}: ` };
    if (award === undefined || amounts.findIndex((one) => one.applicationId === applicationId) !== index) {
      const message = {
        zh: `${named.zh}不在可下达之列或重复`,
        en: `${named.en}cannot be ordered now, or is given twice`,
      };
      return [{ path: `${path}.applicationId`, rule: 'orderable', message }];
    }
    if (amountFen > 0 && amountFen <= award) return [];
    const message = {
      zh: `${named.zh}下达金额须大于零且不超过公示金额 ${award} 分`,
      en: `${named.en}an order is more than nothing and at most the ${award} fen that were noticed`,
    };
    return [{ path: `${path}.amountFen`, rule: 'noticed-amount', message }];
  });
  if (faults.length === 0) return;
  const high = faults.some(({ rule }) => rule === 'noticed-amount');
  throw new DomainError(high ? 'amount-too-high' : 'invalid-request', { faults });
}

function lineOf(
  orderId: OrderId,
  application: ApplicationIn<'noticed'>,
  amounts: NonNullable<OrderRequest['amounts']>,
): OrderLine {
  const { applicationId, organisation, content, award } = application;
  const { predecessors } = content.enterprise;
  const lower = amounts.find((amount) => amount.applicationId === applicationId);
  return {
    status: 'drafted',
    ...{ orderId, applicationId, organisation, organisationName: content.enterprise.name },
    ...(predecessors.length > 0 && { predecessors }),
    item: content.item,
    awardFen: award.fen,
    fen: lower?.amountFen ?? award.fen,
    ...(lower && { reason: lower.reason }),
    deciders: involvedIn(application),
  };
}
