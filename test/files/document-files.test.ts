import { describe, expect, it } from 'vitest';
import type { Document } from '../../functions/filing/documents/document.ts';
import { verifyDocument } from '../../functions/filing/documents/verify-document.ts';
import { declaration } from '../builders/document-file.ts';
import { officeFiles } from './office-files.ts';
import { type DocumentSample, pdfFiles } from './pdf-files.ts';

const applicationId = '01KQ0000000000000000000000';
const documentId = '01KQ0000000000000000000001';
const at = '2026-11-23T02:00:00.000Z';

/** Verifies a file as it would be after its upload, and tells what became of it. */
async function verified({ content, contentType }: DocumentSample) {
  const file = content();
  let document: Document = {
    ...{ status: 'awaiting-upload', documentId, applicationId, guide: '2026.1' },
    ...declaration(file, contentType),
    ...{ requestedAt: at, requestedBy: 'preparer' },
  };
  const documents = {
    get: async () => document,
    settle: async (settled: Document) => {
      document = settled;
      return true;
    },
  };
  const files = {
    read: async (_: string, { from, to }: { from: number; to: number } = { from: 0, to: file.length }) =>
      (async function* () {
        for (let place = from; place < to; place += 700) {
          yield file.subarray(place, Math.min(place + 700, to));
        }
      })(),
  };
  const parts = { documents, files, clock: () => new Date(at) } as unknown as Parameters<
    typeof verifyDocument
  >[0];
  await verifyDocument(parts, `applications/${applicationId}/${documentId}`);
  return document;
}

describe.each<[string, readonly DocumentSample[]]>([
  ['PDF', pdfFiles],
  ['Office, OFD and pictures', officeFiles],
])('documents: %s', (_, files) => {
  it.each(files.map((file) => [file.name, file] as const))('%s', async (_name, file) => {
    const { comesTo } = file;
    const found = await verified(file);
    if (comesTo === 'accepted') expect(found).toMatchObject({ status: 'accepted' });
    else {
      const message = { zh: expect.stringMatching(comesTo.says) };
      expect(found).toMatchObject({ status: 'refused', reason: { code: comesTo.refused, message } });
    }
  });
});
