import type * as z from 'zod';
import type { DocumentViewSchema } from '../../contracts/documents.ts';
import type { Document } from './document.ts';

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
