import * as z from 'zod';
import type { Calendar } from '../calendar/calendar-schema.ts';
import type { Notice } from '../notice/notice-schema.ts';
import type { Retention } from '../retention/retention-schema.ts';
import type { Guide } from './guide-schema.ts';

/** policy/matching.yaml: how alike names must be. */
export const MatchingSchema = z.strictObject({
  /** Probabilities of two names meaning one matter, 0 to 1. */
  names: z
    .strictObject({
      /** From here on a comparison is listed in an outcome. */
      listedFrom: z.number().min(0).max(1),
      /** From here on an adjudicator decides. */
      suspectedFrom: z.number().min(0).max(1),
    })
    .refine(({ listedFrom, suspectedFrom }) => listedFrom <= suspectedFrom, {
      error: 'what is suspected is listed too: listedFrom is not above suspectedFrom',
      path: ['listedFrom'],
    }),
});
export type Matching = z.output<typeof MatchingSchema>;

/** What is written beside the bundles. */
export interface Policy {
  readonly notice: Notice;
  readonly matching: Matching;
  readonly retention: Retention;
  readonly calendars: readonly Calendar[];
  readonly guides: readonly Guide[];
}
