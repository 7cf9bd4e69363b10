import * as z from 'zod';
import { identityInput } from '../enterprise/identity.ts';
import { StatedDraftEnterpriseSchema, StatedDraftSchema } from './content.ts';

/** A draft as it is sent: whole, or as far as it is filled in. */
export const DraftBodySchema = StatedDraftSchema.extend({
  enterprise: StatedDraftEnterpriseSchema.extend(identityInput).prefault({}),
  confirmUscc: z
    .boolean()
    .optional()
    .meta({ description: 'Confirms credit codes whose check characters do not fit (GB 32100-2015)' }),
});
