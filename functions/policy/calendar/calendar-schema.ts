import * as z from 'zod';

/** policy/calendars/YEAR.yaml: days off and make-up working days beside the plain weeks. */
export const CalendarSchema = z.strictObject({
  year: z.int(),
  source: z.string(),
  holidays: z.array(z.iso.date()),
  workdays: z.array(z.iso.date()),
});

export type Calendar = z.output<typeof CalendarSchema>;
