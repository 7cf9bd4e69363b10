import type { Clock } from '../../shared/clock.ts';
import type { Item, Table } from '../../shared/table.ts';
import { messages } from '../../shared/tables.ts';

/** An event is not delivered again after so long, unless somebody replays it on purpose. */
const keptSeconds = 90 * 86_400;
/** Longer than the function that sends may run: whoever claimed a mail before has ended by then. */
const claimedSeconds = 90;

const { mailed } = messages.entities;

/** Which mails have gone out, by what they are about (an event, or a day's reminders) and recipient: one row for each pair. */
export class MailRecord {
  readonly #table: Table<'messages'>;
  readonly #clock: Clock;

  constructor(table: Table<'messages'>, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  /**
   * Takes a mail on, unless it is settled or somebody else is sending it. A claim that is not settled runs out, so
   * that a mail is sent even when its sender ended half-way.
   * @returns `settled` when nothing is left to do, `busy` when it is to be looked at again.
   */
  async claim(matter: string, person: string): Promise<'claimed' | 'settled' | 'busy'> {
    const now = this.#clock().getTime() / 1000;
    const standing = await this.#table.putOrSee(
      mailed.key({ matter, person }),
      this.#row(now + claimedSeconds),
      { when: 'attribute_not_exists(pk) OR claimedUntil < :now', values: { ':now': now } },
    );
    if (!standing) return 'claimed';
    // A settled one has no end of its claim.
    return 'claimedUntil' in standing ? 'busy' : 'settled';
  }

  /** Notes that a claimed mail is sent, or refused for good. */
  async settle(matter: string, person: string): Promise<void> {
    await this.#table.write(this.#table.put(mailed.key({ matter, person }), this.#row()));
  }

  /** Gives a claimed mail back, which could not be sent now. */
  async release(matter: string, person: string): Promise<void> {
    await this.#table.write(this.#table.put(mailed.key({ matter, person }), this.#row(0)));
  }

  #row(claimedUntil?: number): Item {
    const now = this.#clock();
    return {
      at: now.toISOString(),
      expiresAt: Math.floor(now.getTime() / 1000) + keptSeconds,
      claimedUntil,
    };
  }
}
