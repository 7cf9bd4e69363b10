import * as z from 'zod';
import { parseEvent } from '../news/domain-events/domain-event.ts';
import { MailRecord } from '../news/mail/mail-record.ts';
import { sendMail } from '../news/mail/send-mail.ts';
import { SesMailer } from '../news/mail/ses-mailer.ts';
import { ContactStore } from '../news/messages/contact-store.ts';
import { readLaw } from '../policy/guides/policy-source.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { openTables } from '../shared/table.ts';
import { taskDoor } from '../shared/task.ts';

const BusEventSchema = z.object({ 'detail-type': z.string(), detail: z.unknown() });

const environment = readEnvironment('events/send-mail');
const tables = openTables(environment);
const parts = {
  contacts: new ContactStore(tables.messages),
  record: new MailRecord(tables.messages, systemClock),
  mailer: new SesMailer(environment.MAIL_FROM),
  notice: readLaw(import.meta.url).notice,
  portal: environment.PORTAL_URL,
};

/** Mails a domain event to those who asked for mails. */
export const handler = taskDoor('send-mail', BusEventSchema, (event) =>
  sendMail(parts, parseEvent(event['detail-type'], event.detail)),
);
