import { expect, it } from 'vitest';
import type { Document } from '../../../../functions/filing/documents/document.ts';
import { openDocument } from '../../../../functions/filing/documents/open-document.ts';
import { awaitingDocument } from '../../../builders/document.ts';

const awaiting = awaitingDocument();
const verifiedAt = '2026-11-23T02:00:00Z';
const reason = {
  code: 'malware',
  citation: '申报指南',
  message: { zh: '含恶意代码', en: 'it runs something' },
};

const open = (document: Document | undefined) =>
  openDocument(
    {
      documents: { get: async () => document },
      files: { presignDownload: async () => 'https://bucket/file' },
    },
    awaiting,
    awaiting.documentId,
  );

it.each([
  { ...awaiting, status: 'accepted', verifiedAt },
  { ...awaiting, status: 'superseded', verifiedAt },
] as const)('a document that is $status is opened by whoever handed it in', async (document) => {
  expect(await open(document)).toEqual({ url: 'https://bucket/file' });
});

it.each([awaiting, { ...awaiting, status: 'refused', verifiedAt, reason }] as const)(
  'a file that is $status is not, as nobody knows it to be sound',
  async (document) => {
    await expect(open(document)).rejects.toMatchObject({ code: 'not-in-this-state' });
  },
);

it('one that there is not is not found', async () => {
  await expect(open(undefined)).rejects.toMatchObject({ code: 'not-found' });
});
