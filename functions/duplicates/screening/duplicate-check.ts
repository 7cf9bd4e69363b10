import * as z from 'zod';
import { CounterpartSchema, suspicionRules } from '../../filing/applications/suspicion.ts';
import { RegistryVersionSchema } from '../../registry/awards/registry-version.ts';
import { InstantSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';
import { ApplicationIdSchema, KnownOrganisationSchema, levels } from '../../shared/vocabulary.ts';

/** What became of a record that was compared; what weighs most first. */
export const checkFindings = [
  'duplicate',
  'suspected',
  /** One matter, and what it was paid is taken off. */
  'topped-up',
  /** An adjudicator found two matters. */
  'not-duplicate',
  /** An adjudicator found one matter: the other application ended for it. */
  'other-ended',
  /** The names are somewhat alike, too little to be suspected. */
  'listed',
  /** An award that was taken back. */
  'revoked',
  /** An award at a level that does not count. */
  'other-level',
] as const;

/** The other side of a comparison; of a claim no more is known than who holds it. */
const OtherSideSchema = z.discriminatedUnion('kind', [
  ...CounterpartSchema.options,
  z.object({
    kind: z.literal('claim'),
    applicationId: ApplicationIdSchema,
    organisation: KnownOrganisationSchema,
  }),
]);

const ComparedRecordSchema = z.object({
  test: z.enum(suspicionRules),
  finding: z.enum(checkFindings),
  other: OtherSideSchema,
  /** How probably the names mean one project, per mille, where names were compared. */
  probability: z.int().min(0).max(1000).optional(),
  why: z.array(BilingualSchema),
});
export type ComparedRecord = z.output<typeof ComparedRecordSchema>;

/** What a duplicate check looked at and what it came to: one for each time that it moved an application on or held it. */
export const DuplicateCheckSchema = z
  .object({
    version: z
      .int()
      .meta({ description: 'Version of the application that it led to: the basisHash of its history row' }),
    submission: z.int(),
    at: InstantSchema,
    outcome: z.enum(['pooled', 'recognised', 'duplicate', 'suspected', 'held']),
    registry: RegistryVersionSchema,
    levels: z.array(z.enum(levels)).meta({ description: 'Levels of awards that the guide counts' }),
    mode: z.enum(['bar', 'top-up']),
    thresholds: z.object({ listedFrom: z.number(), suspectedFrom: z.number() }).optional().meta({
      description: 'Where names were compared: from which probability a pair is listed, and suspected',
    }),
    tests: z
      .array(z.object({ test: z.enum(suspicionRules), isRun: z.boolean(), compared: z.int() }))
      .meta({ description: 'Every test, whether it was run, and how many records it compared' }),
    records: z
      .array(ComparedRecordSchema)
      .meta({ description: 'What was found or is alike, what weighs most first' }),
    leftOut: z.int().meta({ description: 'Records beyond those that are kept' }),
  })
  .meta({ id: 'DuplicateCheck' });
export type DuplicateCheck = z.output<typeof DuplicateCheckSchema>;
