import { describe, expect, it } from 'vitest';
import type { Document } from '../../functions/filing/documents/document.ts';
import type { DocumentStore } from '../../functions/filing/documents/document-store.ts';
import type { Scan } from '../../functions/filing/documents/scan.ts';
import { documentVerdict, takeVerdict } from '../../functions/filing/documents/take-verdict.ts';
import { verifyDocument } from '../../functions/filing/documents/verify-document.ts';
import { isHarmful } from '../../local/scanner/harm.ts';
import { declaration } from '../builders/document-file.ts';
import { officeFiles } from './office-files.ts';
import { type DocumentSample, pdfFiles } from './pdf-files.ts';

const applicationId = '01KQ0000000000000000000000';
const documentId = '01KQ0000000000000000000001';
const at = '2026-11-23T02:00:00.000Z';

type Parts = Parameters<typeof verifyDocument>[0] &
  Parameters<typeof takeVerdict>[0] & { readonly documents: DocumentStore };

/** Verifies a file and has it scanned as it would be after its upload, and tells what became of it. */
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
    quarantine: async (sound: Document) => {
      document = sound;
      return true;
    },
    changed: (settled: Document) => {
      document = settled;
    },
  };
  let asked: Scan | undefined;
  const scans = { opened: () => undefined, judged: () => undefined, get: async () => asked };
  const scanner = {
    ask: async (scan: Scan) => {
      asked = scan;
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
  const clock = () => new Date(at);
  const write = async () => undefined;
  const parts = { documents, files, scans, scanner, write, clock } as unknown as Parts;
  const key = `applications/${applicationId}/${documentId}`;
  await verifyDocument(parts, key);
  if (asked) {
    const verdict = isHarmful(file) ? 'harmful' : 'clean';
    const told = { key, token: asked.token, sha256: asked.sha256, verdict, engine: 'one' } as const;
    await takeVerdict(parts, told, documentVerdict(parts.documents, clock));
  }
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

it('a PDF says how many files of data it carries', async () => {
  const invoice = pdfFiles.find(({ name }) => name === 'an invoice with its data.pdf');
  expect(invoice && (await verified(invoice))).toMatchObject({ status: 'accepted', dataFiles: 1 });
});
