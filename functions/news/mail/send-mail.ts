import type { Notice } from '../../policy/notice/notice-schema.ts';
import { TransientError } from '../../shared/errors.ts';
import { log } from '../../shared/log.ts';
import { shanghaiDate } from '../../shared/shanghai-date.ts';
import type { DomainEvent } from '../domain-events/domain-event.ts';
import type { Channel } from '../messages/channel.ts';
import type { ContactStore, Recipient } from '../messages/contact-store.ts';
import { describeEvent } from '../messages/describe-event.ts';
import { composeMail, type Mailer } from './mail.ts';
import type { MailRecord } from './mail-record.ts';

export interface SendMailParts {
  readonly contacts: ContactStore;
  readonly record: MailRecord;
  readonly mailer: Mailer;
  readonly notice: Notice;
  /** Address that links begin with. */
  readonly portal: string;
}

/**
 * Mails an event to everybody concerned who asked for mails. A mail is claimed before and settled after it was
 * sent: an event delivered again goes to those alone who have not had it, and a stop between the two sends one mail
 * twice rather than none. Of a day's reminders one is mailed, or a round of tasks that are due together would be a
 * mail for each.
 * @throws TransientError when some could not be sent now; the others have been.
 */
export async function sendMail(parts: SendMailParts, event: DomainEvent): Promise<void> {
  const described = describeEvent(parts.notice, event);
  if (described.mail === 'none') return;
  const day = shanghaiDate(new Date(event.at));
  // What is mailed once: this event, or the first of its type on the day.
  const matter = described.mail === 'each' ? event.id : `${event.type}#${day}`;
  let failed = 0;
  for (const { person, contact } of await recipientsOf(parts.contacts, described.channels)) {
    const claim = await parts.record.claim(matter, person);
    if (claim === 'busy') failed += 1;
    if (claim !== 'claimed') continue;
    try {
      const sent = await parts.mailer.send(composeMail(parts.portal, contact, described));
      await parts.record.settle(matter, person);
      const fields = { type: event.type, event: event.id };
      if (sent) log.info('mail.sent', fields);
      else log.warn('mail.rejected', fields);
    } catch (error) {
      failed += 1;
      await parts.record.release(matter, person);
      // The cause may quote the address.
      log.warn('mail.failed', {
        type: event.type,
        event: event.id,
        errorName: error instanceof Error ? error.name : '',
      });
    }
  }
  if (failed > 0) throw new TransientError(`${failed} mails could not be sent`);
}

/** Everybody of some channels, each once. */
async function recipientsOf(contacts: ContactStore, channels: readonly Channel[]): Promise<Recipient[]> {
  const found = await Promise.all(channels.map((channel) => contacts.recipients(channel)));
  return [...new Map(found.flat().map((recipient) => [recipient.person, recipient])).values()];
}
