import * as z from 'zod';
import { InstantSchema } from '../../shared/schemas.ts';
import { KnownDepartmentSchema, KnownOrganisationSchema, listed } from '../../shared/vocabulary.ts';
import { isSameAccount, SealedAccountSchema } from './bank-account.ts';

/** Who confirms or refuses: another person of the enterprise, or its district. */
export type ConfirmingRole = 'preparer' | 'organisation-admin' | 'district-reviewer';

const StandingAccountSchema = SealedAccountSchema.extend({ since: InstantSchema });
/** An account that awards are paid to, and since when. */
export type StandingAccount = z.output<typeof StandingAccountSchema>;

const ChangeSchema = z.object({
  account: SealedAccountSchema,
  /** What a decision names: of the account, what it takes the place of, and who proposed it. */
  contentHash: z.string(),
  /** The district that may confirm it, where no other administrator of the enterprise is known. */
  district: KnownDepartmentSchema.optional(),
});

const decided = {
  by: z.string(),
  role: listed<ConfirmingRole>(['preparer', 'organisation-admin', 'district-reviewer']),
  at: InstantSchema,
  reason: z.string().optional(),
};
const ConfirmationSchema = z.object({ ...decided, inForceFrom: InstantSchema });
/** How the last change ended that did not take effect. */
const EndedSchema = z.object({ ...decided, outcome: z.enum(['refused', 'withdrawn']) });

const common = {
  organisation: KnownOrganisationSchema,
  /** As the login of the last proposer had it. */
  organisationName: z.string(),
  version: z.int().min(1),
  /** Hash of the newest history row: the store links the next one to it. */
  historyHash: z.string().optional(),
  /** How many accounts were proposed. */
  proposals: z.int().min(1),
  /** What stood when the last account was proposed. */
  before: StandingAccountSchema.optional(),
  change: ChangeSchema,
};

/** The account of an organisation with the change that was proposed last, through its whole life. */
export const AccountRecordSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('proposed'), ...common }),
  /** Takes effect by itself at `inForceFrom`: nobody has to come for it. */
  z.object({ status: z.literal('confirmed'), ...common, confirmation: ConfirmationSchema }),
  z.object({
    status: z.literal('ended'),
    ...common,
    /** What was confirmed, where it was stopped while it cooled off. */
    confirmation: ConfirmationSchema.optional(),
    ended: EndedSchema,
  }),
]);
export type AccountRecord = z.output<typeof AccountRecordSchema>;
export type AccountRecordIn<S extends AccountRecord['status']> = Extract<AccountRecord, { status: S }>;

/** Every way from one status to another; a new account may be proposed once the one before is in force or ended. */
export const accountTransitions = {
  proposed: ['confirmed', 'ended'],
  confirmed: ['ended', 'proposed'],
  ended: ['proposed'],
} as const satisfies Readonly<Record<AccountRecord['status'], readonly AccountRecord['status'][]>>;

/** What happens to an account, as its history names it. */
export const accountEvents = ['proposed', 'confirmed', 'refused', 'withdrawn'] as const;
export type AccountEvent = (typeof accountEvents)[number];

/** A row of the history of an account. */
export const AccountRowSchema = z.object({
  version: z.int().min(1),
  at: InstantSchema,
  actor: z.object({ id: z.string(), role: decided.role }),
  event: listed(accountEvents),
  bank: z.string(),
  lastFour: z.string(),
  /** That it is the account which was in force already. */
  isSame: z.boolean(),
  reason: z.string().optional(),
  inForceFrom: InstantSchema.optional(),
  district: KnownDepartmentSchema.optional(),
});
export type AccountRow = z.output<typeof AccountRowSchema>;

/** The account that awards are paid to at an instant, or undefined. */
export function standingAccount(record: AccountRecord | undefined, now: Date): StandingAccount | undefined {
  if (!record) return undefined;
  if (!isInForce(record, now)) return record.before;
  return { ...record.change.account, since: record.confirmation.inForceFrom };
}

/** Whether the change that was proposed last has taken effect. */
export function isInForce(record: AccountRecord, now: Date): record is AccountRecordIn<'confirmed'> {
  return record.status === 'confirmed' && record.confirmation.inForceFrom <= now.toISOString();
}

/** Whether a change waits to be decided, or to take effect. */
export function isUnderWay(record: AccountRecord, now: Date): boolean {
  return record.status !== 'ended' && !isInForce(record, now);
}

/** Whether a change confirms what was in force when it was proposed. */
export function isUnchanged({ before, change }: Pick<AccountRecord, 'before' | 'change'>): boolean {
  return before?.fingerprint !== undefined && isSameAccount(before, change.account);
}
