import * as z from 'zod';
import { requireDepartment } from '../../people/require-department.ts';
import type { Actor } from '../../shared/actor.ts';
import type { PageRequest } from '../../shared/cursor.ts';
import { InstantSchema } from '../../shared/schemas.ts';
import { OrganisationCodeSchema } from '../../shared/vocabulary.ts';
import { organisationOf } from '../applications/own-application.ts';
import {
  type AccountRecord,
  AccountRowSchema,
  isInForce,
  isUnderWay,
  standingAccount,
} from './account-record.ts';
import { type AccountReturn, isToConfirm, type SealedAccount } from './bank-account.ts';
import type { BankAccountStore } from './bank-account-store.ts';
import type { AccountParts } from './propose-account.ts';

const digits = z.string().meta({ description: 'The last four digits alone, e.g. ****1234' });

const ShownAccountSchema = z.object({
  bank: z.string(),
  accountNumber: digits,
  version: z.int().meta({ description: 'Which of the accounts that were proposed it is, from 1' }),
});

const ShownChangeSchema = ShownAccountSchema.extend({
  status: z.enum(['proposed', 'cooling-off', 'in-force', 'refused', 'withdrawn']),
  contentHash: z.string().meta({ description: 'What a decision names' }),
  proposedBy: z.string(),
  proposedAt: InstantSchema,
  district: z
    .string()
    .optional()
    .meta({ description: 'The district that confirms it, where no other administrator is known' }),
  confirmedBy: z.string().optional(),
  confirmedAt: InstantSchema.optional(),
  inForceFrom: InstantSchema.optional().meta({ description: 'When it takes the place of the other' }),
});

/** A bank account as its own enterprise sees it. */
export const BankAccountViewSchema = z
  .object({
    account: ShownAccountSchema.extend({ since: InstantSchema })
      .optional()
      .meta({ description: 'Where awards are paid to; absent before there is any' }),
    toConfirm: z.boolean().meta({
      description:
        'A payment to it came back: nothing more is paid before it is proposed again, as it was or another',
    }),
    change: ShownChangeSchema.optional().meta({
      description: 'What waits to be confirmed, or to take effect',
    }),
  })
  .meta({ id: 'BankAccount' });
export type BankAccountView = z.output<typeof BankAccountViewSchema>;

/** What happened to an account, as its enterprise sees it. */
export const ShownAccountRowSchema = AccountRowSchema.omit({ actor: true, lastFour: true })
  .extend({ role: AccountRowSchema.shape.actor.shape.role, by: z.string(), accountNumber: digits })
  .meta({ id: 'BankAccountEvent' });

/** A change that waits for a district. */
export const WaitingAccountSchema = z
  .object({
    organisation: OrganisationCodeSchema,
    organisationName: z.string(),
    account: ShownAccountSchema.optional().meta({
      description: 'Where awards were paid to when it was proposed',
    }),
    change: ShownChangeSchema,
  })
  .meta({ id: 'WaitingBankAccount' });

/** What the people of an enterprise see of its account. */
export function accountView(
  record: AccountRecord | undefined,
  now: Date,
  returned?: AccountReturn,
): BankAccountView {
  const standing = standingAccount(record, now);
  return {
    ...(standing && { account: { ...shown(standing), since: standing.since } }),
    toConfirm: standing !== undefined && isToConfirm(standing, returned),
    ...(record && isUnderWay(record, now) && { change: shownChange(record, now) }),
  };
}

/** The account of the caller's organisation. @throws DomainError forbidden when the login names none. */
export async function showBankAccount(
  { accounts, clock }: Pick<AccountParts, 'accounts' | 'clock'>,
  actor: Actor,
): Promise<BankAccountView> {
  const organisation = organisationOf(actor);
  const [record, returned] = await Promise.all([accounts.get(organisation), accounts.returned(organisation)]);
  return accountView(record, clock(), returned);
}

/** A page of what happened to the account of the caller's organisation, oldest first. @throws DomainError forbidden */
export async function listAccountHistory(
  { accounts }: { readonly accounts: BankAccountStore },
  actor: Actor,
  page: PageRequest,
): Promise<{ items: z.input<typeof ShownAccountRowSchema>[]; nextCursor: string | undefined }> {
  const { rows, nextCursor } = await accounts.history(organisationOf(actor), page);
  const items = rows.map(({ actor: { id: by, role }, lastFour, ...row }) => {
    return { ...row, by, role, accountNumber: `****${lastFour}` };
  });
  return { items, nextCursor };
}

/** A page of what waits for the caller's district. @throws DomainError forbidden */
export async function listWaitingAccounts(
  { accounts, clock }: Pick<AccountParts, 'accounts' | 'clock'>,
  actor: Actor,
  page: PageRequest,
): Promise<{ items: z.input<typeof WaitingAccountSchema>[]; nextCursor: string | undefined }> {
  const { records, nextCursor } = await accounts.waitingFor(requireDepartment(actor), page);
  return { items: records.map((record) => waitingView(record, clock())), nextCursor };
}

/** A change as its district sees it. */
export function waitingView(record: AccountRecord, now: Date): z.input<typeof WaitingAccountSchema> {
  const { organisation, organisationName, before } = record;
  return {
    ...{ organisation, organisationName, change: shownChange(record, now) },
    ...(before && { account: shown(before) }),
  };
}

function shown({ bank, lastFour, version }: SealedAccount) {
  return { bank, accountNumber: `****${lastFour}`, version };
}

function statusOf(record: AccountRecord, now: Date): z.input<typeof ShownChangeSchema>['status'] {
  if (record.status === 'ended') return record.ended.outcome;
  if (record.status === 'proposed') return 'proposed';
  return isInForce(record, now) ? 'in-force' : 'cooling-off';
}

function shownChange(record: AccountRecord, now: Date): z.input<typeof ShownChangeSchema> {
  const { account, contentHash, district } = record.change;
  const confirmation = record.status === 'confirmed' ? record.confirmation : undefined;
  return {
    ...shown(account),
    status: statusOf(record, now),
    ...{ contentHash, proposedBy: account.by, proposedAt: account.at },
    ...(district !== undefined && { district }),
    ...(confirmation && {
      ...{ confirmedBy: confirmation.by, confirmedAt: confirmation.at },
      inForceFrom: confirmation.inForceFrom,
    }),
  };
}
