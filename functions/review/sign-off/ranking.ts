import * as z from 'zod';
import { SignOffSchema } from '../../filing/applications/sign-off-record.ts';
import { KnownOrganisationSchema } from '../../shared/vocabulary.ts';

export const RankingSchema = z.object({
  version: z.int().min(0),
  /** Applications, the best first. */
  order: z.array(z.string()),
});

/** A district's order of its recommendations of an item. Version 0: it has made none. */
export type Ranking = z.output<typeof RankingSchema>;

export const RankableSchema = z.object({
  state: z.object({
    applicationId: z.string(),
    organisation: KnownOrganisationSchema,
    content: z.object({
      item: z.string(),
      // Absent where it continues none, since nothing else of it is read.
      enterprise: z.object({ predecessors: z.array(KnownOrganisationSchema) }).default({ predecessors: [] }),
    }),
    signOffs: z.record(z.string(), SignOffSchema).default({}),
  }),
});
/** What of an application tells whether a district ranks it. */
export type Rankable = z.output<typeof RankableSchema>['state'];
