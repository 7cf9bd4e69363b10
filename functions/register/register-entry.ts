import type { ApplicationIn } from '../filing/applications/application.ts';
import { lawOf } from '../policy/guides/policy-book.ts';
import type { Notice } from '../policy/notice/notice-schema.ts';
import { type Fen, fen } from '../shared/money.ts';
import { shanghaiDate } from '../shared/shanghai-date.ts';
import type { Table } from '../shared/table.ts';
import { budget } from '../shared/tables.ts';
import type { GuardedWrite } from '../shared/transaction.ts';
import { entryKey, type RegisterEntry } from './entry.ts';

/** What happened to an award's money. */
export interface RegisteredEvent {
  readonly event: RegisterEntry['event'];
  /** The application as the event leaves it. */
  readonly application: ApplicationIn<'ordered'> | ApplicationIn<'closed'>;
  readonly amountFen: Fen;
  /** When it is decided, by the clock of now: the entry stands under the day of it. */
  readonly at: string;
  /** Tells payments, returns or recoveries of one application apart, e.g. a revision that rises. Default: 1. */
  readonly number?: number;
}

/** Where the register stands, and the law that its entries cite. */
export interface Register {
  readonly table: Table<'budget'>;
  readonly notice: Pick<Notice, 'items' | 'districts'>;
}

/**
 * The writes that enter events into the public register, to be written in the transaction of the events themselves:
 * one for each event, and one for each of their days, on condition that the day is not closed. Call it once for a
 * transaction. Both conditions fail as `concurrent-change`, so that whoever decides again does so by a fresh clock.
 * The function needs PutItem on the register's entries and ConditionCheckItem on its fence, and the law beside its bundle.
 * @throws Error when the notice has lost the item or the district of an application.
 */
export function registerEntries(
  { table, notice }: Register,
  events: readonly RegisteredEvent[],
): GuardedWrite[] {
  const entries = events.map((event) => entryOf(notice, event));
  return [
    ...(entries.length > 0 ? [stillOpen(table, entries)] : []),
    ...entries.map((entry) => table.putNew(entryKey(entry), { entry })),
  ];
}

/** One item says through which day the register is closed: the earliest of the days has to be later. */
function stillOpen(table: Table<'budget'>, entries: readonly RegisterEntry[]): GuardedWrite {
  const day = entries.map((entry) => entry.day).sort()[0];
  return table.check(budget.entities.fence.key({}), {
    when: 'attribute_not_exists(pk) OR closedThrough < :day',
    values: { ':day': day },
  });
}

function entryOf(
  notice: Pick<Notice, 'items' | 'districts'>,
  { event, application, amountFen, at, number = 1 }: RegisteredEvent,
): RegisterEntry {
  const { applicationId, content, award, order, paidFen, recoveredFen = fen(0) } = application;
  const { item, direction, enterprise } = content;
  const law = lawOf(notice, item);
  const districtName = notice.districts[enterprise.district]?.zh;
  if (!law || districtName === undefined) {
    throw new Error(`the notice has no item ${item} or no district ${enterprise.district}`);
  }
  return {
    day: shanghaiDate(new Date(at)),
    applicationId,
    event,
    number,
    at,
    organisationName: enterprise.name,
    item,
    clause: law.item.clause,
    direction,
    district: enterprise.district,
    districtName,
    roundId: award.roundId,
    orderId: order.orderId,
    amountFen,
    standing: { orderedFen: order.fen, paidFen, recoveredFen },
  };
}
