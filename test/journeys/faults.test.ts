import { afterAll, beforeAll, expect, it } from 'vitest';
import { type JourneyInstance, startJourneyInstance } from '../support/instance.ts';
import { json, Story } from '../support/story.ts';

/** The same each time; `npm run faults` plays every journey on others. */
const seed = 20_230_001;

let system: JourneyInstance;
let story: Story;
beforeAll(async () => {
  system = await startJourneyInstance(seed);
  story = new Story(system);
}, 120_000);
afterAll(() => system?.stop());

// Many steps, each of which may be tried again.
it('an application is paid, and the money adds up, while the cloud fails now and then', {
  timeout: 300_000,
}, async () => {
  const applicationId = await story.pooled(1);
  await story.fund(60_000_000);
  const planned = await story.plannedRound();
  expect((await story.approvePlan(planned)).status).toBe(200);
  await story.settled(String(planned['roundId']), [[1, applicationId]]);
  expect(await story.application(1, applicationId)).toMatchObject({
    ...{ status: 'closed', awardFen: 50_000_000, paidFen: 50_000_000 },
  });
  const pool = json(await system.call('operator-1', 'GET', '/v1/pools/software-2026'));
  expect(pool).toMatchObject({
    appropriatedFen: 60_000_000,
    committedFen: 50_000_000,
    availableFen: 10_000_000,
  });
});
