import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withdrawApplication } from '../../../../functions/endings/withdraw-application.ts';
import { createApplication } from '../../../../functions/filing/applications/edit-draft.ts';
import { documentLimit } from '../../../../functions/filing/documents/document.ts';
import { listDocuments } from '../../../../functions/filing/documents/list-documents.ts';
import { removeDocument } from '../../../../functions/filing/documents/remove-document.ts';
import { requestUpload, type UploadRequest } from '../../../../functions/filing/documents/request-upload.ts';
import { DomainError } from '../../../../functions/shared/errors.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import { dcmmContent } from '../../../builders/content.ts';
import { awaitingDocument } from '../../../builders/document.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, policy, type Rooms } from '../../../support/rooms.ts';

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
});
afterAll(() => database.stop());

const { item } = await policy.requireItem('2026.1', 'dcmm');
const upload = { method: 'PUT', url: 'https://bucket/', headers: {}, expiresAt: '' } as const;
const request: UploadRequest = {
  material: 'certificate',
  fileName: 'certificate.pdf',
  contentType: 'application/pdf',
  bytes: 1000,
  sha256: 'a'.repeat(64),
};

async function setup() {
  const draft = await createApplication(rooms, people.preparer, dcmmContent());
  const deps = { ...rooms, files: { presignUpload: async () => upload } };
  const withdraw = () => withdrawApplication(rooms, people.admin, draft.applicationId, undefined);
  const ask = (changes: Partial<UploadRequest> = {}) =>
    requestUpload(deps, { application: draft, item, actorId: 'preparer' }, { ...request, ...changes });
  return { draft, withdraw, ask };
}

async function refusal(promise: Promise<unknown>): Promise<DomainError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DomainError)) throw new Error(`no refusal: ${String(error)}`);
  return error;
}

describe('asking for an upload', () => {
  it('registers the document and gives the link for it', async () => {
    const { draft, ask } = await setup();
    const { document, upload: link } = await ask();
    expect(document).toMatchObject({ ...request, status: 'awaiting-upload' });
    expect(link).toBe(upload);
    expect(await listDocuments(rooms, draft)).toEqual([document]);
  });

  it('shows documents in the order they were asked for', async () => {
    const { draft, ask } = await setup();
    for (const material of ['undertaking', 'certificate', 'business-licence']) await ask({ material });
    const listed = await listDocuments(rooms, draft);
    expect(listed.map((document) => document.material)).toEqual([
      'undertaking',
      'certificate',
      'business-licence',
    ]);
  });

  it.each([
    [{ material: 'audit-report' }, 'material', 'unknown-material'],
    [{ contentType: 'text/html' }, 'contentType', 'format'],
    [{ bytes: 52_428_801 }, 'bytes', 'too-large'],
  ])('with %j is refused on %s, citing the guide', async (changes, path, rule) => {
    const { draft, ask } = await setup();
    const { code, faults } = await refusal(ask(changes));
    expect(code).toBe('invalid-request');
    expect(faults).toMatchObject([{ path, rule, citation: '申报指南 2026.1 申报材料' }]);
    expect(await listDocuments(rooms, draft)).toEqual([]);
  });

  it('names every fault of a file at once', async () => {
    const { ask } = await setup();
    const { faults } = await refusal(ask({ contentType: 'text/html', bytes: 52_428_801 }));
    expect(faults.map((fault) => fault.path)).toEqual(['contentType', 'bytes']);
  });

  it('takes a file of exactly the limit', async () => {
    const { ask } = await setup();
    await expect(ask({ bytes: 52_428_800 })).resolves.toMatchObject({ upload });
  });

  it('is refused when the draft was withdrawn after the caller read it', async () => {
    const { draft, ask, withdraw } = await setup();
    await withdraw();
    expect((await refusal(ask())).code).toBe('not-in-this-state');
    expect(await listDocuments(rooms, draft)).toEqual([]);
  });

  it('stops at the limit of documents even for requests at the same time', async () => {
    const { draft, ask } = await setup();
    for (let count = 0; count < documentLimit - 2; count += 1) await ask({ fileName: `${count}.pdf` });
    const results = await Promise.allSettled(
      Array.from({ length: 6 }, (_, count) => ask({ fileName: `last-${count}.pdf` })),
    );
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(2);
    expect(await listDocuments(rooms, draft)).toHaveLength(documentLimit);
    const { code, faults } = await refusal(ask());
    expect(code).toBe('invalid-request');
    expect(faults).toMatchObject([{ path: 'documents', rule: 'too-many' }]);
  });
});

describe('asking again for the upload of the same file', () => {
  const idOf = ({ document }: Awaited<ReturnType<Awaited<ReturnType<typeof setup>>['ask']>>) =>
    document.documentId;

  it('goes on with the first one, also at once', async () => {
    const { draft, ask } = await setup();
    const asked = await Promise.all([ask(), ask(), ask()]);
    expect(new Set([...asked, await ask()].map(idOf)).size).toBe(1);
    expect(await listDocuments(rooms, draft)).toHaveLength(1);
  });

  it('finds it accepted when its upload has come', async () => {
    const { draft, ask } = await setup();
    const { document } = await ask();
    const { applicationId } = draft;
    const awaiting = await rooms.documents.get({ applicationId, documentId: document.documentId });
    if (awaiting?.status !== 'awaiting-upload') throw new Error('it is not awaited');
    const verifiedAt = rooms.clock().toISOString();
    await rooms.documents.settle({ ...awaiting, status: 'accepted', verifiedAt });
    expect((await ask()).document).toMatchObject({ documentId: document.documentId, status: 'accepted' });
  });

  it.each([
    [{ material: 'undertaking' }],
    [{ fileName: 'another.pdf' }],
    [{ bytes: 1001 }],
    [{ sha256: 'b'.repeat(64) }],
  ])('is another one with %j', async (changes) => {
    const { ask } = await setup();
    expect(idOf(await ask(changes))).not.toBe(idOf(await ask()));
  });

  it('is another one once the first was refused, removed, or its link has ended', async () => {
    const { draft, ask } = await setup();
    const first = idOf(await ask());
    await removeDocument(rooms, draft, first, 'preparer');
    const second = await ask();
    expect(idOf(second)).not.toBe(first);
    const later = new Date(rooms.clock().getTime() + 15 * 60_000);
    const before = rooms.clock();
    rooms.setClock(later);
    try {
      expect(idOf(await ask())).not.toBe(idOf(second));
    } finally {
      rooms.setClock(before);
    }
  });
});

describe('removing a document', () => {
  it('takes it out of the draft and makes room for another', async () => {
    const { draft, ask } = await setup();
    const asked = await Promise.all(
      Array.from({ length: 3 }, (_, count) => ask({ fileName: `${count}.pdf` })),
    );
    const [first] = asked;
    await removeDocument(rooms, draft, first?.document.documentId ?? '', 'preparer');
    const left = await listDocuments(rooms, draft);
    expect(left.map((document) => document.documentId)).not.toContain(first?.document.documentId);
    expect(left).toHaveLength(2);
  });

  it('happens once for two requests at the same time', async () => {
    const { draft, ask } = await setup();
    const { document } = await ask();
    const results = await Promise.allSettled(
      [1, 2].map(() => removeDocument(rooms, draft, document.documentId, 'preparer')),
    );
    expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('of an unknown document is not found', async () => {
    const { draft } = await setup();
    expect((await refusal(removeDocument(rooms, draft, newUlid(), 'preparer'))).code).toBe('not-found');
  });

  it('is refused once the application is no draft any more', async () => {
    const { draft, ask, withdraw } = await setup();
    const { document } = await ask();
    await withdraw();
    expect((await refusal(removeDocument(rooms, draft, document.documentId, 'preparer'))).code).toBe(
      'not-in-this-state',
    );
    expect(await listDocuments(rooms, draft)).toHaveLength(1);
  });
});

describe('settling a document', () => {
  it('counts the first time only, and only accepted documents count for a submission', async () => {
    const { draft } = await setup();
    const document = awaitingDocument({ applicationId: draft.applicationId, documentId: newUlid() });
    const verifiedAt = '2026-11-23T02:01:00.000Z';
    const reason = { code: 'empty', citation: 'guide', message: { zh: '空', en: 'empty' } };
    await rooms.documents.add(document, 'draft');
    expect(await rooms.documents.acceptedDocuments(draft.applicationId)).toEqual([]);
    expect(await rooms.documents.settle({ ...document, status: 'accepted', verifiedAt })).toBe(true);
    expect(await rooms.documents.settle({ ...document, status: 'refused', verifiedAt, reason })).toBe(false);
    expect(await rooms.documents.acceptedDocuments(draft.applicationId)).toEqual([
      { ...document, status: 'accepted', verifiedAt },
    ]);
  });

  it('does not bring back a document that was removed', async () => {
    const { draft, ask } = await setup();
    const { document } = await ask();
    const stored = awaitingDocument({ ...draft, ...document, status: 'awaiting-upload' });
    await removeDocument(rooms, draft, document.documentId, 'preparer');
    const settled = { ...stored, status: 'accepted', verifiedAt: '2026-11-23T02:01:00.000Z' } as const;
    expect(await rooms.documents.settle(settled)).toBe(false);
    expect(await rooms.documents.get(stored)).toBeUndefined();
  });
});
