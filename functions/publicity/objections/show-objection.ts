import type * as z from 'zod';
import type { Presigner } from '../../filing/documents/presigner.ts';
import { isOverdue } from '../../filing/documents/scan.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { EvidenceInspections } from './evidence-inspections.ts';
import { receiptHash } from './file-objection.ts';
import { evidenceKey, type Objection } from './objection.ts';
import type { ObjectionStore } from './objection-store.ts';
import type {
  ObjectionDetailSchema,
  ObjectionStandingSchema,
  ObjectionViewSchema,
} from './objection-view.ts';

/** An objection as officials see it in lists: nothing that tells who objects. */
export function objectionView(objection: Objection): z.input<typeof ObjectionViewSchema> {
  const { objectionId, kind, applicationId, roundId, item, organisationName, status, returned } = objection;
  const { receivedAt, dueAt, grounds, sealed } = objection;
  return {
    ...{
      objectionId,
      kind,
      admitted: !objection.unadmitted,
      applicationId,
      roundId,
      item,
      organisationName,
      status,
      receivedAt,
      dueAt,
      grounds,
    },
    exOfficio: sealed === undefined && objection.anonymisedAt === undefined,
    ...(returned && { returned }),
    ...('proposal' in objection && { proposal: objection.proposal }),
    ...('decision' in objection && { decision: objection.decision }),
  };
}

/** One page of objections, newest first. @throws DomainError invalid-request for a foreign cursor. */
export async function listObjections(
  { objections }: { readonly objections: ObjectionStore },
  page: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<{ items: z.input<typeof ObjectionViewSchema>[]; nextCursor?: string }> {
  const { objections: found, nextCursor } = await objections.page(page);
  return { items: found.map(objectionView), ...(nextCursor !== undefined && { nextCursor }) };
}

/** An objection with links to the evidence, for those who decide it. @throws DomainError not-found */
export async function showObjection(
  parts: {
    readonly objections: ObjectionStore;
    readonly inspections: Pick<EvidenceInspections, 'of'>;
    readonly files: () => Promise<Presigner>;
    readonly clock: Clock;
  },
  objectionId: string,
): Promise<z.input<typeof ObjectionDetailSchema>> {
  const objection = await parts.objections.require(objectionId);
  const { evidence } = objection;
  const files = evidence.length > 0 ? await parts.files() : undefined;
  const inspections = await parts.inspections.of(objectionId);
  const now = parts.clock();
  return {
    ...objectionView(objection),
    evidence: await Promise.all(
      evidence.map(async (piece, index) => {
        const found = inspections.get(index);
        if (!found) return { ...piece, status: 'awaited' as const };
        if (found.fault) return { ...piece, status: 'refused' as const, reason: found.fault.message };
        if (found.quarantined) {
          const overdue = isOverdue(found.at, now);
          return { ...piece, status: 'quarantined' as const, ...(overdue && { overdue: true as const }) };
        }
        const file = { ...piece, key: evidenceKey(objectionId, index) };
        return { ...piece, status: 'accepted' as const, url: await files?.presignFile(file, now) };
      }),
    ),
  };
}

/** How an objection stands, for whoever holds its receipt. @throws DomainError not-found for any other word. */
export async function objectionStanding(
  { objections }: { readonly objections: ObjectionStore },
  request: {
    readonly objectionId: string;
    readonly receipt: string;
  },
): Promise<z.input<typeof ObjectionStandingSchema>> {
  const objection = await objections.require(request.objectionId);
  if (objection.receiptHash !== receiptHash(request.receipt)) throw new DomainError('not-found');
  const { objectionId, receivedAt, dueAt } = objection;
  const own = { objectionId, receivedAt, dueAt };
  // With one that says the same it is answered, once that is.
  const answered =
    objection.status === 'decided' && objection.proposal.outcome === 'merged'
      ? await objections.require(objection.proposal.into)
      : objection;
  if (answered.status !== 'decided') {
    return { ...own, status: answered.unadmitted ? 'screening' : 'received' };
  }
  const { outcome, reason } = answered.proposal;
  return { ...own, status: 'decided', outcome, reason, decidedAt: answered.decision.at };
}
