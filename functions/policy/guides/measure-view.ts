import * as z from 'zod';
import { FenSchema } from '../../shared/money.ts';
import { DateSchema, InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';

const DepartmentSchema = z
  .object({
    id: SlugSchema,
    name: BilingualSchema,
    successor: SlugSchema.optional().meta({ description: 'Department that took over when this one ended' }),
  })
  .meta({ id: 'Department' });

/** The notice's upper limit of a measure. */
const CeilingSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('fixed'), fen: FenSchema }),
  z.object({ kind: z.literal('ratio'), percent: z.int(), fen: FenSchema }),
  z.object({
    kind: z.literal('tiers'),
    tiers: z.array(z.object({ id: SlugSchema, reachedAtFen: FenSchema, fen: FenSchema })),
  }),
]);

const WindowSchema = z.object({ opensAt: InstantSchema, closesAt: InstantSchema });

const DaysSchema = z.object({ days: z.int(), unit: z.enum(['working', 'calendar']) });

/** What the notice says of a kind of support, and whether a guide takes applications for it now. */
const MeasureShape = {
  id: SlugSchema.meta({ description: 'What an application names as its item' }),
  item: SlugSchema,
  part: SlugSchema,
  clause: z.string(),
  kind: z.enum(['paid', 'by-guide', 'matching', 'recognition', 'referral', 'outside']),
  title: BilingualSchema,
  lead: z.array(DepartmentSchema),
  support: z.array(DepartmentSchema),
  ceiling: CeilingSchema.optional(),
  open: z.boolean().meta({ description: 'Whether it takes applications now' }),
  guide: z
    .string()
    .optional()
    .meta({ description: 'The guide version that says when; the open one, or the latest' }),
  window: WindowSchema.optional(),
};

/** The notice's measures with all that they support. */
export const CatalogueSchema = z
  .object({
    documentNumber: z.string(),
    title: BilingualSchema,
    dated: DateSchema.meta({ description: 'Day of issue' }),
    printed: DateSchema,
    inForce: z.object({ from: DateSchema, to: DateSchema }),
    replaces: z
      .object({ documentNumber: z.string(), endedOn: DateSchema, citation: z.string() })
      .meta({ description: 'The predecessor, which was repealed' }),
    districts: z
      .array(z.object({ code: z.string(), name: BilingualSchema }))
      .meta({ description: 'Districts of Guangzhou by their codes (GB/T 2260)' }),
    directions: z.array(
      z.object({
        id: SlugSchema,
        clause: z.string(),
        title: BilingualSchema,
        summary: BilingualSchema,
        lead: z.array(DepartmentSchema),
        support: z.array(DepartmentSchema),
      }),
    ),
    measures: z.array(
      z.object({
        clause: z.string(),
        title: BilingualSchema,
        summary: BilingualSchema,
        items: z.array(
          z.object({
            item: SlugSchema,
            title: BilingualSchema,
            summary: BilingualSchema,
            parts: z.array(z.object(MeasureShape)),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'Catalogue' });

/** A measure with what its guide asks for; one that no guide has yet ends with what the notice says. */
export const MeasureSchema = z
  .object({
    ...MeasureShape,
    summary: BilingualSchema,
    illustrative: z.boolean().optional().meta({ description: 'The guide is a sample' }),
    competition: z.enum(['competitive', 'inclusive']).optional(),
    amount: z
      .discriminatedUnion('kind', [
        z.object({ kind: z.literal('fixed'), fen: FenSchema }),
        z.object({ kind: z.literal('ratio'), percent: z.int(), claimed: z.string(), fen: FenSchema }),
        z.object({
          kind: z.literal('tiers'),
          revenue: z.string(),
          earlier: z.string(),
          skipped: z.enum(['highest', 'difference', 'sum']),
          tiers: z.array(z.object({ id: SlugSchema, fen: FenSchema })),
        }),
        z.object({
          kind: z.literal('sum'),
          fen: FenSchema,
          parts: z.array(z.looseObject({ id: SlugSchema, kind: z.string(), title: BilingualSchema })),
        }),
        z.object({ kind: z.literal('at-sign-off'), fen: FenSchema }),
        z.object({ kind: z.literal('none') }),
      ])
      .optional(),
    conditions: z
      .array(
        z.object({
          id: SlugSchema,
          citation: z.string(),
          expression: z.string().meta({ description: 'In CEL' }),
          met: BilingualSchema,
          unmet: BilingualSchema,
          unmetNeedsReview: z.boolean(),
        }),
      )
      .optional(),
    facts: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'JSON Schema (draft 2020-12) of the facts that an application states' }),
    materials: z
      .array(
        z.object({
          ...{ id: SlugSchema, title: BilingualSchema, formats: z.array(z.string()), maxBytes: z.int() },
          template: z.string().optional().meta({ description: 'Where a form to fill in is' }),
        }),
      )
      .optional(),
    reconsideration: z.object({ within: DaysSchema, due: DaysSchema }).optional().meta({
      description:
        'How long a refused applicant may ask for a reconsideration, and how long the lead department has, by people who had no part in it',
    }),
  })
  .meta({ id: 'Measure' });
