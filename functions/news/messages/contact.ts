import * as z from 'zod';

/** How somebody wants to hear of news outside the system; they say so themselves, or nothing is kept. */
export const ContactSchema = z.strictObject({
  email: z.email().max(254).meta({ description: 'Where short mails go' }),
  language: z.enum(['zh', 'en']).meta({ description: 'The language that comes first; mails hold both' }),
});
export type Contact = z.output<typeof ContactSchema>;
