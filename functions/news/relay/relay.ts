import {
  ExecutionAlreadyExists,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import * as z from 'zod';
import type { Clock } from '../../shared/clock.ts';
import type { Key } from '../../shared/keys.ts';
import { log } from '../../shared/log.ts';
import { type OutboxMessage, OutboxMessageSchema } from '../../shared/outbox.ts';
import type { Table } from '../../shared/table.ts';
import { workflow } from '../../shared/tables.ts';
import type { WaitRepository } from '../../shared/wait-repository.ts';

const { outboxMessage } = workflow.entities;

const StoredMessageSchema = z.object({
  pk: z.string(),
  pending: z.string().optional(),
  createdAt: z.string(),
  message: OutboxMessageSchema,
});

const PendingSchema = z.object({ pk: z.string(), createdAt: z.string() });

export interface RelayParts {
  readonly table: Table<'workflow'>;
  readonly states: SFNClient;
  readonly waits: WaitRepository;
  readonly clock: Clock;
  readonly reviewStateMachineArn: string;
  readonly roundStateMachineArn: string;
  readonly orderStateMachineArn: string;
}

const deliveredKeptSeconds = 7 * 86_400;

/** How long a message may be the stream's business before the sweep takes it up. */
const sweepAfterMs = 30_000;

/** Age at which an undelivered message is an alarm. */
const stalledAfterMs = 300_000;

/** Does what committed transactions asked for, at least once; doing it twice changes nothing. */
export class Relay {
  readonly #parts: RelayParts;

  constructor(parts: RelayParts) {
    this.#parts = parts;
  }

  /**
   * Delivers one message, unless it has been already.
   * @param pk key of the message in the workflow table.
   * @throws the cause when it could not be delivered now; it stays pending.
   */
  async deliver(pk: string): Promise<void> {
    const item = await this.#parts.table.get(keyOf(pk));
    if (!item) return;
    const stored = StoredMessageSchema.parse(item);
    if (stored.pending === undefined) return;
    await this.#act(stored.message);
    await this.#markDelivered(pk);
    log.info('outbox.delivered', { type: stored.message.type });
  }

  /**
   * Delivers what the stream left behind: messages older than half a minute, oldest first. One that fails does not
   * keep the ones behind it waiting.
   * @param limit how many to deliver at most.
   * @returns how many were delivered and how many failed again.
   */
  async sweep(limit = 200): Promise<{ delivered: number; failed: number }> {
    const now = this.#parts.clock().getTime();
    let delivered = 0;
    let failed = 0;
    for await (const { pk, createdAt } of this.#leftBehind(new Date(now - sweepAfterMs))) {
      try {
        await this.deliver(pk);
        delivered += 1;
        if (delivered === limit) break;
      } catch (error) {
        failed += 1;
        log.error('outbox.failed', error);
        const ageSeconds = Math.floor((now - Date.parse(createdAt)) / 1000);
        if (ageSeconds * 1000 > stalledAfterMs) log.warn('outbox.stalled', { ageSeconds });
      }
    }
    if (delivered + failed > 0) log.info('outbox.swept', { delivered, failed });
    return { delivered, failed };
  }

  async *#leftBehind(before: Date): AsyncGenerator<z.output<typeof PendingSchema>> {
    const left = outboxMessage.listed('pending', {}, { before: before.toISOString() });
    for await (const items of this.#parts.table.pages(left)) {
      for (const item of items) yield PendingSchema.parse(item);
    }
  }

  async #act(message: OutboxMessage): Promise<void> {
    switch (message.type) {
      case 'start-review': {
        const { applicationId, submission } = message;
        return this.#start(this.#parts.reviewStateMachineArn, reviewName(message), {
          applicationId,
          submission,
        });
      }
      case 'start-round':
        return this.#start(this.#parts.roundStateMachineArn, message.roundId, { roundId: message.roundId });
      case 'start-order': {
        const { orderId, attempt } = message;
        const name = attempt === 1 ? orderId : `${orderId}-r${attempt}`;
        return this.#start(this.#parts.orderStateMachineArn, name, { orderId });
      }
      case 'stop-review':
        return this.#stop(reviewName(message), message.cause);
      case 'resume':
        return this.#resume(message.waitId, message.output);
    }
  }

  async #start(stateMachineArn: string, name: string, input: unknown): Promise<void> {
    try {
      await this.#parts.states.send(
        new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
      );
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  }

  async #stop(name: string, cause: string): Promise<void> {
    const executionArn = `${this.#parts.reviewStateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    try {
      await this.#parts.states.send(new StopExecutionCommand({ executionArn, error: 'Withdrawn', cause }));
    } catch (error) {
      // Not started yet, or over: its next stage sees the withdrawal in the tables and ends by itself.
      if (!isNamed(error, 'ExecutionDoesNotExist')) throw error;
    }
  }

  async #resume(waitId: string, output: unknown): Promise<void> {
    // Where nobody waits yet, the stage looks at the tables when it registers, and goes on by itself.
    const tokens = await this.#parts.waits.tokens(waitId);
    await Promise.all(tokens.map((token) => this.#answer(token, output)));
  }

  async #answer(taskToken: string, output: unknown): Promise<void> {
    try {
      await this.#parts.states.send(
        new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }),
      );
    } catch (error) {
      // The wait is over (resumed before, timed out or stopped): whatever follows it reads the tables, not the token.
      if (!isNamed(error, 'TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken')) throw error;
      log.info('outbox.dropped', { error: error instanceof Error ? error.name : '' });
    }
  }

  async #markDelivered(pk: string): Promise<void> {
    const now = this.#parts.clock();
    const { table } = this.#parts;
    await table.write(
      table.update(keyOf(pk), {
        set: 'SET deliveredAt = :now, expiresAt = :expires REMOVE pending',
        values: {
          ':now': now.toISOString(),
          ':expires': Math.floor(now.getTime() / 1000) + deliveredKeptSeconds,
        },
      }),
    );
  }
}

function keyOf(pk: string): Key<'workflow'> {
  return { pk, sk: outboxMessage.sk({}) };
}

/** One execution for each submission and each time it was reopened, however often its start is asked for. */
function reviewName(review: Extract<OutboxMessage, { type: 'start-review' | 'stop-review' }>): string {
  const { applicationId, submission, reopening } = review;
  return `${applicationId}-${submission}${reopening === undefined ? '' : `-r${reopening}`}`;
}

function isNamed(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}
