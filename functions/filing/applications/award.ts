import * as z from 'zod';
import { FenSchema } from '../../shared/money.ts';
import { SlugSchema } from '../../shared/schemas.ts';
import { levels, OrganisationCodeSchema } from '../../shared/vocabulary.ts';

/** An award of another scheme, as its own records give it (glossary, "registry"). */
export const AwardSchema = z.object({
  /** Document number of the scheme. */
  scheme: z.string(),
  /** Number of the award within its scheme. */
  awardId: z.string(),
  uscc: OrganisationCodeSchema,
  name: z.string(),
  level: z.enum(levels),
  year: z.int(),
  matterKind: SlugSchema,
  /** What tells matters of one kind apart: the values of the kind's facts joined by `/`; empty where there are none. */
  matterDetail: z.string(),
  projectName: z.string(),
  evidence: z.array(z.object({ kind: SlugSchema, number: z.string() })),
  amountFen: FenSchema,
  status: z.enum(['granted', 'revoked']),
});
export type Award = z.output<typeof AwardSchema>;
