import type { SecurityEvent, SecurityMessage } from './security-event.ts';

/**
 * Every message the system logs. Alarms and runbooks refer to these names; nothing else is written, and the fields
 * beside them hold ids, codes and counts only, never personal data or tokens.
 */
export type LogMessage =
  | 'audit.verified'
  | 'audit.broken'
  | 'audit.unfinished'
  | 'request.served'
  | 'request.failed'
  | 'task.done'
  | 'task.failed'
  | 'task.unindexed'
  | 'closing.calendar-missing'
  | 'erasure.done'
  | 'erasure.failed'
  | 'document.verified'
  | 'document.ignored'
  | 'scan.asked'
  | 'scan.overdue'
  | 'scan.contrary'
  | 'scan.rejected'
  | 'dossier.made'
  | 'dossier.ignored'
  | 'event.published'
  | 'event.refused'
  | 'event.unpublished'
  | 'event.notified'
  | 'mail.sent'
  | 'mail.rejected'
  | 'mail.failed'
  | 'import.ended'
  | 'awards.held'
  | 'awards.unscreened'
  | 'outbox.delivered'
  | 'outbox.dropped'
  | 'outbox.failed'
  | 'outbox.stalled'
  | 'outbox.swept'
  | 'webhook.delivered'
  | 'webhook.failed'
  | 'webhook.dead'
  | 'webhook.cancelled'
  | 'webhook.ended'
  | SecurityMessage;

/** Fields beside a message. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes a line that Lambda's JSON log format turns into a structured record with time, level and request id. */
export const log = {
  info(message: LogMessage, fields: LogFields = {}): void {
    console.info({ message, ...fields });
  },
  warn(message: LogMessage, fields: LogFields = {}): void {
    console.warn({ message, ...fields });
  },
  /** The cause is logged by its name and message only, since a stored item or a token may hang on it. */
  error(message: LogMessage, cause: unknown, fields: LogFields = {}): void {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    console.error({
      message,
      ...fields,
      errorName: error.name,
      errorMessage: error.message,
      stack: error.stack,
    });
  },
};

/** Tells of an event that has happened: ids, codes and counts. */
export function tellSecurity(event: SecurityEvent, fields: LogFields): void {
  log.warn(`security.${event}`, fields);
}
