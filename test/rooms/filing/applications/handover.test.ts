import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toApplicationView } from '../../../../functions/filing/applications/application-view.ts';
import { offerHandover, takeOver } from '../../../../functions/filing/applications/hand-over.ts';
import { submitApplication } from '../../../../functions/filing/submission/submit-application.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, type Rooms } from '../../../support/rooms.ts';
import { storedDraft } from '../../../support/stored-draft.ts';

let database: TestDynamoDb;
let rooms: Rooms;
let applicationId: string;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
});
afterAll(() => database.stop());
beforeEach(async () => {
  ({ applicationId } = await storedDraft(rooms));
});

const { organisation, organisationName } = people.preparer;
const colleague: Actor = { id: 'colleague', roles: ['preparer'], organisation, organisationName };
const other: Actor = { ...colleague, id: 'other' };
const offer = (actor: Actor = people.preparer, to = colleague.id) =>
  offerHandover(rooms, actor, applicationId, to);
const take = (actor: Actor = colleague) => takeOver(rooms, actor, applicationId);
const standing = async () => toApplicationView(await rooms.store.require(applicationId));
const rows = async () =>
  (await rooms.historyRows(applicationId)).map(({ event, actor, note }) => [event, actor.id, note]);

describe('an application that is handed over', () => {
  it('is the colleague’s once they take it over, and both are in its history', async () => {
    expect(await standing()).toMatchObject({ holder: 'preparer' });
    await offer();
    expect(await standing()).toMatchObject({ holder: 'preparer', handover: { to: 'colleague' } });
    await take();
    expect(await standing()).toMatchObject({ holder: 'colleague' });
    expect(await standing()).not.toHaveProperty('handover');
    expect((await rows()).slice(1)).toEqual([
      ['handover-offered', 'preparer', 'colleague'],
      ['handed-over', 'colleague', 'preparer'],
    ]);
  });

  it('is offered and taken over once, however often and at once it is asked for', async () => {
    await Promise.all([offer(), offer(), offer()]);
    await Promise.all([take(), take()]);
    await take();
    expect(await rows()).toHaveLength(3);
  });

  it('is taken over by nobody but the one whom it was offered to last', async () => {
    await expect(take()).rejects.toMatchObject({ code: 'not-in-this-state' });
    await offer();
    await expect(take(other)).rejects.toMatchObject({ code: 'forbidden' });
    await offer(people.preparer, other.id);
    await expect(take()).rejects.toMatchObject({ code: 'forbidden' });
    await take(other);
    expect(await standing()).toMatchObject({ holder: 'other' });
  });

  it('is offered by who holds it or by an admin, to another, and never out of the organisation', async () => {
    await expect(offer(other)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(offer(people.preparer, 'preparer')).rejects.toMatchObject({ code: 'invalid-request' });
    await offer(people.admin);
    const stranger: Actor = { ...colleague, organisation: '914403001922038216' };
    await expect(take(stranger)).rejects.toMatchObject({ code: 'not-found' });
    await take();
    await expect(offer(people.preparer, 'other')).rejects.toMatchObject({ code: 'forbidden' });
    await offer(colleague, 'preparer');
  });

  it('at the same time as it is submitted is one after the other, and stays what it came to', async () => {
    await rooms.acceptMaterials(applicationId, 'dcmm');
    await offer();
    const [taken, submission] = await Promise.allSettled([
      take(),
      submitApplication(rooms, people.admin, applicationId, `key-${applicationId}`),
    ]);
    expect(submission.status).toBe('fulfilled');
    const { status, holder, ...rest } = await standing();
    expect({ status, ...rest }).not.toHaveProperty('handover');
    expect(status).toBe('submitted');
    if (taken.status === 'fulfilled') expect(holder).toBe('colleague');
    else expect([holder, taken.reason.code]).toEqual(['preparer', 'not-in-this-state']);
    await expect(offer()).rejects.toMatchObject({ code: 'not-in-this-state' });
  });

  it('keeps its holder when it is submitted', async () => {
    await rooms.acceptMaterials(applicationId, 'dcmm');
    await offer();
    await take();
    await submitApplication(rooms, people.admin, applicationId, `key-${applicationId}`);
    expect(await standing()).toMatchObject({ status: 'submitted', holder: 'colleague' });
  });
});
