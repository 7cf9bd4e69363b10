import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import { type ActorReference, systemActor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import type { IdempotencyRecords } from '../../shared/idempotency.ts';
import type { NewId } from '../../shared/ids.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { InstantSchema, UlidSchema } from '../../shared/schemas.ts';
import type { Sealer } from '../../shared/sealing.ts';
import { budget } from '../../shared/tables.ts';
import type { Bilingual } from '../../shared/text.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { Evidence, Objector } from './objection.ts';
import type { ObjectionStore } from './objection-store.ts';
import { type Opening, opened, requireUnderNotice } from './opening-decision.ts';

const { objectionAnswer } = budget.entities;

/** What is kept of the answer to a request: all but the receipt. */
const FiledSchema = z.object({ objectionId: UlidSchema, receivedAt: InstantSchema, dueAt: InstantSchema });
/** What the objector keeps to see what became of it. */
export type Filed = z.output<typeof FiledSchema> & { readonly receipt: string };

/** Who brought something up in the public notice, by no name. */
const objectorReference: ActorReference = { id: 'objector', role: 'public' };

/**
 * Takes an objection against an award under public notice, and holds the order of that award. The same key takes it
 * once. Who objects is sealed before anything is written.
 * @throws DomainError not-found when the application has no award under notice; deadline-passed after the notice;
 * idempotency-key-reused, concurrent-change; calendar-missing.
 */
export async function fileObjection(
  parts: {
    readonly applications: ApplicationStore;
    readonly objections: ObjectionStore;
    readonly records: IdempotencyRecords;
    readonly policy: PolicyBook;
    readonly objectors: Sealer;
    readonly clock: Clock;
    readonly newId: NewId;
  },
  request: {
    readonly applicationId: string;
    readonly objector: Objector;
    readonly grounds: string;
    readonly evidence: readonly Evidence[];
  },
  idempotencyKey: string,
): Promise<Filed> {
  const { applicationId, objector, grounds, evidence } = request;
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
  const objectionId = parts.newId();
  const sealed = await parts.objectors.seal({ objection: objectionId }, objector);
  return decideAgainOnConflict(async () => {
    const earlier = await parts.records.answer(keyed, FiledSchema);
    if (earlier) return withReceipt(earlier);
    const now = parts.clock();
    const application = requireUnderNotice(await parts.applications.get(applicationId), now);
    const dueAt = await dueFrom(parts.policy, application, now);
    const brought = {
      objectionId,
      grounds: { zh: grounds, en: grounds },
      evidence: [...evidence],
      sealed,
      receiptHash: receiptHash(receiptOf(objectionId, idempotencyKey)),
    };
    const opening = opened(application, brought, { actor: objectorReference, now, dueAt });
    const { objection } = opening;
    const filed = { objectionId, receivedAt: objection.receivedAt, dueAt: objection.dueAt };
    await parts.objections.write([
      ...openingWrites(parts, application, opening),
      parts.records.record(keyed, filed),
    ]);
    return withReceipt(filed);
  });
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
  const dueAt = await dueFrom(parts.policy, application, now);
  const brought = { objectionId: parts.newId(), grounds, evidence: [] };
  const opening = opened(application, brought, { actor: systemActor, now, dueAt });
  return openingWrites(parts, application, opening);
}

/** What is kept of the word that opens an objection's standing. */
export function receiptHash(receipt: string): string {
  return createHash('sha256').update(receipt).digest('hex');
}

/** Until when an objection of now has to be decided, by the guide of the award's pool. @throws DomainError calendar-missing */
async function dueFrom(policy: PolicyBook, { pool }: ApplicationIn<'noticed'>, now: Date): Promise<Date> {
  const defined = await policy.pool(pool);
  if (!defined) throw new Error(`no guide defines the pool ${pool}`);
  return policy.calendar.endOf(now, defined.objectionsDue);
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
