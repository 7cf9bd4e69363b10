import * as z from 'zod';

/** A text in both languages of the system. */
export const BilingualSchema = z.object({ zh: z.string().min(1), en: z.string().min(1) });
export type Bilingual = z.output<typeof BilingualSchema>;

/** A reason for a decision, with the clause of the notice or the place in the guide that it rests on. */
export const ReasonSchema = z.object({
  code: z.string().min(1),
  citation: z.string().min(1).meta({ description: 'Clause of the notice or place in the guide' }),
  message: BilingualSchema,
});
export type Reason = z.output<typeof ReasonSchema>;
