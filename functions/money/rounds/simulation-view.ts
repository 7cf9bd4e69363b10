import * as z from 'zod';
import { allocationChoices } from '../../policy/guides/allocation-choices.ts';
import { FenSchema } from '../../shared/money.ts';
import { GivenSchema, InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';
import { ApplicationIdSchema, listed, RoundIdSchema, SimulationIdSchema } from '../../shared/vocabulary.ts';
import { TermsSchema } from './round.ts';

/** What a simulation changes; what it leaves out is as in the round. */
export const SimulationInputSchema = z.strictObject({
  availableFen: FenSchema.optional().meta({ description: 'Money of the pool; default: what it has now' }),
  mode: TermsSchema.shape.mode.optional(),
  residue: TermsSchema.shape.residue.optional(),
  unit: TermsSchema.shape.unit.optional(),
  minimumPayableFen: FenSchema.optional(),
  guide: GivenSchema.optional().meta({ description: 'A guide whose rule for the pool is taken' }),
});

export const SimulationSchema = z
  .object({
    simulationId: SimulationIdSchema,
    roundId: RoundIdSchema,
    at: InstantSchema,
    by: z.string(),
    terms: z.object({
      mode: listed(allocationChoices.mode.options),
      residue: listed(allocationChoices.residue.options),
      unit: listed(allocationChoices.unit.options),
      minimumPayableFen: FenSchema,
    }),
    availableFen: FenSchema,
    sharedFen: FenSchema,
    residueFen: FenSchema,
    plannedFen: FenSchema.optional().meta({ description: 'What the plan that stood then shares' }),
    gaining: z.int().meta({ description: 'Candidates that would get more than in the plan' }),
    losing: z.int(),
    unserved: z.int().meta({ description: 'Candidates that would get nothing' }),
    resultHash: z.string().meta({ description: 'SHA-256 of every share: the same inputs give the same' }),
  })
  .meta({ id: 'Simulation' });

/** A simulation as it is kept. */
export const StoredSimulationSchema = SimulationSchema.extend({ terms: TermsSchema });
export type Simulation = z.output<typeof StoredSimulationSchema>;

export const SimulatedLineSchema = z
  .object({
    applicationId: ApplicationIdSchema,
    organisationName: z.string(),
    item: SlugSchema,
    ceilingFen: FenSchema,
    plannedFen: FenSchema.optional(),
    shareFen: FenSchema,
    explanation: BilingualSchema,
  })
  .meta({ id: 'SimulatedLine' });
