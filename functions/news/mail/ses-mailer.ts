import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import type { Mail, Mailer } from './mail.ts';

/** What SES says of a mail that it will not take another time either. */
const finalRefusals = new Set(['BadRequestException', 'MessageRejected']);

/** Sends mails by Amazon SES. */
export class SesMailer implements Mailer {
  readonly #from: string;
  readonly #client = new SESv2Client({});

  /** @param from address of a verified domain */
  constructor(from: string) {
    this.#from = from;
  }

  /** See `Mailer.send`. */
  async send({ to, subject, text }: Mail): Promise<boolean> {
    const inUtf8 = (Data: string) => ({ Data, Charset: 'UTF-8' });
    try {
      await this.#client.send(
        new SendEmailCommand({
          FromEmailAddress: this.#from,
          Destination: { ToAddresses: [to] },
          Content: { Simple: { Subject: inUtf8(subject), Body: { Text: inUtf8(text) } } },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof Error && finalRefusals.has(error.name)) return false;
      throw error;
    }
  }
}
