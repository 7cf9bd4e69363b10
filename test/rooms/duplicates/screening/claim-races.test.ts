import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  type PutCommand,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckStore } from '../../../../functions/duplicates/screening/check-store.ts';
import { deduplicate } from '../../../../functions/duplicates/screening/deduplicate.ts';
import { TraceStore } from '../../../../functions/duplicates/screening/trace-store.ts';
import { VerdictStore } from '../../../../functions/duplicates/screening/verdict-store.ts';
import { withdrawApplication } from '../../../../functions/endings/withdraw-application.ts';
import type { Application } from '../../../../functions/filing/applications/application.ts';
import { ApplicationStore } from '../../../../functions/filing/applications/application-store.ts';
import { ClaimStore } from '../../../../functions/filing/applications/claim-store.ts';
import { PoolStore } from '../../../../functions/money/pools/pool-store.ts';
import { AwardRegistry } from '../../../../functions/registry/awards/award-registry.ts';
import { SignOffTaskStore } from '../../../../functions/review/tasks/task-store.ts';
import { DomainError } from '../../../../functions/shared/errors.ts';
import { Outbox } from '../../../../functions/shared/outbox.ts';
import { catalogue } from '../../../../functions/shared/tables.ts';
import { dcmmContent } from '../../../builders/content.ts';
import { signedOffApplication } from '../../../builders/signed-off-application.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { Interleaving } from '../../../support/interleaving.ts';
import { replacePauses } from '../../../support/pauses.ts';
import { compiled, people, policy, today } from '../../../support/rooms.ts';
import { applicationKey, tablesOn } from '../../../support/tables.ts';
import { cancelled, type Item, TablesInMemory } from '../../../support/tables-in-memory.ts';

const tables = { applications: 'Applications', registry: 'Registry', budget: 'Budget', workflow: 'Workflow' };
const pool = 'software-2026';

/** Answers a command of the document client, and reads items for the test itself. */
interface Backend {
  send(command: unknown): object | Promise<object>;
}

/** What came of one interleaving. */
interface Course {
  /** Every request in its turn, and what went wrong with it. */
  readonly steps: string[];
  readonly statuses: string[];
  readonly faults: string[];
}

const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'cn-north-1' }));

/** What may go wrong with a request; each interleaving has some, and none after those. */
const mishaps = ['request lost', 'response lost', 'conflict'] as const;
const mishapsAtMost = 4;

/**
 * Two applications for one matter (or with one certificate for two) come to the duplicate check at once; a check may be
 * run twice, as a queue may deliver twice, and an applicant may withdraw one of them meanwhile. Requests and answers get
 * lost; the check is then tried again, as the state machine does it.
 */
async function play(seed: number, backend: Backend): Promise<Course> {
  const turns = new Interleaving(seed);
  const course: Course = { steps: [], statuses: [], faults: [] };
  const uscc = `91440101${String(seed).padStart(10, '0')}`;
  const levels = turns.below(3) === 0 ? [3, 4] : [3, 3];
  const rivals = levels.map((level, index) => {
    const base = dcmmContent();
    return signedOffApplication(
      dcmmContent({
        enterprise: { ...base.enterprise, uscc },
        facts: { ...base.facts, level, certificateNumber: `DCMM-${seed}` },
      }),
      { applicationId: `01ARZ3NDEKTSV4RRFF${String(seed).padStart(7, '0')}${index}` },
    );
  });
  const look = async (TableName: string, Key: { readonly pk: string; readonly sk: string }) =>
    ((await backend.send(new GetCommand({ TableName, Key, ConsistentRead: true }))) as { Item?: Item }).Item;
  const stateOf = async (id: string) =>
    (await look(tables.applications, applicationKey(id)))?.['state'] as Application;
  for (const state of rivals) {
    const Item = JSON.parse(JSON.stringify({ ...applicationKey(state.applicationId), state })) as Item;
    await backend.send(
      new TransactWriteCommand({ TransactItems: [{ Put: { TableName: tables.applications, Item } }] }),
    );
  }

  let left = mishapsAtMost;
  const answer = async (command: object): Promise<object> => {
    const mishap = left > 0 ? mishaps[turns.below(24)] : undefined;
    const isTransaction = command instanceof TransactWriteCommand;
    const happens = mishap !== undefined && (mishap !== 'conflict' || isTransaction);
    course.steps.push(`${command.constructor.name}${happens ? `: ${mishap}` : ''}`);
    if (!happens) return backend.send(command);
    left -= 1;
    if (mishap === 'conflict') {
      const count = command instanceof TransactWriteCommand ? (command.input.TransactItems?.length ?? 0) : 0;
      throw cancelled(Array.from({ length: count }, () => ({ Code: 'TransactionConflict' })));
    }
    if (mishap === 'response lost') await backend.send(command);
    throw Object.assign(new Error(mishap), { name: 'TimeoutError' });
  };
  // One function in the place of all overloads: what is answered depends on what is asked.
  client.send = ((command: object) => turns.turn(() => answer(command))) as typeof client.send;

  const on = tablesOn(client, tables);
  const applications = new ApplicationStore(on.applications);
  const clock = () => today;
  let messages = 0;
  const parts = {
    applications,
    store: applications,
    tasks: new SignOffTaskStore(on.applications),
    registry: new AwardRegistry(on.registry),
    traces: new TraceStore(on.registry),
    verdicts: new VerdictStore(on.registry),
    checks: new CheckStore(on.applications),
    names: { thresholds: compiled.matching.names, compare: () => undefined },
    outbox: new Outbox(on.workflow, clock, () => `${seed}-${++messages}`),
    claims: new ClaimStore(on.registry),
    pools: new PoolStore(on.budget),
    ...{ policy, clock },
  };
  const check = (applicationId: string) => async () => {
    await untilAnswered(() => deduplicate(parts, { applicationId, submission: 1 }));
  };
  const withdraw = (applicationId: string) => async () => {
    const admin = { ...people.admin, organisation: uscc };
    await untilAnswered(() => withdrawApplication(parts, admin, applicationId, undefined));
  };
  const [first, second] = rivals.map(({ applicationId }) => applicationId);
  if (!first || !second) throw new Error('two were made');
  const withdrawn = [undefined, undefined, first, second][turns.below(4)];
  const twice = [undefined, first, second][turns.below(3)];
  // Whoever pauses before it tries again waits for a turn: the order is the seed's.
  const putBack = replacePauses(() => turns.turn(() => {}));
  try {
    await turns.run([
      check(first),
      check(second),
      ...(twice ? [check(twice)] : []),
      ...(withdrawn ? [withdraw(withdrawn)] : []),
    ]);
  } finally {
    putBack();
  }

  const states = await Promise.all([stateOf(first), stateOf(second)]);
  course.statuses.push(...states.map(({ status }) => status));
  const pooled = states.filter(({ status }) => status === 'pooled');
  const others = states.filter(({ status }) => status !== 'pooled');
  if (pooled.length > 1) course.faults.push('both are pooled');
  if (!withdrawn && (pooled.length !== 1 || others[0]?.status !== 'duplicate')) {
    course.faults.push('one is pooled and the other a duplicate');
  }
  for (const { applicationId, status } of others) {
    const may = applicationId === withdrawn ? ['withdrawn', 'duplicate'] : ['duplicate'];
    if (!may.includes(status)) course.faults.push(`${status} is not ${may}`);
  }
  const keys = [
    ...new Set(levels.map((level) => `MATTER#dcmm:${uscc}:${level}`)),
    `EVIDENCE#certificate:DCMM${seed}:${uscc}`,
  ];
  const claims = await Promise.all(
    keys.map(
      async (key) =>
        [
          key,
          (await look(tables.registry, catalogue.registry.entities.claim.key({ place: key })))?.[
            'applicationId'
          ],
        ] as const,
    ),
  );
  const [winner] = pooled;
  const due = winner && 'claims' in winner ? winner.claims : [];
  for (const [key, holder] of claims) {
    const isDue = due.includes(key) ? winner?.applicationId : undefined;
    if (holder !== isDue) course.faults.push(`${key} is held by ${holder}, not ${isDue}`);
  }
  const { candidate } = catalogue.budget.entities;
  for (const { applicationId, status } of states) {
    const isCandidate = await look(tables.budget, { ...candidate.key({ poolId: pool, applicationId }) });
    if ((status === 'pooled') !== (isCandidate !== undefined))
      course.faults.push(`${status} and in the pool`);
    const { Items = [] } = (await backend.send(
      new QueryCommand({
        TableName: tables.applications,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': applicationKey(applicationId).pk, ':prefix': 'HISTORY#' },
      }),
    )) as { Items?: Item[] };
    const events = Items.map((item) => (item['row'] as { event: string }).event);
    if (new Set(events).size < events.length) course.faults.push(`happened twice: ${events}`);
  }
  return course;
}

/** Tries again what was lost, as the state machine or a person does; refusals are answers. */
async function untilAnswered(run: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await run();
      return;
    } catch (error) {
      if (error instanceof DomainError && error.code !== 'concurrent-change') return;
      if (attempt === 10) throw error;
    }
  }
}

describe('two applications for one matter at once', () => {
  it('leave exactly one claim, in each of a thousand interleavings', async () => {
    const courses: Course[] = [];
    for (let seed = 1; seed <= 1000; seed += 1) {
      const course = await play(seed, new TablesInMemory());
      expect(course.faults, `play(${seed}, …) replays it: ${course.steps.join(', ')}`).toEqual([]);
      courses.push(course);
    }
    // Each of the two wins and loses, some withdraw, and everything that may go wrong has gone wrong.
    const ends = new Set(courses.map(({ statuses }) => statuses.join()));
    for (const end of ['pooled,duplicate', 'duplicate,pooled', 'withdrawn,pooled', 'withdrawn,duplicate']) {
      expect(ends).toContain(end);
    }
    const steps = courses.flatMap(({ steps }) => steps).join();
    for (const mishap of mishaps) expect(steps).toContain(mishap);
    expect(new Set(courses.map(({ steps }) => steps.join())).size).toBeGreaterThan(900);
    // Some seconds of work; a machine that does other things as well takes longer.
  }, 300_000);

  it('take the same course again from the same seed', async () => {
    const [one, again] = [await play(77, new TablesInMemory()), await play(77, new TablesInMemory())];
    expect(again).toEqual(one);
  });
});

describe('tables in memory', () => {
  let database: TestDynamoDb;
  let real: DynamoDBDocumentClient;
  beforeAll(async () => {
    database = await startTestDynamoDb('');
    real = DynamoDBDocumentClient.from(new DynamoDBClient(database.clientConfig), {
      marshallOptions: { removeUndefinedValues: true },
    });
  });
  afterAll(() => database?.stop());

  it('answer as a database does', async () => {
    const backend: Backend = { send: (command) => real.send(command as PutCommand) };
    for (let seed = 1; seed <= 10; seed += 1) {
      const [here, there] = [await play(seed, new TablesInMemory()), await play(seed, backend)];
      expect(there, `seed ${seed}`).toEqual(here);
    }
  });
});
