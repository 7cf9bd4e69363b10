import * as z from 'zod';
import { StatedFactsSchema } from '../../shared/schemas.ts';
import { EnterpriseSchema } from '../applications/content.ts';
import { CeilingSchema, EligibilityResultSchema } from '../applications/eligibility-result.ts';
import { OpenItemSchema } from './open-item-view.ts';

/** What somebody says of an enterprise without saying which: nothing of it is kept. */
export const PreCheckBodySchema = z.strictObject({
  enterprise: EnterpriseSchema.pick({ district: true, registeredOn: true, kind: true, industryClass: true }),
  facts: StatedFactsSchema.meta({
    description: 'Facts of any item that is open; each item takes those that it asks for',
  }),
});

/** What each open item would make of it. */
export const PreCheckSchema = z
  .object({
    items: z.array(
      OpenItemSchema.pick({ item: true, guide: true, clause: true, title: true, closesAt: true }).extend({
        facts: OpenItemSchema.shape.facts,
        outcome: EligibilityResultSchema.shape.outcome.meta({
          description:
            'unmet: a condition fails. needs-review: something is not stated yet, or a reviewer decides',
        }),
        conditions: EligibilityResultSchema.shape.conditions,
        missing: z
          .array(z.string())
          .meta({ description: 'Ids of facts that were not stated, or not as asked for' }),
        ceiling: CeilingSchema.optional().meta({
          description: 'The most that could be paid, as far as it is known; absent where no money is',
        }),
      }),
    ),
  })
  .meta({ id: 'PreCheck' });
