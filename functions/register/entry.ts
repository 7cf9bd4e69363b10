import { createHash } from 'node:crypto';
import * as z from 'zod';
import { canonicalJson } from '../shared/hash.ts';
import type { Key } from '../shared/keys.ts';
import { FenSchema } from '../shared/money.ts';
import { DateSchema, InstantSchema, SlugSchema, UlidSchema } from '../shared/schemas.ts';
import { budget } from '../shared/tables.ts';

/** What the register tells of an award: it was ordered, the bank paid, a payment came back, money was recovered. */
export const registerEvents = ['ordered', 'paid', 'returned', 'recovered'] as const;

/** An award's money after an entry, all in fen. */
const StandingSchema = z.strictObject({
  orderedFen: FenSchema,
  /** What the bank has paid, less what came back to it. */
  paidFen: FenSchema,
  /** What was recovered of it. */
  recoveredFen: FenSchema,
});

/** One entry of the public register: no personal data, no credit code. It is never changed. */
export const RegisterEntrySchema = z
  .strictObject({
    /** Of `at`, in Shanghai. */
    day: DateSchema,
    applicationId: UlidSchema,
    event: z.enum(registerEvents),
    /** Tells events of one kind of one application apart. */
    number: z.int().min(1),
    at: InstantSchema,
    organisationName: z.string(),
    item: SlugSchema,
    clause: z.string(),
    direction: SlugSchema,
    district: z.string(),
    districtName: z.string(),
    roundId: UlidSchema,
    orderId: UlidSchema,
    amountFen: FenSchema,
    standing: StandingSchema,
  })
  .meta({ id: 'RegisterEntry' });
export type RegisterEntry = z.output<typeof RegisterEntrySchema>;

/** SHA-256, in hexadecimal, of a zero byte and the entry's canonical JSON: a leaf of its day's tree (RFC 9162). */
export function entryHash(entry: z.input<typeof RegisterEntrySchema>): string {
  return createHash('sha256').update('\0').update(canonicalJson(entry)).digest('hex');
}

/** Key of an entry: within its year in the order of days, applications, events and numbers. */
export function entryKey(
  entry: Pick<RegisterEntry, 'day' | 'applicationId' | 'event' | 'number'>,
): Key<'budget'> {
  return budget.entities.registerEntry.key({ ...entry, year: entry.day.slice(0, 4) });
}
