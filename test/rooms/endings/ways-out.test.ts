import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adjudicate } from '../../../functions/endings/adjudicate.ts';
import { admitObjection } from '../../../functions/endings/admit-objection.ts';
import { decideObjection, proposeOutcome } from '../../../functions/endings/decide-objection.ts';
import { withdrawApplication } from '../../../functions/endings/withdraw-application.ts';
import type { Application, ApplicationIn } from '../../../functions/filing/applications/application.ts';
import { type Status, transitions } from '../../../functions/filing/applications/lifecycle.ts';
import type { Suspicion } from '../../../functions/filing/applications/suspicion.ts';
import { fileObjection } from '../../../functions/publicity/objections/file-objection.ts';
import { newUlid } from '../../../functions/shared/ids.ts';
import { fen } from '../../../functions/shared/money.ts';
import type { Sealer } from '../../../functions/shared/sealing.ts';
import { applications, budget, registry } from '../../../functions/shared/tables.ts';
import { candidateOf, pooledApplication } from '../../builders/budget.ts';
import { openTask } from '../../builders/sign-off-task.ts';
import { signedOffApplication, submittedApplication } from '../../builders/signed-off-application.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { openRooms, people, type Rooms, today } from '../../support/rooms.ts';

/** What an application can hold of others' things. */
const holdings = [
  'sign-off task',
  'case',
  'claim',
  'place in the pool',
  'committed money',
  'execution',
] as const;
type Holding = (typeof holdings)[number];

/** Statuses in which a course has ended. A payment that came back is made again, and a lapse can be undone. */
const ends: readonly Status[] = [
  ...([
    'ineligible',
    'refused',
    'lapsed',
    'duplicate',
    'recognised',
    'cancelled',
    'withdrawn',
    'closed',
  ] as const),
];

/**
 * Every way out: from which status into which, and what is let go of on it. What no list names was not held. Where it
 * says `own course`, the review comes to its end by itself: its execution goes on and ends, and the place that says so
 * ends what is left.
 */
const waysOut: Readonly<Record<string, readonly Holding[] | 'own course'>> = {
  'draft → withdrawn': [],
  'submitted → ineligible': 'own course',
  'submitted → withdrawn': ['execution'],
  'sign-off → refused': 'own course',
  'sign-off → withdrawn': ['sign-off task', 'execution'],
  'returned → lapsed': 'own course',
  'returned → withdrawn': ['execution'],
  'deduplication → duplicate': 'own course',
  'deduplication → recognised': 'own course',
  'deduplication → withdrawn': ['execution'],
  'adjudication → withdrawn': ['case', 'execution'],
  'pooled → duplicate': ['case', 'claim', 'place in the pool', 'execution'],
  'pooled → withdrawn': ['case', 'claim', 'place in the pool', 'execution'],
  'allocated → duplicate': ['case', 'claim', 'committed money', 'execution'],
  'allocated → withdrawn': ['case', 'claim', 'committed money', 'execution'],
  'noticed → duplicate': ['case', 'claim', 'committed money', 'execution'],
  'noticed → withdrawn': ['case', 'claim', 'committed money', 'execution'],
  'noticed → cancelled': ['case', 'claim', 'committed money', 'execution'],
  'ordered → closed': 'own course',
};

let database: TestDynamoDb;
let rooms: Rooms & { objectors: Sealer; applications: Rooms['store'] };
beforeAll(async () => {
  database = await startTestDynamoDb();
  const opened = openRooms(database);
  rooms = { ...opened, applications: opened.store, objectors: { seal: async () => 'sealed' } };
});
afterAll(() => database.stop());

const at = today.toISOString();
const awardFen = 40_000_000;
const poolId = 'software-2026';
let poolVersion = 0;

const suspicion: Suspicion = {
  id: 'pair',
  rule: 's3',
  counterpart: {
    ...{ kind: 'award', level: 'municipal', scheme: 'other', awardId: 'a', uscc: '91440101731566630A' },
    ...{ name: 'n', projectName: 'p', year: 2025, amountFen: fen(1) },
  },
  why: [],
};

/** An application in a status, with all that it can hold there, and everything of it in the tables. */
async function holding(status: Status): Promise<Application> {
  const applicationId = newUlid();
  const signOff = openTask({ applicationId });
  const waiting = openTask({ applicationId, kind: 'adjudicate', department: 'adjudicators' });
  const heldCase = { taskId: waiting.taskId, suspicions: [suspicion], at };
  const submitted = submittedApplication(undefined, { applicationId });
  const signedOff = signedOffApplication(undefined, { applicationId });
  const assigned: ApplicationIn<'sign-off'> = {
    ...signedOff,
    status: 'sign-off',
    signOffs: {
      '1.gz-miit': { taskId: signOff.taskId, step: 1, kind: 'approve', department: 'gz-miit' },
    },
  };
  const claims = [`MATTER#${applicationId}`];
  const pooled: ApplicationIn<'pooled'> = {
    ...pooledApplication(applicationId, poolId, awardFen),
    claims,
    hold: heldCase,
  };
  const award = { fen: fen(awardFen), roundId: newUlid(), at };
  const notice = { opensAt: at, closesAt: new Date(today.getTime() + 86_400_000).toISOString() };
  const states: Partial<Record<Status, Application>> = {
    draft: draftOf(submitted),
    submitted,
    'sign-off': assigned,
    returned: { ...assigned, status: 'returned', signOffs: {} },
    deduplication: signedOff,
    adjudication: { ...signedOff, status: 'adjudication', adjudication: heldCase },
    pooled,
    allocated: { ...pooled, status: 'allocated', award },
    noticed: { ...pooled, status: 'noticed', award, notice },
  };
  const state = states[status];
  if (!state) throw new Error(`nothing is held in ${status}`);
  const { application } = applications.entities;
  const { pool } = budget.entities;
  await rooms.tables.applications.write(
    rooms.tables.applications.put(application.key({ applicationId }), { state }),
  );
  if (status === 'sign-off') await rooms.store.write([rooms.tasks.open(signOff)]);
  if ('hold' in state || 'adjudication' in state) await rooms.store.write([rooms.tasks.open(waiting)]);
  if ('claims' in state) {
    const place = `MATTER#${applicationId}`;
    await rooms.store.write([rooms.claims.take(place, state, () => new Error('taken'))]);
  }
  if ('pool' in state) {
    poolVersion += 1000;
    await rooms.tables.budget.write(
      rooms.tables.budget.put(pool.key({ poolId }), {
        ...{ poolId, fund: 'f', fiscalYear: 2026, topic: 't', title: { zh: '池', en: 'P' } },
        ...{
          appropriatedFen: 100_000_000,
          reservedFen: 0,
          committedFen: 'award' in state ? awardFen : 0,
          paidFen: 0,
        },
        // Entries of a version are written once: each pool begins where none was.
        ...{
          version: poolVersion,
          ledgerHash: 'h',
          createdAt: at,
          createdBy: { id: 'operator', role: 'operator' },
        },
      }),
    );
  }
  if (state.status === 'pooled') await rooms.store.write([rooms.pools.enter(candidateOf(state))]);
  return state;
}

function draftOf(submitted: ApplicationIn<'submitted'>): ApplicationIn<'draft'> {
  const {
    applicationId,
    organisation,
    guide,
    version,
    createdAt,
    createdBy,
    preparedBy,
    updatedAt,
    content,
  } = submitted;
  return {
    ...{ status: 'draft', applicationId, organisation, guide, version, createdAt, createdBy, preparedBy },
    ...{ updatedAt, content },
  };
}

/** What an application holds, as the tables have it. */
async function heldBy({ applicationId }: Application): Promise<Holding[]> {
  const { claim } = registry.entities;
  const { candidate } = budget.entities;
  const tasks = await Promise.all(
    (['gz-miit', 'adjudicators'] as const).map((department) =>
      rooms.tasks.get(openTask({ applicationId, department }).taskId),
    ),
  );
  const [signOff, waiting] = tasks.map((task) => task?.status === 'open');
  const claimed = await rooms.tables.registry.get(claim.key({ place: `MATTER#${applicationId}` }));
  const waits = await rooms.tables.budget.get(candidate.key({ poolId, applicationId }));
  const { committedFen } = (await rooms.pools.get(poolId)) ?? { committedFen: 0 };
  const messages = await rooms.pending(applicationId);
  const is: Readonly<Record<Holding, boolean>> = {
    'sign-off task': signOff ?? false,
    case: waiting ?? false,
    claim: claimed !== undefined,
    'place in the pool': waits !== undefined,
    'committed money': committedFen > 0,
    execution: !messages.some(({ message }) => message.type === 'stop-review'),
  };
  return holdings.filter((one) => is[one]);
}

/** Goes a way out as people do. */
async function leave(application: Application, end: string): Promise<void> {
  const { applicationId } = application;
  if (end === 'withdrawn') {
    await withdrawApplication(rooms, people.admin, applicationId, undefined);
  } else if (end === 'duplicate') {
    const { taskId } = openTask({ applicationId, department: 'adjudicators' });
    const verdicts = [{ id: suspicion.id, verdict: 'duplicate' as const }];
    await adjudicate(rooms, people.adjudicator, taskId, { verdicts, reason: { zh: '同一事项' } });
  } else {
    const objector = {
      kind: 'person',
      name: '某某',
      identifier: '440100200001010000',
      phone: '020-00000000',
    } as const;
    const request = { applicationId, objector, grounds: '该项目的发票与另一项目重复使用。', evidence: [] };
    const { objectionId } = await fileObjection(
      rooms,
      { ...request, kind: 'objection', confirmed: { by: 'login', person: newUlid() } },
      newUlid(),
    );
    await admitObjection(rooms, people.operator, objectionId);
    const proposal = { outcome: 'upheld', reason: { zh: '经核实属实' }, citation: '三(三)' } as const;
    await proposeOutcome(rooms, people.operator, objectionId, proposal);
    await decideObjection(rooms, people.approver, objectionId, { outcome: 'confirm' });
  }
}

const ways = Object.entries(transitions).flatMap(([from, next]) =>
  (next as readonly Status[])
    .filter((to) => to !== from && ends.includes(to))
    .map((to) => ({ from: from as Status, to, way: `${from} → ${to}` })),
);

describe('every way out of the course of an application', () => {
  it('is listed with what is let go of on it', () => {
    expect(Object.keys(waysOut).sort()).toEqual(ways.map(({ way }) => way).sort());
  });

  it.each(ways.filter(({ way }) => waysOut[way] !== 'own course'))(
    '$way lets go of what was held, all of it at once',
    async ({ from, to, way }) => {
      const released = waysOut[way];
      if (released === undefined || released === 'own course') throw new Error('it has none to look at');
      const application = await holding(from);
      const before = await heldBy(application);
      await leave(application, to);
      const after = await heldBy(application);
      expect((await rooms.store.require(application.applicationId)).status).toBe(to);
      expect(before.filter((one) => !after.includes(one))).toEqual(released);
      // A draft has no execution that could be stopped.
      expect(after).toEqual(from === 'draft' ? ['execution'] : []);
    },
  );
});
