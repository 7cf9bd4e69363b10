import * as z from 'zod';

export const DossierViewSchema = z
  .object({
    submission: z.int().meta({ description: 'Number of the submission that it is of' }),
    status: z.enum(['preparing', 'ready']).meta({
      description: '`preparing`: ask again in some seconds, which begins nothing anew',
    }),
    fileName: z.string(),
    bytes: z.int().optional(),
    url: z.url().optional().meta({ description: 'Opens the file for a few minutes' }),
  })
  .meta({ id: 'Dossier' });
