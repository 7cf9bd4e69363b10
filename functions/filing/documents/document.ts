import * as z from 'zod';
import { InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import { ReasonSchema } from '../../shared/text.ts';
import { ApplicationIdSchema, DocumentIdSchema } from '../../shared/vocabulary.ts';

const declared = {
  documentId: DocumentIdSchema,
  applicationId: ApplicationIdSchema,
  /** Material of the guide that it is meant to be. */
  material: SlugSchema,
  fileName: z.string(),
  contentType: z.string(),
  bytes: z.int().min(1),
  /** SHA-256 of the file in hexadecimal, as declared before the upload. */
  sha256: z.string(),
  guide: z.string(),
  requestedAt: InstantSchema,
  requestedBy: z.string(),
};

/** How many files of XML data its PDF carries, as electronic invoices do; none without it. */
const carried = { dataFiles: z.int().min(1).optional() };

/** A document of an application. What it declares is fixed before the upload; nothing trusts it before `accepted`. */
export const DocumentSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('awaiting-upload'), ...declared }),
  /** What it declares is true of its file; whether that is harmful, a scanner has still to say. */
  z.object({ status: z.literal('quarantined'), ...declared, inspectedAt: InstantSchema, ...carried }),
  z.object({ status: z.literal('accepted'), ...declared, verifiedAt: InstantSchema, ...carried }),
  z.object({ status: z.literal('refused'), ...declared, verifiedAt: InstantSchema, reason: ReasonSchema }),
  /** Taken out in a correction: it stays, since an earlier submission was decided on it. */
  z.object({ status: z.literal('superseded'), ...declared, verifiedAt: InstantSchema, ...carried }),
]);
export type Document = z.output<typeof DocumentSchema>;
export type DocumentIn<S extends Document['status']> = Extract<Document, { status: S }>;

/**
 * Documents that one application may have, so that a submission can check every one of them, and whoever deletes a draft
 * take them all out with their witnesses, inside one transaction (DynamoDB takes 100 items). A technical limit: which materials are needed is the guide's matter.
 */
export const documentLimit = 48;

/** How long the link of an upload is good for, in seconds. */
export const uploadSeconds = 15 * 60;

/** Whether the file of a document may still come in. */
export function isAwaited(document: Document, now: Date): document is DocumentIn<'awaiting-upload'> {
  const until = Date.parse(document.requestedAt) + uploadSeconds * 1000;
  return document.status === 'awaiting-upload' && now.getTime() < until;
}

/** Whether people may open the file of a document: a scanner found it harmless, and none has found it harmful since. */
export function isOpened(document: Document): document is DocumentIn<'accepted' | 'superseded'> {
  return document.status === 'accepted' || document.status === 'superseded';
}

/** Key of the object in the documents bucket. */
export function objectKey(document: Pick<Document, 'applicationId' | 'documentId'>): string {
  return `applications/${document.applicationId}/${document.documentId}`;
}

const IdsSchema = z.object({ applicationId: ApplicationIdSchema, documentId: DocumentIdSchema });

/** The document that an object's key belongs to, or undefined for keys that the system does not make. */
export function parseObjectKey(key: string): z.output<typeof IdsSchema> | undefined {
  const [, applicationId, documentId] = key.split('/');
  const ids = IdsSchema.safeParse({ applicationId, documentId });
  return ids.success && objectKey(ids.data) === key ? ids.data : undefined;
}

/** Where a guide says which materials it wants and in which form. */
export function materialsCitation(guide: string): string {
  return `申报指南 ${guide} 申报材料`;
}
