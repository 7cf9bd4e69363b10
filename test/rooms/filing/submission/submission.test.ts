import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApplication, editApplication } from '../../../../functions/filing/applications/edit-draft.ts';
import {
  listApplications,
  listHistory,
} from '../../../../functions/filing/applications/list-applications.ts';
import { removeDocument } from '../../../../functions/filing/documents/remove-document.ts';
import { submitApplication } from '../../../../functions/filing/submission/submit-application.ts';
import { DomainError } from '../../../../functions/shared/errors.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { dcmmContent } from '../../../builders/content.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, type Rooms } from '../../../support/rooms.ts';

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

describe('a draft', () => {
  it('is kept under the guide that is open, with the first row of its history', async () => {
    const draft = await createApplication(rooms, people.preparer, dcmmContent());
    const { historyHash, ...kept } = await rooms.store.require(draft.applicationId);
    expect(kept).toEqual(draft);
    expect(historyHash).toMatch(/^[0-9a-f]{64}$/);
    expect(draft).toMatchObject({ status: 'draft', guide: '2026.1', version: 1 });
    expect(await rooms.historyRows(draft.applicationId)).toMatchObject([
      { version: 1, to: 'draft', event: 'created' },
    ]);
  });

  it('lists every fault of its content at once', async () => {
    const content = dcmmContent({
      direction: 'nowhere',
      requestedFen: fen(0),
      enterprise: { ...dcmmContent().enterprise, district: '440300' },
      facts: { level: 'three', colour: 'red' },
    });
    const { code, faults } = await refusal(createApplication(rooms, people.preparer, content));
    expect(code).toBe('invalid-request');
    expect(faults.map((fault) => fault.path)).toEqual([
      'direction',
      'enterprise.district',
      'requestedFen',
      'facts.colour',
      'facts.level',
    ]);
  });

  it('asks for confirmation of a credit code whose check character does not fit, and takes it confirmed', async () => {
    const uscc = '91440101731566630B';
    const actor = { ...people.preparer, organisation: uscc };
    const content = dcmmContent({ enterprise: { ...dcmmContent().enterprise, uscc } });
    expect((await refusal(createApplication(rooms, actor, content))).code).toBe('uscc-check-digit');
    const draft = await createApplication(rooms, actor, { ...content, confirmUscc: true });
    expect(draft.content.enterprise.uscc).toBe(uscc);
    expect(draft.content).not.toHaveProperty('confirmUscc');
  });

  it('is refused for the credit code of another organisation', async () => {
    const content = dcmmContent({ enterprise: { ...dcmmContent().enterprise, uscc: '914403001922038216' } });
    const { faults } = await refusal(createApplication(rooms, people.preparer, content));
    expect(faults.map((fault) => fault.rule)).toEqual(['own-organisation']);
  });

  it('is refused outside the window of its item', async () => {
    rooms.setClock(new Date('2025-12-31T23:59:59Z'));
    try {
      expect((await refusal(createApplication(rooms, people.preparer, dcmmContent()))).code).toBe(
        'item-not-open',
      );
    } finally {
      rooms.setClock(new Date('2026-11-23T02:00:00Z'));
    }
  });

  it('is edited on the version it was read at, and by one of two editors only', async () => {
    const { applicationId } = await createApplication(rooms, people.preparer, dcmmContent());
    const edit = (amount: number) =>
      editApplication(rooms, people.preparer, applicationId, {
        ifMatch: '"1"',
        body: dcmmContent({ requestedFen: fen(amount) }),
      });
    const results = await Promise.allSettled([edit(100), edit(200)]);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    const lost = results.find((result) => result.status === 'rejected');
    expect(lost?.reason).toMatchObject({ code: 'version-mismatch' });
    expect((await rooms.store.require(applicationId)).version).toBe(2);
  });

  it('of another organisation is not found', async () => {
    const { applicationId } = await createApplication(rooms, people.preparer, dcmmContent());
    const stranger = { ...people.preparer, organisation: '914403001922038216' };
    const attempt = editApplication(rooms, stranger, applicationId, { ifMatch: '"1"', body: dcmmContent() });
    expect((await refusal(attempt)).code).toBe('not-found');
  });
});

describe('a submission', () => {
  it('names every missing fact and document', async () => {
    const { applicationId } = await createApplication(
      rooms,
      people.preparer,
      dcmmContent({ facts: { level: 3 } }),
    );
    const { code, faults } = await refusal(
      submitApplication(rooms, people.admin, applicationId, 'key-missing-1'),
    );
    expect(code).toBe('incomplete');
    expect(faults.map((fault) => fault.path)).toEqual([
      'facts.certificateNumber',
      'facts.certificateValidTo',
      'documents.business-licence',
      'documents.undertaking',
      'documents.certificate',
    ]);
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

describe('listings', () => {
  it('page through the applications of one organisation and no other', async () => {
    const actor = { ...people.preparer, organisation: '9144030071526726XG' };
    const content = dcmmContent({ enterprise: { ...dcmmContent().enterprise, uscc: actor.organisation } });
    const made = [];
    for (let n = 0; n < 3; n += 1) made.push((await createApplication(rooms, actor, content)).applicationId);
    const first = await listApplications(rooms.store, actor, { limit: 2 });
    const second = await listApplications(rooms.store, actor, { limit: 2, cursor: first.nextCursor });
    expect([...first.items, ...second.items].map((one) => one.applicationId).sort()).toEqual(made.sort());
    const elsewhere = listApplications(rooms.store, people.preparer, { limit: 2, cursor: first.nextCursor });
    expect((await refusal(elsewhere)).code).toBe('invalid-request');
  });

  it('show the applicant which role acted, and not who', async () => {
    const { applicationId } = await createApplication(rooms, people.preparer, dcmmContent());
    const { items } = await listHistory(rooms.store, people.admin, applicationId, { limit: 10 });
    expect(items).toMatchObject([{ event: 'created', role: 'preparer' }]);
    expect(JSON.stringify(items)).not.toContain('"id"');
  });
});
