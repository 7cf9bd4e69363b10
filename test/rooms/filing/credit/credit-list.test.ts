import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CreditList } from '../../../../functions/filing/credit/credit-list.ts';
import { registry } from '../../../../functions/shared/tables.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, type Rooms, today } from '../../../support/rooms.ts';

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
});
afterAll(() => database.stop());

const put = (uscc: string, listed: boolean, since = '2026-11-20') =>
  rooms.credit.put(people.operator, { uscc, listed, since, source: '信用广州' }, rooms.clock);
const changes = async (uscc: string) =>
  (await rooms.tables.registry.all(registry.entities.creditChange.of({ uscc }))).map(
    ({ version, listed }) => ({
      version,
      listed,
    }),
  );

describe('the list of dishonesty', () => {
  it('knows nothing of an enterprise that was never recorded', async () => {
    expect(await rooms.credit.get('91440106000000001A')).toBeUndefined();
    await expect(rooms.credit.require('91440106000000001A')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('keeps how an enterprise stands, who said so and when', async () => {
    const uscc = '91440106000000002A';
    await put(uscc, true);
    expect(await rooms.credit.require(uscc)).toEqual({
      ...{ uscc, listed: true, since: '2026-11-20', source: '信用广州' },
      ...{ version: 1, at: today.toISOString(), by: people.operator.id },
    });
  });

  it('takes no day that is still to come', async () => {
    const wrong = put('91440106000000009A', true, '2026-11-24');
    const faults = [expect.objectContaining({ path: 'since', rule: 'in-future' })];
    await expect(wrong).rejects.toMatchObject({ code: 'invalid-request', faults });
    expect(await rooms.credit.get('91440106000000009A')).toBeUndefined();
  });

  it('keeps a row of each change, and none of the same said again', async () => {
    const uscc = '91440106000000003A';
    for (const listed of [true, true, false, false, true]) await put(uscc, listed);
    await put(uscc, true, '2026-11-21');
    expect(await rooms.credit.require(uscc)).toMatchObject({ version: 4, since: '2026-11-21' });
    expect(await changes(uscc)).toEqual([
      { version: 1, listed: true },
      { version: 2, listed: false },
      { version: 3, listed: true },
      { version: 4, listed: true },
    ]);
  });

  it('takes what is said twice at once as one, and two different things one after the other', async () => {
    const uscc = '91440106000000004A';
    const again = new CreditList(rooms.tables.registry);
    const stated = { uscc, listed: true, since: '2026-11-20', source: '信用广州' };
    await Promise.all([put(uscc, true), again.put(people.operator, stated, rooms.clock), put(uscc, false)]);
    const rows = await changes(uscc);
    expect(rows.map(({ version }) => version)).toEqual(rows.map((_, index) => index + 1));
    expect((await rooms.credit.require(uscc)).listed).toBe(rows.at(-1)?.listed);
  });
});
