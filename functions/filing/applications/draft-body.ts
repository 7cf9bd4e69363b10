import * as z from 'zod';
import { identityInput } from '../enterprise/identity.ts';
import { StatedContentSchema, StatedEnterpriseSchema } from './content.ts';

export const DraftBodySchema = StatedContentSchema.extend({
  enterprise: StatedEnterpriseSchema.extend(identityInput),
  confirmUscc: z
    .boolean()
    .optional()
    .meta({ description: 'Confirms credit codes whose check characters do not fit (GB 32100-2015)' }),
});
