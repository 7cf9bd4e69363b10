import * as z from 'zod';
import { ActorReferenceSchema } from '../../shared/actor.ts';
import { listPage, type PageRequest } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import { assertStep, rowOf, type StepNote, stepHash, stepWrites, unchanged } from '../../shared/history.ts';
import type { Table } from '../../shared/table.ts';
import { budget } from '../../shared/tables.ts';
import { type GuardedWrite, groupsOf, transactionLimit } from '../../shared/transaction.ts';
import { type ApplicationId, type PoolId, type RoundId, worded } from '../../shared/vocabulary.ts';
import { poolClosed } from '../pools/pool.ts';
import { isUnderWay, type Line, LineSchema, type Round, RoundSchema, roundsUnderWay } from './round.ts';
import { type RoundEvent, roundTransitions } from './round-lifecycle.ts';

/** One row for each change of a round; it is never changed. */
export const RoundHistoryRowSchema = z.object({
  version: z.int(),
  at: z.string(),
  actor: ActorReferenceSchema,
  event: worded<RoundEvent>(z.string()),
  from: worded<Round['status']>(z.string()).optional(),
  to: worded<Round['status']>(z.string()),
});
export type RoundHistoryRow = z.output<typeof RoundHistoryRowSchema>;

const { entities } = budget;

/** How many rounds of a pool are under way: absent before the first. */
const RoundCountSchema = z.object({ openRounds: z.int().default(0) });

/** Budget rounds, their lines and history in DynamoDB. */
export class RoundStore {
  readonly #table: Table<'budget'>;

  constructor(table: Table<'budget'>) {
    this.#table = table;
  }

  /** The round, read consistently, or undefined. */
  async get(roundId: RoundId): Promise<Round | undefined> {
    const item = await this.#table.get(entities.round.key({ roundId }));
    return item && RoundSchema.parse(item['state']);
  }

  /** The round. @throws DomainError not-found */
  async require(roundId: RoundId): Promise<Round> {
    const round = await this.get(roundId);
    if (!round) throw new DomainError('not-found');
    return round;
  }

  /** One page of rounds, newest first. @throws DomainError invalid-request for a foreign cursor. */
  async page(page: PageRequest): Promise<{ rounds: Round[]; nextCursor: string | undefined }> {
    const range = entities.round.listed('listing', {});
    const { items, nextCursor } = await listPage(this.#table, range, { ...page, newestFirst: true });
    return { rounds: items.map((item) => RoundSchema.parse(item['state'])), nextCursor };
  }

  /** Every line of a round in the order of application ids, read consistently. */
  async lines(roundId: RoundId): Promise<Line[]> {
    const items = await this.#table.all(entities.line.of({ roundId }));
    return items.map((item) => LineSchema.parse(item['line']));
  }

  /** The lines from one application to another, both included, read consistently: others may lie between them. */
  async linesBetween(roundId: RoundId, from: ApplicationId, to: ApplicationId): Promise<Line[]> {
    const placeOf = (applicationId: ApplicationId) => entities.line.sk({ applicationId });
    const range = entities.line.of({ roundId }, { from: placeOf(from), to: placeOf(to) });
    const items = await this.#table.all(range);
    return items.map((item) => LineSchema.parse(item['line']));
  }

  /**
   * One page of lines in the order of application ids, read consistently.
   * @throws DomainError invalid-request for a foreign cursor.
   */
  async linePage(
    roundId: RoundId,
    page: PageRequest,
  ): Promise<{ lines: Line[]; nextCursor: string | undefined }> {
    const { items, nextCursor } = await listPage(this.#table, entities.line.of({ roundId }), page);
    return { lines: items.map((item) => LineSchema.parse(item['line'])), nextCursor };
  }

  /** Every row of a round's history, oldest first. */
  async history(roundId: RoundId): Promise<RoundHistoryRow[]> {
    const place = entities.round.pk({ roundId });
    const items = await this.#table.all(entities.history.of({ place }));
    return items.map((item) => RoundHistoryRowSchema.parse(item['row']));
  }

  /**
   * The writes that bring a round from one state to the next: the aggregate, on condition that nothing changed since
   * it was read, and its history row; at its beginning and end, the count of its pool's open rounds too.
   * They fail with `not-in-this-state` when a round begins in a pool whose year has been ended.
   */
  transition(from: Round | undefined, to: Round, note: StepNote<RoundEvent>): GuardedWrite[] {
    assertStep(from ? roundTransitions[from.status] : ['open'], from, to);
    return [...stepWrites(this.#table, stepOf(from, to, note)), ...this.#counted(from, to)];
  }

  /** The write that ends a pool's year, on condition that no round of it is under way; doing so again changes nothing. */
  yearEnd(poolId: PoolId, at: string): GuardedWrite {
    return this.#table.update(entities.roundCount.key({ poolId }), {
      set: 'SET closedAt = if_not_exists(closedAt, :at)',
      when: 'attribute_not_exists(openRounds) OR openRounds = :none',
      values: { ':at': at, ':none': 0 },
      otherwise: roundsUnderWay,
    });
  }

  /** Refuses while a round of the pool is under way. @throws DomainError not-in-this-state */
  async requireNoneUnderWay(poolId: PoolId): Promise<void> {
    const item = await this.#table.get(entities.roundCount.key({ poolId }));
    if (RoundCountSchema.parse(item ?? {}).openRounds !== 0) throw roundsUnderWay();
  }

  /** The write that puts a line, over whatever stood there. It is safe only together with the round's own condition. */
  line(line: Line): GuardedWrite {
    return this.#table.put(entities.line.key(line), { line });
  }

  /** The write that takes away a line which a broken-off attempt at the list left behind. */
  lineRemoval(line: Line): GuardedWrite {
    return this.#table.remove(entities.line.key(line));
  }

  /** The write that settles a planned line, on condition that it is still planned under the same plan. */
  settledLine(line: Extract<Line, { status: 'committed' | 'dropped' }>): GuardedWrite {
    return this.#table.put(
      entities.line.key(line),
      { line },
      {
        when: '#line.#status = :planned AND #line.planNumber = :plan',
        names: { '#line': 'line', '#status': 'status' },
        values: { ':planned': 'planned', ':plan': line.planNumber },
      },
    );
  }

  /**
   * Writes any number of lines in chunks, each on condition that the round is still as the caller's fence left it: two
   * invocations that write at once cannot mix their lines, since the later fence stops the earlier one.
   * @throws DomainError concurrent-change
   */
  async writeFenced(fence: Round, writes: readonly GuardedWrite[]): Promise<void> {
    const check = this.#table.check(entities.round.key(fence), unchanged(fence));
    for (const group of groupsOf(writes, transactionLimit - 1)) await this.write([check, ...group]);
  }

  /** The state as a transition leaves it in the table: for whoever goes on from it without reading it again. */
  linked<T extends Round>(from: Round | undefined, to: T, note: StepNote<RoundEvent>): T {
    return { ...to, historyHash: stepHash(stepOf(from, to, note)) };
  }

  /** Writes all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await this.#table.transact(writes);
  }

  /**
   * The write that counts a pool's rounds under way when one begins or ends; none for other steps of a round. The count
   * stands beside the balances, so that rounds do not come between movements, and it is what keeps a round from being
   * opened while the year is ended.
   */
  #counted(from: Round | undefined, to: Round): GuardedWrite[] {
    const [before, after] = [from !== undefined && isUnderWay(from), isUnderWay(to)];
    if (before === after) return [];
    const key = entities.roundCount.key(to);
    const set = 'ADD openRounds :step';
    if (!after) return [this.#table.update(key, { set, values: { ':step': -1 } })];
    return [
      this.#table.update(key, {
        set,
        when: 'attribute_not_exists(closedAt)',
        values: { ':step': 1 },
        otherwise: poolClosed,
      }),
    ];
  }
}

function stepOf(from: Round | undefined, to: Round, note: StepNote<RoundEvent>) {
  const key = entities.round.key(to);
  return {
    key,
    rowKey: entities.history.key({ place: key.pk, version: to.version }),
    id: to.roundId,
    attributes: (state: Round) => entities.round.entry('listing', state),
    from,
    to,
    row: rowOf(from, to, note),
  };
}
