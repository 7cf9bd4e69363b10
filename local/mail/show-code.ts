import * as z from 'zod';
import type { BusEvent, MailService } from '../contracts.ts';

/** Of the events that carry a code, as docs/events.md tells those outside. */
const codeSource = 'software-support.codes';

const codeSchema = z.object({ address: z.string(), subject: z.string(), text: z.string() });

/** What the city's gateway would send to a phone is shown among the mails. */
export function showCode(mail: Pick<MailService, 'keep'>, { source, detail }: BusEvent): void {
  if (source !== codeSource) return;
  const { address, subject, text } = codeSchema.parse(detail);
  mail.keep({ to: address, subject, text });
}
