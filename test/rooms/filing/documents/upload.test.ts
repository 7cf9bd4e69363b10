import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openArrivedFiles } from '../../../../functions/filing/documents/arrived-files.ts';
import { type Document, objectKey } from '../../../../functions/filing/documents/document.ts';
import { DocumentFiles } from '../../../../functions/filing/documents/document-files.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import type { S3Service } from '../../../../local/contracts.ts';
import { localCredentials } from '../../../../local/credentials.ts';
import { startS3 } from '../../../../local/s3/service.ts';
import { acceptedDocument, awaitingDocument } from '../../../builders/document.ts';
import { declaration, fileOf } from '../../../builders/document-file.ts';
import { testOptions } from '../../../support/service-options.ts';

const options = testOptions();
let service: S3Service;
beforeAll(async () => {
  service = await startS3(options, () => undefined);
  await service.ensureBucket('DocumentsBucket', { BucketName: 'documents' });
  service.start();
  vi.stubEnv('AWS_ENDPOINT_URL_S3', service.endpoint);
  vi.stubEnv('AWS_REGION', 'cn-north-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', localCredentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', localCredentials.secretAccessKey);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await service.stop();
  options.removeData();
});

const bytes = fileOf('application/pdf', 200_000);
const files = new DocumentFiles('documents', () => new Date());

/** A document of its own and the ways to upload to its link. */
async function setup() {
  const document = awaitingDocument({
    ...declaration(bytes, 'application/pdf'),
    documentId: newUlid(),
    requestedAt: new Date().toISOString(),
  });
  const link = await files.presignUpload(document);
  const send = async (body: Buffer, headers: Record<string, string> = {}) => {
    const { 'content-length': _, ...signed } = link.headers;
    // The length is the body's own: a browser does not let scripts set that header.
    const answer = await fetch(link.url, {
      method: 'PUT',
      headers: { ...signed, ...headers },
      body: new Uint8Array(body),
    });
    await answer.body?.cancel();
    return answer.status;
  };
  return { document, send };
}

async function lengthOf(document: Document): Promise<number | undefined> {
  const file = await openArrivedFiles('documents').read(objectKey(document));
  if (!file) return undefined;
  let length = 0;
  for await (const chunk of file) length += chunk.byteLength;
  return length;
}

describe('a presigned upload', () => {
  it('takes the declared file, once, and it can be read and downloaded', async () => {
    const { document, send } = await setup();
    expect(await send(bytes)).toBe(200);
    expect(await send(bytes)).toBe(412);
    expect(await lengthOf(document)).toBe(200_000);
    const download = await fetch(await files.presignDownload(acceptedDocument(document)));
    expect(download.headers.get('content-type')).toBe('application/pdf');
    expect(download.headers.get('content-disposition')).toContain("attachment; filename*=UTF-8''DCMM%20");
    expect(Buffer.from(await download.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it.each([
    ['another length', bytes.subarray(1), {}],
    ['another type', bytes, { 'content-type': 'image/png' }],
    ['permission to overwrite', bytes, { 'if-none-match': '"other"' }],
    ['another checksum', bytes, { 'x-amz-checksum-sha256': Buffer.alloc(32).toString('base64') }],
  ])('refuses %s', async (_, body, headers) => {
    const { document, send } = await setup();
    expect(await send(body, headers)).toBe(403);
    expect(await lengthOf(document)).toBeUndefined();
  });

  it('refuses other bytes of the same length', async () => {
    const { document, send } = await setup();
    expect(await send(Buffer.from(bytes).fill(0x21, 100))).toBe(400);
    expect(await lengthOf(document)).toBeUndefined();
  });
});

describe('a file that never came', () => {
  it('is no file', async () => {
    expect(await lengthOf(awaitingDocument({ documentId: newUlid() }))).toBeUndefined();
  });
});
