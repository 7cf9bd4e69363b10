import * as z from 'zod';
import { InstantSchema } from '../../shared/schemas.ts';

/** What the registry held: every change up to this one, and maybe some of the next. */
export const RegistryVersionSchema = z.object({
  /** Counts the changes; 0 before the first. */
  number: z.int(),
  /** The import that made the last one, and when. */
  importId: z.string().optional(),
  at: InstantSchema.optional(),
});

export type RegistryVersion = z.output<typeof RegistryVersionSchema>;
