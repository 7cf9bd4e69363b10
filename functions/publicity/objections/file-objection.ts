import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import { type ActorReference, systemActor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { contentHash } from '../../shared/hash.ts';
import type { IdempotencyRecords } from '../../shared/idempotency.ts';
import type { NewId } from '../../shared/ids.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { InstantSchema, UlidSchema } from '../../shared/schemas.ts';
import type { Sealer } from '../../shared/sealing.ts';
import { shanghaiDate } from '../../shared/shanghai-date.ts';
import { budget } from '../../shared/tables.ts';
import type { Bilingual } from '../../shared/text.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { type ConfirmParts, inSeconds, requireConfirmed } from './confirm-contact.ts';
import type { Contact } from './contact.ts';
import type { Evidence, ObjectionKind, Objector } from './objection.ts';
import type { ObjectionStore } from './objection-store.ts';
import { filed, isUnderNotice, noticeOver, type Opening, opened, requirePublic } from './opening-decision.ts';

const { objectionAnswer } = budget.entities;

/** What is kept of the answer to a request: all but the receipt. */
const FiledSchema = z.object({ objectionId: UlidSchema, receivedAt: InstantSchema, dueAt: InstantSchema });
/** What the objector keeps to see what became of it. */
export type Filed = z.output<typeof FiledSchema> & { readonly receipt: string };

/** Who brought something up in the public notice, by no name. */
const objectorReference: ActorReference = { id: 'objector', role: 'public' };

/** How it is known that somebody is who says so: by a code that came to the contact given, or by a login. */
export type Confirmed =
  | {
      readonly by: 'code';
      readonly via: Contact['via'];
      readonly confirmationId: string;
      readonly code: string;
    }
  | { readonly by: 'login'; readonly person: string };

export interface FileParts extends Pick<ConfirmParts, 'confirmations' | 'keyedHash'> {
  readonly applications: Pick<ApplicationStore, 'get'>;
  readonly objections: Pick<ObjectionStore, 'transition' | 'hold' | 'write'>;
  readonly records: IdempotencyRecords;
  readonly policy: PolicyBook;
  readonly objectors: Sealer;
  readonly clock: Clock;
  readonly newId: NewId;
}

/**
 * Takes an objection, a complaint or a report of wrongdoing from somebody who is confirmed. It writes nothing but rows of
 * its own: an objection or a report against an award under notice holds it for the guide's days at most, until an officer
 * has looked. The same key takes it once. Who brings it up is sealed before anything is written.
 * @throws DomainError not-found when the application has no public award; deadline-passed for an objection after the notice;
 * invalid-request for a contact that is not confirmed; too-many-requests beyond the objector's own day; already-exists for
 * the same grounds of the same objector; idempotency-key-reused, concurrent-change; calendar-missing.
 */
export async function fileObjection(
  parts: FileParts,
  request: {
    readonly applicationId: string;
    readonly kind: ObjectionKind;
    readonly objector: Objector;
    readonly grounds: string;
    readonly evidence: readonly Evidence[];
    readonly confirmed: Confirmed;
  },
  idempotencyKey: string,
): Promise<Filed> {
  const { applicationId, kind, objector, grounds, evidence, confirmed } = request;
  const keyed = {
    // The key gives the receipt again, so neither is kept.
    key: objectionAnswer.key({ applicationId, receiptHash: receiptHash(idempotencyKey) }),
    content: request,
  };
  const withReceipt = (kept: z.output<typeof FiledSchema>): Filed => ({
    ...kept,
    receipt: receiptOf(kept.objectionId, idempotencyKey),
  });
  const given = await parts.records.answer(keyed, FiledSchema);
  if (given) return withReceipt(given);
  requirePublic(await parts.applications.get(applicationId), kind, parts.clock());
  const subject = await identityOf(parts, objector, confirmed);
  const objectionId = parts.newId();
  const sealed = await parts.objectors.seal({ objection: objectionId }, objector);
  return decideAgainOnConflict(async () => {
    const earlier = await parts.records.answer(keyed, FiledSchema);
    if (earlier) return withReceipt(earlier);
    const now = parts.clock();
    const application = requirePublic(await parts.applications.get(applicationId), kind, now);
    const { dueAt, holdsUntil } = await deadlines(parts.policy, application, now);
    const brought = {
      ...{ objectionId, kind, sealed },
      grounds: { zh: grounds, en: grounds },
      evidence: [...evidence],
      receiptHash: receiptHash(receiptOf(objectionId, idempotencyKey)),
    };
    const objection = filed(application, brought, { now, dueAt });
    const kept = { objectionId, receivedAt: objection.receivedAt, dueAt: objection.dueAt };
    const day = { window: shanghaiDate(now), expiresAt: inSeconds(now, 2 * 86_400_000) };
    await parts.objections.write([
      // First: of two with one key the second looks again, whatever else would stop it.
      parts.records.record(keyed, kept),
      ...parts.objections.transition(undefined, objection, {
        ...{ at: objection.receivedAt, actor: objectorReference, event: 'received' },
      }),
      ...(kind !== 'complaint' && isUnderNotice(application, now)
        ? parts.objections.hold(objection, holdsUntil, () => noticeOver(application.notice.closesAt))
        : []),
      parts.confirmations.count({
        ...{ ...day, subject: `filed:${subject}` },
        atMost: parts.policy.notice.objections.dailyPerObjector,
      }),
      parts.confirmations.brought(subject, applicationId, contentHash({ kind, grounds })),
      ...(confirmed.by === 'code' ? [parts.confirmations.use(confirmed.confirmationId)] : []),
    ]);
    return withReceipt(kept);
  });
}

/** What stands for somebody in counts, and tells nobody who it is. @throws DomainError invalid-request */
async function identityOf(parts: FileParts, objector: Objector, confirmed: Confirmed): Promise<string> {
  if (confirmed.by === 'login') return parts.keyedHash.hash('objector', `login:${confirmed.person}`);
  const { via } = confirmed;
  const address = via === 'phone' ? objector.phone : (objector.email ?? '');
  return requireConfirmed(parts, { via, address }, confirmed, parts.clock());
}

/** The word that opens an objection's standing: it follows from what the objector chose, so that asking again gives it. */
function receiptOf(objectionId: string, idempotencyKey: string): string {
  return createHash('sha256').update(`${objectionId}\n${idempotencyKey}`).digest('base64url');
}

/**
 * The writes with which the system itself objects, as when credit was lost during the notice: people decide it like
 * any other. They are bound to the application as it was read.
 */
export async function objectExOfficio(
  parts: {
    readonly applications: ApplicationStore;
    readonly objections: ObjectionStore;
    readonly policy: PolicyBook;
    readonly clock: Clock;
    readonly newId: NewId;
  },
  application: ApplicationIn<'noticed'>,
  grounds: Bilingual,
): Promise<GuardedWrite[]> {
  const now = parts.clock();
  const { dueAt } = await deadlines(parts.policy, application, now);
  const brought = { objectionId: parts.newId(), kind: 'objection' as const, grounds, evidence: [] };
  const opening = opened(application, brought, { actor: systemActor, now, dueAt });
  return openingWrites(parts, application, opening);
}

/** What is kept of the word that opens an objection's standing. */
export function receiptHash(receipt: string): string {
  return createHash('sha256').update(receipt).digest('hex');
}

/** Until when what is brought up now has to be decided, and holds its award unadmitted. @throws DomainError calendar-missing */
async function deadlines(policy: PolicyBook, { pool }: Pick<ApplicationIn<'noticed'>, 'pool'>, now: Date) {
  const defined = await policy.pool(pool);
  if (!defined) throw new Error(`no guide defines the pool ${pool}`);
  return {
    dueAt: policy.calendar.endOf(now, defined.objectionsDue),
    holdsUntil: policy.calendar.endOf(now, defined.objectionsScreened ?? policy.notice.objections.screening),
  };
}

function openingWrites(
  {
    applications,
    objections,
  }: { readonly applications: ApplicationStore; readonly objections: ObjectionStore },
  application: ApplicationIn<'noticed'>,
  { objection, objectionNote, to, note }: Opening,
): GuardedWrite[] {
  return [
    ...applications.transition(application, to, note),
    ...objections.transition(undefined, objection, objectionNote),
  ];
}
