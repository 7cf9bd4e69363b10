import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import { type ActorReference, systemActor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { IdempotencyRecords } from '../../shared/idempotency.ts';
import type { NewId } from '../../shared/ids.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { InstantSchema, UlidSchema } from '../../shared/schemas.ts';
import type { Sealer } from '../../shared/sealing.ts';
import { budget } from '../../shared/tables.ts';
import type { Bilingual } from '../../shared/text.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { Evidence, Objection, ObjectionIn, Objector } from './objection.ts';
import type { ObjectionStore } from './objection-store.ts';

const { objectionAnswer } = budget.entities;

/** Objections that an award takes at a time: the application's item has to hold their ids. */
const openAtMost = 100;

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
    const application = await parts.applications.get(applicationId);
    // What is not public is not there: an objection must not find out how an application stands.
    if (
      application?.status !== 'noticed' &&
      application?.status !== 'ordered' &&
      application?.status !== 'closed'
    ) {
      throw new DomainError('not-found');
    }
    const now = parts.clock();
    if (application.status !== 'noticed' || now >= new Date(application.notice.closesAt)) {
      throw new DomainError('deadline-passed', {
        detail: {
          zh: `公示已于 ${application.notice.closesAt} 结束，不再受理异议`,
          en: `the notice ended at ${application.notice.closesAt}: objections are not taken any more`,
        },
      });
    }
    const objection = await opened(parts, application, {
      objectionId,
      grounds: { zh: grounds, en: grounds },
      evidence: [...evidence],
      sealed,
      receiptHash: receiptHash(receiptOf(objectionId, idempotencyKey)),
    });
    const { receivedAt, dueAt } = objection;
    const filed = { objectionId, receivedAt, dueAt };
    await parts.objections.write([
      ...openingWrites(parts, application, objection, objectorReference),
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
  const objection = await opened(parts, application, { objectionId: parts.newId(), grounds, evidence: [] });
  return openingWrites(parts, application, objection, systemActor);
}

/** What is kept of the word that opens an objection's standing. */
export function receiptHash(receipt: string): string {
  return createHash('sha256').update(receipt).digest('hex');
}

async function opened(
  { policy, clock }: { readonly policy: PolicyBook; readonly clock: Clock },
  application: ApplicationIn<'noticed'>,
  given: Pick<ObjectionIn<'received'>, 'objectionId' | 'grounds' | 'evidence' | 'sealed' | 'receiptHash'>,
): Promise<ObjectionIn<'received'>> {
  const open = application.openObjections?.length ?? 0;
  if (open >= openAtMost) {
    throw new DomainError('not-in-this-state', {
      detail: {
        zh: '该事项待处理的异议过多，请以书面方式向主管部门提出',
        en: 'this award has too many open objections: put yours to the department in writing',
      },
    });
  }
  const now = clock();
  const pool = await policy.pool(application.pool);
  if (!pool) throw new Error(`no guide defines the pool ${application.pool}`);
  const { applicationId, organisation, content, award } = application;
  return {
    status: 'received',
    ...given,
    ...{ applicationId, organisation, poolId: application.pool, roundId: award.roundId },
    organisationName: content.enterprise.name,
    item: content.item,
    version: 1,
    receivedAt: now.toISOString(),
    dueAt: policy.calendar.endOf(now, pool.objectionsDue).toISOString(),
  };
}

function openingWrites(
  {
    applications,
    objections,
  }: { readonly applications: ApplicationStore; readonly objections: ObjectionStore },
  application: ApplicationIn<'noticed'>,
  objection: Objection,
  actor: ActorReference,
): GuardedWrite[] {
  const at = objection.receivedAt;
  const held: ApplicationIn<'noticed'> = {
    ...application,
    version: application.version + 1,
    updatedAt: at,
    openObjections: [...(application.openObjections ?? []), objection.objectionId],
  };
  const note = { at, actor, event: 'objected-to', note: objection.objectionId } as const;
  return [
    ...applications.transition(application, held, note),
    ...objections.transition(undefined, objection, { at, actor, event: 'received' }),
  ];
}
