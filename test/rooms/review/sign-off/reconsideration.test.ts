import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditedKinds, findBreak } from '../../../../functions/audit/find-break.ts';
import { reviewerRoutes } from '../../../../functions/contracts/reviewer.ts';
import { deduplicate } from '../../../../functions/duplicates/screening/deduplicate.ts';
import { claimsOf, matterOf } from '../../../../functions/duplicates/screening/matter.ts';
import { withdrawApplication } from '../../../../functions/endings/withdraw-application.ts';
import type { ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import { createApplication } from '../../../../functions/filing/applications/edit-draft.ts';
import { submitApplication } from '../../../../functions/filing/submission/submit-application.ts';
import { checkEligibility } from '../../../../functions/review/sign-off/check-eligibility.ts';
import {
  decideReconsideration,
  requestReconsideration,
} from '../../../../functions/review/sign-off/reconsider-application.ts';
import { requestSignOff } from '../../../../functions/review/sign-off/request-sign-off.ts';
import { showTask } from '../../../../functions/review/sign-off/show-task.ts';
import { takeTask } from '../../../../functions/review/tasks/assign-task.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { registry } from '../../../../functions/shared/tables.ts';
import { pooledApplication } from '../../../builders/budget.ts';
import { qualifyingContent } from '../../../builders/qualifying-contents.ts';
import { storedHistory } from '../../../builders/stored-history.ts';
import { decide } from '../../../support/decide.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, type Rooms, today } from '../../../support/rooms.ts';
import { applicationKey } from '../../../support/tables.ts';

const item = 'open-source';
const grounds = '发票与付款凭证已一并提交，审核意见有误。';
/** Five working days from a Monday on, that day included. */
const askBefore = '2026-11-27T16:00:00.000Z';

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
});
afterAll(() => database.stop());

let enterprises = 0;
interface Own {
  readonly applicationId: string;
  readonly admin: Actor;
  /** Another application of the enterprise, checked unless it is said otherwise. */
  handIn(checked?: boolean): Promise<string>;
}

/** An application of an enterprise of its own that a reviewer of the lead department has refused. */
async function refused(): Promise<Own> {
  rooms.setClock(today);
  enterprises += 1;
  const organisation = `91440112${String(enterprises).padStart(10, '0')}`;
  const [preparer, admin] = [
    { ...people.preparer, organisation },
    { ...people.admin, organisation },
  ];
  const handIn = async (checked = true) => {
    const content = qualifyingContent(item);
    const body = { ...content, enterprise: { ...content.enterprise, uscc: organisation }, confirmUscc: true };
    const { applicationId } = await createApplication(rooms, preparer, body);
    await rooms.acceptMaterials(applicationId, item);
    await submitApplication(rooms, admin, applicationId, `key-${applicationId}`);
    if (checked) await checkEligibility(rooms, { applicationId });
    return applicationId;
  };
  const applicationId = await handIn();
  await refuse(applicationId, people.reviewer);
  return { applicationId, admin, handIn };
}

async function refuse(applicationId: string, reviewer: Actor): Promise<void> {
  const { signOffs } = (await rooms.store.require(applicationId)) as ApplicationIn<'sign-off'>;
  const open = Object.values(signOffs).find(({ decision }) => !decision);
  await decide(rooms, reviewer, open?.taskId ?? '', {
    ...{ outcome: 'refuse', reason: { zh: '无法核实投入' }, citation: '二(一)3' },
  });
}

const ask = ({ applicationId, admin }: Own, why = grounds) =>
  requestReconsideration(rooms, admin, applicationId, why);
const taskIdOf = async ({ applicationId }: { readonly applicationId: string }): Promise<string> => {
  const { reconsideration } = (await rooms.store.require(applicationId)) as ApplicationIn<'refused'>;
  return reconsideration?.asked?.taskId ?? '';
};

async function asked(): Promise<Own & { readonly taskId: string }> {
  const own = await refused();
  await ask(own);
  return { ...own, taskId: await taskIdOf(own) };
}

const answer = async (
  taskId: string,
  outcome: 'uphold' | 'overturn',
  actor: Actor = people.secondReviewer,
) => {
  const application = await rooms.store.require(taskId.slice(0, 26));
  const { contentHash } = (application as ApplicationIn<'refused'>).submission;
  const reason = { zh: outcome === 'uphold' ? '投入确未入账' : '凭证齐全' };
  return decideReconsideration(rooms, actor, taskId, { outcome, reason, citation: '二(一)3', contentHash });
};
const starts = async (applicationId: string) =>
  (await rooms.pending(applicationId))
    .map(({ message }) => message)
    .filter(({ type }) => type === 'start-review');
const expectWhole = async (applicationId: string) => {
  const { items, head } = await storedHistory(database, applicationId);
  expect(findBreak(auditedKinds.application(applicationId), items, head)).toBeUndefined();
};
const third: Actor = { id: 'third-reviewer', roles: ['lead-reviewer'], department: 'gz-miit' };

describe('a refused application', () => {
  it('says until when a reconsideration may be asked for, and which department decides it', async () => {
    const { applicationId } = await refused();
    expect(await rooms.store.require(applicationId)).toMatchObject({
      status: 'refused',
      reconsideration: { department: 'gz-miit', askBefore, citation: '申报指南 2026.1 open-source 复核' },
    });
  });

  it('is asked for within the days, and opens a task of the department that is due as the guide says', async () => {
    const own = await asked();
    expect(await rooms.tasks.get(own.taskId)).toMatchObject({
      ...{ kind: 'reconsider', department: 'gz-miit', status: 'open' },
      dueAt: '2026-12-22T16:00:00.000Z',
    });
    expect((await rooms.historyRows(own.applicationId)).at(-1)).toMatchObject({
      event: 'reconsideration-requested',
      actor: { id: 'admin', role: 'organisation-admin' },
      note: grounds,
    });
    const shown = await showTask(
      { ...rooms, files: { presignDownload: async () => 'https://files.example' } },
      people.secondReviewer,
      own.taskId,
    );
    expect(reviewerRoutes.getTask.response.body.parse(shown)).toMatchObject({
      reconsideration: { grounds, reasons: [{ code: 'refused', message: { zh: '无法核实投入' } }] },
    });
  });

  it('is too late once the days are over, which it is told with the day and where it stands', async () => {
    const own = await refused();
    rooms.setClock(new Date(askBefore));
    await expect(ask(own)).rejects.toMatchObject({
      code: 'deadline-passed',
      detail: { zh: expect.stringContaining('2026-11-28'), en: expect.stringContaining('2026-11-28') },
      faults: [{ rule: 'asked-in-time', citation: '申报指南 2026.1 open-source 复核' }],
    });
    rooms.setClock(new Date(Date.parse(askBefore) - 1));
    expect(await ask(own)).toMatchObject({ reconsideration: { asked: { grounds } } });
  });

  it('is asked for once for each refusal; asked again on the same grounds it answers what has become of it', async () => {
    const own = await asked();
    const { version } = await rooms.store.require(own.applicationId);
    expect((await ask(own)).version).toBe(version);
    await expect(ask(own, '另有新的理由，请予复核。')).rejects.toMatchObject({ code: 'already-exists' });
    await answer(own.taskId, 'uphold');
    rooms.setClock(new Date('2026-12-07T02:00:00Z'));
    expect(await ask(own)).toMatchObject({ reconsideration: { upheld: { by: 'second-reviewer' } } });
    await expect(ask(own, '另有新的理由，请予复核。')).rejects.toMatchObject({ code: 'already-exists' });
  });

  it('asked for by several at once has one task', async () => {
    const own = await refused();
    const { version } = await rooms.store.require(own.applicationId);
    await Promise.all([1, 2, 3].map(() => ask(own)));
    expect(await rooms.store.require(own.applicationId)).toMatchObject({ version: version + 1 });
  });

  it('is nobody else’s to ask about, and not before it is refused', async () => {
    const own = await refused();
    const stranger = { ...own.admin, organisation: people.admin.organisation };
    await expect(requestReconsideration(rooms, stranger, own.applicationId, grounds)).rejects.toMatchObject({
      code: 'not-found',
    });
    const applicationId = await own.handIn();
    await expect(requestReconsideration(rooms, own.admin, applicationId, grounds)).rejects.toMatchObject({
      code: 'not-in-this-state',
    });
  });
});

describe('a reconsideration', () => {
  it('that upholds leaves the refusal, with reasons and a citation of its own', async () => {
    const own = await asked();
    await answer(own.taskId, 'uphold');
    expect(await rooms.store.require(own.applicationId)).toMatchObject({
      status: 'refused',
      reasons: [{ code: 'refused' }],
      reconsideration: {
        upheld: { reason: { zh: '投入确未入账' }, citation: '二(一)3', by: 'second-reviewer' },
      },
      deciders: { reviewer: 'step-1', 'second-reviewer': 'reconsideration-1' },
    });
    expect(await starts(own.applicationId)).toHaveLength(1);
    expect((await rooms.historyRows(own.applicationId)).at(-1)).toMatchObject({
      ...{ event: 'refusal-upheld', from: 'refused', to: 'refused', department: 'gz-miit' },
    });
    await expectWhole(own.applicationId);
  });

  it('that overturns brings it back into the step that refused it, under an execution of its own', async () => {
    const own = await asked();
    await answer(own.taskId, 'overturn');
    const back = (await rooms.store.require(own.applicationId)) as ApplicationIn<'sign-off'>;
    expect(back).toMatchObject({
      ...{ status: 'sign-off', step: 1, signOffAttempt: 2, submission: { number: 1, reopening: 1 } },
      reopenings: [{ reason: grounds, by: 'admin', approvedBy: 'second-reviewer', taskId: own.taskId }],
    });
    expect(back).not.toHaveProperty('reasons');
    expect(back).not.toHaveProperty('reconsideration');
    // The process may stop right here: what has to be done elsewhere is written with the decision.
    expect(await starts(own.applicationId)).toContainEqual({
      ...{ type: 'start-review', applicationId: own.applicationId, submission: 1, reopening: 1 },
    });
    expect(await checkEligibility(rooms, { applicationId: own.applicationId, submission: 1 })).toMatchObject({
      outcome: 'eligible',
    });
    await requestSignOff(rooms, {
      ...{ applicationId: own.applicationId, submission: 1, attempt: 1, token: 'token' },
    });
    expect((await rooms.pending(own.applicationId)).map(({ message }) => message)).toContainEqual(
      expect.objectContaining({ type: 'resume', output: { outcome: 'continue', attempt: 2 } }),
    );
    const approved = {
      outcome: 'approve',
      amountFen: fen(1_000_000),
      verifiedInputFen: fen(100_000_000),
    } as const;
    const taskId = Object.values(back.signOffs)[0]?.taskId ?? '';
    // Whoever overturned has had a part in it.
    await expect(decide(rooms, people.secondReviewer, taskId, approved)).rejects.toMatchObject({
      code: 'same-person',
    });
    await decide(rooms, third, taskId, approved);
    expect(await rooms.store.require(own.applicationId)).toMatchObject({ status: 'deduplication' });
    expect(await ask(own)).toMatchObject({ status: 'deduplication' });
    await expectWhole(own.applicationId);
  });

  it('of a second refusal is decided by others again', async () => {
    const own = await asked();
    await answer(own.taskId, 'overturn');
    await refuse(own.applicationId, people.reviewer);
    const second = { ...own, taskId: '' };
    await ask(second, '第二次不予支持的理由同样有误。');
    const taskId = await taskIdOf(own);
    expect(taskId).not.toBe(own.taskId);
    await expect(answer(taskId, 'overturn')).rejects.toMatchObject({ code: 'same-person' });
    await answer(taskId, 'overturn', third);
    expect(await starts(own.applicationId)).toContainEqual(expect.objectContaining({ reopening: 2 }));
  });

  it.each([
    ['refused it', () => people.reviewer],
    ['prepared it', () => ({ ...third, id: people.preparer.id })],
    ['submitted it', () => ({ ...third, id: people.admin.id })],
  ])('is not decided by whoever %s', async (_, actor) => {
    const own = await asked();
    for (const outcome of ['uphold', 'overturn'] as const) {
      await expect(answer(own.taskId, outcome, actor())).rejects.toMatchObject({ code: 'same-person' });
    }
    expect(await rooms.tasks.get(own.taskId)).toMatchObject({ status: 'open' });
  });

  it('is not decided with an interest, by another department, by the applicant’s people or as another’s task', async () => {
    const own = await asked();
    const { organisation } = await rooms.store.require(own.applicationId);
    const partial: Actor = { ...third, id: 'partial-reviewer' };
    await rooms.people.write([
      rooms.people.declare(partial.id, organisation, { kind: 'holding', at: today.toISOString() }),
    ]);
    const refusals: [Actor, string][] = [
      [partial, 'conflict-of-interest'],
      [people.otherReviewer, 'forbidden'],
      [{ ...third, organisation }, 'forbidden'],
    ];
    for (const [actor, code] of refusals) {
      await expect(answer(own.taskId, 'overturn', actor)).rejects.toMatchObject({ code });
    }
    await takeTask(rooms, third, own.taskId);
    await expect(answer(own.taskId, 'overturn')).rejects.toMatchObject({ code: 'task-assigned' });
  });

  it('rests on what was shown, and cites what there is', async () => {
    const own = await asked();
    const given = { outcome: 'uphold', reason: { zh: '属实' }, citation: '二(一)3' } as const;
    const by = (decision: { contentHash: string; citation?: string }) =>
      decideReconsideration(rooms, third, own.taskId, { ...given, ...decision });
    await expect(by({ contentHash: 'a'.repeat(64) })).rejects.toMatchObject({ code: 'basis-changed' });
    const { submission } = (await rooms.store.require(own.applicationId)) as ApplicationIn<'refused'>;
    await expect(by({ contentHash: submission.contentHash, citation: '群众反映' })).rejects.toMatchObject({
      code: 'invalid-request',
      faults: [{ path: 'citation' }],
    });
  });

  it('decided again alike answers what stands, and otherwise that it is decided', async () => {
    for (const [first, other] of [
      ['uphold', 'overturn'],
      ['overturn', 'uphold'],
    ] as const) {
      const own = await asked();
      await answer(own.taskId, first);
      const { version } = await rooms.store.require(own.applicationId);
      expect(await answer(own.taskId, first)).toMatchObject({ status: 'decided' });
      await expect(answer(own.taskId, other)).rejects.toMatchObject({ code: 'task-decided' });
      await expect(answer(own.taskId, first, third)).rejects.toMatchObject({ code: 'task-decided' });
      expect((await rooms.store.require(own.applicationId)).version).toBe(version);
    }
  });

  it('upheld and overturned at once is one of the two', async () => {
    for (let round = 0; round < 6; round += 1) {
      const own = await asked();
      const results = await Promise.allSettled([
        answer(own.taskId, 'overturn'),
        answer(own.taskId, 'uphold', third),
      ]);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(results.find((result) => result.status === 'rejected')?.reason).toMatchObject({
        code: 'task-decided',
      });
      const overturned = results[0].status === 'fulfilled';
      expect((await rooms.store.require(own.applicationId)).status).toBe(overturned ? 'sign-off' : 'refused');
      expect(await starts(own.applicationId)).toHaveLength(overturned ? 2 : 1);
      await expectWhole(own.applicationId);
    }
  });
});

describe('what an application held before it was refused', () => {
  it('is one of its enterprise’s competitive projects again, unless others have taken the places', async () => {
    const own = await asked();
    const others = [await own.handIn(), await own.handIn()];
    await expect(answer(own.taskId, 'overturn')).rejects.toMatchObject({
      code: 'taken-meanwhile',
      faults: [{ path: 'facts.competitiveProjectsThisYear', rule: 'at-most-two-projects' }],
    });
    expect(await rooms.tasks.get(own.taskId)).toMatchObject({ status: 'open' });
    await withdrawApplication(rooms, own.admin, others[0] ?? '', undefined);
    await answer(own.taskId, 'overturn');
    expect(await checkEligibility(rooms, { applicationId: await own.handIn() })).toMatchObject({
      outcome: 'ineligible',
    });
  });

  it('is had by one of two when it is wanted at once', async () => {
    for (let round = 0; round < 6; round += 1) {
      const own = await asked();
      await own.handIn();
      const next = await own.handIn(false);
      const [overturned] = await Promise.allSettled([
        answer(own.taskId, 'overturn'),
        checkEligibility(rooms, { applicationId: next }),
      ]);
      const statuses = await Promise.all(
        [own.applicationId, next].map(async (id) => (await rooms.store.require(id)).status),
      );
      expect(statuses).toEqual(
        overturned.status === 'fulfilled' ? ['sign-off', 'ineligible'] : ['refused', 'sign-off'],
      );
    }
  });
});

/** An award that was taken back upon an objection, as the applicant has asked for its reconsideration. */
async function takenBack(): Promise<Own & { readonly taskId: string; readonly place: string }> {
  rooms.setClock(today);
  const applicationId = newUlid();
  enterprises += 1;
  const organisation = `91440112${String(enterprises).padStart(10, '0')}`;
  const base = pooledApplication(applicationId, 'software-2026', 40_000_000);
  const { uscc: _, ...enterprise } = base.content.enterprise;
  const at = today.toISOString();
  const place = `MATTER#${applicationId}`;
  const state: ApplicationIn<'cancelled'> = {
    ...base,
    organisation,
    content: { ...base.content, enterprise: { ...enterprise, uscc: organisation } },
    status: 'cancelled',
    award: { fen: fen(40_000_000), roundId: newUlid(), at },
    notice: { opensAt: at, closesAt: at },
    claims: [place],
    reasons: [{ code: 'objection-upheld', citation: '三(三)', message: { zh: '属实', en: 'true' } }],
    deciders: { ...base.deciders, operator: 'objection', approver: 'objection' },
    reconsideration: { department: 'gz-miit', citation: '三(三)', askBefore },
  };
  await rooms.client.send(
    new PutCommand({
      TableName: rooms.tableNames.applications,
      Item: JSON.parse(JSON.stringify({ ...applicationKey(applicationId), state })) as object,
    }),
  );
  const own = {
    applicationId,
    admin: { ...people.admin, id: 'another-admin', organisation },
    handIn: () => Promise.reject(new Error('no other application')),
  };
  await ask(own);
  return { ...own, place, taskId: await taskIdOf(own) };
}

const holderOf = async (place: string) =>
  (await rooms.tables.registry.get(registry.entities.claim.key({ place })))?.['applicationId'];

describe('an award that was taken back', () => {
  it('goes to the duplicate check again when that is overturned, with its claims and without its award', async () => {
    const own = await takenBack();
    await answer(own.taskId, 'overturn');
    const back = await rooms.store.require(own.applicationId);
    expect(back).toMatchObject({
      status: 'deduplication',
      reclaimed: [own.place],
      submission: { reopening: 1 },
    });
    for (const gone of ['award', 'notice', 'reasons', 'reconsideration', 'ceiling', 'pool']) {
      expect(back).not.toHaveProperty(gone);
    }
    expect(await holderOf(own.place)).toBe(own.applicationId);
    expect(
      await deduplicate(
        { ...rooms, applications: rooms.store },
        { applicationId: own.applicationId, submission: 1 },
      ),
    ).toEqual({
      outcome: 'pooled',
    });
    expect(await rooms.pools.candidate('software-2026', own.applicationId)).toMatchObject({
      deciders: expect.arrayContaining(['second-reviewer', 'operator', 'approver']),
    });
  });

  it('is not overturned while another application has what it had claimed', async () => {
    const own = await takenBack();
    const rival = { applicationId: newUlid(), organisation: '914401120000000000' };
    await rooms.store.write([rooms.claims.take(own.place, rival, () => new Error('taken'))]);
    await expect(answer(own.taskId, 'overturn')).rejects.toMatchObject({
      code: 'taken-meanwhile',
      faults: [{ rule: 'matter-free', citation: '三(二)' }],
    });
    expect(await rooms.store.require(own.applicationId)).toMatchObject({ status: 'cancelled' });
    await answer(own.taskId, 'uphold');
  });

  it('and a rival’s claim at the same moment: exactly one has it', async () => {
    for (let round = 0; round < 4; round += 1) {
      const own = await takenBack();
      const rival = { applicationId: newUlid(), organisation: '914401120000000000' };
      const [mine, theirs] = await Promise.allSettled([
        answer(own.taskId, 'overturn'),
        rooms.store.write([rooms.claims.take(own.place, rival, () => new Error('taken'))]),
      ]);
      expect([mine.status, theirs.status].sort()).toEqual(['fulfilled', 'rejected']);
      expect(await holderOf(own.place)).toBe(
        mine.status === 'fulfilled' ? own.applicationId : rival.applicationId,
      );
    }
  });

  it('lets go of its claims when it is withdrawn before the check', async () => {
    const own = await takenBack();
    await answer(own.taskId, 'overturn');
    await withdrawApplication(rooms, own.admin, own.applicationId, undefined);
    expect(await holderOf(own.place)).toBeUndefined();
  });

  it('lets go of its claims when the check finds that another one has the matter', async () => {
    const own = await takenBack();
    await answer(own.taskId, 'overturn');
    const { content } = await rooms.store.require(own.applicationId);
    const { item: dcmm } = await rooms.policy.requireItem('2026.1', 'dcmm');
    const [matter = ''] = claimsOf(matterOf(dcmm, content));
    const rival = { applicationId: newUlid(), organisation: '914401120000000000' };
    await rooms.store.write([rooms.claims.take(matter, rival, () => new Error('taken'))]);
    const check = { applicationId: own.applicationId, submission: 1 };
    expect(await deduplicate({ ...rooms, applications: rooms.store }, check)).toEqual({
      outcome: 'duplicate',
    });
    expect(await holderOf(own.place)).toBeUndefined();
  });

  it('is not decided upon by those who decided the objection', async () => {
    const own = await takenBack();
    for (const id of ['operator', 'approver']) {
      await expect(answer(own.taskId, 'overturn', { ...third, id })).rejects.toMatchObject({
        code: 'same-person',
      });
    }
  });
});
