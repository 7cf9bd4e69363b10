import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApplication } from '../../../../functions/filing/applications/edit-draft.ts';
import {
  listApplications,
  listHistory,
} from '../../../../functions/filing/applications/list-applications.ts';
import { DomainError } from '../../../../functions/shared/errors.ts';
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

async function refusal(promise: Promise<unknown>): Promise<DomainError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DomainError)) throw new Error(`no refusal: ${String(error)}`);
  return error;
}

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
