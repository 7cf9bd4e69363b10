import { log } from '../../shared/log.ts';
import type { Subject } from './derive-event.ts';
import type { DomainEvent } from './domain-event.ts';
import { type EventBus, eventsPerCall } from './event-bus.ts';
import type { EventRows } from './event-rows.ts';

/** A new row of the applications table, or of the history of an account. */
export interface NewRow {
  /** Its place in the stream. */
  readonly position: string;
  readonly pk: string;
  readonly sk: string;
}

export interface PublishParts {
  readonly rows: EventRows;
  readonly bus: EventBus;
}

/**
 * Publishes what new rows stand for, in their order and at least once: a row that comes again makes the same event
 * with the same id. Rows are read by their keys, so that the stream's image needs no reading of its own.
 * @returns the position of the first row that is to come again, or undefined when all are done.
 */
export async function publishEvents(
  parts: PublishParts,
  rows: readonly NewRow[],
): Promise<string | undefined> {
  const subjects = new Map<string, Promise<Subject | undefined>>();
  const pending: { position: string; event: DomainEvent }[] = [];
  for (const { position, pk, sk } of rows) {
    try {
      const organisation = parts.rows.accountOf(pk);
      if (organisation !== undefined) {
        const changed = await parts.rows.accountEvent({ pk, sk }, organisation);
        if (changed) pending.push({ position, event: changed });
        continue;
      }
      const applicationId = pk.slice(pk.indexOf('#') + 1);
      const subject = subjects.get(applicationId) ?? parts.rows.subject(applicationId);
      subjects.set(applicationId, subject);
      const event = await parts.rows.event({ pk, sk }, subject);
      if (event) pending.push({ position, event });
    } catch (error) {
      log.error('event.unpublished', error, { kind: sk.split('#')[0] });
      // What stands before it goes out first.
      return (await putAll(parts.bus, pending)) ?? position;
    }
  }
  return putAll(parts.bus, pending);
}

async function putAll(
  bus: EventBus,
  pending: readonly { readonly position: string; readonly event: DomainEvent }[],
): Promise<string | undefined> {
  for (let start = 0; start < pending.length; start += eventsPerCall) {
    const batch = pending.slice(start, start + eventsPerCall);
    try {
      const errors = await bus.put(batch.map(({ event }) => event));
      const failed = errors.findIndex((error) => error !== undefined);
      if (failed !== -1) {
        log.warn('event.refused', { type: batch[failed]?.event.type, code: errors[failed] });
        return batch[failed]?.position;
      }
      for (const { event } of batch) log.info('event.published', { type: event.type, event: event.id });
    } catch (error) {
      log.error('event.unpublished', error);
      return batch[0]?.position;
    }
  }
  return undefined;
}
