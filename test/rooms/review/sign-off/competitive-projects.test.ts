import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withdrawApplication } from '../../../../functions/endings/withdraw-application.ts';
import type { ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import { createApplication } from '../../../../functions/filing/applications/edit-draft.ts';
import { submitApplication } from '../../../../functions/filing/submission/submit-application.ts';
import { checkEligibility } from '../../../../functions/review/sign-off/check-eligibility.ts';
import { qualifyingContent } from '../../../builders/qualifying-contents.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, type Rooms } from '../../../support/rooms.ts';

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
});
afterAll(() => database.stop());

let enterprises = 0;

/** Somebody of an enterprise of its own who hands in open-source projects, each stated to be the only one. */
function enterprise() {
  enterprises += 1;
  const organisation = `91440106${String(enterprises).padStart(10, '0')}`;
  const [preparer, admin] = [
    { ...people.preparer, organisation },
    { ...people.admin, organisation },
  ];
  return async () => {
    const content = qualifyingContent('open-source');
    const body = { ...content, enterprise: { ...content.enterprise, uscc: organisation }, confirmUscc: true };
    const { applicationId } = await createApplication(rooms, preparer, body);
    await rooms.acceptMaterials(applicationId, 'open-source');
    await submitApplication(rooms, admin, applicationId, `key-${applicationId}`);
    return applicationId;
  };
}
const check = (applicationId: string) => checkEligibility(rooms, { applicationId });

describe('at most two competitive projects', () => {
  it('are found eligible one after the other, whatever is stated', async () => {
    const handIn = enterprise();
    for (const outcome of ['eligible', 'eligible', 'ineligible']) {
      expect(await check(await handIn())).toMatchObject({ outcome });
    }
    // Those of another enterprise are counted apart.
    expect(await check(await enterprise()())).toMatchObject({ outcome: 'eligible' });
  });

  it('are found eligible of several that are handed in and checked at once, every time', async () => {
    for (let round = 0; round < 6; round += 1) {
      const handIn = enterprise();
      const ids = await Promise.all([handIn(), handIn(), handIn(), handIn()]);
      const outcomes = (await Promise.all(ids.map(check))).map(({ outcome }) => outcome);
      expect(outcomes.filter((outcome) => outcome === 'eligible')).toHaveLength(2);
      const ended = ids[outcomes.indexOf('ineligible')] ?? '';
      const application = (await rooms.store.require(ended)) as ApplicationIn<'ineligible'>;
      expect(application.reasons).toMatchObject([{ code: 'at-most-two-projects' }]);
      // Asked again, each answers what it did.
      expect((await Promise.all(ids.map(check))).map(({ outcome }) => outcome)).toEqual(outcomes);
    }
  });

  it('make room again when one of them ends', async () => {
    const handIn = enterprise();
    const ids = [await handIn(), await handIn()];
    for (const id of ids) await check(id);
    const application = await rooms.store.require(ids[0] ?? '');
    const admin = { ...people.admin, organisation: application.organisation };
    await withdrawApplication(rooms, admin, application.applicationId, undefined);
    expect(await check(await handIn())).toMatchObject({ outcome: 'eligible' });
  });
});
