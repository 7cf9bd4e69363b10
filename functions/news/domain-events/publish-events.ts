import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { HistoryRowSchema, stateKey } from '../../filing/applications/application-store.ts';
import { ReminderSchema } from '../../review/sign-off/remind-reviewers.ts';
import { SignOffTaskSchema } from '../../review/tasks/task-store.ts';
import { log } from '../../shared/log.ts';
import { eventOfHistory, eventOfReminder, eventOfTask, type Subject, SubjectSchema } from './derive-event.ts';
import type { DomainEvent } from './domain-event.ts';
import { type EventBus, eventsPerCall } from './event-bus.ts';

/** A new row of the applications table. */
export interface NewRow {
  /** Its place in the stream. */
  readonly position: string;
  readonly pk: string;
  readonly sk: string;
}

export interface PublishParts {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
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
      const event = await eventOf(parts, subjects, { pk, sk });
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

async function eventOf(
  parts: PublishParts,
  subjects: Map<string, Promise<Subject | undefined>>,
  key: { readonly pk: string; readonly sk: string },
): Promise<DomainEvent | undefined> {
  const { pk, sk } = key;
  const applicationId = pk.slice(pk.indexOf('#') + 1);
  const known = subjects.get(applicationId) ?? readSubject(parts, applicationId);
  subjects.set(applicationId, known);
  const [row, subject] = await Promise.all([read(parts, key), known]);
  if (!row || !subject) return undefined;
  if (sk.startsWith('HISTORY#')) return eventOfHistory(HistoryRowSchema.parse(row['row']), subject);
  if (sk.startsWith('TASK#')) return eventOfTask(SignOffTaskSchema.parse(row['task']), subject);
  if (sk.startsWith('REMINDER#')) return eventOfReminder(ReminderSchema.parse(row['reminder']), subject);
  return undefined;
}

async function readSubject(parts: PublishParts, applicationId: string): Promise<Subject | undefined> {
  const item = await read(parts, stateKey(applicationId));
  return item && SubjectSchema.parse(item['state']);
}

async function read({ client, table }: PublishParts, Key: Record<string, unknown>) {
  const { Item } = await client.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
  return Item;
}
