import type * as z from 'zod';
import type { Presigner } from '../../filing/documents/presigner.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Opener } from '../../shared/sealing.ts';
import { receiptHash } from './file-objection.ts';
import { type Evidence, evidenceKey, type Objection, ObjectorSchema } from './objection.ts';
import type { ObjectionStore } from './objection-store.ts';
import type {
  ObjectionDetailSchema,
  ObjectionStandingSchema,
  ObjectionViewSchema,
} from './objection-view.ts';

/** An objection as officials see it in lists: nothing that tells who objects. */
export function objectionView(objection: Objection): z.input<typeof ObjectionViewSchema> {
  const { objectionId, applicationId, roundId, item, organisationName, status, returned } = objection;
  const { receivedAt, dueAt, grounds, sealed } = objection;
  return {
    ...{ objectionId, applicationId, roundId, item, organisationName, status, receivedAt, dueAt, grounds },
    exOfficio: sealed === undefined,
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

/** An objection with who objects and links to the evidence, for those who decide it. @throws DomainError not-found */
export async function showObjection(
  parts: {
    readonly objections: ObjectionStore;
    readonly objectors: Opener;
    readonly files: () => Promise<Presigner>;
    readonly clock: Clock;
  },
  objectionId: string,
): Promise<z.input<typeof ObjectionDetailSchema>> {
  const objection = await parts.objections.require(objectionId);
  const { sealed, evidence } = objection;
  const files = evidence.length > 0 ? await parts.files() : undefined;
  const now = parts.clock();
  return {
    ...objectionView(objection),
    ...(sealed !== undefined && {
      objector: ObjectorSchema.parse(await parts.objectors.open({ objection: objectionId }, sealed)),
    }),
    evidence: await Promise.all(
      evidence.map(async ({ fileName, contentType, bytes, sha256 }, index) => ({
        ...{ fileName, contentType, bytes, sha256 },
        url:
          (await files?.presignFile({ key: evidenceKey(objectionId, index), fileName, contentType }, now)) ??
          '',
      })),
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
  if (objection.status !== 'decided') return { objectionId, receivedAt, dueAt, status: 'received' };
  const { outcome, reason } = objection.proposal;
  const decidedAt = objection.decision.at;
  return { objectionId, receivedAt, dueAt, status: 'decided', outcome, reason, decidedAt };
}

/** Where the objector uploads each piece of evidence, exactly as it was declared; again, the same places. */
export async function uploadsOf(
  { files, clock }: { readonly files: () => Promise<Presigner>; readonly clock: Clock },
  objectionId: string,
  evidence: readonly Evidence[],
) {
  if (evidence.length === 0) return [];
  const presigner = await files();
  return Promise.all(
    evidence.map(async ({ fileName, contentType, bytes, sha256 }, index) => ({
      fileName,
      ...(await presigner.presignUpload(
        { key: evidenceKey(objectionId, index), contentType, bytes, sha256 },
        clock(),
      )),
    })),
  );
}
