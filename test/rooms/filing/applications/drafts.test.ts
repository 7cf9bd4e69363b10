import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ApplicationViewSchema,
  toApplicationView,
} from '../../../../functions/filing/applications/application-view.ts';
import { createApplication, editApplication } from '../../../../functions/filing/applications/edit-draft.ts';
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
      facts: { level: 'three', colour: 'red' },
    });
    const { code, faults } = await refusal(createApplication(rooms, people.preparer, content));
    expect(code).toBe('invalid-request');
    expect(faults.map((fault) => fault.path)).toEqual(['direction', 'facts.colour', 'facts.level']);
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

  it('has the name of the login, and keeps another one that is stated for a reviewer', async () => {
    const other = '广州示例木棉智能有限公司';
    const { name } = dcmmContent().enterprise;
    const body = dcmmContent({ enterprise: { ...dcmmContent().enterprise, name: other } });
    const draft = await createApplication(rooms, people.preparer, body);
    expect(draft.content.enterprise).toMatchObject({ name, statedName: other });
    const shown = ApplicationViewSchema.parse(toApplicationView(draft));
    expect(shown).toMatchObject({ content: { enterprise: { name } }, statedName: other });
    const change = { ifMatch: '"1"', body: dcmmContent() };
    const mended = await editApplication(rooms, people.preparer, draft.applicationId, change);
    expect(mended.content.enterprise).not.toHaveProperty('statedName');
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

  it('is made once under a key, however often and at once it is asked for', async () => {
    const create = (body = dcmmContent(), key = 'double-click') =>
      createApplication(rooms, people.preparer, body, key);
    const made = await Promise.all([create(), create(), create()]);
    const [{ applicationId } = { applicationId: '' }] = made;
    expect(new Set(made.map((draft) => draft.applicationId)).size).toBe(1);
    const ifMatch = '"1"';
    const body = dcmmContent({ requestedFen: fen(300) });
    await editApplication(rooms, people.preparer, applicationId, { ifMatch, body });
    expect(await create()).toMatchObject({ applicationId, version: 2 });
    expect((await refusal(create(body))).code).toBe('idempotency-key-reused');
    expect((await create(body, 'another-key')).applicationId).not.toBe(applicationId);
    rooms.setClock(new Date('2025-12-31T23:59:59Z'));
    try {
      expect((await create()).applicationId).toBe(applicationId);
    } finally {
      rooms.setClock(new Date('2026-11-23T02:00:00Z'));
    }
  });

  it('edited twice by the same request, one after the other or at once, is edited', async () => {
    const { applicationId } = await createApplication(rooms, people.preparer, dcmmContent());
    const edit = (ifMatch: string, amount: number) =>
      editApplication(rooms, people.preparer, applicationId, {
        ifMatch,
        body: dcmmContent({ requestedFen: fen(amount) }),
      });
    const twice = await Promise.all([edit('"1"', 100), edit('"1"', 100)]);
    expect(twice.map(({ version }) => version)).toEqual([2, 2]);
    expect(await edit('"1"', 100)).toMatchObject({ version: 2 });
    expect((await refusal(edit('"1"', 200))).code).toBe('version-mismatch');
    await edit('"2"', 200);
    expect((await refusal(edit('"1"', 100))).code).toBe('version-mismatch');
    expect(await rooms.historyRows(applicationId)).toHaveLength(3);
  });

  it('of another organisation is not found', async () => {
    const { applicationId } = await createApplication(rooms, people.preparer, dcmmContent());
    const stranger = { ...people.preparer, organisation: '914403001922038216' };
    const attempt = editApplication(rooms, stranger, applicationId, { ifMatch: '"1"', body: dcmmContent() });
    expect((await refusal(attempt)).code).toBe('not-found');
  });
});
