import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allRoutes } from '../../functions/contracts/routes.ts';
import { type JourneyInstance, startJourneyInstance } from '../support/instance.ts';
import { json, Story } from '../support/story.ts';

const userOf = {
  preparer: 'preparer-1',
  'organisation-admin': 'admin-1',
  'lead-reviewer': 'reviewer-miit-1',
  operator: 'operator-1',
  'budget-approver': 'approver-1',
} as const;

let system: JourneyInstance;
let story: Story;
beforeAll(async () => {
  system = await startJourneyInstance();
  story = new Story(system);
}, 120_000);
afterAll(() => system?.stop());

/** A path with ids that are well formed and belong to nothing. */
function pathOf(path: string): string {
  return path
    .replace('{applicationId}', '01ARZ3NDEKTSV4RRFFQ69G5FAV')
    .replace('{documentId}', '01ARZ3NDEKTSV4RRFFQ69G5FAV')
    .replace('{roundId}', '01ARZ3NDEKTSV4RRFFQ69G5FAV')
    .replace('{taskId}', '01ARZ3NDEKTSV4RRFFQ69G5FAV.1.gz-miit.1')
    .replace('{poolId}', 'nothing');
}

describe.each(allRoutes.filter((route) => route.roles.length > 0))('$method $path', (route) => {
  it('is closed without a login', async () => {
    expect((await system.call(undefined, route.method, pathOf(route.path))).status).toBe(401);
  });

  it('is closed to every role but its own', async () => {
    for (const [role, user] of Object.entries(userOf)) {
      if ((route.roles as readonly string[]).includes(role)) continue;
      const answer = await system.call(user, route.method, pathOf(route.path));
      expect([role, answer.status]).toEqual([role, 403]);
      expect(json(answer)['code']).toBe('forbidden');
    }
  });
});

describe('an application', () => {
  it('is not found by another firm on any of its routes, whatever its state', async () => {
    const applicationId = await story.draft(1);
    const routes = allRoutes.filter((route) => route.path.startsWith('/v1/applications/{applicationId}'));
    for (const route of routes) {
      const path = pathOf(route.path.replace('{applicationId}', applicationId));
      const answer = await system.call('admin-2', route.method, path, {
        headers: { 'if-match': '"1"', 'idempotency-key': 'another-firm' },
        ...(route.method === 'GET' || route.method === 'DELETE' ? {} : { body: await bodyOf(route.id) }),
      });
      expect([route.id, answer.status]).toEqual([route.id, 404]);
    }
  });

  it('shows nothing of itself to a reviewer of another department', async () => {
    const applicationId = await story.completeDraft(3);
    await story.submit(3, applicationId);
    const taskId = await story.task(applicationId);
    const looked = await system.call('reviewer-sti-1', 'GET', `/v1/tasks/${taskId}`);
    const decided = await story.decide(taskId, { outcome: 'approve', amountFen: 100 }, 'reviewer-sti-1');
    expect([looked.status, decided.status]).toEqual([403, 403]);
    const inbox = json(await system.call('reviewer-sti-1', 'GET', '/v1/tasks'));
    expect(inbox['items']).toEqual([]);
  });

  it('never shows a task token, and no log line holds one', async () => {
    const seen = system.logs.join('\n');
    expect(seen).not.toMatch(/taskToken|"token"|token:/i);
  });
});

async function bodyOf(id: string): Promise<unknown> {
  if (id === 'editApplication') return story.dcmm(2);
  if (id === 'requestUpload') {
    return {
      material: 'certificate',
      fileName: 'a.pdf',
      contentType: 'application/pdf',
      bytes: 10,
      sha256: 'a'.repeat(64),
    };
  }
  return id === 'withdrawApplication' ? {} : undefined;
}
