import * as z from 'zod';
import { both } from '../../shared/text.ts';

/** Ways to reach somebody, of which one is confirmed before anything is taken under a name. */
export const contactKinds = ['phone', 'email'] as const;

export const PhoneSchema = z
  .string()
  .trim()
  .regex(/^[+\d][\d -]{5,19}$/, {
    error: both('电话为数字，可以加号开头、以连字符分隔', 'digits, at most a leading + and hyphens'),
  });
export const EmailSchema = z.email().max(200);

/** A phone or a mail address. */
export const ContactSchema = z.discriminatedUnion('via', [
  z.strictObject({ via: z.literal('phone'), address: PhoneSchema }),
  z.strictObject({ via: z.literal('email'), address: EmailSchema }),
]);
export type Contact = z.output<typeof ContactSchema>;

/** One way of writing a contact, so that it is one and the same however it is typed: `phone:2081234567`. */
export function plainContact({ via, address }: Contact): string {
  // What stands behind a plus is a name of the same mailbox's own (RFC 5233).
  if (via === 'email')
    return `email:${address
      .trim()
      .toLowerCase()
      .replace(/(?<=.)\+[^@]*(?=@)/, '')}`;
  const digits = address.replace(/\D/g, '');
  // With the country's code, its prefix or the trunk's zero it is the same line.
  const national = digits.replace(/^(?:00)?86(?=\d{10,11}$)/, '').replace(/^0(?=\d{9,})/, '');
  return `phone:${national}`;
}

/** One way of writing a source address; of IPv6 the network, since one household has as many addresses as it likes. */
export function plainSource(given: string): string {
  // An address of IPv4 may be written as one of IPv6: half of the world would be one network.
  const source = given.toLowerCase().replace(/^[0:]*:ffff:(?=\d+\.)/, '');
  if (!source.includes(':')) return source;
  const [head = '', tail] = source.split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - rest.length);
  const all = [...groups, ...Array.from({ length: zeros }, () => '0'), ...rest];
  return all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
