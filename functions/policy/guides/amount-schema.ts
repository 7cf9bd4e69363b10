import * as z from 'zod';
import { SlugSchema } from '../../shared/schemas.ts';
import { BilingualSchema, both } from '../../shared/text.ts';
import { inFen, YuanSchema } from '../notice/written-money.ts';

export const FactIdSchema = z.string().regex(/^[a-z][A-Za-z0-9]*$/);

/** A share as guides write it, 0.5 for half a percent, to four places; parts of a million come out. */
const PercentSchema = z
  .number()
  .refine((percent) => percent > 0 && percent <= 100 && /^\d+(?:\.\d{1,4})?$/.test(String(percent)), {
    error: both(
      '比例应大于 0、不超过 100，至多四位小数',
      'a percentage is above 0 and at most 100, to four places',
    ),
  })
  .transform((percent) => Math.round(percent * 10_000));

/** What is left out of account: an amount of the guide, or one that the applicant states, e.g. of the year before. */
const ThresholdSchema = z.union([
  z.strictObject({ yuan: YuanSchema }).transform(inFen),
  z.strictObject({ fact: FactIdSchema }),
]);

const partShape = {
  id: SlugSchema,
  /** What it gives and to whom, as applicants read it. */
  title: BilingualSchema,
  /** Given only where a fact has this value: a level, a kind, a year of the project. */
  when: z
    .strictObject({ fact: FactIdSchema, is: z.union([z.string().min(1), z.int(), z.boolean()]) })
    .optional(),
};

/** One of the amounts that are added up. */
const AmountPartSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...partShape, kind: z.literal('fixed'), yuan: YuanSchema }).transform(inFen),
  /** A share of a stated amount, or of what of it lies above a threshold; rounded down to the fen. */
  z
    .strictObject({
      ...partShape,
      kind: z.literal('share'),
      of: FactIdSchema,
      above: ThresholdSchema.optional(),
      percent: PercentSchema,
    })
    .transform(({ percent, ...part }) => ({ ...part, perMillion: percent })),
  /** For each piece of a stated number. */
  z
    .strictObject({ ...partShape, kind: z.literal('piece'), count: FactIdSchema, eachYuan: YuanSchema })
    .transform(({ eachYuan, ...part }) => ({ ...part, eachFen: eachYuan })),
  /** For each whole step of a stated amount, or of what of it lies above a threshold. */
  z
    .strictObject({
      ...partShape,
      kind: z.literal('step'),
      of: FactIdSchema,
      above: ThresholdSchema.optional(),
      everyYuan: YuanSchema.refine((every) => every > 0, {
        error: both('每档金额须大于零', 'a step is above nothing'),
      }),
      eachYuan: YuanSchema,
    })
    .transform(({ everyYuan, eachYuan, ...part }) => ({ ...part, everyFen: everyYuan, eachFen: eachYuan })),
]);
export type AmountPart = z.output<typeof AmountPartSchema>;

/** What a guide gives for an item. */
export const AmountSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fixed'), yuan: YuanSchema }).transform(inFen),
  /** A share of the input that the lead department verified, up to an amount; `claimed` is the fact that states it. */
  z
    .strictObject({
      kind: z.literal('ratio'),
      percent: z.int().min(1).max(100),
      claimed: FactIdSchema,
      yuan: YuanSchema,
    })
    .transform(inFen),
  /**
   * An amount for each tier, by the facts `revenue` and `earlier` (the highest of earlier years). Several tiers reached
   * at once pay as `skipped` says.
   */
  z.strictObject({
    kind: z.literal('tiers'),
    revenue: FactIdSchema,
    earlier: FactIdSchema,
    skipped: z.enum(['highest', 'difference', 'sum']).default('highest'),
    tiers: z.array(z.strictObject({ id: SlugSchema, yuan: YuanSchema }).transform(inFen)).min(1),
  }),
  /** Amounts by level, share, excess, step or piece, added up, up to an amount. */
  z
    .strictObject({
      kind: z.literal('sum'),
      parts: z.array(AmountPartSchema).min(1).max(50),
      yuan: YuanSchema,
    })
    .transform(inFen),
  /** Fixed at sign-off, up to an amount: matching money and money by national or municipal rule. */
  z.strictObject({ kind: z.literal('at-sign-off'), yuan: YuanSchema }).transform(inFen),
  /** Recognition and referral: no money from this system. */
  z.strictObject({ kind: z.literal('none') }),
]);
export type Amount = z.output<typeof AmountSchema>;
