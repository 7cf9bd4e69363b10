import {
  ExecutionAlreadyExists,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Clock } from '../../shared/clock.ts';
import { log } from '../../shared/log.ts';
import type { AnnouncementPage, OutboxMessage } from '../../shared/outbox.ts';
import type { WaitRepository } from '../../shared/wait-repository.ts';
import type { OutboxStore } from './outbox-store.ts';

export interface RelayParts {
  readonly messages: OutboxStore;
  readonly states: SFNClient;
  readonly waits: WaitRepository;
  /** Sends a page of an announcement, once however often it is asked for. */
  readonly sendAnnouncement: (page: AnnouncementPage) => Promise<void>;
  readonly clock: Clock;
  readonly reviewStateMachineArn: string;
  readonly roundStateMachineArn: string;
  readonly orderStateMachineArn: string;
}

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
    const { messages, clock } = this.#parts;
    const message = await messages.pending(pk);
    if (!message) return;
    await this.#act(message);
    await messages.markDelivered(pk, clock());
    log.info('outbox.delivered', { type: message.type });
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
    for await (const { pk, createdAt } of this.#parts.messages.leftBehind(new Date(now - sweepAfterMs))) {
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
      case 'send-announcement':
        return this.#parts.sendAnnouncement(message);
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
}

/** One execution for each submission and each time it was reopened, however often its start is asked for. */
function reviewName(review: Extract<OutboxMessage, { type: 'start-review' | 'stop-review' }>): string {
  const { applicationId, submission, reopening } = review;
  return `${applicationId}-${submission}${reopening === undefined ? '' : `-r${reopening}`}`;
}

function isNamed(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}
