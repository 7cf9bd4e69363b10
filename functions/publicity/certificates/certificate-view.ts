import * as z from 'zod';
import { CertificateSchema } from '../../filing/applications/application.ts';
import { SlugSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';

export const CertificateViewSchema = CertificateSchema.extend({
  organisationName: z.string(),
  item: SlugSchema,
  title: BilingualSchema,
  clause: z.string(),
  documentNumber: z.string().meta({ description: 'Number of the notice that the decision rests on' }),
  text: BilingualSchema,
}).meta({ id: 'Certificate' });
