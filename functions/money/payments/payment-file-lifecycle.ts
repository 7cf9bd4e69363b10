import { DomainError } from '../../shared/errors.ts';
import type { StepNote } from '../../shared/history.ts';
import type { Signature } from '../../shared/signing.ts';
import type { PaymentFile, PaymentFileEvent, PaymentFileIn, Written } from './payment.ts';

/** What a second person decides on the bytes of a file, which they name by their hash. */
export type FileDecision =
  | { readonly outcome: 'confirm'; readonly contentHash: string }
  | { readonly outcome: 'refuse'; readonly contentHash: string; readonly reason: string };

/** Who decides, by the subject of a token, and when. */
interface By {
  readonly by: string;
  readonly at: string;
}

/** What a file becomes, and what is noted of it. */
export interface FileStep {
  readonly to: PaymentFile;
  readonly note: StepNote<PaymentFileEvent>;
}

/** A file whose payments are all written. @param written undefined when none of them goes to the bank */
export function madeOf(file: PaymentFileIn<'making'>, written: Written | undefined): PaymentFile {
  const version = file.version + 1;
  return written
    ? { ...file, status: 'made', version, ...written }
    : { ...file, status: 'withdrawn', version };
}

/** A file without a payment that was stopped. @param rest what it says of the others; undefined when there are none */
export function withoutPayment(file: PaymentFile, rest: Written | undefined): PaymentFile {
  const version = file.version + 1;
  if (file.status === 'making' || file.status === 'withdrawn') return { ...file, version };
  const { paymentFileId, orderId, createdAt, madeBy, continuedBy, firstReleasedAt } = file;
  const kept = {
    ...{ paymentFileId, orderId, version, createdAt, madeBy },
    ...(continuedBy && { continuedBy }),
    ...(firstReleasedAt !== undefined && { firstReleasedAt }),
  };
  return rest ? { ...kept, status: 'made', ...rest } : { ...kept, status: 'withdrawn' };
}

/** Whether the bank can have the file; those that were made before files were released had gone out as they were. */
export function mayBeAnswered(file: PaymentFile): boolean {
  return file.firstReleasedAt !== undefined || (file.status === 'made' && file.contentHash === undefined);
}

/** Whether somebody took part in the making of a file. */
export function hasMade({ madeBy, continuedBy = [] }: PaymentFile, person: string): boolean {
  return madeBy === person || continuedBy.includes(person);
}

/**
 * A file that somebody may decide on, or the one that was decided so before.
 * @throws DomainError not-in-this-state when there is nothing to decide, somebody decided otherwise, or the file is to be
 * refused that went out before; same-person for whoever made it; version-mismatch for other bytes.
 */
export function requireFileDecidable(file: PaymentFile, decision: FileDecision, person: string): PaymentFile {
  if (isRepeated(file, decision, person)) return file;
  if (file.status !== 'made') throw new DomainError('not-in-this-state');
  if (hasMade(file, person)) throw new DomainError('same-person');
  if (decision.contentHash !== file.contentHash) throw new DomainError('version-mismatch');
  if (decision.outcome === 'refuse' && mayBeAnswered(file)) throw wentOut();
  return file;
}

/** A file that goes to the bank, with the signature over its bytes. */
export function released(
  file: PaymentFileIn<'made'>,
  contentHash: string,
  { by, at, signature }: By & { readonly signature: Signature },
): FileStep {
  return {
    to: {
      ...file,
      status: 'released',
      version: file.version + 1,
      firstReleasedAt: file.firstReleasedAt ?? at,
      release: { by, at, contentHash, signature },
    },
    note: { at, actor: { id: by, role: 'budget-approver' }, event: 'released' },
  };
}

/** A file that the second person did not agree to: its payments are free to be made again. */
export function refused(
  file: PaymentFileIn<'made'>,
  { contentHash, reason }: Extract<FileDecision, { outcome: 'refuse' }>,
  { by, at }: By,
): FileStep {
  const to = withoutPayment(file, undefined);
  return {
    to: { ...to, status: 'withdrawn', refusal: { by, at, contentHash, reason } },
    note: { at, actor: { id: by, role: 'budget-approver' }, event: 'refused' },
  };
}

function isRepeated(file: PaymentFile, decision: FileDecision, person: string): boolean {
  if (file.status === 'released') {
    const { by, contentHash } = file.release;
    return decision.outcome === 'confirm' && by === person && contentHash === decision.contentHash;
  }
  if (file.status !== 'withdrawn' || !file.refusal || decision.outcome !== 'refuse') return false;
  const { by, contentHash, reason } = file.refusal;
  return by === person && contentHash === decision.contentHash && reason === decision.reason;
}

function wentOut(): DomainError {
  return new DomainError('not-in-this-state', {
    detail: {
      zh: '该付款文件曾经放行，其余付款可能已由银行办理，不得拒绝',
      en: 'the file was released before: what is left of it may be with the bank, so it cannot be refused',
    },
  });
}
