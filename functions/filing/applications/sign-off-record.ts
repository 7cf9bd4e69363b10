import * as z from 'zod';
import { FenSchema } from '../../shared/money.ts';
import { InstantSchema } from '../../shared/schemas.ts';
import { BilingualSchema, ReasonSchema } from '../../shared/text.ts';
import { DepartmentIdSchema, stepKinds } from '../../shared/vocabulary.ts';

/** What a decision was based on: it stands as long as that does not change. */
export const BasisSchema = z.object({
  submission: z.int(),
  /** Version of the application that the decision was taken on. */
  version: z.int(),
  /** SHA-256 of the parts that the step rests on. */
  hash: z.string(),
  factsHash: z.string(),
  documentsHash: z.string(),
});

export type Basis = z.output<typeof BasisSchema>;

const taken = {
  by: z.string(),
  /** Whom the decider stood in for, under a delegation. */
  onBehalfOf: z.string().optional(),
  at: InstantSchema,
  basis: BasisSchema,
};

/** One department's decision in one step of the sign-off. */
export const SignOffDecisionSchema = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('approved'),
    /** Zero where the item pays nothing. */
    amountFen: FenSchema,
    verifiedInputFen: FenSchema.optional(),
    /** Why the department verified more input than was claimed. */
    reason: BilingualSchema.optional(),
    ...taken,
  }),
  z.object({ outcome: z.literal('recommended'), reason: BilingualSchema.optional(), ...taken }),
  /** Recorded, not binding. */
  z.object({
    outcome: z.literal('opined'),
    favourable: z.boolean(),
    opinion: BilingualSchema,
    ...taken,
  }),
  z.object({ outcome: z.literal('refused'), reasons: z.array(ReasonSchema), ...taken }),
]);

export type SignOffDecision = z.output<typeof SignOffDecisionSchema>;

/** One department's part in one step of the sign-off; a decision is present once it is taken. */
export const SignOffSchema = z.object({
  taskId: z.string(),
  /** Number of the step in the guide's plan, from 1. */
  step: z.int().min(1),
  kind: z.enum(stepKinds),
  department: DepartmentIdSchema,
  decision: SignOffDecisionSchema.optional(),
});

export type SignOff = z.output<typeof SignOffSchema>;
