import { afterAll, beforeAll, expect, it } from 'vitest';
import { type JourneyInstance, startJourneyInstance } from '../support/instance.ts';
import { Story } from '../support/story.ts';

let system: JourneyInstance;
let story: Story;
beforeAll(async () => {
  system = await startJourneyInstance();
  story = new Story(system);
}, 120_000);
afterAll(() => system?.stop());

it('an application that waits for a reviewer still waits after a restart, and can be approved', async () => {
  const applicationId = await story.completeDraft(1);
  await story.submit(1, applicationId);
  const taskId = await story.task(applicationId);

  await system.restart();
  expect((await story.application(1, applicationId))['status']).toBe('sign-off');
  expect(await story.task(applicationId)).toBe(taskId);
  expect((await story.decide(taskId, { outcome: 'approve', amountFen: 50_000_000 })).status).toBe(200);
  await story.reaches(1, applicationId, 'pooled');

  await system.restart();
  await story.fund(50_000_000);
  const planned = await story.plannedRound();

  await system.restart();
  expect((await story.approvePlan(planned)).status).toBe(200);
  await story.reaches(1, applicationId, 'noticed');

  await system.restart();
  await story.settled(String(planned['roundId']), [[1, applicationId]]);
  const closed = await story.reaches(1, applicationId, 'closed');
  expect(closed['awardFen']).toBe(50_000_000);
}, 240_000);
