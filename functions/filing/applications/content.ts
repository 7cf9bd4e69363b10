import * as z from 'zod';
import { FenSchema, fen } from '../../shared/money.ts';
import { DateSchema, FactsSchema, SlugSchema, StatedFactsSchema } from '../../shared/schemas.ts';
import { both, lineOf } from '../../shared/text.ts';
import { OrganisationCodeSchema } from '../../shared/vocabulary.ts';
import { IdentityHashesSchema } from '../enterprise/identity.ts';

/** What the applicant says of the enterprise. */
export const EnterpriseSchema = z.strictObject({
  uscc: OrganisationCodeSchema,
  name: z
    .string()
    .trim()
    .min(2)
    .max(100)
    .meta({ description: "The login's name counts; another one has to be confirmed by a reviewer" }),
  district: z
    .string()
    .regex(/^\d{6}$/)
    .meta({ description: 'Code of the district of registration (GB/T 2260)' }),
  registeredOn: DateSchema,
  kind: z
    .enum(['legal-person', 'branch'])
    .default('legal-person')
    .meta({ description: 'A branch is one that statistics and tax treat as a unit of its own' }),
  industryClass: z
    .string()
    .regex(/^[A-T]?\d{2,4}$/, {
      error: both(
        '应为 GB/T 4754 行业代码：可有门类字母，后接 2 至 4 位数字',
        'a class of GB/T 4754: its letter or none, and 2 to 4 digits',
      ),
    })
    .optional()
    .meta({ description: 'Industry class (GB/T 4754), e.g. I65 or 6513' }),
  predecessors: z
    .array(OrganisationCodeSchema)
    .max(10)
    .default([])
    .meta({ description: 'Credit codes of enterprises that this one continues' }),
  parent: OrganisationCodeSchema.optional().meta({
    description: 'Credit code of the enterprise that owns this one',
  }),
});

/** What an applicant fills in. */
export const ContentSchema = z.strictObject({
  item: SlugSchema.meta({ description: 'Support item, e.g. dcmm' }),
  direction: SlugSchema.meta({ description: 'Development direction of section one, e.g. foundation' }),
  projectName: z.string().trim().min(2).max(200),
  enterprise: EnterpriseSchema,
  requestedFen: FenSchema,
  facts: FactsSchema,
});

/** The same as it is stated. */
export const StatedEnterpriseSchema = EnterpriseSchema.extend({ name: lineOf(2, 100) });
export const StatedContentSchema = ContentSchema.extend({
  projectName: lineOf(2, 200),
  enterprise: StatedEnterpriseSchema,
  facts: StatedFactsSchema,
});

export type Content = z.output<typeof ContentSchema>;

/** What an application cannot be submitted without may be empty in a draft: it is filled in piece by piece. */
const unfilled = {
  direction: SlugSchema.or(z.literal('')),
  projectName: z.string().trim().max(200),
};
const unfilledEnterprise = {
  name: z.string().trim().max(100),
  district: EnterpriseSchema.shape.district.or(z.literal('')),
  registeredOn: DateSchema.or(z.literal('')),
};

/** The content of a draft, in which everything but the item may be empty. */
export const DraftContentSchema = ContentSchema.extend({
  ...unfilled,
  enterprise: EnterpriseSchema.extend(unfilledEnterprise),
});

/** The same as it is stated: what is left out is empty, and the credit code is the login's. */
export const StatedDraftSchema = StatedContentSchema.extend({
  direction: unfilled.direction.default(''),
  projectName: lineOf(0, 200).default(''),
  requestedFen: FenSchema.default(fen(0)),
  facts: StatedFactsSchema.default({}),
});
export const StatedDraftEnterpriseSchema = StatedEnterpriseSchema.extend({
  uscc: OrganisationCodeSchema.optional(),
  name: lineOf(0, 100).default(''),
  district: unfilledEnterprise.district.default(''),
  registeredOn: unfilledEnterprise.registeredOn.default(''),
});

/** Of an enterprise, what is kept beside what was stated. */
const keptNames = (name: z.ZodString) => ({ ...IdentityHashesSchema.shape, statedName: name.optional() });

/** Content as it is kept: personal data stand in it as keyed hashes, and the name is the login's (`namesOf`). */
export const StoredContentSchema = ContentSchema.extend({
  enterprise: EnterpriseSchema.extend(keptNames(EnterpriseSchema.shape.name)),
});
export const StoredDraftSchema = DraftContentSchema.extend({
  enterprise: DraftContentSchema.shape.enterprise.extend(keptNames(unfilledEnterprise.name)),
});
