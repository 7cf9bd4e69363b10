import { GetCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admitObjection } from '../../../../functions/endings/admit-objection.ts';
import {
  decideObjection,
  type ProposedOutcome,
  proposeOutcome,
} from '../../../../functions/endings/decide-objection.ts';
import { withdrawApplication } from '../../../../functions/endings/withdraw-application.ts';
import type { ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import { endNotice } from '../../../../functions/publicity/notice/end-notice.ts';
import { EvidenceInspections } from '../../../../functions/publicity/objections/evidence-inspections.ts';
import { fileObjection } from '../../../../functions/publicity/objections/file-objection.ts';
import {
  listObjections,
  objectionStanding,
  objectionView,
  showObjection,
} from '../../../../functions/publicity/objections/show-objection.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import { fen } from '../../../../functions/shared/money.ts';
import type { Opener, Sealer } from '../../../../functions/shared/sealing.ts';
import { budget } from '../../../../functions/shared/tables.ts';
import { waitIds } from '../../../../functions/shared/wait-repository.ts';
import { pooledApplication } from '../../../builders/budget.ts';
import { contentOf } from '../../../builders/guide.ts';
import { openTask } from '../../../builders/sign-off-task.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { recordListing } from '../../../support/listing.ts';
import { openRooms, people, type Rooms, today } from '../../../support/rooms.ts';
import { applicationKey } from '../../../support/tables.ts';

/** Stands in for the key: enough to see that nothing stands in clear, and what it is bound to. */
const objectors: Sealer & Opener = {
  seal: async (context, value) => Buffer.from(JSON.stringify([context, value])).toString('base64'),
  open: async (context, ciphertext) => {
    const [sealedFor, value] = JSON.parse(Buffer.from(ciphertext, 'base64').toString()) as [unknown, unknown];
    if (JSON.stringify(sealedFor) !== JSON.stringify(context)) throw new Error('sealed for something else');
    return value;
  },
};

let database: TestDynamoDb;
let rooms: Rooms & { objectors: typeof objectors; applications: Rooms['store'] };
beforeAll(async () => {
  database = await startTestDynamoDb();
  const opened = openRooms(database);
  rooms = { ...opened, applications: opened.store, objectors };
});
afterAll(() => database.stop());

const awardFen = 40_000_000;
let poolVersion = 0;
const closesAt = new Date(today.getTime() + 7 * 86_400_000);
const afterwards = new Date(closesAt.getTime() + 1000);

/** An application under notice whose award its pool has committed. */
async function noticed(changes: Partial<ApplicationIn<'noticed'>> = {}): Promise<ApplicationIn<'noticed'>> {
  rooms.setClock(today);
  const at = today.toISOString();
  const { applicationId = newUlid() } = changes;
  const pool = 'software-2026';
  const application: ApplicationIn<'noticed'> = {
    ...pooledApplication(applicationId, pool, awardFen),
    status: 'noticed',
    award: { fen: fen(awardFen), roundId: newUlid(), at },
    notice: { opensAt: at, closesAt: closesAt.toISOString() },
    claims: [`MATTER#${applicationId}`],
    ...changes,
  };
  const put = (TableName: string, Item: Record<string, unknown>) =>
    rooms.client.send(new PutCommand({ TableName, Item }));
  await put(rooms.tableNames.applications, { ...applicationKey(applicationId), state: application });
  await put(rooms.tableNames.registry, { pk: `MATTER#${applicationId}`, sk: 'CLAIM', applicationId });
  poolVersion += 1000;
  await put(rooms.tableNames.budget, {
    ...budget.entities.pool.key({ poolId: pool }),
    ...{ poolId: pool, fund: 'f', fiscalYear: 2026, topic: 't', title: { zh: '池', en: 'P' } },
    ...{ appropriatedFen: 100_000_000, reservedFen: 0, committedFen: awardFen, paidFen: 0 },
    // Entries of a version are written once: each pool begins where none was.
    ...{
      version: poolVersion,
      ledgerHash: 'h',
      createdAt: at,
      createdBy: { id: 'operator', role: 'operator' },
    },
  });
  return application;
}

const objector = {
  kind: 'person',
  name: '某某',
  identifier: '440100200001010000',
  phone: '020-00000000',
} as const;
/** Somebody new brings it up, who is signed in, unless it is said who. */
const file = (
  applicationId: string,
  key = newUlid(),
  changes: Partial<Parameters<typeof fileObjection>[1]> = {},
) =>
  fileObjection(
    rooms,
    {
      ...{
        applicationId,
        kind: 'objection',
        objector,
        grounds: '该项目的发票与另一项目重复使用。',
        evidence: [],
      },
      confirmed: { by: 'login', person: newUlid() },
      ...changes,
    },
    key,
  );
const admit = (objectionId: string, actor: Actor = people.operator) =>
  admitObjection(rooms, actor, objectionId);
/** The same, admitted. */
const admitted = async (applicationId: string) => {
  const filed = await file(applicationId);
  await admit(filed.objectionId);
  return filed;
};
const stated = { reason: { zh: '经核实属实' }, citation: '三(三)' };
const propose = (objectionId: string, outcome: ProposedOutcome, actor: Actor = people.operator) =>
  proposeOutcome(rooms, actor, objectionId, outcome);
const confirm = (objectionId: string, actor: Actor = people.approver) =>
  decideObjection(rooms, actor, objectionId, { outcome: 'confirm' });
const stored = ({ applicationId }: { applicationId: string }) => rooms.store.require(applicationId);
const pool = () => rooms.pools.require('software-2026');
const end = ({ applicationId }: { applicationId: string }) =>
  endNotice(rooms, { applicationId, submission: 1 });

describe('an objection', () => {
  it('holds the order of its award alone, and says until when it will be decided', async () => {
    const [application, other] = [await noticed(), await noticed()];
    const filed = await file(application.applicationId);
    await admit(filed.objectionId);
    expect(filed).toMatchObject({ receivedAt: today.toISOString(), dueAt: '2026-12-07T16:00:00.000Z' });
    expect(await stored(application)).toMatchObject({ openObjections: [filed.objectionId] });
    rooms.setClock(afterwards);
    expect(await end(application)).toMatchObject({ outcome: 'objected' });
    expect(await end(other)).toMatchObject({ outcome: 'cleared' });
  });

  it('keeps who objects out of everything that is stored and listed', async () => {
    const { objectionId } = await file((await noticed()).applicationId);
    const { Item } = await rooms.client.send(
      new GetCommand({
        TableName: rooms.tableNames.budget,
        Key: { pk: `OBJECTION#${objectionId}`, sk: 'STATE' },
      }),
    );
    const listed = await listObjections(rooms, { limit: 100 });
    expect(listed.items.map((item) => item.objectionId)).toContain(objectionId);
    for (const text of [Item, listed, objectionView(await rooms.objections.require(objectionId))]) {
      expect(JSON.stringify(text)).not.toMatch(/某某|440100200001010000|020-00000000/);
    }
    const files = async () => {
      throw new Error('no evidence');
    };
    const inspections = new EvidenceInspections(rooms.tables.budget);
    expect(await showObjection({ ...rooms, files, inspections }, objectionId)).not.toHaveProperty('objector');
  });

  it('keeps neither the receipt nor the key that gives it again', async () => {
    const key = `key-${newUlid()}`;
    const { applicationId } = await noticed();
    const confirmed = { by: 'login', person: 'somebody' } as const;
    const { receipt } = await file(applicationId, key, { confirmed });
    const { Items = [] } = await rooms.client.send(new ScanCommand({ TableName: rooms.tableNames.budget }));
    const kept = JSON.stringify(Items);
    expect(kept).toContain(applicationId);
    expect([kept.includes(receipt), kept.includes(key)]).toEqual([false, false]);
    expect((await file(applicationId, key, { confirmed })).receipt).toBe(receipt);
  });

  it('sent again under its key is one objection', async () => {
    const { applicationId } = await noticed();
    const confirmed = { by: 'login', person: 'one' } as const;
    const [first, second] = await Promise.all([
      file(applicationId, 'key', { confirmed }),
      file(applicationId, 'key', { confirmed }),
    ]);
    expect(second).toEqual(first);
    expect(await rooms.objections.heldUntil(applicationId)).toBeDefined();
    await expect(
      file(applicationId, 'key', { confirmed, grounds: '另一个理由另一个理由' }),
    ).rejects.toMatchObject({ code: 'idempotency-key-reused' });
  });

  it('is taken until the notice ends, and against nothing that is not public', async () => {
    const application = await noticed();
    rooms.setClock(closesAt);
    await expect(file(application.applicationId)).rejects.toMatchObject({ code: 'deadline-passed' });
    rooms.setClock(new Date(closesAt.getTime() - 1));
    expect((await file(application.applicationId)).objectionId).toBeTruthy();
    await expect(file(newUlid())).rejects.toMatchObject({ code: 'not-found' });
    const pooled = pooledApplication(newUlid(), 'software-2026', 1000);
    const Item = { ...applicationKey(pooled.applicationId), state: pooled };
    await rooms.client.send(new PutCommand({ TableName: rooms.tableNames.applications, Item }));
    await expect(file(pooled.applicationId)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('at the moment that the notice ends either holds the order or is too late', async () => {
    for (let round = 0; round < 10; round += 1) {
      const application = await noticed();
      rooms.setClock(new Date(closesAt.getTime() - 1));
      const filing = file(application.applicationId);
      rooms.setClock(closesAt);
      const [filed, ended] = await Promise.allSettled([filing, end(application)]);
      const after = (await stored(application)) as ApplicationIn<'noticed'>;
      if (ended.status === 'rejected') throw ended.reason;
      // Filed in time and cleared all the same would be an order over an objection that nobody has looked at.
      expect(ended.value.outcome).toBe(filed.status === 'fulfilled' ? 'screening' : 'cleared');
      expect(after.notice.clearedAt !== undefined).toBe(filed.status === 'rejected');
    }
  });
});

describe('a decision on it', () => {
  it('that dismisses lets the notice end, by a second person', async () => {
    const application = await noticed();
    const { objectionId, receipt } = await admitted(application.applicationId);
    await propose(objectionId, { outcome: 'dismissed', ...stated });
    const both = { ...people.operator, roles: ['operator', 'budget-approver'] } as const;
    await expect(decideObjection(rooms, both, objectionId, { outcome: 'confirm' })).rejects.toMatchObject({
      code: 'same-person',
    });
    expect(await objectionStanding(rooms, { objectionId, receipt })).toMatchObject({ status: 'received' });
    await confirm(objectionId);
    expect(await stored(application)).toMatchObject({
      openObjections: [],
      award: { fen: awardFen },
      deciders: { operator: 'objection', approver: 'objection' },
    });
    const messages = (await rooms.pending(application.applicationId)).map(({ message }) => message);
    const waitId = waitIds.screening(application.applicationId, 1);
    expect(messages).toContainEqual({ type: 'resume', waitId, output: { outcome: 'screened' } });
    expect(messages.filter((message) => !('waitId' in message) || message.waitId !== waitId)).toEqual([
      {
        type: 'resume',
        waitId: waitIds.objections(application.applicationId, 1),
        output: { outcome: 'decided' },
      },
    ]);
    rooms.setClock(afterwards);
    expect(await end(application)).toMatchObject({ outcome: 'cleared' });
    expect(await objectionStanding(rooms, { objectionId, receipt })).toMatchObject({
      status: 'decided',
      outcome: 'dismissed',
      reason: { zh: '经核实属实' },
    });
    await expect(objectionStanding(rooms, { objectionId, receipt: 'guess' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('is proposed by a clause or a place of the guide, and by no other text', async () => {
    const { objectionId } = await admitted((await noticed()).applicationId);
    const other = { ...stated, outcome: 'upheld' as const, citation: '群众反映' };
    await expect(propose(objectionId, other)).rejects.toMatchObject({
      code: 'invalid-request',
      faults: [{ path: 'citation', rule: 'known-citation' }],
    });
  });

  it('that upholds takes the award back, and its money and its claim', async () => {
    const application = await noticed();
    const { objectionId } = await admitted(application.applicationId);
    await propose(objectionId, { outcome: 'upheld', ...stated });
    await confirm(objectionId);
    expect(await stored(application)).toMatchObject({
      status: 'cancelled',
      reasons: [{ code: 'objection-upheld', citation: '三(三)' }],
      reconsideration: { department: 'gz-miit', askBefore: '2026-11-27T16:00:00.000Z' },
    });
    expect(await pool()).toMatchObject({ committedFen: 0, appropriatedFen: 100_000_000 });
    const Key = { pk: `MATTER#${application.applicationId}`, sk: 'CLAIM' };
    const claim = await rooms.client.send(new GetCommand({ TableName: rooms.tableNames.registry, Key }));
    expect(claim.Item).toBeUndefined();
    expect((await rooms.pending(application.applicationId)).map(({ message }) => message.type)).toContain(
      'stop-review',
    );
    expect(await end(application)).toMatchObject({ outcome: 'cancelled' });
  });

  it('that upholds closes the duplicate case that held the award', async () => {
    const applicationId = newUlid();
    const task = openTask({ applicationId, kind: 'adjudicate', department: 'adjudication' });
    await rooms.store.write([rooms.tasks.open(task)]);
    const counterpart = {
      kind: 'award' as const,
      level: 'municipal' as const,
      ...{ scheme: 'other', awardId: 'a', uscc: task.organisation, name: 'n', projectName: 'p' },
      ...{ year: 2025, amountFen: fen(1) },
    };
    const suspicion = { id: 'pair', rule: 's1' as const, counterpart, why: [] };
    await noticed({
      applicationId,
      hold: { taskId: task.taskId, suspicions: [suspicion], at: today.toISOString() },
    });
    const { objectionId } = await admitted(applicationId);
    await propose(objectionId, { outcome: 'upheld', ...stated });
    await confirm(objectionId);
    expect(await rooms.tasks.get(task.taskId)).toMatchObject({ status: 'closed' });
  });

  it('is the same people’s for every objection to an award', async () => {
    const application = await noticed();
    const filed = [await admitted(application.applicationId), await admitted(application.applicationId)];
    for (const { objectionId } of filed) {
      await propose(objectionId, { outcome: 'dismissed', ...stated });
      await confirm(objectionId);
    }
    expect(await stored(application)).toMatchObject({ openObjections: [] });
  });

  it('that changes lowers the award to the fen, and never raises it', async () => {
    const application = await noticed();
    const { objectionId } = await admitted(application.applicationId);
    for (const amountFen of [fen(awardFen), fen(awardFen + 1), fen(0)]) {
      await expect(propose(objectionId, { outcome: 'changed', amountFen, ...stated })).rejects.toMatchObject({
        code: 'amount-too-high',
      });
    }
    await propose(objectionId, { outcome: 'changed', amountFen: fen(12_345_678), ...stated });
    await confirm(objectionId);
    expect(await stored(application)).toMatchObject({ status: 'noticed', award: { fen: 12_345_678 } });
    expect(await pool()).toMatchObject({ committedFen: 12_345_678 });
  });

  it('is returned with a reason, and proposed anew', async () => {
    const { objectionId } = await admitted((await noticed()).applicationId);
    await propose(objectionId, { outcome: 'upheld', ...stated });
    const back = await decideObjection(rooms, people.approver, objectionId, {
      outcome: 'return',
      reason: '证据不足',
    });
    expect(objectionView(back)).toMatchObject({ status: 'received', returned: [{ reason: '证据不足' }] });
    await propose(objectionId, { outcome: 'dismissed', ...stated });
    await confirm(objectionId);
    await expect(confirm(objectionId)).rejects.toMatchObject({ code: 'not-in-this-state' });
    await expect(propose(objectionId, { outcome: 'upheld', ...stated })).rejects.toMatchObject({
      code: 'not-in-this-state',
    });
  });

  it('by two at once takes effect once', async () => {
    const application = await noticed();
    const { objectionId } = await admitted(application.applicationId);
    await propose(objectionId, { outcome: 'changed', amountFen: fen(10_000_000), ...stated });
    const decided = await Promise.allSettled([
      confirm(objectionId),
      confirm(objectionId, { ...people.approver, id: 'second-approver' }),
    ]);
    expect(decided.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await pool()).toMatchObject({ committedFen: 10_000_000 });
  });

  it('is nobody’s who decided on the application before or has an interest in the enterprise', async () => {
    const application = await noticed({ deciders: { operator: 'step-1' } });
    const { objectionId } = await file(application.applicationId);
    await expect(admit(objectionId)).rejects.toMatchObject({ code: 'same-person' });
    await admit(objectionId, people.secondOperator);
    await expect(propose(objectionId, { outcome: 'dismissed', ...stated })).rejects.toMatchObject({
      code: 'same-person',
    });
    await propose(objectionId, { outcome: 'dismissed', ...stated }, people.secondOperator);
    const biased = { ...people.approver, organisation: application.organisation };
    await expect(decideObjection(rooms, biased, objectionId, { outcome: 'confirm' })).rejects.toMatchObject({
      code: 'conflict-of-interest',
    });
  });

  it('is not made of a proposal whose author decided in another stage meanwhile', async () => {
    const application = await noticed();
    const { objectionId } = await admitted(application.applicationId);
    await propose(objectionId, { outcome: 'dismissed', ...stated });
    const before = await stored(application);
    if (before.status !== 'noticed') throw new Error(`it is ${before.status}`);
    const after = { ...before, version: before.version + 1, deciders: { operator: 'adjudication' as const } };
    const note = {
      at: before.updatedAt,
      actor: { id: 'operator', role: 'adjudicator' },
      event: 'adjudicated',
    } as const;
    await rooms.store.write(rooms.store.transition(before, after, note));
    await expect(confirm(objectionId)).rejects.toMatchObject({ code: 'same-person' });
    await decideObjection(rooms, people.approver, objectionId, { outcome: 'return', reason: '改由他人办理' });
    await propose(objectionId, { outcome: 'dismissed', ...stated }, people.secondOperator);
    await confirm(objectionId);
  });

  it('against a withdrawal at the same time gives the money back once', async () => {
    for (let round = 0; round < 8; round += 1) {
      const application = await noticed();
      const { objectionId } = await admitted(application.applicationId);
      await propose(objectionId, { outcome: 'upheld', ...stated });
      const admin = { ...people.admin, organisation: application.organisation };
      await Promise.allSettled([
        confirm(objectionId),
        withdrawApplication(rooms, admin, application.applicationId, undefined),
      ]);
      expect(['cancelled', 'withdrawn']).toContain((await stored(application)).status);
      expect(await pool()).toMatchObject({ committedFen: 0 });
    }
  });

  it('on an award that was withdrawn can only dismiss', async () => {
    const application = await noticed();
    const { objectionId } = await admitted(application.applicationId);
    const admin = { ...people.admin, organisation: application.organisation };
    await withdrawApplication(rooms, admin, application.applicationId, undefined);
    await expect(propose(objectionId, { outcome: 'upheld', ...stated })).rejects.toMatchObject({
      code: 'not-in-this-state',
    });
    await propose(objectionId, { outcome: 'dismissed', ...stated });
    await confirm(objectionId);
    expect((await stored(application)).status).toBe('withdrawn');
  });
});

describe('credit that was lost during the notice', () => {
  /** An item whose conditions ask for credit, of an enterprise of its own. */
  async function dependent() {
    const application = await noticed();
    const uscc = `91440106${application.applicationId.slice(-10).replaceAll(/[IOSVZ]/g, '0')}`;
    const content = contentOf('core-tech-a');
    const changed = {
      ...application,
      organisation: uscc,
      content: { ...content, enterprise: { ...content.enterprise, uscc } },
    };
    const Item = { ...applicationKey(application.applicationId), state: changed };
    await rooms.client.send(new PutCommand({ TableName: rooms.tableNames.applications, Item }));
    return changed;
  }
  const list = (uscc: string, listed: boolean) =>
    recordListing(rooms, { uscc, listed, since: '2026-11-20', source: '信用广州' });

  it('is brought up by the system and decided by people, once', async () => {
    const application = await dependent();
    await list(application.organisation, true);
    rooms.setClock(afterwards);
    expect(await end(application)).toMatchObject({ outcome: 'objected' });
    expect(await end(application)).toMatchObject({ outcome: 'objected' });
    const { openObjections = [] } = (await stored(application)) as ApplicationIn<'noticed'>;
    expect(openObjections).toHaveLength(1);
    const objection = await rooms.objections.require(openObjections[0] ?? '');
    expect(objectionView(objection)).toMatchObject({
      exOfficio: true,
      grounds: { zh: expect.stringContaining('列入严重失信主体名单') },
    });
    await propose(objection.objectionId, { outcome: 'dismissed', ...stated });
    await confirm(objection.objectionId);
    expect(await end(application)).toMatchObject({ outcome: 'cleared' });
  });

  it('is nothing where the enterprise is off the list again', async () => {
    const application = await dependent();
    await list(application.organisation, true);
    await list(application.organisation, false);
    rooms.setClock(afterwards);
    expect(await end(application)).toMatchObject({ outcome: 'cleared' });
  });
});
