import { isDeepStrictEqual } from 'node:util';
import type { Application } from '../../functions/filing/applications/application.ts';
import type { Payment, PaymentFile } from '../../functions/money/payments/payment.ts';
import type { ResultsFile } from '../../functions/money/payments/results-file.ts';
import type { Candidate } from '../../functions/money/pools/candidates.ts';
import { ledgerFaults } from '../../functions/money/pools/ledger-calculation.ts';
import type { LedgerEntry, Pool } from '../../functions/money/pools/pool.ts';
import type { Line, Round } from '../../functions/money/rounds/round.ts';
import type { OutboxMessage } from '../../functions/shared/outbox.ts';
import { applications, budget, people, workflow } from '../../functions/shared/tables.ts';
import type { Change, MemoryStore } from './memory-store.ts';

interface PoolBooks {
  pool: Pool;
  readonly entries: LedgerEntry[];
}
type Award = { readonly fen: number; readonly roundId: string };
type Ordered = {
  readonly order?: { readonly fen: number };
  readonly paidFen?: number;
  readonly recoveredFen?: number;
};

const { candidate, clawbackAnswer, history, ledgerEntry, line, order, orderAnswer } = budget.entities;
const {
  payment,
  paymentFile,
  paymentFileAnswer,
  paymentResult,
  paymentVerdict,
  resultsFile,
  pool,
  proposal,
  receipt,
  registerEntry,
  round,
  roundAnswer,
} = budget.entities;
const { interestRow, interests } = people.entities;

/** What the partition keys of aggregates begin with. */
const at = {
  pool: pool.pk({ poolId: '' }),
  round: round.pk({ roundId: '' }),
  order: order.pk({ orderId: '' }),
  paymentFile: paymentFile.pk({ paymentFileId: '' }),
  results: resultsFile.pk({ importId: '' }),
  application: applications.entities.application.pk({ applicationId: '' }),
  person: interests.pk({ person: '' }),
};
/** Sort key of every aggregate. */
export const stateAt = pool.sk({});
/** Sort key of every message. */
export const messageAt = workflow.entities.outboxMessage.sk({});
const interestsAt = interests.sk({});

/** What the sort keys, and the partition keys, of whatever is kept for good begin with. */
const forGood = [
  ledgerEntry,
  history,
  roundAnswer,
  interestRow,
  paymentResult,
  paymentVerdict,
  paymentFileAnswer,
  receipt,
].map(({ prefix }) => prefix);
const partitionsForGood = [roundAnswer.pk({ person: '' }), registerEntry.pk({ year: '' })];
const [clawbackAnswers = '', ofApplication = ''] = clawbackAnswer.pk({ applicationId: '|' }).split('|');

/** Whether what stands under a key is kept as it is. */
function isForGood(pk: string, sk: string): boolean {
  return (
    sk === orderAnswer.sk({}) ||
    forGood.some((prefix) => sk.startsWith(prefix)) ||
    partitionsForGood.some((prefix) => pk.startsWith(prefix)) ||
    (pk.startsWith(clawbackAnswers) && pk.endsWith(ofApplication))
  );
}

/** Statuses in which an application holds money of its pool. */
const holding: ReadonlySet<string> = new Set(['allocated', 'noticed', 'ordered', 'closed']);

const underWay: ReadonlySet<string> = new Set(['open', 'frozen', 'planned', 'refused', 'approved']);

/**
 * What must hold after every write, whatever came before: kept beside the store from what is written, and by no code of
 * the program but the derivation of balances from a ledger.
 */
export class Books {
  readonly pools = new Map<string, PoolBooks>();
  readonly rounds = new Map<string, Round>();
  readonly lines = new Map<string, Map<string, Line>>();
  readonly applications = new Map<string, Application>();
  readonly payments = new Map<string, Payment>();
  readonly #files = new Map<string, PaymentFile>();
  readonly #results = new Map<string, ResultsFile>();
  readonly candidates = new Map<string, Candidate>();
  readonly messages = new Map<string, { pending: boolean; message: OutboxMessage }>();
  /** Organisations that a person has an interest in. */
  readonly interests = new Map<string, Set<string>>();
  readonly #versions = new Map<string, number>();

  constructor(store: MemoryStore, tables: { readonly [name: string]: string }) {
    for (const table of new Set(Object.values(tables))) {
      for (const item of store.items(table)) {
        const { pk, sk } = item as { pk: string; sk: string };
        this.#keep({ table, pk, sk, before: undefined, after: item });
      }
    }
  }

  /** @returns what does not hold after a write, or undefined. */
  fault(changes: readonly Change[]): string | undefined {
    const touched = new Set<string>();
    for (const change of changes) {
      const fault = this.#append(change, changes) ?? this.#step(change, changes);
      if (fault !== undefined) return fault;
      const before = this.#poolOf(change);
      this.#keep(change);
      for (const pool of [before, this.#poolOf(change)]) if (pool !== undefined) touched.add(pool);
    }
    for (const change of changes) {
      const fault = this.#decision(change) ?? this.#announced(change, changes) ?? this.#alone(change);
      if (fault !== undefined) return fault;
    }
    for (const poolId of touched) {
      const fault = this.#poolFault(poolId);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  /** Entries of one kind that name an application. */
  booked(kind: LedgerEntry['movement']['kind'], applicationId: string): LedgerEntry[] {
    return [...this.pools.values()].flatMap(({ entries }) =>
      entries.filter(({ movement }) => movement.kind === kind && movement.applicationId === applicationId),
    );
  }

  /** What was written for good is neither changed nor taken away; a message only ceases to be pending. */
  #append({ pk, sk, before, after }: Change, changes: readonly Change[]): string | undefined {
    if (isForGood(pk, sk) && before !== undefined) return `changed what is kept for good: ${pk} ${sk}`;
    if (sk === messageAt && before !== undefined) {
      if (after === undefined || !isDeepStrictEqual(after['message'], before['message'])) {
        return `another message in the place of ${pk}`;
      }
    }
    if (sk.startsWith(proposal.prefix) && before !== undefined) {
      const [from, to] = [Object(before['state']), Object(after?.['state'])];
      if (from.status !== 'proposed' || to.status === 'proposed')
        return `another proposal in the place of ${sk}`;
    }
    const settled =
      pk.startsWith(at.order) && sk.startsWith(line.prefix) ? Object(before?.['line']).status : undefined;
    if (settled === 'left-out' || (settled === 'ordered' && Object(after?.['line']).status !== 'ordered')) {
      return `the line ${pk} ${sk} is settled twice`;
    }
    if (sk.startsWith(history.prefix) && !changes.some((other) => other.pk === pk && other.sk === stateAt)) {
      return `a row of history without its change: ${pk} ${sk}`;
    }
    return undefined;
  }

  /** A change of an aggregate raises its version by one, from where it was, and has one row of history. */
  #step({ pk, sk, before, after }: Change, changes: readonly Change[]): string | undefined {
    if (sk !== stateAt) return undefined;
    const isPool = pk.startsWith(at.pool);
    const [from, to] = [before, after].map((item) => Object((isPool ? item : item?.['state']) ?? {}));
    if (after === undefined) return `${pk} is gone`;
    if (to.version !== (this.#versions.get(pk) ?? 0) + 1) {
      return `${pk} goes from version ${this.#versions.get(pk) ?? 0} to ${to.version}`;
    }
    if (isPool) return undefined;
    const rows = changes.filter((other) => other.pk === pk && other.sk.startsWith(history.prefix));
    const row = Object(rows[0]?.after?.['row']);
    if (rows.length !== 1 || row.version !== to.version || row.to !== to.status || row.from !== from.status) {
      return `${pk} at version ${to.version} has no row of history of its own`;
    }
    if (
      to.historyHash !== undefined &&
      (row.hash !== to.historyHash || (from.historyHash && row.previous !== from.historyHash))
    ) {
      return `the history of ${pk} is broken at version ${to.version}`;
    }
    return undefined;
  }

  /** Nobody decides on the money of an organisation that they have declared an interest in. */
  #decision({ pk, sk, before, after }: Change): string | undefined {
    if (sk !== stateAt || !pk.startsWith(at.round)) return undefined;
    // The store's own schema wrote it.
    const [from, to] = [before?.['state'], after?.['state']] as unknown as [Round | undefined, Round];
    if (from?.status === to.status) return undefined;
    const person = deciderOf(to);
    if (person === undefined) return undefined;
    const interests = this.interests.get(person);
    const concerned = [...(this.lines.get(to.roundId)?.values() ?? []), ...this.#waiting(to.poolId)];
    const found = concerned.find(({ organisation }) => interests?.has(organisation));
    return found && `${person} decides (${to.status}) with an interest in ${found.organisation}`;
  }

  /** Nobody moves money alone: what goes to the bank, and what is booked of its answers, took two people. */
  #alone({ pk, sk, after }: Change): string | undefined {
    if (pk.startsWith(at.paymentFile) && sk === stateAt) {
      const file = this.#files.get(pk);
      if (file?.status !== 'released') return undefined;
      const { release, contentHash, madeBy, continuedBy = [] } = file;
      if (release.contentHash !== contentHash) return `${pk} is released for other bytes`;
      if ([madeBy, ...continuedBy].includes(release.by))
        return `${release.by} releases what they made: ${pk}`;
    }
    if (pk.startsWith(at.results) && sk === stateAt) {
      const file = this.#results.get(pk);
      const decision = file && 'decision' in file ? file.decision : undefined;
      const same = [...this.#results.values()].filter(
        ({ status, bytesHash }) => status === 'proposed' && bytesHash === file?.bytesHash,
      );
      if (same.length > 1) return `the same answers wait twice: ${pk}`;
      if (decision && decision.by === file?.proposedBy)
        return `${decision.by} confirms what they brought: ${pk}`;
    }
    if (sk.startsWith(payment.prefix)) {
      const { paymentId, status } = Object(after?.['payment']);
      const isAnswered = ['paid', 'partial', 'returned'].includes(status);
      const file = this.#files.get(pk);
      if (isAnswered && file?.firstReleasedAt === undefined)
        return `${paymentId} is ${status}, and did not go out`;
    }
    if (sk.startsWith(paymentResult.prefix)) {
      const { importId } = Object(after?.['result']);
      const file = this.#results.get(resultsFile.pk({ importId }));
      if (file?.status !== 'confirmed' && file?.status !== 'booked')
        return `${pk} ${sk} was booked and not confirmed`;
    }
    if (!sk.startsWith(ledgerEntry.prefix)) return undefined;
    const { kind, actor, confirmedBy } = Object(after?.['movement']);
    if (kind !== 'payment' || (confirmedBy && confirmedBy.id !== actor.id)) return undefined;
    return `${pk} ${sk} is a payment that one person booked`;
  }

  /** An award is announced once, in the transaction that makes it; so is whatever else a change of status promises. */
  #announced({ pk, sk, before, after }: Change, changes: readonly Change[]): string | undefined {
    if (sk !== stateAt || !pk.startsWith(at.application)) return undefined;
    const [from, to] = [Object(before?.['state']), Object(after?.['state'])];
    const messages = changes.flatMap(({ after: item }) =>
      item?.['message'] ? [Object(item['message'])] : [],
    );
    if (from.status === 'pooled' && to.status === 'allocated') {
      const resumed = messages.filter(({ waitId }) => String(waitId).includes(to.applicationId));
      if (resumed.length !== 1)
        return `the award of ${to.applicationId} is announced ${resumed.length} times`;
    }
    if (to.status === 'ordered' && from.status !== 'ordered' && from.openObjections?.length > 0) {
      return `${to.applicationId} is ordered while an objection is open`;
    }
    if (to.status === 'ordered' && from.status === 'noticed' && from.notice?.clearedAt === undefined) {
      return `${to.applicationId} is ordered before its notice has ended`;
    }
    if (to.status === 'withdrawn' && to.submission && !messages.some(({ type }) => type === 'stop-review')) {
      return `the review of ${to.applicationId} is not stopped`;
    }
    return undefined;
  }

  #poolFault(poolId: string): string | undefined {
    const books = this.pools.get(poolId);
    if (!books) return undefined;
    const { pool, entries } = books;
    const least = [
      pool.appropriatedFen - pool.reservedFen - pool.committedFen,
      pool.reservedFen,
      pool.committedFen,
      pool.paidFen,
      pool.committedFen - pool.paidFen,
    ];
    if (least[0] !== undefined && least[0] < 0) return `pool ${poolId} is over-committed by ${-least[0]}`;
    if (least.some((one) => one < 0)) return `a balance of pool ${poolId} is negative`;
    try {
      const faults = ledgerFaults(pool, entries);
      if (faults.length > 0) return faults.join('; ');
    } catch (error) {
      return String(error);
    }
    return this.#roundsFault(pool) ?? this.#awardsFault(pool, entries);
  }

  /** Reserved money is what rounds hold; what a round says it committed is what its lines say. */
  #roundsFault(pool: Pool): string | undefined {
    let held = 0;
    for (const round of this.rounds.values()) {
      if (pool.closedAt !== undefined && round.poolId === pool.poolId && underWay.has(round.status)) {
        return `round ${round.roundId} is ${round.status} in a pool whose year was ended`;
      }
      if (round.poolId !== pool.poolId || !('reservation' in round) || !round.reservation) continue;
      const { totalFen, committedFen, releasedFen } = round.reservation;
      const holds = totalFen - committedFen - releasedFen;
      if (holds < 0) return `round ${round.roundId} gave away more than it had`;
      held += holds;
      let ofLines = 0;
      for (const line of this.lines.get(round.roundId)?.values() ?? []) {
        if (line.status !== 'committed') continue;
        ofLines += line.shareFen;
        if (line.shareFen > line.ceilingFen) return `line of ${line.applicationId} is above its ceiling`;
      }
      if (ofLines !== committedFen) {
        return `round ${round.roundId} committed ${committedFen}, its lines ${ofLines}`;
      }
    }
    return held === pool.reservedFen ? undefined : `rounds hold ${held}, reserved is ${pool.reservedFen}`;
  }

  /** Committed money is what applications hold; each was awarded once, and waits in the pool or does not. */
  #awardsFault(pool: Pool, entries: readonly LedgerEntry[]): string | undefined {
    let awarded = 0;
    let paid = 0;
    for (const application of this.applications.values()) {
      if (!('pool' in application) || application.pool !== pool.poolId) continue;
      const { applicationId, status } = application;
      const waits = this.candidates.has(`${pool.poolId} ${applicationId}`);
      if (waits !== (status === 'pooled')) {
        return `${applicationId} is ${status} and ${waits ? 'waits' : 'does not wait'} in its pool`;
      }
      if (!holding.has(status)) continue;
      // What statuses that hold money have in common.
      const { award, order, paidFen = 0, recoveredFen = 0 } = application as Ordered & { award: Award };
      const most = order?.fen ?? award.fen;
      if (order && order.fen > award.fen) return `${applicationId} is ordered above its award`;
      if (paidFen > most) return `${applicationId} is paid above its order`;
      if (recoveredFen > paidFen) return `${applicationId} gave back more than it got`;
      const { paid: byPayments, underWay: coming } = this.#paidBy(applicationId);
      if (paidFen + coming > most) return `${applicationId} would be paid above its order`;
      if (byPayments !== paidFen)
        return `${applicationId} was paid ${paidFen}, by its payments ${byPayments}`;
      awarded += most - recoveredFen;
      paid += paidFen - recoveredFen;
    }
    if (awarded !== pool.committedFen) return `awards are ${awarded}, committed is ${pool.committedFen}`;
    if (paid !== pool.paidFen) return `applications were paid ${paid}, the pool ${pool.paidFen}`;
    const once = new Set<string>();
    for (const { movement } of entries) {
      if (movement.key !== undefined) {
        if (once.has(movement.key)) return `${movement.key} is entered twice in ${pool.poolId}`;
        once.add(movement.key);
      }
      if (movement.kind !== 'commitment' || movement.applicationId === undefined) continue;
      if (once.has(movement.applicationId)) return `${movement.applicationId} is awarded twice`;
      once.add(movement.applicationId);
    }
    return undefined;
  }

  /** What payments have brought an award, and what is on its way. */
  #paidBy(applicationId: string): { paid: number; underWay: number } {
    const sums = { paid: 0, underWay: 0 };
    for (const payment of this.payments.values()) {
      if (payment.applicationId !== applicationId) continue;
      sums.paid += payment.paidFen;
      if (payment.status === 'under-way') sums.underWay += payment.fen;
    }
    return sums;
  }

  #waiting(poolId: string): Candidate[] {
    return [...this.candidates.values()].filter((candidate) => candidate.poolId === poolId);
  }

  #poolOf({ pk, sk, after }: Change): string | undefined {
    if (pk.startsWith(at.pool)) return pk.slice(at.pool.length);
    if (pk.startsWith(at.round)) return this.rounds.get(pk.slice(at.round.length))?.poolId;
    if (sk.startsWith(payment.prefix)) {
      const application = this.applications.get(Object(after?.['payment']).applicationId);
      return application && 'pool' in application ? application.pool : undefined;
    }
    if (pk.startsWith(at.application) && sk === stateAt) {
      const application = this.applications.get(pk.slice(at.application.length));
      return application && 'pool' in application ? application.pool : undefined;
    }
    return undefined;
  }

  /** Takes a change into the books. What stands in the tables was written under the schemas, so its types are known. */
  #keep({ pk, sk, after }: Change): void {
    const item = after as unknown;
    if (sk === stateAt) {
      const stated: unknown = pk.startsWith(at.pool) ? item : after?.['state'];
      this.#versions.set(pk, Object(stated).version);
      if (pk.startsWith(at.pool)) {
        const known = this.pools.get(pk.slice(at.pool.length));
        if (known) known.pool = stated as Pool;
        else this.pools.set(pk.slice(at.pool.length), { pool: stated as Pool, entries: [] });
      } else if (pk.startsWith(at.paymentFile)) this.#files.set(pk, stated as PaymentFile);
      else if (pk.startsWith(at.results)) this.#results.set(pk, stated as ResultsFile);
      else if (pk.startsWith(at.round)) this.rounds.set(pk.slice(at.round.length), stated as Round);
      else if (pk.startsWith(at.application))
        this.applications.set(pk.slice(at.application.length), stated as Application);
    } else if (sk.startsWith(ledgerEntry.prefix)) {
      const books = this.pools.get(pk.slice(at.pool.length)) ?? { pool: {} as Pool, entries: [] };
      this.pools.set(pk.slice(at.pool.length), books);
      books.entries.push(item as LedgerEntry);
    } else if (sk.startsWith(candidate.prefix)) {
      const key = `${pk.slice(at.pool.length)} ${sk.slice(candidate.prefix.length)}`;
      if (item === undefined) this.candidates.delete(key);
      else this.candidates.set(key, item as Candidate);
    } else if (sk.startsWith(line.prefix) && pk.startsWith(at.round)) {
      const lines = this.lines.get(pk.slice(at.round.length)) ?? new Map<string, Line>();
      this.lines.set(pk.slice(at.round.length), lines);
      if (after === undefined) lines.delete(sk.slice(line.prefix.length));
      else lines.set(sk.slice(line.prefix.length), after['line'] as unknown as Line);
    } else if (sk === messageAt && after !== undefined) {
      const message = after['message'] as unknown as OutboxMessage;
      this.messages.set(pk, { pending: after['pending'] !== undefined, message });
    } else if (sk.startsWith(payment.prefix) && after !== undefined) {
      const payment = after['payment'] as unknown as Payment;
      this.payments.set(payment.paymentId, payment);
    } else if (sk === interestsAt) {
      const declared = Object.keys(after ?? {}).filter((name) => name.startsWith('of:'));
      this.interests.set(pk.slice(at.person.length), new Set(declared.map((name) => name.slice(3))));
    }
  }
}

/** Who took the decision that led to a status. */
function deciderOf(round: Round): string | undefined {
  if (round.status === 'open') return round.openedBy;
  if (round.status === 'approved' || round.status === 'refused') return round.decision.by;
  return undefined;
}
