import { withdrawApplication } from '../../functions/endings/withdraw-application.ts';
import { decideEntry } from '../../functions/money/entries/decide-entry.ts';
import type { ProposalIn } from '../../functions/money/entries/proposal.ts';
import { proposeEntry } from '../../functions/money/entries/propose-entry.ts';
import { proposeYearEnd } from '../../functions/money/entries/propose-year-end.ts';
import { batchOrder, failOrder, finishOrder, issueBatch } from '../../functions/money/orders/issue-order.ts';
import { createPool } from '../../functions/money/pools/create-pool.ts';
import { closeRound } from '../../functions/money/rounds/close-round.ts';
import { commitBatch } from '../../functions/money/rounds/commit-batch.ts';
import { decidePlan } from '../../functions/money/rounds/decide-plan.ts';
import { failRound } from '../../functions/money/rounds/fail-round.ts';
import { finishRound } from '../../functions/money/rounds/finish-round.ts';
import { freezeCandidates } from '../../functions/money/rounds/freeze-candidates.ts';
import { openRound } from '../../functions/money/rounds/open-round.ts';
import { planAllocation } from '../../functions/money/rounds/plan-allocation.ts';
import { abandonRound, replanRound } from '../../functions/money/rounds/replan-round.ts';
import { requestPlanApproval } from '../../functions/money/rounds/request-plan-approval.ts';
import { reserveFunds } from '../../functions/money/rounds/reserve-funds.ts';
import { hasCommitted, type Round } from '../../functions/money/rounds/round.ts';
import { declareInterest } from '../../functions/people/declare-interest.ts';
import { endNotice } from '../../functions/publicity/notice/end-notice.ts';
import { openNotice } from '../../functions/publicity/notice/open-notice.ts';
import { DomainError } from '../../functions/shared/errors.ts';
import { fen } from '../../functions/shared/money.ts';
import { budget } from '../../functions/shared/tables.ts';
import { waitIds } from '../../functions/shared/wait-repository.ts';
import { awaitOutcome } from '../../functions/waits/await-outcome.ts';
import { afterNotice } from './after-notice.ts';
import { stateAt } from './books.ts';
import type { Guard, MemoryStore } from './memory-store.ts';
import { type Random, randomOf } from './random.ts';
import { newPoolId, type Opening, openingOf, organisationOf, people, poolId, type Start } from './start.ts';
import { idsFrom, type Machine, tables, World } from './world.ts';

export interface Options {
  /** Parts of conditions that are left out. */
  readonly ignores?: (guard: Guard) => boolean;
  /** Takes the lines of a trace. */
  readonly trace?: (line: string) => void;
  /** New identifiers may be ones that were given before, but for this many of the last. */
  readonly collidingIds?: number | undefined;
}

/** What a schedule is mostly about; chances are those of one thing of its kind happening. */
interface Theme {
  readonly phases: readonly Start['phase'][];
  readonly rounds: readonly number[];
  readonly funding: readonly Start['funding'][];
  readonly withdrawals: readonly number[];
  readonly entries: readonly number[];
  readonly chances: Partial<
    Record<
      | 'delivery'
      | 'new pool'
      | 'new round'
      | 'interest'
      | 'replan'
      | 'abandon'
      | 'year end'
      | 'twice'
      | 'objection'
      | 'order'
      | 'payment',
      number
    >
  >;
}

const anyFunding = ['short', 'exact', 'ample'] as const;

/** A seed's theme is its remainder. */
export const themes = {
  commit: {
    ...{ phases: ['approved'], rounds: [1], funding: anyFunding, withdrawals: [0, 1, 2], entries: [0, 1] },
    chances: { delivery: 0.1 },
  },
  rivals: {
    ...{
      phases: ['approved', 'planned'],
      rounds: [2],
      funding: anyFunding,
      withdrawals: [0, 1],
      entries: [0],
    },
    chances: { delivery: 0.1 },
  },
  planning: {
    ...{ phases: ['closed'], rounds: [1], funding: ['short'], withdrawals: [1, 2], entries: [1, 2] },
    chances: { replan: 0.1, twice: 0.5 },
  },
  people: {
    ...{ phases: ['planned', 'closed'], rounds: [1], funding: ['exact'], withdrawals: [0, 1], entries: [0] },
    chances: { interest: 0.8, replan: 0.2, abandon: 0.1, 'new round': 0.5 },
  },
  ledger: {
    ...{
      phases: ['approved'],
      rounds: [0, 0, 1],
      funding: anyFunding,
      withdrawals: [0, 1],
      entries: [1, 2, 3],
    },
    chances: { 'new pool': 0.4, 'new round': 0.5, 'year end': 0.6 },
  },
  messages: {
    ...{ phases: ['approved', 'closed'], rounds: [1], funding: ['exact'], withdrawals: [0, 1], entries: [0] },
    chances: { delivery: 1 },
  },
  objections: {
    ...{ phases: ['noticed'], rounds: [1], funding: ['exact'], withdrawals: [0, 1], entries: [0] },
    chances: { objection: 1, order: 0.5 },
  },
  orders: {
    ...{ phases: ['cleared'], rounds: [1], funding: anyFunding, withdrawals: [0, 1, 2], entries: [0] },
    chances: { order: 1, twice: 0.4 },
  },
  payments: {
    ...{ phases: ['filed'], rounds: [1], funding: ['exact'], withdrawals: [0], entries: [0, 0, 1] },
    chances: { payment: 1, twice: 0.1 },
  },
} as const satisfies Record<string, Theme>;
export type ThemeName = keyof typeof themes;
const themeNames = Object.keys(themes) as ThemeName[];

/** The first seeds of a theme, as many as are asked for. */
export function seedsOf(theme: ThemeName, count: number): number[] {
  const first = themeNames.indexOf(theme);
  return Array.from({ length: count }, (_, index) => first + index * themeNames.length);
}

/**
 * Plays the schedule of a seed: who acts, in what order, and what goes wrong. Faults end in time; then everything is
 * retried until nothing is left to do.
 * @returns the number of steps.
 * @throws Error with what does not hold.
 */
export async function playSchedule(
  seed: number,
  { ignores, trace, collidingIds }: Options = {},
): Promise<number> {
  const random = randomOf(seed);
  const theme: Theme = themes[themeNames[seed % themeNames.length] ?? 'commit'];
  const opening = await openingOf({
    applications: random.pick([1, 2, 2, 2, 3]),
    funding: random.pick(theme.funding),
    mode: random.pick(['pro-rata', 'ranked']),
    rounds: random.pick(theme.rounds),
    phase: random.pick(theme.phases),
  });
  const newId = idsFrom(1000);
  let standing = (): string[] => [];
  const ids = collidingIds ? colliding(newId, random, () => standing(), collidingIds) : newId;
  const world = new World(random, opening, opening.policy, machines, ids, ignores);
  const { scheduler, store } = world;
  standing = () => idsIn(store);
  scheduler.twice = theme.chances.twice ?? 0;
  scheduler.trace = trace;
  scheduler.faultsLeft = random.pick([0, 1, 2, 4, 8]);
  scheduler.faultRate = random.pick([0.03, 0.1, 0.25]);
  scheduler.persistence = random.pick([0, 0.6, 0.9]);
  store.pageItems = random.chance(0.1) ? 1 + random.below(3) : Number.POSITIVE_INFINITY;
  const streams = random.pick([0, 0.5, 1]);
  // What becomes of a message does not depend on what it says: in most schedules those that nobody waits for stay.
  const delivers = random.chance(theme.chances.delivery ?? 0);
  world.streamed = ({ type, waitId = '' }) => {
    if (type.startsWith('start') || waitId.startsWith('plan-approval'))
      return !delivers || random.chance(streams);
    return delivers && random.chance(streams);
  };

  const unsilenced = silence(trace === undefined);
  try {
    const course = new Course(world, opening, theme, delivers);
    course.begin();
    await scheduler.run();
    await course.comeToRest();
    course.checkEnd();
    return scheduler.turn;
  } finally {
    unsilenced();
  }
}

/** Identifiers of which some were given before: to what stands in the budget table, or to others than the few last. */
function colliding(
  newId: () => string,
  random: Random,
  standing: () => readonly string[],
  last: number,
): () => string {
  const given: string[] = [];
  return () => {
    const known = random.chance(0.5) ? standing() : given;
    const recent = given.slice(-last);
    const older = known.filter((id) => !recent.includes(id));
    const id = older.length > 0 && random.chance(0.4) ? random.pick(older) : newId();
    given.push(id);
    return id;
  };
}

const { proposal, round: rounded } = budget.entities;
/** What the partition keys of rounds begin with. */
const rounds = rounded.pk({ roundId: '' });

/** Identifiers of the aggregates and proposals of the budget table. */
function idsIn(store: MemoryStore): string[] {
  return [...store.items(tables.budget)].flatMap(({ pk, sk }) => {
    if (String(sk).startsWith(proposal.prefix)) return [String(sk).slice(proposal.prefix.length)];
    return sk === stateAt ? [String(pk).replace(/^.*#/, '')].filter((id) => /^[0-9]{26}$/.test(id)) : [];
  });
}

/**
 * The program's log says nothing that a schedule's trace does not.
 * @param untraced leaves out where errors come from as well: most of them are part of the play, and nobody reads it.
 */
function silence(untraced: boolean): () => void {
  const { info, warn, error } = console;
  const { stackTraceLimit } = Error;
  const quiet = () => {};
  Object.assign(console, { info: quiet, warn: quiet, error: quiet });
  if (untraced) Error.stackTraceLimit = 0;
  return () => {
    Object.assign(console, { info, warn, error });
    Error.stackTraceLimit = stackTraceLimit;
  };
}

const round: Machine = async (world, execution, { roundId: id }) => {
  const roundId = String(id);
  const name = roundId.slice(-4);
  const task = <R>(what: string, run: Parameters<typeof world.task<R>>[2]) =>
    world.task(execution, `${what} ${name}`, run);
  try {
    await task('freeze', (parts) => freezeCandidates(parts, roundId));
    for (;;) {
      const { planNumber } = await task('plan', (parts) => planAllocation(parts, roundId));
      const { outcome } = await world.waitFor(
        execution,
        waitIds.planApproval(roundId, planNumber),
        (parts, token) => requestPlanApproval(parts, { roundId, planNumber, token }),
      );
      if (outcome === 'abandoned') return;
      if (outcome === 'replan') continue;
      if (outcome !== 'approved') throw new Error(`unknown outcome ${outcome}`);
      const reservation = await task('reserve', (parts) => reserveFunds(parts, roundId));
      if (reservation.outcome === 'insufficient') continue;
      for (const batch of reservation.batches) await task('commit', (parts) => commitBatch(parts, batch));
      await task('finish', (parts) => finishRound(parts, roundId));
      return;
    }
  } catch (error) {
    const failure = error instanceof Error ? error.name : 'Error';
    await task('fail', (parts) => failRound(parts, { roundId, error: failure, cause: String(error) }));
    throw error;
  }
};

const review: Machine = async (world, execution, { applicationId: id, submission: number }) => {
  const [applicationId, submission] = [String(id), Number(number)];
  const name = applicationId.slice(-4);
  const { outcome } = await world.waitFor(
    execution,
    waitIds.allocation(applicationId, submission),
    (parts, token) => awaitOutcome(parts, { wait: 'allocation', applicationId, submission, token }),
  );
  if (outcome !== 'allocated') return;
  const notice = await world.task(execution, `open notice ${name}`, (parts) =>
    openNotice(parts, { applicationId, submission }),
  );
  if (notice.outcome !== 'noticed') return;
  world.scheduler.now = Math.max(world.scheduler.now, Date.parse(notice.closesAt));
  await world.task(execution, `end notice ${name}`, (parts) =>
    endNotice(parts, { applicationId, submission }),
  );
};

const order: Machine = async (world, execution, { orderId: id }) => {
  const orderId = String(id);
  const task = <R>(what: string, run: Parameters<typeof world.task<R>>[2]) =>
    world.task(execution, `${what} ${orderId.slice(-4)}`, run);
  try {
    const { batches } = await task('batch', (parts) => batchOrder(parts, orderId));
    for (const batch of batches) await task('issue', (parts) => issueBatch(parts, batch));
    await task('finish order', (parts) => finishOrder(parts, orderId));
  } catch (error) {
    const failure = error instanceof Error ? error.name : 'Error';
    await task('fail', (parts) => failOrder(parts, { orderId, error: failure, cause: String(error) }));
    throw error;
  }
};

const machines = { round, review, order };

/** Who does what in one schedule, and how it has to end. */
class Course {
  readonly #world: World;
  readonly #opening: Opening;
  readonly #theme: Theme;
  readonly #delivers: boolean;
  /** Requests whose answer is not there yet. */
  #open = 0;
  /** Entries whose confirmation was answered. */
  readonly #booked = new Set<string>();
  readonly #unexpected: string[] = [];

  constructor(world: World, opening: Opening, theme: Theme, delivers: boolean) {
    this.#theme = theme;
    this.#world = world;
    this.#opening = opening;
    this.#delivers = delivers;
  }

  begin(): void {
    const { random, books } = this.#world;
    this.#world.watch = (changes) => {
      for (const { pk, sk, after } of changes)
        if (sk === stateAt && pk.startsWith(rounds) && after) this.#react(Object(after['state']));
    };
    for (const [pk, { pending, message }] of books.messages) {
      if (!pending) continue;
      // What the opening has done is done.
      if (message.type !== 'start-round') continue;
      const begun = books.rounds.get(message.roundId);
      if (!begun || !hasCommitted(begun)) this.#world.deliver(pk);
    }
    for (const round of books.rounds.values()) this.#react(round);
    if (this.#delivers && random.chance(0.4)) {
      for (const applicationId of this.#opening.applicationIds) {
        this.#world.start('review', `${applicationId}-1`, { applicationId, submission: 1 });
      }
    }
    const { withdrawals, entries, chances } = this.#theme;
    for (let count = random.pick(withdrawals); count > 0; count -= 1) this.#withdraw();
    for (let count = random.pick(entries); count > 0; count -= 1) {
      this.#enter(`budget-${count}`, poolId, random.chance(0.3));
    }
    if (random.chance(chances['new pool'] ?? 0)) this.#createPools();
    if (random.chance(chances['new round'] ?? 0)) this.#openTwice();
    if (random.chance(chances.interest ?? 0)) this.#declare();
    if (random.chance(chances.replan ?? 0)) this.#replan();
    if (random.chance(chances.abandon ?? 0)) this.#abandon();
    if (random.chance(chances['year end'] ?? 0)) void this.#endYear();
    const later = afterNotice(this.#world, this.#opening, (name, run, delay) =>
      this.#request(name, run, delay),
    );
    if (random.chance(chances.objection ?? 0)) later.object();
    if (random.chance(chances.order ?? 0)) later.order();
    if (random.chance(chances.payment ?? 0)) later.pay();
  }

  /** After the faults: everything that is left is delivered and decided, until nothing changes any more. */
  async comeToRest(): Promise<void> {
    const { scheduler, books } = this.#world;
    scheduler.faultsLeft = 0;
    for (let pass = 0; pass < 12; pass += 1) {
      const before = scheduler.turn;
      scheduler.now += 600_000;
      if (this.#delivers && [...books.messages.values()].some(({ pending }) => pending))
        void this.#world.sweep();
      for (const round of books.rounds.values()) this.#react(round, true);
      await scheduler.run();
      if (scheduler.turn === before && pass > 1) return;
    }
    throw new Error('it does not come to rest');
  }

  /** How every schedule ends, whatever went wrong on the way. */
  checkEnd(): void {
    const { books, executions, waits, failures } = this.#world;
    const fault = (what: string): never => {
      throw new Error(what);
    };
    if (this.#open > 0) fault(`${this.#open} requests were never answered`);
    if (this.#unexpected.length > 0) fault(this.#unexpected.join('; '));
    for (const [pk, { pending }] of books.messages) {
      if (pending && this.#delivers) fault(`${pk} was never delivered`);
    }
    for (const failure of failures) {
      if (!failure.includes('retries are used up')) fault(failure);
    }
    for (const { pool } of books.pools.values()) {
      if (pool.reservedFen !== 0) fault(`${pool.reservedFen} stay reserved in ${pool.poolId}`);
    }
    for (const round of books.rounds.values()) {
      if (!['noticed', 'ordered', 'closed', 'abandoned', 'failed'].includes(round.status)) {
        fault(`round ${round.roundId} stays ${round.status}`);
      }
      if (!hasCommitted(round)) continue;
      for (const line of books.lines.get(round.roundId)?.values() ?? []) {
        if (line.status === 'planned' || line.status === 'frozen') {
          fault(`the line of ${line.applicationId} stays ${line.status}`);
        }
        if (line.status !== 'dropped') continue;
        const application = books.applications.get(line.applicationId);
        const elsewhere = books.booked('commitment', line.applicationId).length > 0;
        if (application?.status !== 'withdrawn' && !elsewhere) fault(`${line.applicationId} lost its award`);
      }
    }
    for (const [name, execution] of executions) {
      if (execution.ended) continue;
      const id = name.split(' ')[1]?.slice(0, 26) ?? '';
      if (name.startsWith('review') && books.applications.get(id)?.status === 'pooled') continue;
      fault(`${name} does not end: it waits for ${[...waits.values()].map(({ waitId }) => waitId)}`);
    }
    for (const entryId of this.#booked) {
      const pools = [...books.pools.values()].map(({ entries }) => entries);
      const booked = pools.filter((entries) => entries.some(({ movement }) => movement.entryId === entryId));
      if (booked.length === 0) fault(`the entry ${entryId} was confirmed and not booked`);
    }
  }

  async #request<R>(name: string, run: Parameters<World['request']>[1], delay?: number): Promise<R | Error> {
    this.#open += 1;
    const answer = await this.#world.request(name, run, delay);
    this.#open -= 1;
    if (answer instanceof Error && !(answer instanceof DomainError))
      this.#unexpected.push(`${name}: ${answer}`);
    // The request's own result, as the caller names it.
    return answer as R | Error;
  }

  /** What people do when a round comes to wait for them; at rest, somebody who is free to decide does. */
  #react(round: Round, atRest = false): void {
    const { random } = this.#world;
    const { roundId } = round;
    if (round.status === 'planned') {
      const planHash = round.plan.hash;
      const actor = atRest ? people.lastApprover : random.pick([people.approver, people.otherApprover]);
      const outcome = !atRest && random.chance(0.15) ? 'refuse' : 'approve';
      const decision =
        outcome === 'approve' ? { outcome, planHash } : ({ outcome, planHash, reason: 'no' } as const);
      void this.#request(
        `${actor.id} ${outcome}`,
        (parts) => decidePlan(parts, actor, roundId, decision as Parameters<typeof decidePlan>[3]),
        random.below(30),
      );
      if (!atRest && random.chance(0.2)) {
        void this.#request(
          'other approver',
          (parts) => decidePlan(parts, people.otherApprover, roundId, { outcome: 'approve', planHash }),
          random.below(30),
        );
      }
    }
    if (round.status === 'open' && atRest) {
      void this.#request('give up', (parts) =>
        abandonRound(parts, people.operator, roundId, 'nobody closed it'),
      );
    }
    if (round.status === 'refused') {
      const act = round.plan.number > 2 || random.chance(0.2) ? abandonRound : replanRound;
      void this.#request(
        'after refusal',
        (parts) => act(parts, people.operator, roundId, 'refused'),
        random.below(20),
      );
    }
  }

  #withdraw(): void {
    const { random } = this.#world;
    const index = random.below(this.#opening.applicationIds.length);
    const applicationId = this.#opening.applicationIds[index] ?? '';
    const actor = {
      id: 'admin',
      roles: ['organisation-admin'],
      organisation: organisationOf(index),
    } as const;
    for (let times = random.chance(0.2) ? 2 : 1; times > 0; times -= 1) {
      void this.#request(
        `withdraw ${applicationId.slice(-4)}`,
        (parts) => withdrawApplication(parts, actor, applicationId, undefined),
        random.below(this.#theme.chances.order ? 30 : 90),
      );
    }
  }

  /** One person enters money, perhaps twice under one key, and another confirms what was entered, perhaps twice. */
  #enter(cause: string, into: string, decrease = false): void {
    const { random } = this.#world;
    const amountFen = fen(100_000 * (1 + random.below(9)));
    const change = decrease
      ? ({ kind: 'adjustment', direction: 'decrease', amountFen } as const)
      : ({ kind: 'appropriation', amountFen } as const);
    const request = { poolId: into, idempotencyKey: cause, change, cause };
    const once = async (): Promise<void> => {
      const entered = await this.#request<ProposalIn<'proposed'>>(
        `enter ${cause}`,
        (parts) => proposeEntry(parts, people.operator, request),
        random.below(60),
      );
      if (entered instanceof Error) return;
      await this.#confirm(entered, random.chance(0.3));
    };
    void once();
    if (random.chance(0.5)) void once();
  }

  async #confirm({ poolId: of, entryId, cause }: ProposalIn<'proposed'>, twice: boolean): Promise<void> {
    const confirm = async () => {
      const answer = await this.#request(`confirm ${cause}`, (parts) =>
        decideEntry(parts, people.approver, { poolId: of, entryId }, { outcome: 'confirm' }),
      );
      if (!(answer instanceof Error)) this.#booked.add(entryId);
    };
    await (twice ? Promise.all([confirm(), confirm()]) : confirm());
  }

  /** The year of the pool is ended, while rounds may be opened and entries confirmed. */
  async #endYear(): Promise<void> {
    const { random } = this.#world;
    const entered = await this.#request<ProposalIn<'proposed'>>(
      'propose the end of the year',
      (parts) => proposeYearEnd(parts, people.operator, { poolId, idempotencyKey: 'year', cause: 'year' }),
      random.below(40),
    );
    if (!(entered instanceof Error)) await this.#confirm(entered, random.chance(0.5));
  }

  #createPools(): void {
    const { random } = this.#world;
    const create = (id: string) =>
      this.#request(`create ${id}`, (parts) => createPool(parts, people.operator, id), random.below(20));
    void create(poolId);
    void create(newPoolId);
    void create(newPoolId).then(() => this.#enter('new', newPoolId));
  }

  /** A round is opened by a request that is sent twice, and closed. */
  #openTwice(): void {
    const { random } = this.#world;
    const opened = new Set<string>();
    const once = async (): Promise<void> => {
      const answer = await this.#request<Round>(
        'open round',
        (parts) => openRound(parts, people.otherOperator, { poolId, idempotencyKey: 'again' }),
        random.below(60),
      );
      if (answer instanceof Error) return;
      opened.add(answer.roundId);
      if (opened.size > 1) this.#unexpected.push('one request opened two rounds');
      await this.#request('close round', (parts) => closeRound(parts, people.otherOperator, answer.roundId));
    };
    void once();
    void once();
  }

  /** People who decide declare an interest in a candidate, now and then twice at once. */
  #declare(): void {
    const { random } = this.#world;
    for (const actor of [people.approver, people.otherApprover, people.otherOperator]) {
      if (random.chance(0.5)) continue;
      const organisation = organisationOf(random.below(this.#opening.applicationIds.length));
      const delay = random.below(30);
      for (let times = random.chance(0.4) ? 2 : 1; times > 0; times -= 1) {
        void this.#request(
          `${actor.id} declares`,
          (parts) => declareInterest(parts, actor, { organisation, kind: 'kinship' }),
          delay,
        );
      }
    }
  }

  #replan(): void {
    const roundId = this.#world.random.pick(this.#opening.roundIds);
    void this.#request(
      'replan',
      (parts) => replanRound(parts, people.otherOperator, roundId, 'other inputs'),
      this.#world.random.below(60),
    );
  }

  #abandon(): void {
    const roundId = this.#world.random.pick(this.#opening.roundIds);
    void this.#request(
      'abandon',
      (parts) => abandonRound(parts, people.otherOperator, roundId, 'no need'),
      this.#world.random.below(60),
    );
  }
}
