import * as z from 'zod';
import { FenSchema } from '../../shared/money.ts';
import { FactValueSchema, InstantSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';

/** What evaluating a condition comes to, or all of them: the worst of each. */
export const EligibilityOutcomeSchema = z.enum(['met', 'unmet', 'needs-review']);

/** Outcome of one condition. */
export const ConditionResultSchema = z.object({
  id: z.string(),
  citation: z.string(),
  outcome: EligibilityOutcomeSchema,
  inputs: z.record(z.string(), FactValueSchema),
  sentence: BilingualSchema,
});

export const EligibilityResultSchema = z.object({
  outcome: EligibilityOutcomeSchema,
  conditions: z.array(ConditionResultSchema),
  guide: z.string(),
  inputHash: z.string(),
  at: InstantSchema,
});

export type EligibilityOutcome = z.output<typeof EligibilityOutcomeSchema>;
export type EligibilityResult = z.output<typeof EligibilityResultSchema>;

/** Where an upper limit comes from. */
export const limitSources = [
  ...(['notice', 'notice-ratio', 'guide', 'guide-ratio', 'guide-sum'] as const),
  ...(['requested', 'signed-off', 'after-other-schemes'] as const),
] as const;
export type LimitSource = (typeof limitSources)[number];

/** An upper limit that took part in the ceiling. */
export const CeilingSchema = z.object({
  fen: FenSchema,
  /** Every limit considered, the smallest of which is the ceiling before rounding. */
  limits: z.array(
    z.object({ source: z.enum(limitSources), fen: FenSchema, citation: z.string().optional() }),
  ),
  /** Source of the limit that was the smallest. */
  decisive: z.enum(limitSources).optional(),
  unitFen: z.int().min(1),
});

export type Ceiling = z.output<typeof CeilingSchema>;
