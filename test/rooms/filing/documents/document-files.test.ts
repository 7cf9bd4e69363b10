import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseObjectKey } from '../../../../functions/filing/documents/document.ts';
import { DocumentFiles } from '../../../../functions/filing/documents/document-files.ts';
import { acceptedDocument, awaitingDocument } from '../../../builders/document.ts';

beforeAll(() => {
  vi.stubEnv('AWS_REGION', 'cn-north-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});
afterAll(() => vi.unstubAllEnvs());

const files = new DocumentFiles('documents', () => new Date('2026-11-23T02:00:00Z'));
const pathOf = ({
  applicationId,
  documentId,
}: Pick<ReturnType<typeof awaitingDocument>, 'applicationId' | 'documentId'>) =>
  `/applications/${applicationId}/${documentId}`;

describe('a presigned upload', () => {
  it('is bound to key, type, exact length and SHA-256, and cannot overwrite', async () => {
    const document = awaitingDocument({ bytes: 1234, sha256: 'ab'.repeat(32) });
    const upload = await files.presignUpload(document);
    expect(upload.headers).toEqual({
      'content-type': 'application/pdf',
      'content-length': '1234',
      'x-amz-checksum-sha256': Buffer.from('ab'.repeat(32), 'hex').toString('base64'),
      'if-none-match': '*',
    });
    const url = new URL(upload.url);
    expect(url.pathname).toBe(pathOf(document));
    const signed = url.searchParams.get('X-Amz-SignedHeaders')?.split(';');
    expect(signed?.toSorted()).toEqual(['host', ...Object.keys(upload.headers)].toSorted());
  });

  it('brings no header into the URL, where a client could leave it out', async () => {
    const { searchParams } = new URL((await files.presignUpload(awaitingDocument())).url);
    const added = [...searchParams.keys()].filter((name) => !name.startsWith('X-Amz-'));
    expect(added).toEqual(['x-id']);
  });

  it('ends fifteen minutes after it was asked for', async () => {
    const upload = await files.presignUpload(awaitingDocument());
    const { searchParams } = new URL(upload.url);
    expect(searchParams.get('X-Amz-Date')).toBe('20261123T020000Z');
    expect(searchParams.get('X-Amz-Expires')).toBe('900');
    expect(upload.expiresAt).toBe('2026-11-23T02:15:00.000Z');
  });
});

describe('a presigned download', () => {
  it('saves the file under its own name and type, for five minutes', async () => {
    const document = acceptedDocument({ fileName: '营业 执照(1)".pdf' });
    const url = new URL(await files.presignDownload(document));
    expect(url.pathname).toBe(pathOf(document));
    expect(url.searchParams.get('X-Amz-Expires')).toBe('300');
    expect(url.searchParams.get('response-content-type')).toBe('application/pdf');
    expect(url.searchParams.get('response-content-disposition')).toBe(
      "attachment; filename*=UTF-8''%E8%90%A5%E4%B8%9A%20%E6%89%A7%E7%85%A7%281%29%22.pdf",
    );
  });
});

describe('the key of an object', () => {
  const { applicationId, documentId } = awaitingDocument();

  it('leads back to its document', () => {
    expect(parseObjectKey(`applications/${applicationId}/${documentId}`)).toEqual({
      applicationId,
      documentId,
    });
  });

  it.each([
    'other.txt',
    `applications/${applicationId}`,
    `applications/${applicationId}/${documentId}/more`,
    `other/${applicationId}/${documentId}`,
    `applications/${applicationId}/../${documentId}`,
  ])('%s belongs to no document', (key) => {
    expect(parseObjectKey(key)).toBeUndefined();
  });
});
