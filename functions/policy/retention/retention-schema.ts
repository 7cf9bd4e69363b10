import * as z from 'zod';
import { BilingualSchema } from '../../shared/text.ts';

/** Kinds of personal data. A new one is a line of policy/retention.yaml too: the schema asks for every one of them. */
export const retainedKinds = [
  ...(['drafts', 'endedApplications', 'supportedApplications', 'objectors', 'reporters'] as const),
  ...(['bankAccounts', 'unfinishedUploads', 'strayFiles', 'messages', 'mails', 'addresses'] as const),
  ...(['reviewDrafts', 'confirmationCodes', 'dossiers', 'logs', 'logins'] as const),
] as const;
export type RetainedKind = (typeof retainedKinds)[number];

const shown = {
  title: BilingualSchema,
  /** From which event the period counts. */
  from: BilingualSchema,
  /** What the keeping or the end of it rests on. */
  ground: BilingualSchema,
  /** Who may see such data meanwhile. */
  readers: BilingualSchema,
};

const PeriodSchema = z.strictObject({
  days: z.int().min(1),
  /** Who fixes the length: where no law does, the authority decides. */
  setBy: z.enum(['authority', 'law']),
});

const EndingSchema = z.strictObject({
  ...shown,
  period: PeriodSchema,
  does: z.enum(['deleted', 'anonymised']),
  /** What carries it out: the function `erase-due`, DynamoDB, the bucket, or the environment's settings. */
  by: z.enum(['sweep', 'expiry', 'storage', 'settings']),
});

const KeptSchema = z.strictObject({
  ...shown,
  /** How long, where no number of days says it. */
  until: BilingualSchema,
  does: z.literal('kept'),
  by: z.literal('nobody'),
});

const KindSchema = z.discriminatedUnion('does', [EndingSchema, KeptSchema]);

const SweptSchema = EndingSchema.extend({ by: z.literal('sweep') });

/** Kinds that the function `erase-due` deletes or anonymises. */
export const sweptKinds = [
  ...(['drafts', 'endedApplications', 'objectors', 'reporters', 'unfinishedUploads', 'strayFiles'] as const),
] as const;
export type SweptKind = (typeof sweptKinds)[number];

type Kinds = { readonly [K in RetainedKind]: K extends SweptKind ? typeof SweptSchema : typeof KindSchema };

/** policy/retention.yaml */
export const RetentionSchema = z.strictObject({
  version: z.string().regex(/^\d{4}\.\d+$/, { error: 'is a year and a number, as 2026.1' }),
  /** What is said of personal data beside the periods. */
  statements: z.array(BilingualSchema).min(1),
  // Each kind has its schema, which fromEntries cannot follow.
  kinds: z.strictObject(
    Object.fromEntries(
      retainedKinds.map((kind) => [kind, isSwept(kind) ? SweptSchema : KindSchema]),
    ) as unknown as Kinds,
  ),
});
export type Retention = z.output<typeof RetentionSchema>;

/** Whether the function deletes or anonymises what is due of a kind. */
function isSwept(kind: RetainedKind): kind is SweptKind {
  return (sweptKinds as readonly string[]).includes(kind);
}

/** From when back something of a kind is due. */
export function dueBefore({ kinds }: Retention, kind: SweptKind, now: Date): Date {
  return new Date(now.getTime() - kinds[kind].period.days * 86_400_000);
}
