import * as z from 'zod';
import { InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import { ReasonSchema } from '../../shared/text.ts';
import { DocumentIdSchema } from '../../shared/vocabulary.ts';
import type { Document } from './document.ts';
import { isOverdue } from './scan.ts';

export const DocumentViewSchema = z
  .object({
    documentId: DocumentIdSchema,
    material: SlugSchema,
    fileName: z.string(),
    contentType: z.string(),
    bytes: z.int(),
    sha256: z.string(),
    status: z.enum(['awaiting-upload', 'quarantined', 'accepted', 'refused', 'superseded']),
    reason: ReasonSchema.optional(),
    dataFiles: z.int().optional().meta({
      description:
        'How many files of XML data its PDF carries, as electronic invoices do: each was looked into',
    }),
    overdue: z.literal(true).optional().meta({
      description: 'It is being checked for longer than usual; the operators are told',
    }),
    requestedAt: InstantSchema,
    late: z.literal(true).optional().meta({
      description: 'It was not there when the application was submitted, and the submission does not hold it',
    }),
  })
  .meta({ id: 'Document' });

/** A document as its own organisation sees it. @param isLate whether it came after the submission it was meant for. */
export function documentView(
  document: Document,
  now: Date,
  isLate = false,
): z.input<typeof DocumentViewSchema> {
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
    ...('dataFiles' in document && { dataFiles: document.dataFiles }),
    ...(document.status === 'quarantined' && isOverdue(document.inspectedAt, now) && { overdue: true }),
    ...(isLate && { late: true }),
  };
}
