import * as z from 'zod';
import { InstantSchema, SlugSchema } from '../contracts/schemas.ts';
import { fen } from '../shared/money.ts';
import { BilingualSchema } from '../shared/text.ts';

/**
 * The law as data. Files hold yuan, as the notice and guides are written; compiled policy holds fen, as code counts.
 */
const YuanSchema = z
  .int()
  .min(0)
  .transform((yuan) => fen(yuan * 100));

const DepartmentSchema = z.strictObject({
  id: SlugSchema,
  name: BilingualSchema,
  /** Department that took over when this one ended. */
  successor: SlugSchema.optional(),
});

/** The notice's upper limit of an item: one amount, or one for each tier. */
const NoticeCeilingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fixed'), yuan: YuanSchema }),
  z.strictObject({ kind: z.literal('tiers'), tiers: z.record(SlugSchema, YuanSchema) }),
]);

const NoticeItemSchema = z.strictObject({
  id: SlugSchema,
  clause: z.string(),
  title: BilingualSchema,
  lead: z.array(SlugSchema).min(1),
  ceiling: NoticeCeilingSchema,
});

/** policy/notice.yaml */
export const NoticeSchema = z.strictObject({
  documentNumber: z.string(),
  title: BilingualSchema,
  dated: z.iso.date(),
  printed: z.iso.date(),
  inForce: z.strictObject({ from: z.iso.date(), to: z.iso.date() }),
  replaces: z.string(),
  departments: z.array(DepartmentSchema),
  districts: z.record(z.string().regex(/^\d{6}$/), BilingualSchema),
  directions: z.array(z.strictObject({ id: SlugSchema, clause: z.string(), title: BilingualSchema })),
  items: z.array(NoticeItemSchema),
});

const FactDefinitionSchema = z.strictObject({
  id: z.string().regex(/^[a-z][A-Za-z0-9]*$/),
  title: BilingualSchema,
  type: z.enum(['money', 'integer', 'date', 'text', 'enum']),
  values: z.array(z.string()).optional(),
});

const MaterialSchema = z.strictObject({
  id: SlugSchema,
  title: BilingualSchema,
  formats: z.array(z.enum(['application/pdf', 'image/png', 'image/jpeg'])).min(1),
  maxBytes: z.int().min(1),
});

/** A condition in CEL over `facts`, `enterprise`, `today` and `submittedOn`. */
const ConditionSchema = z.strictObject({
  id: SlugSchema,
  citation: z.string(),
  expression: z.string(),
  /** Names of the values the sentence is about, reported with the outcome. */
  inputs: z.array(z.string()),
  met: BilingualSchema,
  unmet: BilingualSchema,
});

/** How a pool's money is shared (domain §8). */
export const AllocationRuleSchema = z.strictObject({
  mode: z.enum(['pro-rata', 'ranked']),
  residue: z.enum(['keep', 'largest-remainder']),
  unit: z.enum(['fen', 'yuan', 'hundred-yuan', 'ten-thousand-yuan']),
  minimumPayableYuan: YuanSchema,
});
export type AllocationRule = z.output<typeof AllocationRuleSchema>;

const GuideItemSchema = z.strictObject({
  id: SlugSchema,
  pool: SlugSchema,
  window: z.strictObject({ opensAt: InstantSchema, closesAt: InstantSchema }),
  /** Amount of the guide: one, or one for each tier that the fact `by` names. */
  amount: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('fixed'), yuan: YuanSchema }),
    z.strictObject({ kind: z.literal('tiers'), by: z.string(), tiers: z.record(SlugSchema, YuanSchema) }),
  ]),
  facts: z.array(FactDefinitionSchema),
  materials: z.array(MaterialSchema).min(1),
  conditions: z.array(ConditionSchema).min(1),
  /** What makes two applications the same matter: the kind, the enterprise, and the values of these facts. */
  matter: z.strictObject({ kind: SlugSchema, facts: z.array(z.string()) }),
  /** Facts whose value is the number of a piece of evidence, e.g. a certificate. */
  evidence: z.array(z.strictObject({ kind: SlugSchema, fact: z.string() })),
  signOff: z.strictObject({ dueDays: z.int().min(1), expiresAfterSeconds: z.int().min(1) }),
  notice: z.strictObject({ seconds: z.int().min(0) }),
});
export type GuideItem = z.output<typeof GuideItemSchema>;

const PoolDefinitionSchema = z.strictObject({
  id: SlugSchema,
  fund: z.string(),
  fiscalYear: z.int(),
  topic: z.string(),
  title: BilingualSchema,
  allocation: AllocationRuleSchema,
});

/** policy/guides/YEAR.yaml */
export const GuideSchema = z.strictObject({
  version: z.string(),
  year: z.int(),
  illustrative: z.boolean(),
  /** Levels of other schemes' awards that bar an application (domain §7). */
  barringLevels: z.array(z.enum(['municipal', 'district', 'provincial', 'national'])).min(1),
  pools: z.array(PoolDefinitionSchema).min(1),
  items: z.array(GuideItemSchema).min(1),
});
export type Guide = z.output<typeof GuideSchema>;
export type Notice = z.output<typeof NoticeSchema>;

/** What is written beside the bundles. */
export interface Policy {
  readonly notice: Notice;
  readonly guides: readonly Guide[];
}
