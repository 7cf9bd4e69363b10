import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JourneyInstance, startJourneyInstance } from '../support/instance.ts';
import { eventually, type Json, json, Story } from '../support/story.ts';

const item = 'core-tech-a';
const company = 2;

let system: JourneyInstance;
let story: Story;
let district: string;
beforeAll(async () => {
  system = await startJourneyInstance();
  story = new Story(system);
  district = (await story.company(company)).uscc.slice(2, 8);
}, 120_000);
afterAll(() => system?.stop());

const found = async (user: string, query: string): Promise<Json[]> =>
  json(await system.call(user, 'GET', `/v1/tasks?${query}`))['items'] as Json[];

describe('an application', () => {
  it('is found in the inbox of its district, taken, drafted on, recommended in a batch and ranked', async () => {
    const reviewer = `district-${district}-1`;
    const { name } = await story.company(company);
    const q = `q=${encodeURIComponent(name.slice(4, 8))}`;
    const applicationId = await story.completeDraft(company, await story.qualifying(company, item));
    expect((await story.submit(company, applicationId)).status).toBe(202);

    const [task] = await eventually(
      () => found(reviewer, q),
      (tasks) => tasks.length === 1,
    );
    expect(task).toMatchObject({ applicationId, organisationName: name, item, district, kind: 'recommend' });
    const taskId = String(task?.['taskId']);
    const path = `/v1/tasks/${taskId}`;
    expect(json(await system.call(reviewer, 'GET', '/v1/tasks/counts'))).toEqual({
      open: 1,
      overdue: 0,
      dueSoon: 0,
      mine: 0,
      byItem: { [item]: 1 },
      byKind: { recommend: 1 },
      byDistrict: { [district]: 1 },
    });

    expect(json(await system.call(reviewer, 'POST', `${path}/assignment`))['assignee']).toBe(reviewer);
    expect(await found(reviewer, 'mine=true')).toHaveLength(1);
    const fields = { reason: '材料齐全' };
    await system.call(reviewer, 'PUT', `${path}/draft`, { body: { fields } });
    const shown = json(await system.call(reviewer, 'GET', path));
    expect(shown['draft']).toMatchObject({ fields });

    const decision = { outcome: 'recommend', contentHash: shown['contentHash'] };
    const batch = { body: { decisions: [{ taskId, decision }] } };
    for (const _ of ['sent', 'sent again']) {
      const answer = await system.call(reviewer, 'POST', '/v1/task-decisions', batch);
      expect(json(answer)['results']).toEqual([{ taskId, status: 'done' }]);
    }
    await eventually(
      () => found(reviewer, q),
      (tasks) => tasks.length === 0,
    );

    const before = await system.call(reviewer, 'GET', `/v1/rankings/${item}`);
    const ranked = await system.call(reviewer, 'PUT', `/v1/rankings/${item}`, {
      headers: { 'if-match': before.headers.get('etag') ?? '' },
      body: { order: [applicationId] },
    });
    expect([ranked.status, ranked.headers.get('etag')]).toEqual([200, '"1"']);

    const leadTask = await story.task(applicationId, 'reviewer-sti-1');
    const detail = json(await system.call('reviewer-sti-1', 'GET', `/v1/tasks/${leadTask}`));
    expect(detail['districtRank']).toEqual({ rank: 1, of: 1 });
    expect(detail).not.toHaveProperty('draft');
    await eventually(
      () => found('reviewer-sti-1', `${q}&district=${district}&item=${item}&kind=approve`),
      (tasks) => tasks.length === 1,
    );
  });
});
