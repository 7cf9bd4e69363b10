import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deduplicate } from '../../../../functions/duplicates/screening/deduplicate.ts';
import { entityTag } from '../../../../functions/filing/applications/application-view.ts';
import { createApplication, editApplication } from '../../../../functions/filing/applications/edit-draft.ts';
import { objectKey } from '../../../../functions/filing/documents/document.ts';
import { submitApplication } from '../../../../functions/filing/submission/submit-application.ts';
import { ProposalStore } from '../../../../functions/money/entries/proposal-store.ts';
import { createPool } from '../../../../functions/money/pools/create-pool.ts';
import { PoolStore } from '../../../../functions/money/pools/pool-store.ts';
import { closeRound } from '../../../../functions/money/rounds/close-round.ts';
import { freezeCandidates } from '../../../../functions/money/rounds/freeze-candidates.ts';
import { listPlanLines } from '../../../../functions/money/rounds/list-plan-lines.ts';
import { openRound } from '../../../../functions/money/rounds/open-round.ts';
import { planAllocation } from '../../../../functions/money/rounds/plan-allocation.ts';
import { RoundStore } from '../../../../functions/money/rounds/round-store.ts';
import { declareInterest } from '../../../../functions/people/declare-interest.ts';
import { guidesInMemory, PolicyBook } from '../../../../functions/policy/guides/policy-book.ts';
import { AwardRegistry } from '../../../../functions/registry/awards/award-registry.ts';
import { declineInvitation } from '../../../../functions/review/experts/decline-invitation.ts';
import { invitationIdOf } from '../../../../functions/review/experts/invitation.ts';
import { InvitationStore } from '../../../../functions/review/experts/invitation-store.ts';
import {
  inviteExpert,
  listInvitations,
  revokeInvitation,
} from '../../../../functions/review/experts/invite-expert.ts';
import { scoreApplication } from '../../../../functions/review/experts/score-application.ts';
import { listOwnInvitations, showInvitation } from '../../../../functions/review/experts/show-invitation.ts';
import { checkEligibility } from '../../../../functions/review/sign-off/check-eligibility.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { IdempotencyRecords } from '../../../../functions/shared/idempotency.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { appropriate } from '../../../builders/budget.ts';
import { dcmmContent, publishedUscc } from '../../../builders/content.ts';
import { million, qualifyingContent } from '../../../builders/qualifying-contents.ts';
import { taskIdFor } from '../../../builders/sign-off-task.ts';
import { decide, type PresentDecision } from '../../../support/decide.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { compiled, openRooms, people, type Rooms, rehearsed } from '../../../support/rooms.ts';

let database: TestDynamoDb;
let parts: ReturnType<typeof withExperts>;
beforeAll(async () => {
  database = await startTestDynamoDb();
  parts = withExperts(openRooms(database));
});
afterAll(() => database.stop());

/** One company applies for all platforms here: the guide does not count them. */
const uncounted = rehearsed.map(({ competitionFact: _, ...guide }) => guide);

function withExperts(rooms: Rooms) {
  const { tables, store } = rooms;
  return {
    ...rooms,
    policy: new PolicyBook(compiled, guidesInMemory(uncounted)),
    applications: store,
    invitations: new InvitationStore(tables.applications),
    registry: new AwardRegistry(tables.registry),
    pools: new PoolStore(tables.budget),
    rounds: new RoundStore(tables.budget),
    proposals: new ProposalStore(tables.budget),
    records: new IdempotencyRecords(tables.budget),
    files: {
      presignDownload: async (document: Parameters<typeof objectKey>[0] & { readonly fileName: string }) =>
        `https://files.example/${objectKey(document)}?name=${document.fileName}`,
    },
  };
}

const item = 'four-modernisations-platform';
let platforms = 0;

/** A platform's application in sign-off, with its lead department's task. */
async function inSignOff(content = platform()) {
  const { applicationId } = await createApplication(parts, people.preparer, content);
  await parts.acceptMaterials(applicationId, content.item);
  await submitApplication(parts, people.admin, applicationId, `key-${applicationId}`);
  await checkEligibility(parts, { applicationId });
  return {
    applicationId,
    taskId: taskIdFor(applicationId),
  };
}

function platform() {
  platforms += 1;
  const number = String(platforms).padStart(3, '0');
  return qualifyingContent(item, { facts: { platformName: `平台 ${number}` } });
}

const expert = (id: string): Actor => ({ id, roles: ['expert'] });
const points = (technology: number, reach = 30, openness = 10) => ({ technology, reach, openness });

/** An application with invited experts of its own. */
async function withInvited(count = 2) {
  const { applicationId, taskId } = await inSignOff();
  const experts = Array.from({ length: count }, (_, index) => expert(`expert-${index + 1}-${applicationId}`));
  for (const { id } of experts) await inviteExpert(parts, people.reviewer, taskId, id);
  const [first, second] = experts;
  if (!first || !second) throw new Error('two experts at least');
  return { applicationId, taskId, experts, first, second };
}

/** Scores what the invitation shows. */
async function score(
  by: Actor,
  applicationId: string,
  given: Record<string, number> = points(30),
  comment?: string,
) {
  const invitationId = invitationIdOf(applicationId, by.id);
  const { contentHash = '' } = await showInvitation(parts, by, invitationId);
  return scoreApplication(parts, by, invitationId, { points: given, comment, contentHash });
}

const approve: PresentDecision = { outcome: 'approve', amountFen: million(1.65) };
const returnFacts: PresentDecision = {
  outcome: 'return',
  items: [{ path: 'facts.servedEnterprises', reason: { zh: '与清单不符' } }],
};

/** Corrects the number of enterprises served and submits again, up to the new sign-off. */
async function correct(applicationId: string, served: number) {
  const { content, version, submission } = await inStatus(applicationId, 'returned');
  const facts = { ...content.facts, servedEnterprises: served };
  await editApplication(parts, people.preparer, applicationId, {
    ifMatch: entityTag(version),
    body: { ...content, facts },
  });
  await submitApplication(parts, people.admin, applicationId, newUlid());
  await checkEligibility(parts, { applicationId });
  return taskIdFor(applicationId, { submission: submission.number + 1 });
}

async function inStatus<S extends 'sign-off' | 'returned'>(applicationId: string, status: S) {
  const application = await parts.store.require(applicationId);
  if (application.status !== status) throw new Error(`it is ${application.status}`);
  // The status was compared with the type's own.
  return application as Extract<typeof application, { status: S }>;
}

const codeOf = (code: string) => expect.objectContaining({ code });

describe('an invitation', () => {
  it('is one for each expert and application, however often and by how many it is made', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { applicationId, taskId } = await inSignOff();
      const id = `expert-of-${applicationId}`;
      const made = await Promise.all(
        [people.reviewer, people.secondReviewer, people.reviewer].map((by) =>
          inviteExpert(parts, by, taskId, id),
        ),
      );
      expect(new Set(made.map((one) => JSON.stringify(one))).size).toBe(1);
      expect(await parts.invitations.ofApplication(applicationId)).toHaveLength(1);
      const rows = await parts.historyRows(applicationId);
      const invited = rows.filter(({ event }) => event === 'expert-invited');
      expect(invited).toMatchObject([{ stage: 'expert', department: 'gz-miit', note: id }]);
    }
  });

  it('of two experts at once is two', async () => {
    const { applicationId, taskId } = await inSignOff();
    const ids = ['a', 'b', 'c'].map((name) => `${name}-${applicationId}`);
    await Promise.all(ids.map((id) => inviteExpert(parts, people.reviewer, taskId, id)));
    const { items } = await listInvitations(parts, people.secondReviewer, taskId);
    expect(items.map((one) => one.expert).sort()).toEqual(ids);
  });

  it.each([
    ['whoever prepared it', people.preparer.id],
    ['whoever submitted it', people.admin.id],
    ['the inviter', people.reviewer.id],
  ])('is not for %s', async (_, id) => {
    const { taskId } = await inSignOff();
    await expect(inviteExpert(parts, people.reviewer, taskId, id)).rejects.toEqual(codeOf('same-person'));
  });

  it('is not for somebody who declared an interest', async () => {
    const { applicationId, taskId } = await inSignOff();
    const id = `interested-${applicationId}`;
    await declareInterest(parts, expert(id), { organisation: publishedUscc, kind: 'holding' });
    const refused = inviteExpert(parts, people.reviewer, taskId, id);
    await expect(refused).rejects.toEqual(codeOf('conflict-of-interest'));
    expect(await parts.invitations.ofApplication(applicationId)).toEqual([]);
  });

  it('is not for nor by somebody with an interest in what the applicant continues', async () => {
    const content = platform();
    const predecessor = '9144030071526726XG';
    content.enterprise = { ...content.enterprise, predecessors: [predecessor] };
    const { applicationId, taskId } = await inSignOff(content);
    const id = `former-${applicationId}`;
    await declareInterest(parts, expert(id), { organisation: predecessor, kind: 'holding' });
    const refused = inviteExpert(parts, people.reviewer, taskId, id);
    await expect(refused).rejects.toEqual(codeOf('conflict-of-interest'));
    const insider = { ...expert('insider'), organisation: predecessor };
    await inviteExpert(parts, people.reviewer, taskId, insider.id);
    await expect(score(insider, applicationId)).rejects.toEqual(codeOf('forbidden'));
  });

  it('is neither made nor taken back by who may not decide', async () => {
    const { applicationId, taskId, first } = await withInvited();
    const invitationId = invitationIdOf(applicationId, first.id);
    const biased = { ...people.reviewer, id: `biased-${applicationId}` };
    await declareInterest(parts, biased, { organisation: publishedUscc, kind: 'kinship' });
    const code = codeOf('conflict-of-interest');
    await expect(inviteExpert(parts, biased, taskId, 'a-friend')).rejects.toEqual(code);
    await expect(revokeInvitation(parts, biased, taskId, invitationId)).rejects.toEqual(code);
    const preparer = { ...people.reviewer, id: people.preparer.id };
    const same = codeOf('same-person');
    await expect(inviteExpert(parts, preparer, taskId, 'a-friend')).rejects.toEqual(same);
    await expect(revokeInvitation(parts, preparer, taskId, invitationId)).rejects.toEqual(same);
  });

  it('is made by the department whose task it is, while it is open, and where the guide has experts', async () => {
    const { taskId } = await inSignOff();
    const other = inviteExpert(parts, people.otherReviewer, taskId, 'somebody');
    await expect(other).rejects.toEqual(codeOf('forbidden'));
    const nowhere = inviteExpert(parts, people.reviewer, taskId.replace(/^./, '7'), 'somebody');
    await expect(nowhere).rejects.toEqual(codeOf('not-found'));
    await decide(parts, people.reviewer, taskId, returnFacts);
    const late = inviteExpert(parts, people.reviewer, taskId, 'somebody');
    await expect(late).rejects.toEqual(codeOf('task-decided'));
    const { taskId: without } = await inSignOff(dcmmContent());
    const none = inviteExpert(parts, people.reviewer, without, 'somebody');
    await expect(none).rejects.toEqual(codeOf('not-in-this-state'));
  });

  it('that was taken back lets nobody look or score, and can be made again', async () => {
    const { applicationId, taskId, first } = await withInvited();
    const invitationId = invitationIdOf(applicationId, first.id);
    const { contentHash = '' } = await showInvitation(parts, first, invitationId);
    await revokeInvitation(parts, people.reviewer, taskId, invitationId);
    await revokeInvitation(parts, people.reviewer, taskId, invitationId);
    const after = await showInvitation(parts, first, invitationId);
    expect(after).toMatchObject({ status: 'revoked', facts: [], documents: [] });
    expect(after).not.toHaveProperty('projectName');
    const late = scoreApplication(parts, first, invitationId, { points: points(1), contentHash });
    await expect(late).rejects.toEqual(codeOf('not-in-this-state'));
    await inviteExpert(parts, people.reviewer, taskId, first.id);
    await score(first, applicationId);
    const scored = revokeInvitation(parts, people.reviewer, taskId, invitationId);
    await expect(scored).rejects.toEqual(codeOf('not-in-this-state'));
  });

  it('is seen by its expert alone, open ones first, page by page', async () => {
    const id = `busy-${newUlid()}`;
    const invited: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      const { applicationId, taskId } = await inSignOff();
      invited.push((await inviteExpert(parts, people.reviewer, taskId, id)).invitationId);
      if (count < 2) await score(expert(id), applicationId);
    }
    const pages: string[][] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await listOwnInvitations(parts, expert(id), { limit: 2, cursor });
      pages.push(page.items.map(({ invitationId, status }) => `${status} ${invitationId}`));
      cursor = page.nextCursor;
      if (cursor === undefined) break;
    }
    expect(pages.flat().map((line) => line.split(' ')[0])).toEqual([
      'open',
      'open',
      'open',
      'scored',
      'scored',
    ]);
    expect(
      pages
        .flat()
        .map((line) => line.split(' ')[1])
        .sort(),
    ).toEqual([...invited].sort());
    const foreign = showInvitation(parts, expert('another'), invited[0] ?? '');
    await expect(foreign).rejects.toEqual(codeOf('not-found'));
    expect((await listOwnInvitations(parts, expert('another'), { limit: 2 })).items).toEqual([]);
  });

  it('shows what the sample guide lists, and nothing of the enterprise', async () => {
    const { applicationId, first } = await withInvited();
    const shown = await showInvitation(parts, first, invitationIdOf(applicationId, first.id));
    expect(shown.facts.map(({ id }) => id)).toEqual(['operatingSince', 'servedEnterprises']);
    expect(shown.documents.map(({ fileName }) => fileName)).toEqual(['technical-description-1.pdf']);
    const { name, uscc } = platform().enterprise;
    expect(JSON.stringify(shown)).not.toContain(name);
    expect(JSON.stringify(shown)).not.toContain(uscc);
  });
});

describe('a score', () => {
  it('is kept with its points, its expert as a decider, and a row of the history', async () => {
    const { applicationId, taskId, first } = await withInvited();
    await score(first, applicationId, points(40, 40, 20), '技术突出');
    const { scores, deciders } = await inStatus(applicationId, 'sign-off');
    expect(scores[first.id]).toMatchObject({ total: 100, points: points(40, 40, 20), submission: 1 });
    expect(deciders).toEqual({ [first.id]: 'expert' });
    const last = (await parts.historyRows(applicationId)).at(-1);
    expect(last).toMatchObject({
      event: 'expert-scored',
      stage: 'expert',
      actor: { id: first.id, role: 'expert' },
      basisHash: scores[first.id]?.contentHash,
    });
    const { items } = await listInvitations(parts, people.reviewer, taskId);
    const found = items.find((one) => one.expert === first.id);
    expect(found).toMatchObject({
      status: 'scored',
      comment: '技术突出',
      score: { total: 100, standing: true },
    });
  });

  it('sent again changes nothing, and can be changed until the department approves', async () => {
    const { applicationId, taskId, first, second } = await withInvited();
    await score(first, applicationId, points(10));
    const before = await parts.store.require(applicationId);
    await score(first, applicationId, points(10));
    expect(await parts.store.require(applicationId)).toEqual(before);
    await score(first, applicationId, points(20));
    await score(second, applicationId, points(25));
    expect((await inStatus(applicationId, 'sign-off')).scores[first.id]?.total).toBe(60);
    const { contentHash = '' } = await showInvitation(parts, first, invitationIdOf(applicationId, first.id));
    await decide(parts, people.reviewer, taskId, approve);
    const given = { points: points(40), contentHash };
    const late = scoreApplication(parts, first, invitationIdOf(applicationId, first.id), given);
    await expect(late).rejects.toEqual(codeOf('not-in-this-state'));
  });

  it.each([
    ['a criterion left out', { technology: 10, reach: 10 }, ['points.openness']],
    ['points above the criterion', points(41, 41), ['points.technology', 'points.reach']],
    ['part of a point', points(1.5), ['points.technology']],
    ['points below none', points(-1), ['points.technology']],
    ['a criterion of its own', { ...points(1), charm: 5 }, ['points.charm']],
  ])('with %s is refused with the place', async (_, given, paths) => {
    const { applicationId, first } = await withInvited();
    const refused = score(first, applicationId, given);
    await expect(refused).rejects.toMatchObject({
      code: 'invalid-request',
      faults: paths.map((path) => ({ path, citation: `申报指南 2026.1 ${item}` })),
    });
    expect((await inStatus(applicationId, 'sign-off')).scores).toEqual({});
  });

  it('is refused of somebody who decided elsewhere, declared an interest, or belongs to the applicant', async () => {
    const { applicationId, first, second } = await withInvited();
    await declareInterest(parts, first, { organisation: publishedUscc, kind: 'business' });
    await expect(score(first, applicationId)).rejects.toEqual(codeOf('conflict-of-interest'));
    const insider = { ...second, organisation: publishedUscc };
    await expect(score(insider, applicationId)).rejects.toEqual(codeOf('forbidden'));
    // Invited before they did something else.
    const application = await inStatus(applicationId, 'sign-off');
    const elsewhere = {
      ...application,
      version: application.version + 1,
      deciders: { [second.id]: 'step-1' as const },
    };
    const note = {
      at: application.updatedAt,
      actor: { id: second.id, role: 'lead-reviewer' },
      event: 'opined',
    } as const;
    await parts.store.write(parts.store.transition(application, elsewhere, note));
    await expect(score(second, applicationId)).rejects.toEqual(codeOf('same-person'));
  });

  it('bars its expert from deciding, and the others from approving while scores are missing', async () => {
    const { applicationId, taskId, first, second } = await withInvited();
    await score(first, applicationId);
    const early = decide(parts, people.reviewer, taskId, approve);
    await expect(early).rejects.toMatchObject({
      code: 'scores-missing',
      detail: { en: '2 scores are asked for and 1 of them missing' },
    });
    await score(second, applicationId);
    const own = decide(parts, { ...people.reviewer, id: first.id }, taskId, approve);
    await expect(own).rejects.toEqual(codeOf('same-person'));
    await decide(parts, people.reviewer, taskId, approve);
    expect((await parts.store.require(applicationId)).status).toBe('deduplication');
  });

  it('is void after a correction of what it was given for, and asked for again', async () => {
    const { applicationId, taskId, first, second } = await withInvited();
    await score(first, applicationId);
    await score(second, applicationId);
    const invitationId = invitationIdOf(applicationId, first.id);
    const { contentHash: old = '' } = await showInvitation(parts, first, invitationId);
    await decide(parts, people.reviewer, taskId, returnFacts);
    const meanwhile = scoreApplication(parts, first, invitationId, { points: points(1), contentHash: old });
    await expect(meanwhile).rejects.toEqual(codeOf('not-in-this-state'));
    const again = await correct(applicationId, 40);
    const refused = decide(parts, people.reviewer, again, approve);
    await expect(refused).rejects.toEqual(codeOf('scores-missing'));
    expect(await showInvitation(parts, first, invitationId)).toMatchObject({
      status: 'open',
      score: { standing: false },
    });
    const outdated = scoreApplication(parts, first, invitationId, { points: points(1), contentHash: old });
    await expect(outdated).rejects.toEqual(codeOf('basis-changed'));
    await score(first, applicationId, points(40));
    await score(second, applicationId, points(39));
    await decide(parts, people.reviewer, again, approve);
    expect(await deduplicate(parts, { applicationId, submission: 2 })).toEqual({ outcome: 'pooled' });
    const candidates = await parts.pools.candidates('software-platforms-2026');
    expect(candidates.find((one) => one.applicationId === applicationId)?.score).toBe(7950);
  });

  it('can be given anew when an approval of another step outlived the correction', async () => {
    const { applicationId, taskId, first, second } = await withInvited();
    for (const one of [first, second]) await score(one, applicationId);
    await decide(parts, people.reviewer, taskId, returnFacts);
    await correct(applicationId, 41);
    const application = await inStatus(applicationId, 'sign-off');
    const at = application.updatedAt;
    const approval = {
      ...{ taskId, step: 2, kind: 'approve' as const, department: 'gz-sti' },
      decision: {
        ...{ outcome: 'approved' as const, amountFen: million(1), by: 'other-reviewer', at },
        basis: { submission: 1, version: 3, hash: 'a', factsHash: 'b', documentsHash: 'c' },
      },
    };
    const outlived = {
      ...application,
      version: application.version + 1,
      signOffs: { ...application.signOffs, '2.gz-sti': approval },
    };
    const note = { at, actor: { id: 'other-reviewer', role: 'lead-reviewer' }, event: 'signed-off' } as const;
    await parts.store.write(parts.store.transition(application, outlived, note));
    for (const one of [first, second]) await score(one, applicationId, points(20));
    await expect(score(first, applicationId, points(21))).rejects.toEqual(codeOf('not-in-this-state'));
  });

  it('stands after a correction of what experts do not see', async () => {
    const { applicationId, taskId, first, second } = await withInvited();
    await score(first, applicationId);
    await score(second, applicationId);
    const { requestedFen } = await inStatus(applicationId, 'sign-off').then(({ content }) => content);
    const path = 'requestedFen';
    await decide(parts, people.reviewer, taskId, {
      outcome: 'return',
      items: [{ path, reason: { zh: '请更正' } }],
    });
    const { content, version } = await inStatus(applicationId, 'returned');
    const corrected = { ...content, requestedFen: fen(requestedFen - 100) };
    await editApplication(parts, people.preparer, applicationId, {
      ifMatch: entityTag(version),
      body: corrected,
    });
    await submitApplication(parts, people.admin, applicationId, newUlid());
    await checkEligibility(parts, { applicationId });
    const invitation = await parts.invitations.get(invitationIdOf(applicationId, first.id));
    expect(invitation?.status).toBe('scored');
    await decide(parts, people.reviewer, taskIdFor(applicationId, { submission: 2 }), approve);
    expect((await parts.store.require(applicationId)).status).toBe('deduplication');
  });
});

describe('an expert who declines', () => {
  it('says why, and is not shown anything more', async () => {
    const { applicationId, taskId, first } = await withInvited();
    const invitationId = invitationIdOf(applicationId, first.id);
    await declineInvitation(parts, first, invitationId, { reason: '时间冲突' });
    await declineInvitation(parts, first, invitationId, { reason: '时间冲突' });
    expect(await showInvitation(parts, first, invitationId)).toMatchObject({ status: 'declined', facts: [] });
    const { items } = await listInvitations(parts, people.reviewer, taskId);
    expect(items.find((one) => one.expert === first.id)).toMatchObject({ reason: '时间冲突' });
    expect((await parts.people.interests(first.id)).version).toBe(0);
  });

  it('because of an interest has declared it, and takes a score back that was given', async () => {
    const { applicationId, taskId, first } = await withInvited();
    await score(first, applicationId);
    const invitationId = invitationIdOf(applicationId, first.id);
    await declineInvitation(parts, first, invitationId, { reason: '曾任顾问', interest: true });
    expect((await inStatus(applicationId, 'sign-off')).scores).toEqual({});
    expect((await parts.people.interests(first.id)).organisations[publishedUscc]).toMatchObject({
      kind: 'expert-review',
    });
    const { taskId: another } = await inSignOff();
    const again = inviteExpert(parts, people.reviewer, another, first.id);
    await expect(again).rejects.toEqual(codeOf('conflict-of-interest'));
    await expect(decide(parts, people.reviewer, taskId, approve)).rejects.toEqual(codeOf('scores-missing'));
  });
});

describe('a score at the same time as', () => {
  it('an approval counts for it or is refused: the approval never stands beside a score it did not see', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { applicationId, taskId, experts, first, second } = await withInvited(3);
      const third = experts[2] ?? first;
      await score(first, applicationId, points(10));
      await score(second, applicationId, points(20));
      const invitationId = invitationIdOf(applicationId, third.id);
      const { contentHash = '' } = await showInvitation(parts, third, invitationId);
      const given = { points: points(40), contentHash };
      const [scored, approved] = await Promise.allSettled([
        scoreApplication(parts, third, invitationId, given),
        decide(parts, people.reviewer, taskId, approve),
      ]);
      expect(approved?.status).toBe('fulfilled');
      const rows = (await parts.historyRows(applicationId)).map(({ event }) => event);
      const after = await parts.store.require(applicationId);
      if (scored?.status === 'rejected') expect(scored.reason).toMatchObject({ code: 'not-in-this-state' });
      expect('scores' in after && third.id in after.scores).toBe(scored?.status === 'fulfilled');
      expect(rows.at(-1)).toBe('signed-off');
    }
  });

  it('a return stands or is refused, and its invitation says the same', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { applicationId, taskId, first } = await withInvited();
      const [scored, returned] = await Promise.allSettled([
        score(first, applicationId),
        decide(parts, people.reviewer, taskId, returnFacts),
      ]);
      expect(returned?.status).toBe('fulfilled');
      const { scores } = await inStatus(applicationId, 'returned');
      const invitation = await parts.invitations.get(invitationIdOf(applicationId, first.id));
      const counted = scored?.status === 'fulfilled';
      expect([first.id in scores, invitation?.status]).toEqual([counted, counted ? 'scored' : 'open']);
    }
  });

  it('its revocation leaves one of the two', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { applicationId, taskId, first } = await withInvited();
      const invitationId = invitationIdOf(applicationId, first.id);
      const [scored, revoked] = await Promise.allSettled([
        score(first, applicationId),
        revokeInvitation(parts, people.reviewer, taskId, invitationId),
      ]);
      expect([scored?.status, revoked?.status].sort()).toEqual(['fulfilled', 'rejected']);
      const { scores } = await inStatus(applicationId, 'sign-off');
      expect(first.id in scores).toBe(scored?.status === 'fulfilled');
      expect((await parts.invitations.get(invitationId))?.status).toBe(
        scored?.status === 'fulfilled' ? 'scored' : 'revoked',
      );
    }
  });

  it('a declaration of interest is either before it or refused', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { applicationId, first } = await withInvited();
      const [scored] = await Promise.allSettled([
        score(first, applicationId),
        declareInterest(parts, first, { organisation: publishedUscc, kind: 'business' }),
      ]);
      if (scored?.status === 'rejected')
        expect(scored.reason).toMatchObject({ code: 'conflict-of-interest' });
      const { scores } = await inStatus(applicationId, 'sign-off');
      expect(first.id in scores).toBe(scored?.status === 'fulfilled');
    }
  });
});

describe('a ranked pool', () => {
  it('pays by the mean of the scores, the best in full while the money lasts', async () => {
    const poolId = 'software-platforms-2026';
    const waiting = (await parts.pools.candidates(poolId)).length;
    const wanted = [points(20), points(40), points(30)];
    const ids: string[] = [];
    for (const given of wanted) {
      const { applicationId, taskId, first, second } = await withInvited();
      await score(first, applicationId, given);
      await score(second, applicationId, { ...given, openness: 11 });
      await decide(parts, people.reviewer, taskId, approve);
      await deduplicate(parts, { applicationId, submission: 1 });
      ids.push(applicationId);
    }
    const candidates = await parts.pools.candidates(poolId);
    const scoreOf = new Map(candidates.map((one) => [one.applicationId, one.score]));
    expect(ids.map((id) => scoreOf.get(id))).toEqual([6050, 8050, 7050]);
    // Those of the tests before this one stand in the pool as well.
    expect(candidates).toHaveLength(waiting + ids.length);

    const operator: Actor = { id: 'round-operator', roles: ['operator'] };
    await createPool(parts, operator, poolId);
    await appropriate(parts, poolId, million(2.4));
    const { roundId } = await openRound(parts, operator, { poolId, idempotencyKey: newUlid() });
    await closeRound(parts, operator, roundId);
    await freezeCandidates(parts, roundId);
    await planAllocation(parts, roundId);
    const { lines } = await listPlanLines(parts, roundId, { limit: 100 });
    const byScore = [...candidates].sort(
      (a, b) => (b.score ?? 0) - (a.score ?? 0) || (a.submittedAt < b.submittedAt ? -1 : 1),
    );
    const shares = byScore.map(
      ({ applicationId }) => lines.find((line) => line.applicationId === applicationId)?.shareFen,
    );
    expect(shares.slice(0, 3)).toEqual([million(1.65), million(0.75), 0]);
    expect(byScore[0]?.applicationId).toBe(ids[1]);
  });
});
