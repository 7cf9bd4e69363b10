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
    late: z.literal(true).optional().meta({
      description: 'It was not there when the application was submitted, and the submission does not hold it',
    }),
  })
  .meta({ id: 'Document' });

/** A document as its own organisation sees it. @param isLate whether it came after the submission it was meant for. */
export function documentView(document: Document, isLate = false): z.input<typeof DocumentViewSchema> {
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
    ...(isLate && { late: true }),
  };
}
