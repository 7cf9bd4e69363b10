import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideListing, proposeListing } from '../../../../functions/filing/credit/decide-listing.ts';
import type {
  ListingDecision,
  ListingProposal,
  StatedListing,
} from '../../../../functions/filing/credit/listing-proposal.ts';
import { declareInterest } from '../../../../functions/people/declare-interest.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
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

const changes = async (uscc: string) =>
  (await rooms.tables.registry.all(registry.entities.creditChange.of({ uscc }))).map(
    ({ version, listed }) => ({
      version,
      listed,
    }),
  );
const stated = (uscc: string, changes: Partial<StatedListing> = {}): StatedListing => ({
  ...{ uscc, listed: true, since: '2026-11-20', source: '信用广州' },
  ...changes,
});
const propose = (uscc: string, changes: Partial<StatedListing> = {}, actor: Actor = people.operator) =>
  proposeListing(rooms, actor, stated(uscc, changes));
const decide = (
  { uscc, contentHash }: ListingProposal,
  actor: Actor = people.approver,
  decision: Partial<ListingDecision> = {},
) => decideListing(rooms, actor, uscc, { outcome: 'confirm', contentHash, ...decision } as ListingDecision);

describe('the list of dishonesty', () => {
  it('knows nothing of an enterprise that was never recorded', async () => {
    expect(await rooms.credit.get('91440106000000001A')).toBeUndefined();
    await expect(rooms.credit.require('91440106000000001A')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('lists nobody, and takes nobody off, by one person', async () => {
    const uscc = '91440106000000002A';
    const proposal = await propose(uscc);
    expect(await propose(uscc)).toEqual(proposal);
    expect(await rooms.credit.get(uscc)).toBeUndefined();
    const both: Actor = { ...people.operator, roles: ['operator', 'budget-approver'] };
    await expect(decide(proposal, people.operator)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(decide(proposal, both)).rejects.toMatchObject({ code: 'same-person' });
    const other = decide(proposal, people.approver, { contentHash: 'other' });
    await expect(other).rejects.toMatchObject({ code: 'version-mismatch' });
    const [confirmed, again] = await Promise.all([decide(proposal), decide(proposal)]);
    expect(again).toEqual(confirmed);
    expect(await rooms.credit.require(uscc)).toEqual({
      ...{ uscc, listed: true, since: '2026-11-20', source: '信用广州', version: 1 },
      ...{ at: today.toISOString(), by: people.operator.id, confirmedBy: people.approver.id },
    });
    const off = await propose(uscc, { listed: false });
    expect((await rooms.credit.require(uscc)).listed).toBe(true);
    await decide(off);
    expect((await rooms.credit.require(uscc)).listed).toBe(false);
  });

  it('is neither proposed nor decided by whom it concerns', async () => {
    const uscc = '91440106000000005A';
    const own: Actor = { ...people.operator, organisation: uscc };
    await expect(propose(uscc, {}, own)).rejects.toMatchObject({ code: 'conflict-of-interest' });
    for (const actor of [people.secondOperator, people.auditor]) {
      await declareInterest(rooms, actor, { organisation: uscc, kind: 'kinship' });
    }
    const relative = propose(uscc, {}, people.secondOperator);
    await expect(relative).rejects.toMatchObject({ code: 'conflict-of-interest' });
    const proposal = await propose(uscc);
    const approver: Actor = { id: people.auditor.id, roles: ['budget-approver'] };
    await expect(decide(proposal, approver)).rejects.toMatchObject({ code: 'conflict-of-interest' });
    expect(await rooms.credit.get(uscc)).toBeUndefined();
  });

  it('takes no day that is still to come, and nothing that stands already', async () => {
    const wrong = propose('91440106000000009A', { since: '2026-11-24' });
    const faults = [expect.objectContaining({ path: 'since', rule: 'in-future' })];
    await expect(wrong).rejects.toMatchObject({ code: 'invalid-request', faults });
    await decide(await propose('91440106000000009A'));
    await expect(propose('91440106000000009A')).rejects.toMatchObject({ code: 'not-in-this-state' });
  });

  it('answers the same decision alike and refuses another, and can be proposed again', async () => {
    const uscc = '91440106000000003A';
    const proposal = await propose(uscc);
    const refuse = (reason: string) => decide(proposal, people.approver, { outcome: 'refuse', reason });
    const refused = await refuse('来源有误');
    expect(refused).toMatchObject({ status: 'refused', decision: { reason: '来源有误' } });
    expect(await refuse('来源有误')).toEqual(refused);
    await expect(refuse('其他')).rejects.toMatchObject({ code: 'not-in-this-state' });
    await expect(decide(proposal)).rejects.toMatchObject({ code: 'not-in-this-state' });
    rooms.setClock(new Date(today.getTime() + 1000));
    await decide(await propose(uscc));
    expect(await changes(uscc)).toEqual([{ version: 1, listed: true }]);
    const kept = await rooms.tables.registry.all(registry.entities.creditDecision.of({ uscc }));
    expect(kept).toHaveLength(2);
  });

  it('takes only one of two decisions at once, and none on what another proposal replaced', async () => {
    const uscc = '91440106000000004A';
    const first = await propose(uscc);
    const second = await propose(uscc, { since: '2026-11-21' });
    await expect(decide(first)).rejects.toMatchObject({ code: 'version-mismatch' });
    const refuse = { outcome: 'refuse', reason: '来源有误' } as const;
    const answers = await Promise.allSettled([decide(second), decide(second, people.approver, refuse)]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await rooms.tables.registry.all(registry.entities.creditDecision.of({ uscc }))).toHaveLength(1);
  });

  it('is not decided on against what it was compared with', async () => {
    const uscc = '91440106000000006A';
    const proposal = await propose(uscc);
    const standing = { ...stated(uscc), version: 1, at: today.toISOString(), by: 'somebody' };
    await rooms.tables.registry.write(
      rooms.tables.registry.putNew(registry.entities.creditListing.key({ uscc }), standing),
    );
    await expect(decide(proposal)).rejects.toMatchObject({ code: 'basis-changed' });
  });
});
