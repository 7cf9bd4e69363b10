import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reviewerRoutes } from '../../../../functions/contracts/reviewer.ts';
import { withdrawApplication } from '../../../../functions/endings/withdraw-application.ts';
import { createApplication, editApplication } from '../../../../functions/filing/applications/edit-draft.ts';
import { submitApplication } from '../../../../functions/filing/submission/submit-application.ts';
import type { GuideItem } from '../../../../functions/policy/guides/guide-schema.ts';
import { checkEligibility } from '../../../../functions/review/sign-off/check-eligibility.ts';
import { listApplicationsOfTask } from '../../../../functions/review/sign-off/list-applications-of-task.ts';
import { showSubmission } from '../../../../functions/review/sign-off/show-submission.ts';
import { showTask } from '../../../../functions/review/sign-off/show-task.ts';
import { contentOf, policyOfKinds } from '../../../builders/guide.ts';
import { taskIdFor } from '../../../builders/sign-off-task.ts';
import { decide, type PresentDecision } from '../../../support/decide.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, type Rooms } from '../../../support/rooms.ts';

const item = 'core-tech-a';
const changes: Partial<GuideItem> = {
  signOff: {
    steps: [
      { kind: 'recommend', by: 'district' },
      { kind: 'approve', by: 'lead' },
    ],
    due: { days: 10, unit: 'working' },
    expiresAfterSeconds: 60,
  },
  correction: { rounds: 1, due: { days: 5, unit: 'working' } },
};
const files = { presignDownload: async () => 'https://files.example/1' };
const district = people.districtReviewer;

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = { ...openRooms(database), policy: policyOfKinds({ [item]: changes }) };
});
afterAll(() => database.stop());

const parts = () => ({ ...rooms, files });
const detail = async (taskId: string) =>
  reviewerRoutes.getTask.response.body.parse(await showTask(parts(), district, taskId));
const submissionOf = async (
  taskId: string,
  number: number,
  actor: typeof people.reviewer | typeof district = district,
) =>
  reviewerRoutes.getTaskSubmission.response.body.parse(
    await showSubmission(parts(), actor, { taskId, submission: number }),
  );
const others = async (taskId: string) =>
  reviewerRoutes.listApplicationsOfTask.response.body.parse(
    await listApplicationsOfTask(parts(), district, taskId, { limit: 50 }),
  ).items;

/** An application before its district. */
async function begin() {
  const content = contentOf(item);
  const { applicationId } = await createApplication(rooms, people.preparer, content);
  await rooms.acceptMaterials(applicationId, 'dcmm');
  await submitApplication(rooms, people.admin, applicationId, `first-${applicationId}`);
  await checkEligibility(rooms, { applicationId });
  const task = (submission: number) =>
    taskIdFor(applicationId, { department: district.department, submission });
  return { applicationId, content, task };
}

/** The same, once returned and corrected. */
async function corrected() {
  const application = await begin();
  const { applicationId, content, task } = application;
  const back: PresentDecision = {
    outcome: 'return',
    items: [{ path: 'projectName', reason: { zh: '请更正' } }],
  };
  await decide(rooms, district, task(1), back);
  const { version } = await rooms.store.require(applicationId);
  await editApplication(rooms, people.preparer, applicationId, {
    ifMatch: `"${version}"`,
    body: { ...content, projectName: '更正后的项目名称' },
  });
  await submitApplication(rooms, people.admin, applicationId, `second-${applicationId}`);
  await checkEligibility(rooms, { applicationId });
  return application;
}

describe('a task in an inbox', () => {
  it('says which project it is about, how much is asked for and whether it was corrected', async () => {
    const { content, task, applicationId } = await corrected();
    const { items } = await rooms.inbox.page(district.department, {}, { limit: 100 });
    const row = reviewerRoutes.listTasks.response.body.shape.items.element.parse(
      items.find((one) => one.applicationId === applicationId),
    );
    expect(row).toMatchObject({
      taskId: task(2),
      projectName: '更正后的项目名称',
      requestedFen: content.requestedFen,
      submission: 2,
    });
  });
});

describe('a task in detail', () => {
  it('names every fact and material of its guide, and what it may be answered with', async () => {
    const { task } = await begin();
    const shown = await detail(task(1));
    const { item: asked } = await rooms.policy.requireItem(shown.eligibility.guide, item);
    expect(shown.form.facts.map(({ id, title }) => ({ id, title }))).toEqual(
      asked.facts.map(({ id, title }) => ({ id, title })),
    );
    expect(shown.form.materials.map(({ id }) => id)).toEqual(asked.materials.map(({ id }) => id));
    expect(shown).toMatchObject({
      outcomes: ['recommend', 'refuse', 'return', 'abstain'],
      correctionsLeft: 1,
      correctionDue: { days: 5, unit: 'working' },
    });
  });

  it('has nothing left to answer once it is decided, and says that no correction is left', async () => {
    const { task } = await corrected();
    expect((await detail(task(2))).correctionsLeft).toBe(0);
    await decide(rooms, district, task(2), { outcome: 'recommend' });
    expect((await detail(task(2))).outcomes).toEqual([]);
  });
});

describe('an earlier submission', () => {
  it('is shown to the department as it was made', async () => {
    const { content, task } = await corrected();
    const [first, second] = await Promise.all([submissionOf(task(2), 1), submissionOf(task(2), 2)]);
    expect(first.content.projectName).toBe(content.projectName);
    expect(second.content.projectName).toBe('更正后的项目名称');
    expect(first.contentHash).not.toBe(second.contentHash);
    expect(first.documents.length).toBeGreaterThan(0);
    expect(JSON.stringify(first.content)).not.toContain('Hash"');
  });

  it('is not found where there is none, of a withdrawn application, or by another department', async () => {
    const { applicationId, task } = await begin();
    await expect(submissionOf(task(1), 2)).rejects.toMatchObject({ code: 'not-found' });
    await expect(submissionOf(task(1), 1, people.reviewer)).rejects.toMatchObject({ code: 'forbidden' });
    await withdrawApplication(rooms, people.admin, applicationId, undefined);
    await expect(submissionOf(task(1), 1)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('what else the enterprise has applied for', () => {
  it('is listed without its drafts and without the task’s own application', async () => {
    const [mine, other] = [await begin(), await begin()];
    const draft = await createApplication(rooms, people.preparer, contentOf(item));
    const listed = (await others(mine.task(1))).map(({ applicationId }) => applicationId);
    expect(listed).toContain(other.applicationId);
    expect(listed).not.toContain(mine.applicationId);
    expect(listed).not.toContain(draft.applicationId);
    await expect(
      listApplicationsOfTask(parts(), people.reviewer, mine.task(1), { limit: 50 }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });
});
