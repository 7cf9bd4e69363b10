import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Candidate } from '../../../../functions/money/pools/candidates.ts';
import { involvedIn } from '../../../../functions/money/pools/duty-rules.ts';
import { closeRound } from '../../../../functions/money/rounds/close-round.ts';
import { decidePlan } from '../../../../functions/money/rounds/decide-plan.ts';
import { freezeCandidates } from '../../../../functions/money/rounds/freeze-candidates.ts';
import { openRound } from '../../../../functions/money/rounds/open-round.ts';
import type { PlanDecision } from '../../../../functions/money/rounds/round-lifecycle.ts';
import { declareInterest } from '../../../../functions/people/declare-interest.ts';
import { endInterest } from '../../../../functions/people/end-interest.ts';
import { PeopleStore } from '../../../../functions/people/people-store.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import {
  approver,
  type BudgetRoom,
  candidateOf,
  openBudget,
  operator,
  pooledApplication,
} from '../../../builders/budget.ts';
import { publishedUscc } from '../../../builders/content.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';

const stranger = '914403001922038216';

let database: TestDynamoDb;
let room: BudgetRoom;
let pools = 0;
let persons = 0;

beforeAll(async () => {
  database = await startTestDynamoDb();
  room = openBudget(database);
});
afterAll(() => database?.stop());

function somebody(role: 'operator' | 'budget-approver'): Actor {
  persons += 1;
  return { id: `${role}-of-duties-${persons}`, roles: [role] };
}

/** A pool with money and two candidates. */
async function pool() {
  pools += 1;
  const poolId = `pool-${pools}`;
  await room.fund(poolId, 100_000);
  await room.enter(poolId, [10_000, 20_000]);
  return poolId;
}

/** Puts one more candidate into a pool, with whoever had a part in it. */
async function enter(poolId: string, more: Partial<Candidate>): Promise<string> {
  const applicationId = newUlid();
  const candidate = candidateOf(pooledApplication(applicationId, poolId, 10_000));
  await room.parts.pools.write([room.parts.pools.enter({ ...candidate, ...more })]);
  return applicationId;
}

const open = (actor: Actor, poolId: string) =>
  openRound(room.parts, actor, { poolId, idempotencyKey: newUlid() });
const decisions: readonly ((planHash: string) => PlanDecision)[] = [
  (planHash) => ({ outcome: 'approve', planHash }),
  (planHash) => ({ outcome: 'refuse', planHash, reason: 'not so' }),
];

describe('whoever was involved in an application', () => {
  it('is everybody who prepared, submitted, scored or decided on it, each once', () => {
    const application = pooledApplication(newUlid(), 'pool-1', 100);
    const at = application.createdAt;
    expect(
      involvedIn({
        ...application,
        createdBy: 'first-preparer',
        preparedBy: ['first-preparer', 'second-preparer'],
        deciders: { voided: 'step-1', recommender: 'step-1', approver: 'step-2' },
        scores: { expert: { points: {}, total: 1, at, submission: 1, contentHash: 'x' } },
      }),
    ).toEqual(['admin', 'approver', 'expert', 'first-preparer', 'recommender', 'second-preparer', 'voided']);
  });

  it.each(['preparer', 'admin', 'reviewer'])('decides on no plan with it: %s', async (id) => {
    const roundId = await room.close(await pool());
    const { plan } = await room.plan(roundId);
    for (const decision of decisions) {
      await expect(
        decidePlan(room.parts, { ...approver, id }, roundId, decision(plan.hash)),
      ).rejects.toMatchObject({ code: 'same-person' });
    }
    expect(await room.parts.rounds.require(roundId)).toMatchObject({ status: 'planned' });
  });

  it('decides on no plan with it even if it gets nothing, as one of hundreds', async () => {
    pools += 1;
    const poolId = `pool-${pools}`;
    await room.fund(poolId, 0);
    await room.enter(
      poolId,
      Array.from({ length: 300 }, () => 10_000),
    );
    await enter(poolId, { deciders: ['involved-in-the-last'] });
    const roundId = await room.close(poolId);
    const { plan } = await room.plan(roundId);
    const decide = (id: string) =>
      decidePlan(room.parts, { ...approver, id }, roundId, { outcome: 'approve', planHash: plan.hash });
    await expect(decide('involved-in-the-last')).rejects.toMatchObject({ code: 'same-person' });
    await expect(decide('involved-in-none')).resolves.toMatchObject({ status: 'approved' });
  });

  it('opens and closes no round with it', async () => {
    const poolId = await pool();
    const reviewer: Actor = { id: 'reviewer', roles: ['lead-reviewer', 'operator'] };
    await expect(open(reviewer, poolId)).rejects.toMatchObject({ code: 'same-person' });
    const { roundId } = await open(operator, poolId);
    await expect(closeRound(room.parts, reviewer, roundId)).rejects.toMatchObject({ code: 'same-person' });
    await expect(closeRound(room.parts, operator, roundId)).resolves.toMatchObject({ status: 'frozen' });
  });

  it('lets nobody close a round that they opened before it came in', async () => {
    const poolId = await pool();
    const opener = somebody('operator');
    const { roundId } = await open(opener, poolId);
    await enter(poolId, { deciders: [opener.id] });
    await expect(closeRound(room.parts, operator, roundId)).rejects.toMatchObject({ code: 'same-person' });
    const { roundId: another } = await open(operator, poolId);
    await expect(closeRound(room.parts, operator, another)).resolves.toMatchObject({ status: 'frozen' });
  });

  it.each(['opened', 'closed'] as const)(
    'fails a round that they %s when it comes in after the closing',
    async (part) => {
      const poolId = await pool();
      const [opener, closer] = [somebody('operator'), somebody('operator')];
      const { roundId } = await open(opener, poolId);
      await closeRound(room.parts, closer, roundId);
      await enter(poolId, { deciders: [part === 'opened' ? opener.id : closer.id] });
      await expect(freezeCandidates(room.parts, roundId)).rejects.toMatchObject({ code: 'same-person' });
      expect(await room.parts.rounds.lines(roundId)).toEqual([]);
    },
  );

  it('includes the approver of its award, for the stages to come', async () => {
    pools += 1;
    await room.fund(`pool-${pools}`, 100_000);
    const [id = ''] = await room.enter(`pool-${pools}`, [10_000]);
    await room.play(await room.close(`pool-${pools}`));
    expect(await room.parts.applications.require(id)).toMatchObject({
      deciders: { reviewer: 'step-1', [approver.id]: 'allocation' },
    });
  });
});

describe('whoever has an interest in an organisation', () => {
  const declare = (actor: Actor, organisation: string) =>
    declareInterest(room.parts, actor, { organisation, kind: 'holding' });

  it('decides on no plan with a candidate of it, until an operator has ended the interest', async () => {
    const roundId = await room.close(await pool());
    const { plan } = await room.plan(roundId);
    const person = somebody('budget-approver');
    await declare(person, stranger);
    await declare(person, publishedUscc);
    for (const decision of decisions) {
      await expect(decidePlan(room.parts, person, roundId, decision(plan.hash))).rejects.toMatchObject({
        code: 'conflict-of-interest',
      });
    }
    const ending = { personId: person.id, organisation: publishedUscc, reason: 'shares were sold' };
    await endInterest(room.parts, operator, ending);
    await expect(
      decidePlan(room.parts, person, roundId, { outcome: 'approve', planHash: plan.hash }),
    ).resolves.toMatchObject({ status: 'approved' });
  });

  it('decides on no plan with a candidate of the organisation that the token names', async () => {
    const roundId = await room.close(await pool());
    const { plan } = await room.plan(roundId);
    const person = { ...somebody('budget-approver'), organisation: publishedUscc };
    await expect(
      decidePlan(room.parts, person, roundId, { outcome: 'approve', planHash: plan.hash }),
    ).rejects.toMatchObject({ code: 'conflict-of-interest' });
  });

  it('opens and closes no round with a candidate of it', async () => {
    const poolId = await pool();
    const person = somebody('operator');
    await declare(person, publishedUscc);
    await expect(open(person, poolId)).rejects.toMatchObject({ code: 'conflict-of-interest' });
    const { roundId } = await open(operator, poolId);
    await expect(closeRound(room.parts, person, roundId)).rejects.toMatchObject({
      code: 'conflict-of-interest',
    });
  });

  it('neither of an organisation that a candidate continues', async () => {
    const poolId = await pool();
    await enter(poolId, { predecessors: [stranger] });
    const roundId = await room.close(poolId);
    const { plan } = await room.plan(roundId);
    const interested = somebody('budget-approver');
    await declare(interested, stranger);
    const insider = { ...somebody('budget-approver'), organisation: stranger };
    for (const person of [interested, insider]) {
      await expect(
        decidePlan(room.parts, person, roundId, { outcome: 'approve', planHash: plan.hash }),
      ).rejects.toMatchObject({ code: 'conflict-of-interest' });
    }
  });

  it('may decide where others alone are candidates', async () => {
    const roundId = await room.close(await pool());
    const { plan } = await room.plan(roundId);
    const person = somebody('budget-approver');
    await declare(person, stranger);
    await expect(
      decidePlan(room.parts, person, roundId, { outcome: 'approve', planHash: plan.hash }),
    ).resolves.toMatchObject({ status: 'approved' });
  });

  it('declares it before the decision and is refused, or after it and it stands', async () => {
    for (let attempt = 0; attempt < 8; attempt += 1) {
      const roundId = await room.close(await pool());
      const { plan } = await room.plan(roundId);
      const person = somebody('budget-approver');
      const decide = () =>
        decidePlan(room.parts, person, roundId, { outcome: 'approve', planHash: plan.hash });
      const [decided] = await Promise.allSettled([decide(), declare(person, publishedUscc)]);
      const { status } = await room.parts.rounds.require(roundId);
      expect(status).toBe(decided.status === 'fulfilled' ? 'approved' : 'planned');
      if (decided.status === 'rejected') {
        expect(decided.reason).toMatchObject({ code: 'conflict-of-interest' });
      }
    }
  });

  it('is found out when the interest comes between the look and the decision', async () => {
    const roundId = await room.close(await pool());
    const { plan } = await room.plan(roundId);
    const person = somebody('budget-approver');
    // Lets the declaration in just after the interests were read.
    class Late extends PeopleStore {
      override async interests(id: string) {
        const read = await super.interests(id);
        await declare(person, publishedUscc);
        return read;
      }
    }
    const late = new Late(room.tables.people);
    await expect(
      decidePlan({ ...room.parts, people: late }, person, roundId, {
        outcome: 'approve',
        planHash: plan.hash,
      }),
    ).rejects.toMatchObject({ code: 'conflict-of-interest' });
    expect(await room.parts.rounds.require(roundId)).toMatchObject({ status: 'planned' });
  });
});

describe('the people of a candidate', () => {
  it('are part of what a plan is approved for: without one of them nobody decides', async () => {
    const roundId = await room.close(await pool());
    const { plan } = await room.plan(roundId);
    const [line] = await room.parts.rounds.lines(roundId);
    if (!line) throw new Error('the round has no line');
    const deciders = line.deciders.filter((person) => person !== 'reviewer');
    await room.parts.rounds.write([room.parts.rounds.line({ ...line, deciders })]);
    await expect(
      decidePlan(room.parts, { ...approver, id: 'reviewer' }, roundId, {
        outcome: 'approve',
        planHash: plan.hash,
      }),
    ).rejects.toThrow('the frozen list was altered');
  });
});
