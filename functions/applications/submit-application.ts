import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { DocumentStore } from '../documents/document-store.ts';
import { checkFacts } from '../eligibility/check-facts.ts';
import type { OpenedItem, PolicyBook } from '../policy/policy-book.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError, type FieldFault } from '../shared/errors.ts';
import { contentHash } from '../shared/hash.ts';
import type { Outbox } from '../shared/outbox.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import type { GuardedWrite } from '../shared/transaction.ts';
import type { Application, ApplicationIn } from './application.ts';
import type { ApplicationStore } from './application-store.ts';
import { requireOpenItem } from './check-content.ts';
import { ownApplication } from './own-application.ts';

export interface SubmitParts {
  readonly store: ApplicationStore;
  readonly documents: DocumentStore;
  readonly policy: PolicyBook;
  readonly outbox: Outbox;
  readonly clock: Clock;
}

const keyKeptSeconds = 30 * 86_400;
const KeyRecordSchema = z.object({ applicationId: z.string() });

/**
 * Submits a draft. One transaction fixes content and documents, writes the history, remembers the key and asks the
 * relay to start the review; so however often it is sent, there is one submission and one execution.
 * @throws DomainError incomplete with every gap at once; item-not-open; not-in-this-state; idempotency-key-reused.
 */
export async function submitApplication(
  parts: SubmitParts,
  actor: Actor,
  applicationId: string,
  idempotencyKey: string,
): Promise<Application> {
  return decideAgainOnConflict(async () => {
    const application = await ownApplication(parts.store, actor, applicationId);
    // The key is read after the application: whoever sees a submission of this key sees the key as well.
    const key = keyOf(application.organisation, idempotencyKey);
    const earlier = await readKey(parts.store, key);
    if (earlier !== undefined && earlier !== applicationId) throw new DomainError('idempotency-key-reused');
    if (earlier !== undefined) return ownApplication(parts.store, actor, applicationId);
    if (application.status !== 'draft') throw new DomainError('not-in-this-state');
    const now = parts.clock();
    const opened = await requireOpenItem(parts.policy, application.content.item, now);
    const submitted = await assemble(parts, application, actor, opened, now);
    await parts.store.write([
      ...parts.store.transition(application, submitted, {
        at: submitted.updatedAt,
        actor: { id: actor.id, role: 'organisation-admin' },
        event: 'submitted',
      }),
      ...parts.documents.stillAccepted(
        submitted.submission.documents.map(({ documentId }) => ({ applicationId, documentId })),
      ),
      rememberKey(parts.store.table, key, applicationId, now),
      parts.outbox.message({ type: 'start-review', applicationId, submission: submitted.submission.number }),
    ]);
    return submitted;
  });
}

async function assemble(
  parts: SubmitParts,
  draft: ApplicationIn<'draft'>,
  actor: Actor,
  opened: OpenedItem,
  now: Date,
): Promise<ApplicationIn<'submitted'>> {
  const accepted = await parts.documents.acceptedDocuments(draft.applicationId);
  const documents = accepted.map(({ documentId, material, sha256 }) => ({ documentId, material, sha256 }));
  const guide = opened.guide.version;
  const missing: FieldFault[] = opened.item.materials
    .filter((material) => !documents.some((document) => document.material === material.id))
    .map((material) => ({
      path: `documents.${material.id}`,
      rule: 'required-material',
      message: {
        zh: `缺少已通过校验的材料：${material.title.zh}`,
        en: `no accepted document of: ${material.title.en}`,
      },
      citation: `申报指南 ${guide} ${opened.item.id}`,
    }));
  const faults = [...checkFacts(opened.item, guide, draft.content.facts, true), ...missing];
  if (faults.length > 0) throw new DomainError('incomplete', { faults });
  const at = now.toISOString();
  return {
    ...draft,
    status: 'submitted',
    guide,
    version: draft.version + 1,
    updatedAt: at,
    submission: {
      number: 1,
      at,
      by: actor.id,
      documents,
      contentHash: contentHash({ content: draft.content, documents, guide }),
    },
  };
}

function keyOf(organisation: string, idempotencyKey: string): { pk: string; sk: string } {
  return { pk: `SUBMISSION-KEY#${organisation}#${idempotencyKey}`, sk: 'KEY' };
}

async function readKey(
  store: ApplicationStore,
  key: { pk: string; sk: string },
): Promise<string | undefined> {
  const { Item } = await store.client.send(
    new GetCommand({ TableName: store.table, Key: key, ConsistentRead: true }),
  );
  return Item && KeyRecordSchema.parse(Item).applicationId;
}

function rememberKey(
  table: string,
  key: { pk: string; sk: string },
  applicationId: string,
  now: Date,
): GuardedWrite {
  const expiresAt = Math.floor(now.getTime() / 1000) + keyKeptSeconds;
  return {
    item: {
      Put: {
        TableName: table,
        Item: { ...key, applicationId, expiresAt },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
  };
}
