import type { KeyedHash } from '../../filing/enterprise/keyed-hash.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { NewId } from '../../shared/ids.ts';
import type { CodeSender } from './code-sender.ts';
import type { ConfirmationStore } from './confirmation-store.ts';
import { type Contact, plainContact, plainSource } from './contact.ts';

const codeLivesMs = 600_000;

/** A code of six digits. */
export type NewCode = () => string;

export interface ConfirmParts {
  readonly confirmations: ConfirmationStore;
  readonly keyedHash: KeyedHash;
  readonly codes: CodeSender;
  readonly policy: PolicyBook;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly newCode: NewCode;
}

/**
 * Sends a code to a phone or a mail address, which confirms it for ten minutes. So many an hour go to one contact, and so
 * many are sent for one source address; nobody is counted for another's. Where the process stops between the two, no code
 * comes, and another one is asked for.
 * @throws DomainError too-many-requests.
 */
export async function requestConfirmation(
  { confirmations, keyedHash, codes, policy, clock, newId, newCode }: ConfirmParts,
  contact: Contact,
  source: string,
): Promise<{ readonly confirmationId: string; readonly expiresAt: string }> {
  const now = clock();
  const [confirmationId, code] = [newId(), newCode()];
  const [contactHash, sourceHash, codeHash] = await Promise.all([
    keyedHash.hash('objector', plainContact(contact)),
    keyedHash.hash('source-address', plainSource(source)),
    keyedHash.hash('confirmation-code', `${confirmationId}:${code}`),
  ]);
  const { perContact, perSource } = policy.notice.objections.hourlyCodes;
  const hour = { window: now.toISOString().slice(0, 13), expiresAt: inSeconds(now, 2 * 3_600_000) };
  const expiresAt = new Date(now.getTime() + codeLivesMs);
  await confirmations.write([
    confirmations.count({ ...hour, subject: `code:${contactHash}`, atMost: perContact }),
    confirmations.count({ ...hour, subject: `source:${sourceHash}`, atMost: perSource }),
    confirmations.keep(confirmationId, { contactHash, codeHash, expiresAt: inSeconds(expiresAt, 0) }),
  ]);
  await codes.send({
    contact,
    subject: { zh: '联系方式确认码', en: 'Code that confirms how to reach you' },
    text: {
      zh: `确认码 ${code}，十分钟内有效。如非本人操作，请忽略。`,
      en: `The code is ${code}, for ten minutes. If you did not ask for it, ignore it.`,
    },
  });
  return { confirmationId, expiresAt: expiresAt.toISOString() };
}

/**
 * Whose contact it is that a code was sent to, as a keyed hash. Each try counts, whatever comes of it.
 * @throws DomainError invalid-request for another code, another contact, or one that is used, expired or was tried too often:
 * which of them it does not say.
 */
export async function requireConfirmed(
  { confirmations, keyedHash }: Pick<ConfirmParts, 'confirmations' | 'keyedHash'>,
  contact: Contact,
  { confirmationId, code }: { readonly confirmationId: string; readonly code: string },
  now: Date,
): Promise<string> {
  const [tried, contactHash, codeHash] = await Promise.all([
    confirmations.tried(confirmationId, now),
    keyedHash.hash('objector', plainContact(contact)),
    keyedHash.hash('confirmation-code', `${confirmationId}:${code}`),
  ]);
  if (tried?.contactHash === contactHash && tried.codeHash === codeHash) return contactHash;
  throw new DomainError('invalid-request', {
    faults: [
      {
        path: 'confirmation.code',
        rule: 'confirmed-contact',
        message: {
          zh: '确认码与所填联系方式不符，或已失效：请重新获取',
          en: 'the code is not the one of the contact that is given, or no longer valid: ask for another one',
        },
      },
    ],
  });
}

/** An instant in seconds since 1970, some time later. */
export function inSeconds(instant: Date, laterMs: number): number {
  return Math.floor((instant.getTime() + laterMs) / 1000);
}
