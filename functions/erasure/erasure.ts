import * as z from 'zod';
import { type SweptKind, sweptKinds } from '../policy/retention/retention-schema.ts';
import { InstantSchema } from '../shared/schemas.ts';

/** That something was erased: which thing, by which rule, and nothing of what it held. */
export const ErasureSchema = z.object({
  kind: z.enum(sweptKinds),
  /** Its id: of an application, an objection or a document. */
  thing: z.string(),
  /** Whose it was, where it was an organisation's. */
  organisation: z.string().optional(),
  /** Version of the schedule of retention that it was due by. */
  rule: z.string(),
  at: InstantSchema,
});
export type Erasure = z.output<typeof ErasureSchema>;

/** What is left to be done of an application that was erased. */
export const PendingErasureSchema = z.object({
  kind: z.enum(sweptKinds),
  thing: z.string(),
  /** Places of the registry in which it left traces of people, accounts and files. */
  places: z.array(z.string()),
});
export type PendingErasure = z.output<typeof PendingErasureSchema>;

/** What became of one thing that was due. */
export type Outcome = 'erased' | 'held' | 'needed' | 'failed';

/** What a run has done of each kind. */
export type Tally = { readonly [K in SweptKind]?: { readonly [O in Outcome]?: number } };
