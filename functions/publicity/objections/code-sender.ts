import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { TransientError } from '../../shared/errors.ts';
import type { Bilingual } from '../../shared/text.ts';
import { codeSource } from './code-source.ts';
import type { Contact } from './contact.ts';

/** A code on its way to a contact. */
export interface CodeMessage {
  readonly contact: Contact;
  readonly subject: Bilingual;
  readonly text: Bilingual;
}

/** Brings a code to somebody. */
export interface CodeSender {
  /** @throws whatever kept it from being sent: it is asked for again then. */
  send(message: CodeMessage): Promise<void>;
}

/** What sends mails, where the environment has something that does. */
interface Mailing {
  send(mail: { readonly to: string; readonly subject: string; readonly text: string }): Promise<boolean>;
}

/**
 * Mails a code by SES where there is one; every other code is an event on the bus, for the city's gateway of text messages
 * (or of mails) to send. The client of the bus is made on first use.
 */
export class GatewayCodes implements CodeSender {
  readonly #busName: string;
  readonly #mailer: Mailing | undefined;
  #bus: EventBridgeClient | undefined;

  constructor(busName: string, mailer: Mailing | undefined) {
    this.#busName = busName;
    this.#mailer = mailer;
  }

  /** See `CodeSender.send`. */
  async send({ contact, subject, text }: CodeMessage): Promise<void> {
    const [title, words] = [`${subject.zh} / ${subject.en}`, `${text.zh}\n\n${text.en}`];
    if (contact.via === 'email' && this.#mailer) {
      // What SES refuses for good is no address: whoever gave it gets no code.
      await this.#mailer.send({ to: contact.address, subject: title, text: words });
      return;
    }
    this.#bus ??= new EventBridgeClient({});
    const { FailedEntryCount } = await this.#bus.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: this.#busName,
            Source: codeSource,
            DetailType: 'ConfirmationCode',
            Detail: JSON.stringify({ ...contact, subject: title, text: words }),
          },
        ],
      }),
    );
    if (FailedEntryCount !== 0) throw new TransientError('the bus did not take the code');
  }
}
