import * as z from 'zod';
import { SlugSchema } from '../../shared/schemas.ts';
import { BilingualSchema, both } from '../../shared/text.ts';
import { levels, PoolIdSchema, stepKinds } from '../../shared/vocabulary.ts';
import { DaysSchema, ReconsiderationTermsSchema } from '../notice/notice-schema.ts';
import { YuanSchema } from '../notice/written-money.ts';
import { allocationChoices } from './allocation-choices.ts';
import { AmountSchema, FactIdSchema } from './amount-schema.ts';

/** A fact that the applicant states. */
const FactDefinitionSchema = z.strictObject({
  id: FactIdSchema,
  title: BilingualSchema,
  /** `money` is in fen; `list` holds texts. */
  type: z.enum(['money', 'integer', 'date', 'text', 'enum', 'boolean', 'list']),
  values: z
    .array(z.strictObject({ id: z.string().min(1), title: BilingualSchema }))
    .min(1)
    .optional(),
});
export type FactDefinition = z.output<typeof FactDefinitionSchema>;

export const materialFormats = [
  'application/pdf',
  'application/ofd',
  'image/jpeg',
  'image/png',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
] as const;

const MaterialSchema = z.strictObject({
  id: SlugSchema,
  title: BilingualSchema,
  formats: z.array(z.enum(materialFormats)).min(1),
  maxBytes: z.int().min(1),
  /** A form to fill in and hand back: a file of the portal, or one on the pages of a department. */
  template: z
    .string()
    .regex(/^(?:\/templates\/[a-z0-9-]+\.docx|https:\/\/[^\s/]+\/\S+)$/, {
      error: both(
        '模板应为本系统“/templates/”下的文件或“https://”网址',
        'a template is a file of /templates/ or an address that begins with https://',
      ),
    })
    .optional(),
});

/**
 * A condition in CEL over `facts`, `enterprise`, `districts`, `tiers` (fen at which each tier of the notice is reached),
 * `submittedOn` and `year` (the guide's). Types are checked when the guide is read.
 */
const ConditionSchema = z.strictObject({
  id: SlugSchema,
  citation: z.string().min(1),
  expression: z.string().min(1),
  /** Names of the values the sentence is about, reported with the outcome, e.g. `facts.level`. */
  inputs: z.array(z.string()),
  met: BilingualSchema,
  unmet: BilingualSchema,
  /** A failing condition that a person may still accept, e.g. the industry class (section three, first). */
  unmetNeedsReview: z.boolean().default(false),
});

/** How a pool's money is shared (glossary, "allocation"). */
export const AllocationRuleSchema = z
  .strictObject({
    ...allocationChoices,
    minimumPayableYuan: YuanSchema,
  })
  .transform(({ minimumPayableYuan, ...rule }) => ({ ...rule, minimumPayableFen: minimumPayableYuan }));
export type AllocationRule = z.output<typeof AllocationRuleSchema>;

/** An instant as a guide writes it, in the time of Shanghai; it comes out in UTC, as the contracts hold instants. */
const WrittenInstantSchema = z.iso
  .datetime({
    offset: true,
    error: both(
      '时间应含日期、时刻和时区，如 2026-03-01T00:00:00+08:00',
      'an instant has a date, a time and an offset, e.g. 2026-03-01T00:00:00+08:00',
    ),
  })
  .transform((written) => new Date(written).toISOString());

/**
 * A step of the sign-off: `recommend` by the district of registration, `opinion` recorded and not binding, `approve`
 * by the lead departments, which fixes the verified figures.
 */
const SignOffStepSchema = z.strictObject({
  kind: z.enum(stepKinds),
  /** The item's lead departments, the firm's district, or departments by their ids. */
  by: z.union([z.enum(['lead', 'district']), z.array(SlugSchema).min(1)], {
    error: both(
      '环节由牵头部门、各区或所列部门办理',
      'a step is taken by lead, by district, or by a list of departments',
    ),
  }),
  /** Facts and materials that the decision rests on; it stands while they do not change. Default: all of the file. */
  restsOn: z.array(z.string().min(1)).min(1).optional(),
});
export type SignOffStep = z.output<typeof SignOffStepSchema>;

/** What experts see and how they score; the mean of their totals is the application's score. */
const ExpertReviewSchema = z.strictObject({
  /** Scores that have to be in before the lead department may approve. */
  required: z.int().min(1),
  /** Whether names and codes of the organisation are kept from them. */
  blind: z.boolean(),
  facts: z.array(FactIdSchema),
  materials: z.array(SlugSchema),
  criteria: z
    .array(z.strictObject({ id: SlugSchema, title: BilingualSchema, points: z.int().min(1).max(1000) }))
    .min(1),
});
export type ExpertReview = z.output<typeof ExpertReviewSchema>;

/** Days; seconds only in an illustrative guide, to rehearse a round. */
const RehearsableSchema = z.union([DaysSchema, z.strictObject({ seconds: z.int().min(0) })]);

export const GuideItemSchema = z.strictObject({
  /** What applications name; unique in the guide. */
  id: SlugSchema,
  /** Item of the notice, and which part of it. */
  item: SlugSchema,
  part: SlugSchema.default('all'),
  competition: z.enum(['competitive', 'inclusive']),
  /** Pool that pays; items without money have none. */
  pool: PoolIdSchema.optional(),
  /** Open from the first instant, closed in the second one (glossary, "window"). */
  window: z.strictObject({
    opensAt: WrittenInstantSchema,
    closesAt: WrittenInstantSchema,
    /** How long before the closing holders of drafts are reminded of it, each time once. */
    remindBefore: z.array(DaysSchema).max(5).optional(),
  }),
  amount: AmountSchema,
  /** What is common to the guide's items, and left out of this one. */
  without: z
    .array(z.strictObject({ id: z.string().min(1), reason: BilingualSchema }))
    .min(1)
    .optional(),
  facts: z.array(FactDefinitionSchema),
  materials: z.array(MaterialSchema).min(1),
  conditions: z.array(ConditionSchema).min(1),
  /** What makes two applications the same matter: the kind, the enterprise, and the values of these facts. */
  matter: z.strictObject({ kind: SlugSchema, facts: z.array(FactIdSchema) }),
  /** Facts whose value is the number of a piece of evidence, e.g. a certificate. */
  evidence: z.array(z.strictObject({ kind: SlugSchema, fact: FactIdSchema })),
  /** Other schemes' awards at these levels bar the application, or lower its ceiling by what they paid. */
  deduplication: z.strictObject({
    levels: z.array(z.enum(levels)).min(1),
    mode: z.enum(['bar', 'top-up']),
    /** Whether projects are told apart by their names, so that similar ones are looked at by a person. */
    similarNames: z.boolean().default(true),
  }),
  signOff: z.strictObject({
    /**
     * In order; the departments of a step decide side by side, and all of them have to agree. Default: the item's lead
     * departments, in one step.
     */
    steps: z
      .array(SignOffStepSchema)
      .min(1)
      .default([{ kind: 'approve', by: 'lead' }]),
    due: DaysSchema,
    /** How long before a task is due its department is reminded. */
    remindBefore: DaysSchema.optional(),
    /** Seconds after which an undecided sign-off is asked again. */
    expiresAfterSeconds: z.int().min(1),
  }),
  /** `due` is the longest that a reviewer may give; after `grace`, if there is one, the application lapses. */
  correction: z.strictObject({
    rounds: z.int().min(0),
    due: DaysSchema,
    warnBefore: DaysSchema.optional(),
    grace: DaysSchema.optional(),
  }),
  /** Default: the terms beside the notice. */
  reconsideration: ReconsiderationTermsSchema.optional(),
  duties: z.strictObject({ submitterDiffersFromPreparer: z.boolean() }).optional(),
  experts: ExpertReviewSchema.optional(),
  /** Length of the public notice. */
  notice: RehearsableSchema,
});
export type GuideItem = z.output<typeof GuideItemSchema>;

const PoolDefinitionSchema = z.strictObject({
  id: SlugSchema,
  fund: z.string(),
  fiscalYear: z.int(),
  topic: z.string(),
  direction: z.string().optional(),
  title: BilingualSchema,
  allocation: AllocationRuleSchema,
  /** What becomes, at the end of the year, of money that no award holds; it carries into a pool of a later year. */
  yearEnd: z.discriminatedUnion('unspent', [
    z.strictObject({ unspent: z.literal('lapse') }),
    z.strictObject({ unspent: z.literal('carry-over'), into: SlugSchema }),
  ]),
  /** How long an objection holds its award before an officer has admitted it. Default: the days beside the notice. */
  objectionsScreened: DaysSchema.optional(),
  /** How long the departments have to decide an objection. */
  objectionsDue: DaysSchema,
  /** How long an enterprise has to pay back what is clawed back. */
  clawbackDue: DaysSchema,
});
export type PoolDefinition = z.output<typeof PoolDefinitionSchema>;

/** policy/guides/YEAR.yaml */
export const GuideSchema = z.strictObject({
  version: z.string().regex(/^\d{4}\.[0-9a-z-]+$/, {
    error: both(
      '版本为年份、点和序号，如 2026.1',
      'a version is the year, a point and a number, e.g. 2026.1',
    ),
  }),
  year: z.int(),
  title: BilingualSchema,
  /** A sample, not what the city published. */
  illustrative: z.boolean(),
  /** The yes-or-no fact that the city's list of serious dishonesty answers when a notice has ended. */
  creditFact: FactIdSchema.optional(),
  /** The whole-number fact of competitive items that the system counts: the unit's competitive projects of the year. */
  competitionFact: FactIdSchema.optional(),
  /** How long a confirmed account waits before it takes the place of another. Default: the days beside the notice. */
  accountCoolingOff: RehearsableSchema.optional(),
  pools: z.array(PoolDefinitionSchema).min(1),
  items: z.array(GuideItemSchema).min(1),
});
export type Guide = z.output<typeof GuideSchema>;
