import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withdrawApplication } from '../../../../functions/endings/withdraw-application.ts';
import type { Application, ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import { toApplicationView } from '../../../../functions/filing/applications/application-view.ts';
import type { Content } from '../../../../functions/filing/applications/content.ts';
import { createApplication, editApplication } from '../../../../functions/filing/applications/edit-draft.ts';
import { recordReviewFailure } from '../../../../functions/filing/applications/record-review-failure.ts';
import { documentLimit } from '../../../../functions/filing/documents/document.ts';
import { removeDocument } from '../../../../functions/filing/documents/remove-document.ts';
import { requestUpload } from '../../../../functions/filing/documents/request-upload.ts';
import { submitApplication } from '../../../../functions/filing/submission/submit-application.ts';
import { involvedIn } from '../../../../functions/money/pools/duty-rules.ts';
import type { GuideItem } from '../../../../functions/policy/guides/guide-schema.ts';
import { checkCorrection } from '../../../../functions/review/sign-off/check-correction.ts';
import { checkEligibility } from '../../../../functions/review/sign-off/check-eligibility.ts';
import { showTask } from '../../../../functions/review/sign-off/show-task.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { awaitOutcome } from '../../../../functions/waits/await-outcome.ts';
import { awaitingDocument } from '../../../builders/document.ts';
import { contentOf, policyOfKinds } from '../../../builders/guide.ts';
import { taskIdFor } from '../../../builders/sign-off-task.ts';
import { decide, type PresentDecision } from '../../../support/decide.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, type Rooms, today } from '../../../support/rooms.ts';

const item = 'core-tech-a';

/** District, then an auditor's opinion on the certificate alone, then two lead departments. */
const steps: GuideItem['signOff']['steps'] = [
  { kind: 'recommend', by: 'district', restsOn: ['business-licence'] },
  { kind: 'opinion', by: ['gz-education'], restsOn: ['certificate'] },
  { kind: 'approve', by: 'lead' },
];
const changes: Partial<GuideItem> = {
  signOff: { steps, due: { days: 10, unit: 'working' }, expiresAfterSeconds: 60 },
  correction: {
    rounds: 2,
    due: { days: 5, unit: 'working' },
    warnBefore: { days: 2, unit: 'working' },
    grace: { days: 1, unit: 'calendar' },
  },
  duties: { submitterDiffersFromPreparer: true },
};

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = { ...openRooms(database), policy: policyOfKinds({ [item]: changes }) };
});
afterAll(() => database.stop());

const district = { id: 'district-1', roles: ['district-reviewer'], department: 'district-440106' } as const;
const auditor = { id: 'auditor-1', roles: ['lead-reviewer'], department: 'gz-education' } as const;
const sti = people.otherReviewer;
const miit = people.reviewer;
type Reviewer = typeof district | typeof auditor | typeof sti | typeof miit;

const recommend: PresentDecision = { outcome: 'recommend' };
const opine: PresentDecision = { outcome: 'opine', favourable: true, opinion: { zh: '账目清楚' } };
const approve = (amount = 40_000_000): PresentDecision => ({ outcome: 'approve', amountFen: fen(amount) });
const sendBack = (...paths: string[]): PresentDecision => ({
  outcome: 'return',
  items: paths.map((path) => ({ path, reason: { zh: '请更正' }, citation: '二(一)1' })),
});

/** An application with what its people and its departments do. */
async function begin(content: Content = contentOf(item)) {
  const { applicationId } = await createApplication(rooms, people.preparer, content);
  await rooms.acceptMaterials(applicationId, 'dcmm');
  const submit = (key: string) =>
    submitApplication(rooms, people.admin, applicationId, `${key}-${applicationId}`);
  const check = () => checkEligibility(rooms, { applicationId });
  await submit('first');
  await check();
  const now = () => rooms.store.require(applicationId);
  return {
    applicationId,
    submit,
    check,
    now,
    step: (number: number, reviewer: Reviewer, decision: PresentDecision, submission = 1, attempt = number) =>
      decide(
        rooms,
        reviewer,
        taskIdFor(applicationId, { submission, step: number, department: reviewer.department, attempt }),
        decision,
      ),
    async edit(overrides: Partial<Content>) {
      const { version } = await now();
      const body = { ...content, ...overrides };
      return editApplication(rooms, people.preparer, applicationId, { ifMatch: `"${version}"`, body });
    },
    /** A new file for a material, in the place of the ones that were there. */
    async replace(material: string, sha256 = 'b'.repeat(64)) {
      const application = await now();
      const { item: opened } = await rooms.policy.requireItem(application.guide, item);
      for (const document of await rooms.documents.acceptedDocuments(applicationId)) {
        if (document.material === material)
          await removeDocument(rooms, application, document.documentId, 'preparer');
      }
      const file = { fileName: 'new.pdf', contentType: 'application/pdf', bytes: 10, sha256 };
      const { document } = await requestUpload(
        { ...rooms, files },
        { application, item: opened, actorId: 'preparer' },
        { material, ...file },
      );
      const stored = await rooms.documents.get({ applicationId, documentId: document.documentId });
      if (stored?.status !== 'awaiting-upload') throw new Error('no upload was registered');
      await rooms.documents.settle({ ...stored, status: 'accepted', verifiedAt: today.toISOString() });
    },
  };
}

const files = {
  presignDownload: async () => 'https://files.example/1',
  presignUpload: async () => ({
    method: 'PUT' as const,
    url: 'https://files.example/1',
    headers: {},
    expiresAt: today.toISOString(),
  }),
};

const statusOf = (application: Application) => application.status;
const decisionsOf = (application: Application) =>
  'signOffs' in application
    ? Object.entries(application.signOffs)
        .filter(([, { decision }]) => decision)
        .map(([part]) => part)
        .sort()
    : [];

describe('a sign-off of three steps', () => {
  it('asks the district, then for the opinion, then the lead departments side by side', async () => {
    const { step, now } = await begin();
    expect(await now()).toMatchObject({ status: 'sign-off', step: 1, signOffAttempt: 1 });
    await step(1, district, recommend);
    expect(await now()).toMatchObject({ step: 2, signOffAttempt: 2 });
    await step(2, auditor, opine);
    expect(await now()).toMatchObject({ step: 3, signOffAttempt: 3 });
    await step(3, sti, approve(50_000_000));
    await step(3, miit, approve(30_000_000));
    expect(await now()).toMatchObject({
      status: 'deduplication',
      signedOffFen: 30_000_000,
      deciders: {
        'district-1': 'step-1',
        'auditor-1': 'step-2',
        'other-reviewer': 'step-3',
        reviewer: 'step-3',
      },
    });
  });

  it('sends the machine on to the next step with the number of its wait', async () => {
    const { applicationId, step } = await begin();
    await step(1, district, recommend);
    const resumes = (await rooms.pending(applicationId)).filter(({ message }) => message.type === 'resume');
    expect(resumes.map(({ message }) => message)).toEqual([
      {
        type: 'resume',
        waitId: `sign-off.${applicationId}.1.1`,
        output: { outcome: 'continue', attempt: 2 },
      },
    ]);
  });

  it('keeps what a decision was based on: submission, version and hashes', async () => {
    const { step, now } = await begin();
    await step(1, district, recommend);
    const application = await now();
    expect('signOffs' in application && application.signOffs['1.district-440106']?.decision).toMatchObject({
      outcome: 'recommended',
      by: 'district-1',
      basis: { submission: 1, version: 3, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  it('counts an opinion against as an opinion, not as a refusal', async () => {
    const { step, now } = await begin();
    await step(1, district, recommend);
    await step(2, auditor, { outcome: 'opine', favourable: false, opinion: { zh: '投入存疑' } });
    expect(await now()).toMatchObject({ status: 'sign-off', step: 3 });
  });

  it.each([
    ['recommend', 1, district, approve(), '"recommend", "refuse", "return", "abstain"'],
    [
      'opinion',
      2,
      auditor,
      { outcome: 'refuse', reason: { zh: '不' }, citation: '二' },
      '"opine", "return", "abstain"',
    ],
    ['approve', 3, sti, recommend, '"approve", "refuse", "return", "abstain"'],
  ] as const)('takes of the kind %s only its own decisions', async (_, number, reviewer, wrong, known) => {
    const { step } = await begin();
    if (number > 1) await step(1, district, recommend);
    if (number > 2) await step(2, auditor, opine);
    await expect(step(number, reviewer, wrong)).rejects.toMatchObject({
      code: 'invalid-request',
      faults: [{ path: 'outcome', message: { en: expect.stringContaining(known) } }],
    });
  });

  it('lets nobody decide in two steps, not even after the first decision became void', async () => {
    const { step, submit, check, replace } = await begin();
    await step(1, district, recommend);
    await step(2, auditor, sendBack('documents.business-licence'));
    await replace('business-licence');
    await submit('second');
    await check();
    // The recommendation is void; whoever gave it still may not go to the ministry and approve.
    await step(1, { ...district, id: 'district-2' } as never, recommend, 2, 1);
    await step(2, auditor, opine, 2, 2);
    const moved = { ...sti, id: 'district-1' } as never;
    await expect(step(3, moved, approve(), 2, 3)).rejects.toMatchObject({ code: 'same-person' });
    const preparer = { ...sti, id: 'preparer' } as never;
    await expect(step(3, preparer, approve(), 2, 3)).rejects.toMatchObject({ code: 'same-person' });
  });
});

describe('a step of two departments', () => {
  it('is not decided twice by a person who went from one to the other', async () => {
    const { applicationId, step, now } = await begin();
    await step(1, district, recommend);
    await step(2, auditor, opine);
    await step(3, miit, approve());
    const moved = { ...sti, id: miit.id };
    const taskId = taskIdFor(applicationId, { step: 3, department: moved.department, attempt: 3 });
    await expect(decide(rooms, moved, taskId, approve())).rejects.toMatchObject({ code: 'same-person' });
    expect(statusOf(await now())).toBe('sign-off');
  });
});

describe('returning for correction', () => {
  it('says what, why and until when, closes the other tasks and tells the machine', async () => {
    const { applicationId, step, now } = await begin();
    await step(1, district, recommend);
    await step(2, auditor, opine);
    await step(3, sti, sendBack('facts.programme', 'documents.certificate'));
    const returned = await now();
    // Five working days from Monday, and a day of grace.
    expect(returned).toMatchObject({
      status: 'returned',
      corrections: [
        {
          round: 1,
          department: 'gz-sti',
          items: [{ path: 'facts.programme', reason: { zh: '请更正' } }, { path: 'documents.certificate' }],
          dueAt: '2026-11-27T16:00:00.000Z',
          lapsesAt: '2026-11-28T16:00:00.000Z',
          warnAt: '2026-11-25T16:00:00.000Z',
        },
      ],
    });
    expect(toApplicationView(returned).correction).toMatchObject({ round: 1 });
    expect(await rooms.tasks.get(taskIdFor(applicationId, { step: 3, attempt: 3 }))).toMatchObject({
      status: 'closed',
    });
    const messages = (await rooms.pending(applicationId)).map(({ message }) => message);
    expect(messages).toContainEqual({
      type: 'resume',
      waitId: `sign-off.${applicationId}.1.3`,
      output: { outcome: 'returned', attempt: 3 },
    });
  });

  it.each([
    [
      'places that the item does not have',
      sendBack('facts.level', 'status'),
      ['items.0.path', 'items.1.path'],
    ],
    ['more days than the guide gives', { ...sendBack('projectName'), dueDays: 6 }, ['dueDays']],
  ] as const)('refuses %s', async (_, decision, paths) => {
    const { step, now } = await begin();
    const attempt = step(1, district, decision as PresentDecision);
    await expect(attempt).rejects.toMatchObject({
      code: 'invalid-request',
      faults: paths.map((path) => ({ path })),
    });
    expect(statusOf(await now())).toBe('sign-off');
  });

  it('is allowed as often as the guide says', async () => {
    const { step, submit, check, edit } = await begin();
    for (const round of [1, 2]) {
      await step(1, district, sendBack('projectName'), round, 1);
      await edit({ projectName: `核心技术 ${round}` });
      await submit(`round-${round}`);
      await check();
    }
    await expect(step(1, district, sendBack('projectName'), 3, 1)).rejects.toMatchObject({
      code: 'correction-rounds-used',
      faults: [{ path: 'outcome', rule: 'at-most-2-rounds', citation: expect.stringContaining('申报指南') }],
    });
  });
});

describe('correcting', () => {
  it('changes only what was returned', async () => {
    const { applicationId, step, edit, now } = await begin();
    await step(1, district, sendBack('facts.programme', 'documents.certificate'));
    await expect(edit({ projectName: '另一个项目', requestedFen: fen(5) })).rejects.toMatchObject({
      code: 'invalid-request',
      faults: [
        { path: 'projectName', rule: 'open-to-correction', citation: expect.stringContaining('补正') },
        { path: 'requestedFen', rule: 'open-to-correction', citation: expect.stringContaining('补正') },
      ],
    });
    await expect(edit({ item: 'core-tech-b' })).rejects.toMatchObject({ faults: [{ path: 'item' }] });
    const application = await now();
    const licence = (await rooms.documents.acceptedDocuments(applicationId)).find(
      ({ material }) => material === 'business-licence',
    );
    await expect(
      removeDocument(rooms, application, licence?.documentId ?? '', 'preparer'),
    ).rejects.toMatchObject({
      faults: [{ path: 'documents.business-licence' }],
    });
    await edit({ facts: { programme: '2026YFB0000009' } });
    expect(await now()).toMatchObject({
      status: 'returned',
      content: { facts: { programme: '2026YFB0000009' } },
    });
  });

  it('keeps the file that an earlier submission held, as superseded', async () => {
    const { applicationId, step, replace, submit, now } = await begin();
    await step(1, district, sendBack('documents.certificate'));
    await replace('certificate');
    const certificates = (await rooms.documents.list(applicationId)).filter(
      ({ material }) => material === 'certificate',
    );
    expect(certificates.map(({ status }) => status)).toEqual(['superseded', 'accepted']);
    await submit('second');
    const corrected = await now();
    expect('submission' in corrected && corrected.submission).toMatchObject({ number: 2, by: 'admin' });
    expect('submission' in corrected && corrected.submission?.documents).toHaveLength(3);
  });

  it('shows reviewers what was submitted, not what the applicant is changing', async () => {
    const { applicationId, step, edit, replace } = await begin();
    await step(1, district, sendBack('projectName', 'documents.certificate'));
    const taskId = taskIdFor(applicationId, { department: district.department });
    const shown = () => showTask({ ...rooms, files }, district, taskId);
    const before = await shown();
    await edit({ projectName: '尚未提交的名称' });
    await replace('certificate');
    expect(await shown()).toMatchObject({
      content: before.content,
      documents: before.documents.map(({ documentId }) => ({ documentId })),
    });
  });

  it('takes a file that no submission held out for good', async () => {
    const { applicationId, step, replace } = await begin();
    await step(1, district, sendBack('documents.certificate'));
    await replace('certificate');
    await replace('certificate');
    const certificates = (await rooms.documents.list(applicationId)).filter(
      ({ material }) => material === 'certificate',
    );
    expect(certificates.map(({ status }) => status)).toEqual(['superseded', 'accepted']);
  });

  it('can replace a file of an application that has as many as it may have', async () => {
    const { applicationId, step, replace, submit } = await begin();
    await step(1, district, sendBack('documents.certificate'));
    const room = documentLimit - (await rooms.documents.list(applicationId)).length;
    for (let count = 0; count < room; count += 1) {
      // Their links are not good any more, so that nobody waits for them.
      const given = {
        ...{ applicationId, documentId: rooms.newId(), fileName: `${count}.pdf` },
        requestedAt: '2026-11-23T01:00:00.000Z',
      };
      await rooms.documents.add(awaitingDocument(given), 'returned');
    }
    await replace('certificate');
    expect(statusOf(await submit('second'))).toBe('submitted');
  });

  it('does not take in a file that came after the submission it was meant for', async () => {
    const { applicationId, step, edit, submit, check, now } = await begin();
    await step(1, district, sendBack('documents.certificate', 'direction'));
    const late = awaitingDocument({ applicationId, documentId: rooms.newId(), material: 'certificate' });
    await rooms.documents.add(late, 'returned');
    await edit({ direction: 'platform' });
    await expect(submit('second')).rejects.toMatchObject({ faults: [{ rule: 'arrived' }] });
    await submitApplication(rooms, people.admin, applicationId, `second-${applicationId}`, [late.documentId]);
    const second = await now();
    await rooms.documents.settle({ ...late, status: 'accepted', verifiedAt: today.toISOString() });
    await check();
    await step(1, district, sendBack('projectName'), 2, 1);
    await edit({ direction: 'platform', projectName: '新名称' });
    await submit('third');
    const third = await now();
    expect('submission' in third && third.submission?.documents).toEqual(
      'submission' in second && second.submission?.documents,
    );
  });

  it('voids the decisions whose basis changed, and no others', async () => {
    const { applicationId, step, replace, submit, check, now } = await begin();
    await step(1, district, recommend);
    await step(2, auditor, opine);
    await step(3, sti, approve(50_000_000));
    await step(3, miit, sendBack('documents.certificate'));
    expect(decisionsOf(await now())).toEqual(['1.district-440106', '2.gz-education', '3.gz-sti']);
    await replace('certificate');
    await submit('second');
    expect(await check()).toMatchObject({ outcome: 'eligible' });
    // The district looked at the licence only, which is what it was.
    expect(decisionsOf(await now())).toEqual(['1.district-440106']);
    expect(await now()).toMatchObject({ status: 'sign-off', step: 2, signOffAttempt: 1 });
    const events = (await rooms.historyRows(applicationId)).map(({ event, note }) => [event, note]);
    expect(events).toContainEqual(['found-eligible', 'void: 2.gz-education, 3.gz-sti']);
    await step(2, auditor, opine, 2, 1);
    await step(3, sti, approve(20_000_000), 2, 2);
    await step(3, miit, approve(30_000_000), 2, 2);
    expect(await now()).toMatchObject({ status: 'deduplication', signedOffFen: 20_000_000 });
  });

  it('goes to the district where the firm is registered now, and lets no decision of the other one stand', async () => {
    const { applicationId, step, submit, check, edit, now } = await begin();
    await step(1, district, recommend);
    await step(2, auditor, opine);
    await step(3, sti, sendBack('enterprise'));
    const { enterprise } = contentOf(item);
    await edit({ enterprise: { ...enterprise, district: '440105' } });
    await submit('second');
    await check();
    expect(await now()).toMatchObject({ status: 'sign-off', step: 1 });
    expect(decisionsOf(await now())).toEqual([]);
    expect(Object.keys(((await now()) as ApplicationIn<'sign-off'>).signOffs)).toEqual(['1.district-440105']);
    const old = decide(
      rooms,
      district,
      taskIdFor(applicationId, { department: district.department }),
      recommend,
    );
    await expect(old).rejects.toMatchObject({ code: 'task-decided' });
  });

  it('in which nothing was corrected is refused, a file sent again among it', async () => {
    const { applicationId, step, submit, now, replace, edit } = await begin();
    await step(1, district, sendBack('projectName', 'documents.certificate'));
    const refused = {
      code: 'incomplete',
      faults: [
        { path: 'projectName', rule: 'corrected', citation: '二(一)1' },
        { path: 'documents.certificate', rule: 'corrected', citation: '二(一)1' },
      ],
    };
    await expect(submit('second')).rejects.toMatchObject(refused);
    const before = await rooms.documents.acceptedDocuments(applicationId);
    const certificate = before.find(({ material }) => material === 'certificate');
    await replace('certificate', certificate?.sha256);
    await expect(submit('second')).rejects.toMatchObject(refused);
    await edit({ projectName: '新名称' });
    await edit({});
    await expect(submit('second')).rejects.toMatchObject(refused);
    expect(statusOf(await now())).toBe('returned');
    await replace('certificate');
    expect(statusOf(await submit('second'))).toBe('submitted');
  });

  it('tells whoever decides on the old version what has changed', async () => {
    const { step, submit, check, edit } = await begin();
    await step(1, district, recommend);
    await step(2, auditor, opine);
    await step(3, sti, sendBack('projectName', 'facts.programme'));
    await edit({ projectName: '新名称', facts: { programme: '2026YFB0000009' } });
    await submit('second');
    await check();
    await expect(step(3, miit, approve(), 1, 3)).rejects.toMatchObject({
      code: 'basis-changed',
      faults: [
        { path: 'facts.programme', rule: 'changed' },
        { path: 'projectName', rule: 'changed' },
      ],
    });
  });

  it('under a key that was used is refused, and never passed off as submitted', async () => {
    const { step, submit, now, edit } = await begin();
    await step(1, district, sendBack('projectName'));
    await expect(submit('first')).rejects.toMatchObject({ code: 'idempotency-key-reused' });
    expect(statusOf(await now())).toBe('returned');
    await edit({ projectName: '新名称' });
    await submit('second');
    expect(statusOf(await submit('second'))).toBe('submitted');
    expect(statusOf(await submit('first'))).toBe('submitted');
  });

  it('starts one review of its own and ends the wait for it, however often it is sent', async () => {
    const { applicationId, step, submit, edit } = await begin();
    await step(1, district, sendBack('projectName'));
    await edit({ projectName: '新名称' });
    await Promise.all([submit('second'), submit('second'), submit('second')]);
    const messages = (await rooms.pending(applicationId)).map(({ message }) => message);
    expect(messages.filter(({ type }) => type === 'start-review')).toEqual([
      { type: 'start-review', applicationId, submission: 1 },
      { type: 'start-review', applicationId, submission: 2 },
    ]);
    expect(messages).toContainEqual({
      type: 'resume',
      waitId: `correction.${applicationId}.1`,
      output: { outcome: 'corrected' },
    });
  });

  it('submitted by another leaves the first one out of every later stage too', async () => {
    const { applicationId, step, check, now, edit } = await begin();
    await step(1, district, sendBack('projectName'));
    const second = { ...people.admin, id: 'second-admin' };
    await edit({ projectName: '新名称' });
    await submitApplication(rooms, second, applicationId, `by-another-${applicationId}`);
    await check();
    const taskId = taskIdFor(applicationId, { submission: 2, department: district.department });
    for (const { id } of [people.admin, second]) {
      await expect(decide(rooms, { ...district, id }, taskId, recommend)).rejects.toMatchObject({
        code: 'same-person',
      });
    }
    const involved = involvedIn((await now()) as ApplicationIn<'sign-off'>);
    expect(involved).toEqual(expect.arrayContaining([people.admin.id, second.id]));
  });

  it('is nothing that the execution of the submission before works or reports on', async () => {
    const { applicationId, step, submit, check, now, edit } = await begin();
    await step(1, district, sendBack('projectName'));
    await edit({ projectName: '新名称' });
    await submit('second');
    const before = { applicationId, submission: 1 };
    expect(await checkEligibility(rooms, before)).toMatchObject({ outcome: 'returned' });
    expect(await checkCorrection(rooms, before)).toMatchObject({ outcome: 'corrected' });
    await recordReviewFailure(rooms, before, 'Lambda.Unknown');
    expect(statusOf(await now())).toBe('submitted');
    expect(await now()).not.toHaveProperty('failure');
    await recordReviewFailure(rooms, { applicationId, submission: 2 }, 'Lambda.Unknown');
    expect(await now()).toMatchObject({ failure: { error: 'Lambda.Unknown' } });
    expect(await check()).toMatchObject({ outcome: 'eligible' });
  });

  it('keeps the guide and the date of the first submission', async () => {
    const { step, submit, now, edit } = await begin();
    await step(1, district, sendBack('projectName'));
    await edit({ projectName: '新名称' });
    rooms.setClock(new Date('2026-11-24T02:00:00Z'));
    await submit('second').finally(() => rooms.setClock(today));
    expect(await now()).toMatchObject({
      submission: { number: 2, firstAt: today.toISOString(), at: '2026-11-24T02:00:00.000Z' },
    });
  });

  it('is submitted by another person than those who gave its files, where the guide says so', async () => {
    const { applicationId, step, now, check } = await begin();
    await step(1, district, sendBack('documents.certificate'));
    const { item: opened } = await rooms.policy.requireItem((await now()).guide, item);
    const file = { fileName: 'new.pdf', contentType: 'application/pdf', bytes: 10, sha256: 'b'.repeat(64) };
    const uploaded = { material: 'certificate', ...file };
    const upload = async (by: string) =>
      requestUpload({ ...rooms, files }, { application: await now(), item: opened, actorId: by }, uploaded);
    await expect(upload(district.id)).rejects.toMatchObject({ code: 'same-person' });
    const [held] = await rooms.documents.list(applicationId);
    await expect(
      removeDocument(rooms, await now(), held?.documentId ?? '', district.id),
    ).rejects.toMatchObject({ code: 'same-person' });
    const { document } = await upload('second-admin');
    const stored = await rooms.documents.get({ applicationId, documentId: document.documentId });
    if (stored?.status !== 'awaiting-upload') throw new Error('no upload was registered');
    await rooms.documents.settle({ ...stored, status: 'accepted', verifiedAt: today.toISOString() });
    const uploader = { ...people.admin, id: 'second-admin' };
    await expect(submitApplication(rooms, uploader, applicationId, 'own')).rejects.toMatchObject({
      code: 'same-person',
    });
    expect(statusOf(await now())).toBe('returned');
    await submitApplication(rooms, people.admin, applicationId, `by-another-${applicationId}`);
    await check();
    const reviewing = { ...district, id: 'second-admin' };
    const taskId = taskIdFor(applicationId, { submission: 2, department: district.department });
    await expect(decide(rooms, reviewing, taskId, recommend)).rejects.toMatchObject({ code: 'same-person' });
  });

  it('is submitted by another person than those who wrote in it, where the guide says so', async () => {
    const { applicationId, step, now } = await begin();
    await step(1, district, sendBack('projectName'));
    const both = { ...people.preparer, roles: ['preparer', 'organisation-admin'] } as const;
    await expect(submitApplication(rooms, both, applicationId, 'own')).rejects.toMatchObject({
      code: 'same-person',
    });
    expect(statusOf(await now())).toBe('returned');
  });
});

describe('the deadline of a correction', () => {
  const at = async <T>(instant: string, run: () => Promise<T>): Promise<T> => {
    rooms.setClock(new Date(instant));
    return run().finally(() => rooms.setClock(today));
  };

  it('is waited for until the warning, which comes once, and then until the end of the grace', async () => {
    const { applicationId, step } = await begin();
    await step(1, district, sendBack('projectName'));
    const look = () => checkCorrection(rooms, { applicationId, submission: 1 });
    expect(await look()).toEqual({ outcome: 'waiting', seconds: 2.5 * 86_400 + 7200 });
    const warned = await at('2026-11-25T16:00:00Z', () => Promise.all([look(), look(), look()]));
    for (const one of warned) expect(one).toEqual({ outcome: 'waiting', seconds: 3 * 86_400 });
    const events = (await rooms.historyRows(applicationId)).map(({ event }) => event);
    expect(events.filter((event) => event === 'correction-warned')).toHaveLength(1);
  });

  it('passed, grace included, lapses the application, and nothing can be changed any more', async () => {
    const { applicationId, step, submit, edit, now } = await begin();
    await step(1, district, sendBack('projectName'));
    const look = () => checkCorrection(rooms, { applicationId, submission: 1 });
    // In the grace it can still be corrected.
    expect(await at('2026-11-28T15:59:59Z', look)).toEqual({ outcome: 'waiting', seconds: 1 });
    for (const attempt of [() => submit('late'), () => edit({ projectName: '新名称' })]) {
      await expect(at('2026-11-28T16:00:00Z', attempt)).rejects.toMatchObject({ code: 'deadline-passed' });
    }
    expect(await at('2026-11-28T16:00:00Z', look)).toEqual({ outcome: 'lapsed', seconds: 0 });
    expect(await now()).toMatchObject({ status: 'lapsed', reasons: [{ code: 'correction-overdue' }] });
    expect(await look()).toEqual({ outcome: 'lapsed', seconds: 0 });
    await expect(submit('later')).rejects.toMatchObject({ code: 'not-in-this-state' });
  });

  it('racing with the correction ends as corrected or as lapsed, and says the same to both', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { applicationId, step, now } = await begin();
      await step(1, district, sendBack('projectName'));
      // The clerk's request was in time, the machine's look a moment too late: one of them comes first.
      const early = { ...rooms, clock: () => new Date('2026-11-28T15:59:59Z') };
      const late = { ...rooms, clock: () => new Date('2026-11-28T16:00:00Z') };
      const runs = [
        () => submitApplication(early, people.admin, applicationId, `second-${applicationId}`),
        () => checkCorrection(late, { applicationId, submission: 1 }),
      ];
      const order = round % 2 === 0 ? [0, 1] : [1, 0];
      const results = await Promise.allSettled(order.map((index) => runs[index]?.()));
      const [corrected, checked] = order.map((_, index) => results[order.indexOf(index)]);
      const lapsed = checked?.status === 'fulfilled' && JSON.stringify(checked.value).includes('lapsed');
      expect(corrected?.status).toBe(lapsed ? 'rejected' : 'fulfilled');
      expect(statusOf(await now())).toBe(lapsed ? 'lapsed' : 'submitted');
    }
  });

  it('is forgotten by a wait that comes after the correction or the withdrawal', async () => {
    const { applicationId, step, submit, edit } = await begin();
    await step(1, district, sendBack('projectName'));
    await edit({ projectName: '新名称' });
    await submit('second');
    await awaitOutcome(rooms, { wait: 'correction', applicationId, submission: 1, token: 'late' });
    const resumes = (await rooms.pending(applicationId)).filter(
      ({ message }) => message.type === 'resume' && message.waitId === `correction.${applicationId}.1`,
    );
    expect(resumes).toHaveLength(2);
    expect(await checkCorrection(rooms, { applicationId, submission: 1 })).toMatchObject({
      outcome: 'corrected',
    });
  });

  it('over the national holiday counts the days that are worked', async () => {
    rooms.setClock(new Date('2026-09-29T02:00:00Z'));
    const { step, now } = await begin();
    await step(1, district, sendBack('projectName'));
    rooms.setClock(today);
    // Two days before the holiday, then 8, 9 and Saturday the 10th, which is worked.
    expect(await now()).toMatchObject({
      corrections: [{ dueAt: '2026-10-10T16:00:00.000Z', warnAt: '2026-10-08T16:00:00.000Z' }],
    });
  });
});

describe('a decision at the same moment as', () => {
  const rounds = [0, 1, 2, 3, 4, 5];

  it.each(rounds)('a return by another department: one is told (%i)', async (round) => {
    const { step, now } = await begin();
    await step(1, district, recommend);
    await step(2, auditor, opine);
    const runs = [() => step(3, sti, approve()), () => step(3, miit, sendBack('projectName'))];
    const order = round % 2 === 0 ? [0, 1] : [1, 0];
    const results = await Promise.allSettled(order.map((index) => runs[index]?.()));
    const approved = results[order.indexOf(0)];
    expect(results[order.indexOf(1)]?.status).toBe('fulfilled');
    expect(statusOf(await now())).toBe('returned');
    const kept = decisionsOf(await now()).includes('3.gz-sti');
    expect(approved?.status).toBe(kept ? 'fulfilled' : 'rejected');
    if (approved?.status === 'rejected') expect(approved.reason).toMatchObject({ code: 'task-closed' });
  });

  it.each(rounds)('a withdrawal: it is withdrawn, and the department knows (%i)', async (round) => {
    const { applicationId, step, now } = await begin();
    const runs = [
      () => step(1, district, sendBack('projectName')),
      () => withdrawApplication(rooms, people.admin, applicationId, undefined),
    ];
    const order = round % 2 === 0 ? [0, 1] : [1, 0];
    const results = await Promise.allSettled(order.map((index) => runs[index]?.()));
    expect(results[order.indexOf(1)]?.status).toBe('fulfilled');
    expect(statusOf(await now())).toBe('withdrawn');
  });

  it('a withdrawal of what was returned leaves nothing waiting', async () => {
    const { applicationId, step, now } = await begin();
    await step(1, district, sendBack('projectName'));
    await withdrawApplication(rooms, people.admin, applicationId, undefined);
    expect(await now()).toMatchObject({ status: 'withdrawn', withdrawnFrom: 'returned' });
    expect(await checkCorrection(rooms, { applicationId, submission: 1 })).toMatchObject({
      outcome: 'withdrawn',
    });
  });
});

describe('abstaining', () => {
  it('leaves the task to the others, remembers the interest and keeps the person out', async () => {
    const { applicationId, step, now } = await begin();
    await step(1, district, { outcome: 'abstain', reason: '配偶在该单位任职' });
    expect(await now()).toMatchObject({ status: 'sign-off', step: 1 });
    await expect(step(1, district, recommend)).rejects.toMatchObject({ code: 'conflict-of-interest' });
    const second = { ...district, id: 'district-2' } as never;
    await step(1, second, recommend);
    expect(await now()).toMatchObject({ step: 2 });
    const rows = await rooms.historyRows(applicationId);
    expect(rows.map(({ event }) => event)).toContain('abstained');
    // It stays declared for every other application of the organisation.
    const another = await begin();
    await expect(another.step(1, district, recommend)).rejects.toMatchObject({
      code: 'conflict-of-interest',
    });
  });
});
