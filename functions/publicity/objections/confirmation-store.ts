import * as z from 'zod';
import { DomainError } from '../../shared/errors.ts';
import type { Table } from '../../shared/table.ts';
import { budget } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';

const { confirmation: confirmations, intakeCount, broughtBefore } = budget.entities;

const ConfirmationSchema = z.object({
  contactHash: z.string(),
  codeHash: z.string(),
  /** Seconds since 1970. */
  expiresAt: z.int(),
  tries: z.int(),
  used: z.literal(true).optional(),
});
export type Confirmation = z.output<typeof ConfirmationSchema>;

/** How often a code may be tried: of a million codes nobody guesses one. */
export const triesAtMost = 5;

/** Who comes how often, in which hour or day. */
export interface Coming {
  readonly subject: string;
  readonly window: string;
  readonly atMost: number;
  /** When the count is of no use any more, in seconds since 1970. */
  readonly expiresAt: number;
}

/** Codes that were sent, and counts of who comes how often: hashes alone, which end by themselves. */
export class ConfirmationStore {
  readonly #table: Table<'budget'>;

  constructor(table: Table<'budget'>) {
    this.#table = table;
  }

  /** The write that keeps a code as it was sent. */
  keep(
    confirmationId: string,
    kept: Pick<Confirmation, 'contactHash' | 'codeHash' | 'expiresAt'>,
  ): GuardedWrite {
    return this.#table.putNew(confirmations.key({ confirmationId }), { ...kept, tries: 0 });
  }

  /**
   * Counts a try, before anything is compared: however many come at once, no more than so many are.
   * @returns undefined where there is none to try any more.
   */
  async tried(confirmationId: string, now: Date): Promise<Confirmation | undefined> {
    const item = await this.#table.tryUpdate(confirmations.key({ confirmationId }), {
      set: 'SET tries = tries + :one',
      when: 'attribute_exists(pk) AND tries < :most AND expiresAt > :now AND attribute_not_exists(used)',
      values: { ':one': 1, ':most': triesAtMost, ':now': Math.floor(now.getTime() / 1000) },
    });
    return item && ConfirmationSchema.parse(item);
  }

  /** The write that uses a confirmation up. */
  use(confirmationId: string): GuardedWrite {
    return this.#table.update(confirmations.key({ confirmationId }), {
      set: 'SET used = :used',
      when: 'attribute_exists(pk) AND attribute_not_exists(used)',
      values: { ':used': true },
    });
  }

  /** The write that counts somebody's coming, and fails with `too-many-requests` beyond the most. */
  count({ subject, window, atMost, expiresAt }: Coming): GuardedWrite {
    return this.#table.update(intakeCount.key({ subject, window }), {
      set: 'SET times = if_not_exists(times, :none) + :one, expiresAt = :expiresAt',
      when: 'attribute_not_exists(times) OR times < :most',
      values: { ':none': 0, ':one': 1, ':most': atMost, ':expiresAt': expiresAt },
      otherwise: () => new DomainError('too-many-requests'),
    });
  }

  /** Writes all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await this.#table.transact(writes);
  }

  /** The write that keeps what an objector has brought up, and fails with `already-exists` when it is there. */
  brought(subject: string, applicationId: string, groundsHash: string): GuardedWrite {
    return this.#table.putNew(broughtBefore.key({ subject, applicationId, groundsHash }), {}, () => {
      const message = {
        zh: '您已就该事项以同样理由提出，正在办理，请凭回执查询',
        en: 'you have brought up the same grounds against this award: its receipt shows how that stands',
      };
      return new DomainError('already-exists', {
        detail: message,
        faults: [{ path: 'grounds', rule: 'not-brought-before', message }],
      });
    });
  }
}
