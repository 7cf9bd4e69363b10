import { createHash } from 'node:crypto';
import * as z from 'zod';
import { canonicalJson } from '../shared/hash.ts';
import { DateSchema, InstantSchema } from '../shared/schemas.ts';
import { PositionSchema } from './verify-stored.ts';

/** What a day's heads say: with it signed and kept elsewhere, no row before it can be written anew unnoticed. */
export const HeadsStatementSchema = z.strictObject({
  day: DateSchema,
  at: InstantSchema,
  /** Of the last day of the public register that is closed; null while there is none. */
  register: z.strictObject({ day: DateSchema, root: z.string() }).nullable(),
  /** Hash of the newest publication of a guide. */
  guides: z.string(),
  /** How many histories and ledgers stand in the list of heads. */
  heads: z.int(),
  /** SHA-256 of that list. */
  headsHash: z.string(),
  breaks: z.int(),
  /** Which run of the night it was, and the hash of what the one before signed: together they are a night. */
  leg: z.int().min(1),
  previous: z.string().nullable(),
  /** From where on this run did not come to it; null when nothing is left. */
  unverified: PositionSchema.nullable(),
});
export type HeadsStatement = z.output<typeof HeadsStatementSchema>;

/** A statement with its signature: ECDSA over SHA-256 of its canonical JSON, DER in base64. */
export const SignedHeadsSchema = z.strictObject({
  statement: HeadsStatementSchema,
  keyId: z.string(),
  signature: z.base64(),
});
export type SignedHeads = z.output<typeof SignedHeadsSchema>;

/** The list of heads as it is kept: a line each. */
export function headsList(heads: readonly string[]): string {
  return heads.map((line) => `${line}\n`).join('');
}

/** SHA-256 of a list of heads, in hexadecimal. */
export function headsHash(list: string): string {
  return createHash('sha256').update(list).digest('hex');
}

/** What is signed of a statement. */
export function signedText(statement: HeadsStatement): Buffer {
  return Buffer.from(canonicalJson(statement));
}

/** What names of a day's heads begin with. */
export function headsOf(day: string): string {
  return `heads/${day}/`;
}

/** SHA-256 of what is signed of a statement, in hexadecimal. */
export function statementHash(statement: HeadsStatement): string {
  return createHash('sha256').update(signedText(statement)).digest('hex');
}
