import * as z from 'zod';
import { InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import { ReasonSchema } from '../../shared/text.ts';
import { DocumentIdSchema } from '../../shared/vocabulary.ts';
import type { Document } from './document.ts';

export const DocumentViewSchema = z
  .object({
    documentId: DocumentIdSchema,
    material: SlugSchema,
    fileName: z.string(),
    contentType: z.string(),
    bytes: z.int(),
    sha256: z.string(),
    status: z.enum(['awaiting-upload', 'accepted', 'refused', 'superseded']),
    reason: ReasonSchema.optional(),
    requestedAt: InstantSchema,
  })
  .meta({ id: 'Document' });

/** A document as its own organisation sees it. */
export function documentView(document: Document): z.input<typeof DocumentViewSchema> {
  const { documentId, material, fileName, contentType, bytes, sha256, status, requestedAt } = document;
  return {
    documentId,
    material,
    fileName,
    contentType,
    bytes,
    sha256,
    status,
    requestedAt,
    ...(document.status === 'refused' && { reason: document.reason }),
  };
}
