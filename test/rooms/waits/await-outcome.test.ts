import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withdrawApplication } from '../../../functions/endings/withdraw-application.ts';
import { newUlid } from '../../../functions/shared/ids.ts';
import { waitIds } from '../../../functions/shared/wait-repository.ts';
import { awaitOutcome } from '../../../functions/waits/await-outcome.ts';
import { pooledApplication } from '../../builders/budget.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { openRooms, people, type Rooms } from '../../support/rooms.ts';
import { applicationKey } from '../../support/tables.ts';

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
});
afterAll(() => database.stop());

async function pooled() {
  const state = pooledApplication(newUlid(), 'software-2026', 100);
  const { applications } = rooms.tables;
  await applications.write(applications.put(applicationKey(state.applicationId), { state }));
  return state;
}
const wait = (applicationId: string, token: string) =>
  awaitOutcome(rooms, { wait: 'allocation', applicationId, submission: 1, token });
const tokens = (applicationId: string) => rooms.waits.tokens(waitIds.allocation(applicationId, 1));
const resumes = async (applicationId: string) =>
  (await rooms.pending(applicationId)).map(({ message }) => message).filter(({ type }) => type === 'resume');

describe('a wait', () => {
  it('keeps its token, and resumes nothing while nothing has come', async () => {
    const { applicationId } = await pooled();
    await wait(applicationId, 'token');
    expect(await tokens(applicationId)).toEqual(['token']);
    expect(await resumes(applicationId)).toEqual([]);
  });

  it('that begins after what it waits for goes on at once', async () => {
    const { applicationId, organisation } = await pooled();
    await withdrawApplication(rooms, { ...people.admin, organisation }, applicationId, undefined);
    await wait(applicationId, 'token');
    expect(await tokens(applicationId)).toEqual(['token']);
    expect(await resumes(applicationId)).toContainEqual({
      type: 'resume',
      waitId: waitIds.allocation(applicationId, 1),
      output: { outcome: 'withdrawn' },
    });
  });

  it('that begins again keeps the token of each time, and the same one once', async () => {
    const { applicationId } = await pooled();
    for (const token of ['first', 'second', 'second']) await wait(applicationId, token);
    expect((await tokens(applicationId)).toSorted()).toEqual(['first', 'second']);
  });

  it('for an application that is not there is an error', async () => {
    await expect(wait(newUlid(), 'token')).rejects.toMatchObject({ code: 'not-found' });
  });
});
