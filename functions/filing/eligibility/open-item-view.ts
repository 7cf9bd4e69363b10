import * as z from 'zod';
import { FenSchema } from '../../shared/money.ts';
import { InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';

export const OpenItemSchema = z
  .object({
    item: SlugSchema,
    guide: z.string(),
    clause: z.string(),
    title: BilingualSchema,
    opensAt: InstantSchema,
    closesAt: InstantSchema,
    late: z.literal(true).optional().meta({
      description: 'It has closed, and is open for this organisation alone, once, until `closesAt`',
    }),
    ceilingFen: FenSchema.meta({ description: 'The highest amount that the guide gives, in fen' }),
    facts: z.array(
      z.object({
        id: z.string(),
        type: z.string(),
        title: BilingualSchema,
        values: z.array(z.object({ id: z.string(), title: BilingualSchema })).optional(),
      }),
    ),
    materials: z.array(
      z.object({
        ...{ id: z.string(), title: BilingualSchema, formats: z.array(z.string()), maxBytes: z.int() },
        template: z.string().optional().meta({ description: 'Where a form to fill in is' }),
      }),
    ),
    conditions: z.array(z.object({ id: z.string(), citation: z.string(), reads: z.array(z.string()) })).meta({
      description: 'Every condition, and the statements that it reads, e.g. facts.level',
    }),
  })
  .meta({ id: 'OpenItem' });
