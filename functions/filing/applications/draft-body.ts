import * as z from 'zod';
import { identityInput } from '../enterprise/identity.ts';
import { ContentSchema, EnterpriseSchema } from './content.ts';

export const DraftBodySchema = ContentSchema.extend({
  enterprise: EnterpriseSchema.extend(identityInput),
  confirmUscc: z
    .boolean()
    .optional()
    .meta({ description: 'Confirms credit codes whose check characters do not fit (GB 32100-2015)' }),
});
