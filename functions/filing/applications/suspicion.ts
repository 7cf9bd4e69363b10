import * as z from 'zod';
import { contentHash } from '../../shared/hash.ts';
import { FenSchema } from '../../shared/money.ts';
import { SlugSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';
import { ApplicationIdSchema, levels, OrganisationCodeSchema } from '../../shared/vocabulary.ts';

/** What an application is held against: another scheme's award, or another application. */
export const CounterpartSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('award'),
    scheme: z.string(),
    awardId: z.string(),
    uscc: OrganisationCodeSchema,
    name: z.string(),
    projectName: z.string(),
    level: z.enum(levels),
    year: z.int(),
    amountFen: FenSchema,
  }),
  z.object({
    kind: z.literal('application'),
    applicationId: ApplicationIdSchema,
    organisation: OrganisationCodeSchema,
    organisationName: z.string(),
    projectName: z.string(),
    item: SlugSchema,
    matterKey: z.string(),
  }),
]);
export type Counterpart = z.output<typeof CounterpartSchema>;

/** Tests that a person decides on (glossary, "duplicate check"); S1 and S2 only when they are found late. */
export const suspicionRules = ['s1', 's2', 's2-other', 's3', 's4', 's5'] as const;

/** A pair that may be one matter: an adjudicator decides. */
export const SuspicionSchema = z.object({
  /** The same for the same pair, whichever side is looked at, so that none is asked about twice. */
  id: z.string(),
  rule: z.enum(suspicionRules),
  counterpart: CounterpartSchema,
  /** How probably the names mean one project, per mille, where names were compared. */
  probability: z.int().min(0).max(1000).optional(),
  why: z.array(BilingualSchema),
});
export type Suspicion = z.output<typeof SuspicionSchema>;

/** The id of the pair of a matter and a counterpart. */
export function pairId(matterKey: string, counterpart: Counterpart): string {
  const other =
    counterpart.kind === 'award'
      ? `award:${counterpart.scheme}#${counterpart.awardId}`
      : `matter:${counterpart.matterKey}`;
  return contentHash([`matter:${matterKey}`, other].sort());
}
