import * as z from 'zod';
import { SlugSchema, UlidSchema, UsccSchema } from './schemas.ts';

declare const kind: unique symbol;

/** A text that names one kind of thing: any text will do for it, but the name of another kind of thing will not. */
type Named<K extends string> = string & { readonly [kind]?: K };

/**
 * The same schema, whose texts are known to be of a narrower type: in types alone. At run time any text passes that
 * passed before, so that what was once written can always be read.
 */
export function worded<T extends string>(schema: z.ZodString): z.ZodType<T, string> {
  // What the schema does not check, the code that writes these texts is held to by the type.
  return schema as unknown as z.ZodType<T, string>;
}

/**
 * One of some words, which the description of the API lists. At run time any text passes, as of `worded`: what was once
 * written can be shown after a word went.
 */
export function listed<T extends string>(words: readonly T[]): z.ZodType<T, string> {
  return worded<T>(z.string().meta({ enum: [...words] }));
}

const named = <K extends string>(schema: z.ZodString) => worded<Named<K>>(schema);

export type ApplicationId = Named<'application'>;
export type DocumentId = Named<'document'>;
export type TaskId = Named<'task'>;
export type InvitationId = Named<'invitation'>;
export type PoolId = Named<'pool'>;
export type EntryId = Named<'entry'>;
export type RoundId = Named<'round'>;
export type SimulationId = Named<'simulation'>;
export type OrderId = Named<'order'>;
export type PaymentFileId = Named<'payment-file'>;
export type ClawbackId = Named<'clawback'>;
export type ObjectionId = Named<'objection'>;
export type ImportId = Named<'import'>;
/** Unified social credit code of an organisation (GB 32100-2015). */
export type OrganisationCode = Named<'organisation'>;
/** A department of the notice, or the district `district-<code>`. */
export type DepartmentId = Named<'department'>;

export const ApplicationIdSchema = named<'application'>(UlidSchema);
export const DocumentIdSchema = named<'document'>(UlidSchema);
export const PoolIdSchema = named<'pool'>(SlugSchema);
export const EntryIdSchema = named<'entry'>(UlidSchema);
export const RoundIdSchema = named<'round'>(UlidSchema);
export const SimulationIdSchema = named<'simulation'>(UlidSchema);
export const OrderIdSchema = named<'order'>(UlidSchema);
export const PaymentFileIdSchema = named<'payment-file'>(UlidSchema);
export const ClawbackIdSchema = named<'clawback'>(UlidSchema);
export const ObjectionIdSchema = named<'objection'>(UlidSchema);
export const ImportIdSchema = named<'import'>(UlidSchema);
export const OrganisationCodeSchema = named<'organisation'>(UsccSchema);
export const DepartmentIdSchema = named<'department'>(SlugSchema);

/** The code of an organisation that the system knows already: it was checked when it came. */
export const KnownOrganisationSchema = named<'organisation'>(z.string());
/** The id of a department that the system knows already. */
export const KnownDepartmentSchema = named<'department'>(z.string());

/** At which level of government an award is given. */
export const levels = ['municipal', 'district', 'provincial', 'national'] as const;

/** What a step of the sign-off asks of a department (glossary, "recommendation"). */
export const stepKinds = ['recommend', 'opinion', 'approve'] as const;
/** What a task asks of whoever has it. */
export const taskKinds = [...stepKinds, 'adjudicate', 'reconsider'] as const;
