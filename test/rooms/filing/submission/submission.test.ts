import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ApplicationViewSchema,
  toApplicationView,
} from '../../../../functions/filing/applications/application-view.ts';
import { createApplication } from '../../../../functions/filing/applications/edit-draft.ts';
import { DocumentViewSchema } from '../../../../functions/filing/documents/document-view.ts';
import { listDocuments } from '../../../../functions/filing/documents/list-documents.ts';
import { removeDocument } from '../../../../functions/filing/documents/remove-document.ts';
import { submitApplication } from '../../../../functions/filing/submission/submit-application.ts';
import { DomainError } from '../../../../functions/shared/errors.ts';
import { dcmmContent, declared } from '../../../builders/content.ts';
import { awaitingDocument } from '../../../builders/document.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, type Rooms, today } from '../../../support/rooms.ts';

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
});
afterAll(() => database.stop());

async function completeDraft() {
  const draft = await createApplication(rooms, people.preparer, dcmmContent());
  await rooms.acceptMaterials(draft.applicationId, 'dcmm');
  return draft;
}

async function refusal(promise: Promise<unknown>): Promise<DomainError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DomainError)) throw new Error(`no refusal: ${String(error)}`);
  return error;
}

describe('a submission', () => {
  it('names every missing fact and document', async () => {
    const { applicationId } = await createApplication(
      rooms,
      people.preparer,
      dcmmContent({ facts: { ...declared, level: 3 } }),
    );
    const { code, faults } = await refusal(
      submitApplication(rooms, people.admin, applicationId, 'key-missing-1'),
    );
    expect(code).toBe('incomplete');
    expect(faults.map((fault) => fault.path)).toEqual([
      'facts.certificateNumber',
      'facts.certificateValidTo',
      'documents.undertaking',
      'documents.business-licence',
      'documents.certificate',
    ]);
  });

  it('is taken in the last second of the window and refused one later, when the draft stays as it is', async () => {
    const { item } = await rooms.policy.requireOpenItem('dcmm', today);
    const closing = Date.parse(item.window.closesAt);
    const [early, late] = [await completeDraft(), await completeDraft()];
    try {
      rooms.setClock(new Date(closing - 1));
      const made = await submitApplication(rooms, people.admin, early.applicationId, 'key-last-second');
      expect(made.status).toBe('submitted');
      rooms.setClock(new Date(closing));
      const asked = submitApplication(rooms, people.admin, late.applicationId, 'key-one-later');
      expect((await refusal(asked)).code).toBe('item-not-open');
      expect(await rooms.store.require(late.applicationId)).toMatchObject({ status: 'draft', version: 1 });
      // Asked again, as somebody does whose answer was lost, what was taken in time stays taken.
      const again = await submitApplication(rooms, people.admin, early.applicationId, 'key-last-second');
      expect(again).toEqual(await rooms.store.require(early.applicationId));
    } finally {
      rooms.setClock(today);
    }
  });

  it('asks about a file that is still being sent, and marks it late when it comes', async () => {
    const { applicationId } = await completeDraft();
    const documentId = rooms.newId();
    const awaited = awaitingDocument({ applicationId, documentId, material: 'certificate' });
    await rooms.documents.add(awaited, 'draft');
    const refused = await refusal(
      submitApplication(rooms, people.admin, applicationId, `key-${applicationId}`),
    );
    expect(refused).toMatchObject({
      code: 'incomplete',
      faults: [
        {
          path: 'documents.certificate',
          rule: 'arrived',
          message: { en: expect.stringContaining(documentId) },
        },
      ],
    });
    const without = [documentId];
    const submitted = await submitApplication(
      rooms,
      people.admin,
      applicationId,
      `key-${applicationId}`,
      without,
    );
    await rooms.documents.settle({ ...awaited, status: 'accepted', verifiedAt: '2026-11-23T02:05:00.000Z' });
    const shown = ApplicationViewSchema.parse(toApplicationView(submitted));
    expect(shown.documents).toHaveLength(3);
    expect(shown.documents?.map((document) => document.documentId)).not.toContain(documentId);
    const listed = (await listDocuments(rooms, submitted)).map((document) =>
      DocumentViewSchema.parse(document),
    );
    expect(listed.filter(({ late }) => late).map((document) => document.documentId)).toEqual([documentId]);
  });

  it('sent twenty times at once under one key is one submission and one start of the review', async () => {
    const { applicationId } = await completeDraft();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => submitApplication(rooms, people.admin, applicationId, 'key-twenty')),
    );
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set(['submitted']));
    const messages = await rooms.pending(applicationId);
    expect(messages.map(({ message }) => message)).toEqual([
      { type: 'start-review', applicationId, submission: 1 },
    ]);
    const rows = await rooms.historyRows(applicationId);
    expect(rows.filter((row) => row.event === 'submitted')).toHaveLength(1);
  });

  it('under different keys at once succeeds once, and the others are told its state', async () => {
    const { applicationId } = await completeDraft();
    const results = await Promise.allSettled(
      Array.from({ length: 5 }, (_, n) =>
        submitApplication(rooms, people.admin, applicationId, `key-different-${n}`),
      ),
    );
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'not-in-this-state' });
    }
  });

  it('does not take the key of another application', async () => {
    const first = await completeDraft();
    const second = await completeDraft();
    await submitApplication(rooms, people.admin, first.applicationId, 'key-shared');
    const attempt = submitApplication(rooms, people.admin, second.applicationId, 'key-shared');
    expect((await refusal(attempt)).code).toBe('idempotency-key-reused');
  });

  it('racing with the removal of a document never holds a document that is gone', async () => {
    for (let round = 0; round < 8; round += 1) {
      const application = await completeDraft();
      const { applicationId } = application;
      const [document] = await rooms.documents.acceptedDocuments(applicationId);
      if (!document) throw new Error('no document');
      await Promise.allSettled([
        submitApplication(rooms, people.admin, applicationId, `key-removal-${round}`),
        removeDocument(rooms, application, document.documentId, 'preparer'),
      ]);
      const after = await rooms.store.require(applicationId);
      const kept = new Set((await rooms.documents.list(applicationId)).map((one) => one.documentId));
      if (after.status === 'submitted') {
        for (const { documentId } of after.submission.documents) expect(kept).toContain(documentId);
      } else {
        expect(kept).not.toContain(document.documentId);
      }
    }
  });
});
