import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { ApplicationIn } from '../../functions/filing/applications/application.ts';
import { ApplicationStore } from '../../functions/filing/applications/application-store.ts';
import { CreditList } from '../../functions/filing/credit/credit-list.ts';
import { decideEntry } from '../../functions/money/entries/decide-entry.ts';
import { ProposalStore } from '../../functions/money/entries/proposal-store.ts';
import { proposeEntry } from '../../functions/money/entries/propose-entry.ts';
import type { Candidate } from '../../functions/money/pools/candidates.ts';
import { createPool } from '../../functions/money/pools/create-pool.ts';
import { involvedIn } from '../../functions/money/pools/duty-rules.ts';
import { ledgerFaults } from '../../functions/money/pools/ledger-calculation.ts';
import { PoolStore } from '../../functions/money/pools/pool-store.ts';
import { closeRound } from '../../functions/money/rounds/close-round.ts';
import { commitBatch } from '../../functions/money/rounds/commit-batch.ts';
import { decidePlan } from '../../functions/money/rounds/decide-plan.ts';
import { finishRound } from '../../functions/money/rounds/finish-round.ts';
import { freezeCandidates } from '../../functions/money/rounds/freeze-candidates.ts';
import { openRound } from '../../functions/money/rounds/open-round.ts';
import { planAllocation } from '../../functions/money/rounds/plan-allocation.ts';
import { reserveFunds } from '../../functions/money/rounds/reserve-funds.ts';
import { type Batch, batchesOf, type RoundIn } from '../../functions/money/rounds/round.ts';
import { RoundStore } from '../../functions/money/rounds/round-store.ts';
import { SimulationStore } from '../../functions/money/rounds/simulation-store.ts';
import { PeopleStore } from '../../functions/people/people-store.ts';
import type { AllocationRule } from '../../functions/policy/guides/guide-schema.ts';
import { guidesInMemory, PolicyBook } from '../../functions/policy/guides/policy-book.ts';
import type { Actor } from '../../functions/shared/actor.ts';
import { DomainError, TransientError } from '../../functions/shared/errors.ts';
import { IdempotencyRecords } from '../../functions/shared/idempotency.ts';
import { newUlid } from '../../functions/shared/ids.ts';
import { placeOf } from '../../functions/shared/keys.ts';
import { fen } from '../../functions/shared/money.ts';
import { Outbox, type OutboxMessage } from '../../functions/shared/outbox.ts';
import { registry } from '../../functions/shared/tables.ts';
import { WaitRepository } from '../../functions/shared/wait-repository.ts';
import { compilePolicy } from '../../policy/compile.ts';
import type { TestDynamoDb } from '../support/dynamodb.ts';
import { applicationKey, tablesOn } from '../support/tables.ts';
import { dcmmContent } from './content.ts';

/** Who enters, and who confirms. */
export const operator: Actor = { id: 'operator-1', roles: ['operator'] };
export const approver: Actor = { id: 'approver-1', roles: ['budget-approver'] };

const now = new Date('2026-11-23T02:00:00.000Z');

/** An application that was signed off and waits in its pool. */
export function pooledApplication(
  applicationId: string,
  pool: string,
  ceilingFen: number,
): ApplicationIn<'pooled'> {
  const at = now.toISOString();
  const content = dcmmContent();
  return {
    status: 'pooled',
    applicationId,
    organisation: content.enterprise.uscc,
    guide: '2026.1',
    version: 5,
    createdAt: at,
    createdBy: 'preparer',
    preparedBy: ['preparer'],
    updatedAt: at,
    content,
    submission: { number: 1, firstAt: at, at, by: 'admin', documents: [], contentHash: 'f'.repeat(64) },
    eligibility: { outcome: 'met', conditions: [], guide: '2026.1', inputHash: 'hash', at },
    deciders: { reviewer: 'step-1' },
    corrections: [],
    scores: {},
    signOffAttempt: 1,
    step: 1,
    signOffs: {},
    signedOffFen: fen(ceilingFen),
    ceiling: { fen: fen(ceilingFen), limits: [], unitFen: 100 },
    matterKey: placeOf(registry, 'matter', { matter: `dcmm#${applicationId}` }),
    claims: [],
    pool,
  };
}

/** What stands in the pool for an application. */
export function candidateOf(application: ApplicationIn<'pooled'>): Candidate {
  return {
    applicationId: application.applicationId,
    poolId: application.pool,
    organisation: application.organisation,
    organisationName: application.content.enterprise.name,
    item: application.content.item,
    ceilingFen: application.ceiling.fen,
    submittedAt: application.submission.at,
    contentHash: application.submission.contentHash,
    deciders: involvedIn(application),
  };
}

/** A guide of pools `pool-1` … `pool-500` under one allocation rule. */
export function policyOfPools(rule: Partial<AllocationRule> = {}): PolicyBook {
  const compiled = compilePolicy();
  const [guide] = compiled.guides;
  const [pool] = guide?.pools ?? [];
  if (!guide || !pool) throw new Error('the sample guide has no pool');
  const pools = Array.from({ length: 500 }, (_, index) => ({
    ...pool,
    id: `pool-${index + 1}`,
    allocation: { ...pool.allocation, ...rule },
  }));
  return new PolicyBook(compiled, guidesInMemory([{ ...guide, pools, accountCoolingOff: { seconds: 0 } }]));
}

/** Runs a task again on transient errors, as the state machine does. */
export async function retried<R>(task: () => Promise<R>): Promise<R> {
  return again(task, (error) => error instanceof TransientError);
}

/** Sends a request again when others came between, as its client does. */
async function repeated<R>(send: () => Promise<R>): Promise<R> {
  return again(send, (error) => error instanceof DomainError && error.code === 'concurrent-change');
}

async function again<R>(run: () => Promise<R>, worthIt: (error: unknown) => boolean): Promise<R> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (!worthIt(error) || attempt === 50) throw error;
    }
  }
}

/** Puts money into a pool: one person enters it, another confirms it. */
export async function appropriate(
  parts: Parameters<typeof proposeEntry>[0] & Parameters<typeof decideEntry>[0],
  poolId: string,
  amountFen: number,
): Promise<void> {
  const change = { kind: 'appropriation', amountFen: fen(amountFen) } as const;
  const request = { poolId, idempotencyKey: newUlid(), change, cause: 'budget' };
  const { entryId } = await proposeEntry(parts, operator, request);
  await decideEntry(parts, approver, { poolId, entryId }, { outcome: 'confirm' });
}

/** The budget room on a test database. */
export function openBudget(database: TestDynamoDb, rule: Partial<AllocationRule> = {}) {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(database.clientConfig), {
    marshallOptions: { removeUndefinedValues: true },
  });
  const tables = tablesOn(client, database.tableNames);
  const clock = () => now;
  const parts = {
    applications: new ApplicationStore(tables.applications),
    pools: new PoolStore(tables.budget),
    rounds: new RoundStore(tables.budget),
    simulations: new SimulationStore(tables.budget),
    proposals: new ProposalStore(tables.budget),
    people: new PeopleStore(tables.people),
    records: new IdempotencyRecords(tables.budget),
    waits: new WaitRepository(tables.workflow, clock),
    outbox: new Outbox(tables.workflow, clock, newUlid),
    policy: policyOfPools(rule),
    credit: new CreditList(tables.registry),
    clock,
    newId: newUlid,
  };

  const withdrawOnce = async (applicationId: string): Promise<void> => {
    const application = await parts.applications.require(applicationId);
    if (application.status !== 'pooled' && application.status !== 'allocated') return;
    const {
      status,
      version,
      pool: poolId,
      organisation,
      guide,
      createdAt,
      createdBy,
      preparedBy,
      content,
    } = application;
    const at = clock().toISOString();
    const withdrawn = {
      ...{ applicationId, organisation, guide, createdAt, createdBy, preparedBy, content },
      status: 'withdrawn',
      version: version + 1,
      updatedAt: at,
      withdrawnFrom: status,
    } as const;
    const note = { at, actor: { id: 'admin', role: 'organisation-admin' }, event: 'withdrawn' } as const;
    const { actor } = note;
    const letGo =
      application.status === 'pooled'
        ? [parts.pools.leave({ poolId, applicationId })]
        : await parts.pools.release({
            ...{ poolId, applicationId, amountFen: application.award.fen, actor, at, cause: 'withdrawn' },
            key: `withdrawal#${applicationId}`,
          });
    await parts.applications.write([
      ...parts.applications.transition(application, withdrawn, note),
      ...letGo,
    ]);
  };

  const room = {
    parts,
    client,
    tables,
    tableNames: database.tableNames,

    /** Opens a pool with money in it. */
    async fund(poolId: string, amountFen: number): Promise<void> {
      await createPool(parts, operator, poolId);
      if (amountFen > 0) await room.appropriate(poolId, amountFen);
    },

    async appropriate(poolId: string, amountFen: number): Promise<void> {
      await repeated(() => appropriate(parts, poolId, amountFen));
    },

    /** Puts applications with the given ceilings into a pool; their ids rise in that order. */
    async enter(poolId: string, ceilingsFen: readonly number[]): Promise<string[]> {
      const ids = ceilingsFen.map(() => newUlid()).sort();
      for (let start = 0; start < ids.length; start += 30) {
        const chunk = ids.slice(start, start + 30).flatMap((id, index) => {
          const application = pooledApplication(id, poolId, ceilingsFen[start + index] ?? 0);
          return [
            tables.applications.put(applicationKey(id), { state: application }),
            parts.pools.enter(candidateOf(application)),
          ];
        });
        await parts.pools.write(chunk);
      }
      return ids;
    },

    /** Takes an application out as its withdrawal does: candidate or award go back in the same transaction. */
    async withdraw(applicationId: string): Promise<void> {
      await repeated(() => withdrawOnce(applicationId));
    },

    /** Opens and closes a round. */
    async close(poolId: string): Promise<string> {
      const { roundId } = await openRound(parts, operator, { poolId, idempotencyKey: newUlid() });
      await closeRound(parts, operator, roundId);
      return roundId;
    },

    /** Freezes and plans a closed round. */
    async plan(roundId: string): Promise<RoundIn<'planned'>> {
      await retried(() => freezeCandidates(parts, roundId));
      await retried(() => planAllocation(parts, roundId));
      const round = await parts.rounds.require(roundId);
      if (round.status !== 'planned') throw new Error(`the round is ${round.status}`);
      return round;
    },

    /** Approves the plan that stands. */
    async approve(roundId: string): Promise<void> {
      const round = await parts.rounds.require(roundId);
      if (round.status !== 'planned') throw new Error(`the round is ${round.status}`);
      await decidePlan(parts, approver, roundId, { outcome: 'approve', planHash: round.plan.hash });
    },

    /** Refuses the plan that stands. */
    async refuse(roundId: string): Promise<void> {
      const round = await parts.rounds.require(roundId);
      if (round.status !== 'planned') throw new Error(`the round is ${round.status}`);
      const planHash = round.plan.hash;
      await decidePlan(parts, approver, roundId, { outcome: 'refuse', planHash, reason: 'not so' });
    },

    /** A batch of a plan, by its number. */
    async batch(roundId: string, number: number): Promise<Batch> {
      const found = batchesOf(roundId, await parts.rounds.lines(roundId))[number];
      if (!found) throw new RangeError(`no batch ${number}`);
      return found;
    },

    /** Commits a batch, by its number. */
    async commit(roundId: string, number: number) {
      return commitBatch(parts, await room.batch(roundId, number));
    },

    /** Reserves for an approved plan, commits it and publishes, unless the money is gone. */
    async finish(roundId: string): Promise<'reserved' | 'insufficient'> {
      const reservation = await retried(() => reserveFunds(parts, roundId));
      if (reservation.outcome === 'insufficient') return 'insufficient';
      for (const batch of reservation.batches) await retried(() => commitBatch(parts, batch));
      await retried(() => finishRound(parts, roundId));
      return 'reserved';
    },

    /** Plays a closed round to its end, in the order of the state machine, with an approver who always agrees. */
    async play(roundId: string): Promise<void> {
      for (;;) {
        await room.plan(roundId);
        await room.approve(roundId);
        if ((await room.finish(roundId)) === 'insufficient') continue;
        return;
      }
    },

    /** What applications were awarded, in fen; undefined for those that hold no award. */
    async awards(ids: readonly string[]): Promise<(number | undefined)[]> {
      const found = await Promise.all(ids.map((id) => parts.applications.require(id)));
      return found.map((application) =>
        application.status === 'allocated' ? application.award.fen : undefined,
      );
    },

    /** A pool's balances as `[appropriated, reserved, committed]`. */
    async balances(poolId: string): Promise<[number, number, number]> {
      const pool = await parts.pools.require(poolId);
      return [pool.appropriatedFen, pool.reservedFen, pool.committedFen];
    },

    /** What is wrong with a pool's books, beside its ledger: awards that do not add up, money above the appropriation. */
    async faults(poolId: string, ids: readonly string[]): Promise<string[]> {
      const pool = await parts.pools.require(poolId);
      const faults = ledgerFaults(pool, await parts.pools.entries(poolId));
      const awarded = (await room.awards(ids)).reduce<number>((sum, award) => sum + (award ?? 0), 0);
      if (awarded !== pool.committedFen) faults.push(`awards are ${awarded}, committed ${pool.committedFen}`);
      if (pool.reservedFen + pool.committedFen > pool.appropriatedFen) faults.push('overdrawn');
      const waiting = (await parts.pools.candidates(poolId)).map((candidate) => candidate.applicationId);
      const found = await Promise.all(ids.map((id) => parts.applications.require(id)));
      for (const { applicationId, status } of found) {
        if ((status === 'pooled') !== waiting.includes(applicationId)) {
          faults.push(
            `${applicationId} is ${status} and ${waiting.includes(applicationId) ? 'a' : 'no'} candidate`,
          );
        }
      }
      return faults;
    },

    /** Outbox messages that speak of an id. */
    async messages(id: string): Promise<OutboxMessage[]> {
      const { Items = [] } = await client.send(
        new ScanCommand({ TableName: database.tableNames.workflow, ConsistentRead: true }),
      );
      const messages = Items.filter((item) => item['message'] !== undefined).map(
        (item) => item['message'] as OutboxMessage,
      );
      return messages.filter((message) => JSON.stringify(message).includes(id));
    },
  };
  return room;
}

export type BudgetRoom = ReturnType<typeof openBudget>;
