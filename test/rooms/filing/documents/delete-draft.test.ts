import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApplication, editApplication } from '../../../../functions/filing/applications/edit-draft.ts';
import { listApplications } from '../../../../functions/filing/applications/list-applications.ts';
import { ownApplication } from '../../../../functions/filing/applications/own-application.ts';
import { deleteDraft } from '../../../../functions/filing/documents/delete-draft.ts';
import { submitApplication } from '../../../../functions/filing/submission/submit-application.ts';
import { dcmmContent } from '../../../builders/content.ts';
import { awaitingDocument } from '../../../builders/document.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, type Rooms } from '../../../support/rooms.ts';

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
});
afterAll(() => database.stop());

const { preparer, admin } = people;
const secret = '不应留下的项目名称';

async function draftWithDocuments(): Promise<string> {
  const content = dcmmContent({ projectName: secret });
  const { applicationId } = await createApplication(rooms, preparer, content);
  await rooms.acceptMaterials(applicationId, 'dcmm');
  return applicationId;
}

describe('a draft that is deleted', () => {
  it('is gone for its organisation, with its documents and all that was stated; its history stays', async () => {
    const applicationId = await draftWithDocuments();
    await deleteDraft(rooms, preparer, applicationId, '"1"');
    await expect(ownApplication(rooms.store, admin, applicationId)).rejects.toMatchObject({
      code: 'not-found',
    });
    const { items } = await listApplications(rooms.store, admin, { limit: 100 });
    expect(items.map((one) => one.applicationId)).not.toContain(applicationId);
    expect(await rooms.documents.list(applicationId)).toEqual([]);
    const kept = await rooms.store.get(applicationId);
    expect(JSON.stringify(kept)).not.toContain(secret);
    expect(kept?.content.facts).toEqual({});
    const rows = await rooms.historyRows(applicationId);
    expect(rows.map(({ event, to }) => [event, to])).toEqual([
      ['created', 'draft'],
      ['deleted', 'deleted'],
    ]);
    expect(JSON.stringify(rows)).not.toContain(secret);
  });

  it('is deleted once, however often and at once it is asked for', async () => {
    const applicationId = await draftWithDocuments();
    const remove = () => deleteDraft(rooms, preparer, applicationId, '"1"');
    await Promise.all([remove(), remove(), remove()]);
    await remove();
    expect(await rooms.historyRows(applicationId)).toHaveLength(2);
  });

  it('takes no document any more, and an upload that comes at the same time leaves nothing behind', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { applicationId } = await createApplication(rooms, preparer, dcmmContent());
      const document = awaitingDocument({ applicationId });
      const [added] = await Promise.allSettled([
        rooms.documents.add(document, 'draft'),
        deleteDraft(rooms, preparer, applicationId, '"1"'),
      ]);
      expect(['fulfilled', 'rejected']).toContain(added.status);
      expect(await rooms.documents.list(applicationId)).toEqual([]);
      await expect(rooms.documents.add(document, 'draft')).rejects.toMatchObject({
        code: 'not-in-this-state',
      });
      expect(
        await rooms.documents.settle({ ...document, status: 'accepted', verifiedAt: '2026-11-23T02:00:00Z' }),
      ).toBe(false);
    }
  });

  it('is either deleted or submitted when both are asked for at once, and the other is refused', async () => {
    for (let round = 0; round < 5; round += 1) {
      const applicationId = await draftWithDocuments();
      const [submission, deletion] = await Promise.allSettled([
        submitApplication(rooms, admin, applicationId, `key-at-once-${round}`),
        deleteDraft(rooms, preparer, applicationId, '"1"'),
      ]);
      expect([submission.status, deletion.status].sort()).toEqual(['fulfilled', 'rejected']);
      const { status } = await rooms.store.require(applicationId);
      const documents = await rooms.documents.list(applicationId);
      expect([status, documents.length > 0]).toEqual(
        submission.status === 'fulfilled' ? ['submitted', true] : ['deleted', false],
      );
    }
  });

  it('is the version that was meant: what a colleague wrote since is not deleted unseen', async () => {
    const applicationId = await draftWithDocuments();
    const change = { ifMatch: '"1"', body: dcmmContent({ projectName: '同事的修改' }) };
    await editApplication(rooms, admin, applicationId, change);
    await expect(deleteDraft(rooms, preparer, applicationId, '"1"')).rejects.toMatchObject({
      code: 'version-mismatch',
    });
  });

  it('is none of another organisation, and none that was submitted', async () => {
    const applicationId = await draftWithDocuments();
    const stranger = { ...preparer, organisation: '914403001922038216' };
    await expect(deleteDraft(rooms, stranger, applicationId, '"1"')).rejects.toMatchObject({
      code: 'not-found',
    });
    await submitApplication(rooms, admin, applicationId, 'key-submitted-1');
    await expect(deleteDraft(rooms, preparer, applicationId, '"2"')).rejects.toMatchObject({
      code: 'not-in-this-state',
    });
  });
});

describe('the key that a deleted draft was begun under', () => {
  it('does not bring it back', async () => {
    const create = () => createApplication(rooms, preparer, dcmmContent(), 'key-of-deleted');
    const { applicationId } = await create();
    await deleteDraft(rooms, preparer, applicationId, '"1"');
    await expect(create()).rejects.toMatchObject({ code: 'not-found' });
  });
});
