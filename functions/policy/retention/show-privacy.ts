import * as z from 'zod';
import { contentHash } from '../../shared/hash.ts';
import { BilingualSchema } from '../../shared/text.ts';
import { type Retention, retainedKinds } from './retention-schema.ts';

/** The notice of privacy as everybody may read it. */
export const PrivacySchema = z
  .object({
    version: z.string(),
    hash: z.string().meta({ description: 'SHA-256 of the notice: another one is another notice' }),
    statements: z.array(BilingualSchema),
    kinds: z.array(
      z.object({
        kind: z.enum(retainedKinds),
        title: BilingualSchema,
        from: BilingualSchema.meta({ description: 'The event from which the period counts' }),
        period: z
          .object({
            days: z.int(),
            setBy: z.enum(['authority', 'law']).meta({ description: 'Who fixes the length' }),
          })
          .optional(),
        until: BilingualSchema.optional().meta({ description: 'How long, where it is no number of days' }),
        does: z.enum(['deleted', 'anonymised', 'kept']),
        ground: BilingualSchema,
        readers: BilingualSchema.meta({ description: 'Who may see such data meanwhile' }),
      }),
    ),
  })
  .meta({ id: 'Privacy' });

/** The notice of privacy, with the hash that tells it from every other one. */
export function showPrivacy(retention: Retention): z.input<typeof PrivacySchema> {
  const { version, statements, kinds } = retention;
  return {
    ...{ version, statements, hash: contentHash(retention) },
    kinds: retainedKinds.map((kind) => ({ kind, ...kinds[kind] })),
  };
}
