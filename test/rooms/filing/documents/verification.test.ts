import { Readable } from 'node:stream';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetObjectCommand, type GetObjectCommandOutput, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApplication } from '../../../../functions/filing/applications/edit-draft.ts';
import { ArrivedFiles } from '../../../../functions/filing/documents/arrived-files.ts';
import { type DocumentIn, objectKey } from '../../../../functions/filing/documents/document.ts';
import { verifyDocument } from '../../../../functions/filing/documents/verify-document.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import { log } from '../../../../functions/shared/log.ts';
import { dcmmContent } from '../../../builders/content.ts';
import { awaitingDocument } from '../../../builders/document.ts';
import { declaration, fileOf, fileTypes } from '../../../builders/document-file.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, type Rooms } from '../../../support/rooms.ts';

const s3 = mockClient(S3Client);
const bus = mockClient(EventBridgeClient);
bus.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
const logged = vi.spyOn(log, 'info').mockImplementation(() => undefined);
let database: TestDynamoDb;
let rooms: Rooms;
let draftId: string;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
  draftId = (await createApplication(rooms, people.preparer, dcmmContent())).applicationId;
});
afterAll(async () => {
  s3.restore();
  bus.restore();
  vi.restoreAllMocks();
  await database.stop();
});
beforeEach(() => {
  s3.reset();
  logged.mockClear();
});

const pdf = fileOf('application/pdf');

/** Registers a document for declared bytes; `arrive` brings the event for what was uploaded. */
async function setup(declared = declaration(pdf, 'application/pdf')) {
  const document = awaitingDocument({ ...declared, applicationId: draftId, documentId: newUlid() });
  await rooms.documents.add(document, 'draft', { before: await rooms.documents.announced(document) });
  const files = new ArrivedFiles(new S3Client({ region: 'cn-north-1' }), 'documents');
  const arrive = async () => {
    await verifyDocument({ ...rooms, files }, objectKey(document));
    return rooms.documents.get(document);
  };
  return { document, arrive };
}

function stored(chunks: Iterable<Uint8Array>) {
  s3.on(GetObjectCommand).callsFake(({ Range }: { Range?: string }) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(Range ?? '') ?? [];
    const part = from ? [Buffer.concat([...chunks]).subarray(Number(from), Number(to) + 1)] : chunks;
    // The SDK mixes methods for browsers into the stream, none of which is used here.
    const body = Readable.from(part) as unknown as NonNullable<GetObjectCommandOutput['Body']>;
    return { Body: body };
  });
}

const messages = () =>
  logged.mock.calls.map(([message, fields]) => [message, fields?.['cause'] ?? fields?.['status']]);

describe('a file that arrives', () => {
  it.each(fileTypes)('as %s with the declared bytes waits for a scanner', async (type) => {
    const bytes = fileOf(type);
    const { document, arrive } = await setup(declaration(bytes, type));
    stored([bytes]);
    expect(await arrive()).toEqual({
      ...document,
      status: 'quarantined',
      inspectedAt: rooms.clock().toISOString(),
    });
    expect(messages()).toEqual([['document.verified', 'quarantined']]);
    expect(s3.commandCalls(GetObjectCommand)[0]?.args[0].input).toEqual({
      Bucket: 'documents',
      Key: objectKey(document),
    });
  });

  it('is sound however its bytes are cut into pieces', async () => {
    const bytes = fileOf('image/png', 20_000);
    const { arrive } = await setup(declaration(bytes, 'image/png'));
    const sizes = [1, 3, 4096, 5, 7, 15_888];
    const starts = sizes.map((_, index) => sizes.slice(0, index).reduce((sum, size) => sum + size, 0));
    stored(sizes.map((size, index) => bytes.subarray(starts[index], (starts[index] ?? 0) + size)));
    expect(await arrive()).toMatchObject({ status: 'quarantined' });
  });

  it.each([
    ['hash-mismatch', 'with other bytes of the same length', Buffer.from(pdf).fill(0x21, 50)],
    ['length-mismatch', 'shorter than declared', pdf.subarray(0, 99)],
    ['length-mismatch', 'longer than declared', Buffer.concat([pdf, Buffer.from('!')])],
    ['empty', 'without bytes', Buffer.alloc(0)],
  ])('is refused for %s when it comes %s', async (code, _, bytes) => {
    const { arrive } = await setup();
    stored(bytes.length > 0 ? [bytes] : []);
    expect(await arrive()).toMatchObject({
      status: 'refused',
      reason: { code, citation: '申报指南 2026.1 申报材料', message: { zh: expect.any(String) } },
    });
  });

  it.each([
    ['a PNG', fileOf('image/png')],
    ['a program', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(98)])],
    ['a page of HTML', Buffer.from('<html>'.padEnd(100))],
    [
      'a PDF behind more than 1,024 bytes',
      Buffer.concat([Buffer.alloc(1025), fileOf('application/pdf', 40)]),
    ],
  ])('is refused for type-mismatch when a declared PDF is %s', async (_, bytes) => {
    const { arrive } = await setup(declaration(bytes, 'application/pdf'));
    stored([bytes]);
    expect(await arrive()).toMatchObject({ status: 'refused', reason: { code: 'type-mismatch' } });
  });

  it('longer than declared is not read to its end', async () => {
    const { arrive } = await setup();
    let read = 0;
    stored(
      (function* endless() {
        for (;;) {
          read += 1;
          yield Buffer.alloc(64);
        }
      })(),
    );
    expect(await arrive()).toMatchObject({ reason: { code: 'length-mismatch' } });
    expect(read).toBeLessThan(100);
  });
});

describe('an event', () => {
  it('that is repeated changes nothing and reads nothing', async () => {
    const { arrive } = await setup();
    stored([pdf]);
    const first = await arrive();
    stored([Buffer.alloc(3)]);
    expect(await arrive()).toEqual(first);
    expect(s3.commandCalls(GetObjectCommand)).toHaveLength(1);
    expect(messages()).toHaveLength(1);
  });

  it('that is delivered twice at once settles the document once', async () => {
    const { arrive } = await setup();
    stored([pdf]);
    await Promise.all([arrive(), arrive()]);
    expect(await arrive()).toMatchObject({ status: 'quarantined' });
    expect(messages().filter(([message]) => message === 'document.verified')).toHaveLength(1);
  });

  it.each(['elsewhere/file.pdf', `applications/${newUlid()}/${newUlid()}`])(
    'for the unknown key %s is ignored',
    async (key) => {
      const files = { read: async () => undefined };
      await expect(verifyDocument({ ...rooms, files }, key)).resolves.toBeUndefined();
      expect(messages()).toEqual([['document.ignored', 'unknown-key']]);
    },
  );

  it('for a document that was removed while its file was read is ignored', async () => {
    const { document, arrive } = await setup();
    s3.on(GetObjectCommand).callsFake(async () => {
      await rooms.documents.remove(document, 'draft');
      return { Body: Readable.from([pdf]) };
    });
    expect(await arrive()).toBeUndefined();
    expect(messages()).toEqual([['document.ignored', 'settled-meanwhile']]);
  });

  it('for an object that is gone is ignored, and the document still awaits its file', async () => {
    const { document, arrive } = await setup();
    s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: 'gone', $metadata: {} }));
    expect(await arrive()).toEqual(document);
    expect(messages()).toEqual([['document.ignored', 'no-object']]);
  });

  it('whose file breaks off in the middle fails, so that it is delivered again', async () => {
    const { document, arrive } = await setup();
    const broken = (function* () {
      yield pdf.subarray(0, 10);
      throw Object.assign(new Error('connection lost'), { code: 'ECONNRESET' });
    })();
    stored(broken);
    await expect(arrive()).rejects.toThrow('connection lost');
    expect(await rooms.documents.get(document)).toEqual(document satisfies DocumentIn<'awaiting-upload'>);
  });
});

describe('the door of arriving files', () => {
  it('reads the event of S3 and refuses others', async () => {
    vi.stubEnv('APPLICATIONS_TABLE', database.tableNames.applications);
    vi.stubEnv('BUDGET_TABLE', rooms.tableNames.budget);
    vi.stubEnv('WORKFLOW_TABLE', rooms.tableNames.workflow);
    vi.stubEnv('EVENT_BUS_NAME', 'bus');
    vi.stubEnv('DOCUMENTS_BUCKET', 'documents');
    vi.stubEnv('AWS_REGION', 'cn-north-1');
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', database.endpoint);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    const failed = vi.spyOn(log, 'error').mockImplementation(() => undefined);
    const { handler } = await import('../../../../functions/events/verify-document.ts');
    const { document } = await setup();
    stored([pdf]);
    const event = {
      version: '0',
      source: 'aws.s3',
      'detail-type': 'Object Created',
      detail: {
        version: '0',
        bucket: { name: 'documents' },
        object: { key: objectKey(document), size: 100, 'version-id': 'v1' },
        reason: 'PutObject',
      },
    };
    // Middy types the context of a Lambda, of which nothing is read.
    const context = {} as Parameters<typeof handler>[1];
    await handler(event, context);
    const scan = await rooms.scans.get(objectKey(document));
    const [request] = bus.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries ?? [];
    expect(request).toMatchObject({ EventBusName: 'bus', Source: 'software-support.scans' });
    expect(JSON.parse(request?.Detail ?? '')).toEqual({
      ...{ bucket: 'documents', key: objectKey(document), token: scan?.token, answerTo: 'bus' },
      ...{ contentType: document.contentType, bytes: document.bytes, sha256: document.sha256 },
    });
    const detail = { key: objectKey(document), token: scan?.token, sha256: document.sha256 };
    const answer = { source: 'file-scanner', 'detail-type': 'FileScanned' };
    await handler({ ...answer, detail: { ...detail, verdict: 'clean', engine: 'one' } }, context);
    expect(await rooms.documents.get(document)).toMatchObject({ status: 'accepted' });
    await handler({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }, context);
    await expect(handler({ ...event, source: 'other' }, context)).rejects.toThrow();
    expect(failed).toHaveBeenCalledWith('task.failed', expect.anything(), { task: 'verify-document' });
    vi.unstubAllEnvs();
  });
});
