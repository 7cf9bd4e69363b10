import type { DocumentIn } from '../../functions/filing/documents/document.ts';

/** A document whose file was found sound and harmless. */
export function acceptedDocument(
  overrides: Partial<DocumentIn<'awaiting-upload'>> = {},
): DocumentIn<'accepted'> {
  return { ...awaitingDocument(overrides), status: 'accepted', verifiedAt: '2026-11-23T02:01:00.000Z' };
}

/** A document whose file has not arrived. */
export function awaitingDocument(
  overrides: Partial<DocumentIn<'awaiting-upload'>> = {},
): DocumentIn<'awaiting-upload'> {
  return {
    status: 'awaiting-upload',
    documentId: '01J00000000000000000000002',
    applicationId: '01J00000000000000000000001',
    material: 'certificate',
    fileName: 'certificate.pdf',
    contentType: 'application/pdf',
    bytes: 100,
    sha256: 'a'.repeat(64),
    guide: '2026.1',
    requestedAt: '2026-11-23T02:00:00.000Z',
    requestedBy: 'preparer',
    ...overrides,
  };
}
