import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admitObjection } from '../../../../functions/endings/admit-objection.ts';
import {
  decideObjection,
  type ProposedOutcome,
  proposeOutcome,
} from '../../../../functions/endings/decide-objection.ts';
import { readObjector } from '../../../../functions/endings/read-objector.ts';
import type { ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import { endNotice } from '../../../../functions/publicity/notice/end-notice.ts';
import type { CodeMessage } from '../../../../functions/publicity/objections/code-sender.ts';
import { requestConfirmation } from '../../../../functions/publicity/objections/confirm-contact.ts';
import type { Contact } from '../../../../functions/publicity/objections/contact.ts';
import { type Confirmed, fileObjection } from '../../../../functions/publicity/objections/file-objection.ts';
import type { ObjectionKind } from '../../../../functions/publicity/objections/objection.ts';
import {
  objectionStanding,
  objectionView,
} from '../../../../functions/publicity/objections/show-objection.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import type { Opener, Sealer } from '../../../../functions/shared/sealing.ts';
import { waitIds } from '../../../../functions/shared/wait-repository.ts';
import { awaitOutcome } from '../../../../functions/waits/await-outcome.ts';
import { noticedAward } from '../../../builders/noticed-award.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, policy, type Rooms, today } from '../../../support/rooms.ts';
import { toldSecurity } from '../../../support/told-security.ts';

const objectors: Sealer & Opener = {
  seal: async (context, value) => Buffer.from(JSON.stringify([context, value])).toString('base64'),
  open: async (_, sealed) => (JSON.parse(Buffer.from(sealed, 'base64').toString()) as unknown[])[1],
};

let database: TestDynamoDb;
let rooms: Rooms & {
  objectors: typeof objectors;
  applications: Rooms['store'];
  codes: { send(message: CodeMessage): Promise<void> };
  newCode: () => string;
};
const sent: CodeMessage[] = [];
beforeAll(async () => {
  database = await startTestDynamoDb();
  const opened = openRooms(database);
  let codes = 100_000;
  rooms = {
    ...opened,
    ...{ applications: opened.store, objectors },
    codes: { send: async (message) => void sent.push(message) },
    newCode: () => String(codes++),
  };
});
afterAll(() => database.stop());

const { dailyPerObjector, hourlyCodes } = policy.notice.objections;

let contacts = 0;
/** A phone that nobody has, each time another one. */
function freshPhone(): Contact & { readonly via: 'phone' } {
  contacts += 1;
  return { via: 'phone', address: `1380000${String(contacts).padStart(4, '0')}` };
}
let sources = 0;
function freshSource(): string {
  sources += 1;
  return `198.51.100.${sources % 256}`;
}

const noticed = (changes: Partial<ApplicationIn<'noticed'>> = {}) => {
  rooms.setClock(today);
  return noticedAward(rooms, changes);
};
const askCode = (contact: Contact, source = freshSource()) => requestConfirmation(rooms, contact, source);

/** The code that came to a contact last. */
function codeFor({ address }: Contact): string {
  const message = sent.findLast(({ contact }) => contact.address === address);
  return /\d{6}/.exec(message?.text.zh ?? '')?.[0] ?? '';
}

/** Confirmed as anybody is, by the code that came to the phone. */
async function confirmedBy(
  contact: Contact & { readonly via: 'phone' },
  source?: string,
): Promise<Confirmed> {
  const { confirmationId } = await askCode(contact, source);
  return { by: 'code', via: 'phone', confirmationId, code: codeFor(contact) };
}

interface Filing {
  readonly kind?: ObjectionKind;
  readonly grounds?: string;
  readonly phone?: string;
  readonly key?: string;
}
const fileAs = (applicationId: string, confirmed: Confirmed, filing: Filing = {}) => {
  const { kind = 'objection', grounds = '该项目的发票与另一项目重复使用。', phone = '13800000000' } = filing;
  const objector = { kind: 'person', name: '某某', identifier: '440100200001010000', phone } as const;
  const request = { applicationId, kind, objector, grounds, evidence: [], confirmed };
  return fileObjection(rooms, request, filing.key ?? newUlid());
};
const fileSignedIn = (applicationId: string, filing: Filing = {}, person = newUlid()) =>
  fileAs(applicationId, { by: 'login', person }, filing);
const end = ({ applicationId }: { applicationId: string }) =>
  endNotice(rooms, { applicationId, submission: 1 });
const ofNotice = (application: ApplicationIn<'noticed'>, afterMs: number) =>
  new Date(Date.parse(application.notice.closesAt) + afterMs);
const ground = { reason: { zh: '与本奖补无关' }, citation: '三(三)' };
const propose = (objectionId: string, outcome: ProposedOutcome, actor: Actor = people.operator) =>
  proposeOutcome(rooms, actor, objectionId, outcome);
const confirm = (objectionId: string) =>
  decideObjection(rooms, people.approver, objectionId, { outcome: 'confirm' });
const dayMs = 86_400_000;

describe('a hostile outsider', () => {
  it('has nothing taken under a hundred invented names', async () => {
    const { applicationId } = await noticed();
    const invented = Array.from({ length: 100 }, (_, index) =>
      fileAs(
        applicationId,
        { by: 'code', via: 'phone', confirmationId: newUlid(), code: '000000' },
        { phone: `1390000${String(index).padStart(4, '0')}` },
      ),
    );
    for (const { status } of await Promise.allSettled(invented)) expect(status).toBe('rejected');
    expect(await rooms.objections.heldUntil(applicationId)).toBeUndefined();
    const { Items = [] } = await rooms.client.send(new ScanCommand({ TableName: rooms.tableNames.budget }));
    expect(Items.filter(({ pk }) => String(pk).startsWith('OBJECTION#'))).toEqual([]);
  });

  it('with a hundred real phones keeps nobody else out, and an order no longer than the guide’s days', async () => {
    const application = await noticed();
    const crowd = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const phone = freshPhone();
        return { phone: phone.address, confirmed: await confirmedBy(phone) };
      }),
    );
    const all = await Promise.all(
      crowd.map(({ phone, confirmed }) => fileAs(application.applicationId, confirmed, { phone })),
    );
    expect(new Set(all.map(({ objectionId }) => objectionId)).size).toBe(100);
    const phone = freshPhone();
    const neighbour = await fileAs(application.applicationId, await confirmedBy(phone), {
      phone: phone.address,
    });
    expect(neighbour.receipt).toBeTruthy();
    // Nothing of it is in the application, which everybody else works on.
    expect((await rooms.store.require(application.applicationId)).version).toBe(application.version);
    rooms.setClock(ofNotice(application, 1000));
    expect(await end(application)).toMatchObject({ outcome: 'cleared' });
  });

  it('who comes at the last moment holds the order for the guide’s days and no longer', async () => {
    const application = await noticed();
    rooms.setClock(ofNotice(application, -1));
    await fileSignedIn(application.applicationId);
    rooms.setClock(ofNotice(application, 1000));
    const { outcome, seconds } = await end(application);
    expect(outcome).toBe('screening');
    expect(seconds * 1000).toBeLessThanOrEqual(3 * dayMs);
    rooms.setClock(new Date(rooms.clock().getTime() + seconds * 1000));
    expect(await end(application)).toMatchObject({ outcome: 'cleared' });
    await expect(fileSignedIn(application.applicationId)).rejects.toMatchObject({ code: 'deadline-passed' });
  });

  it('brings up so many a day and no more, whatever award they are against', async () => {
    const person = newUlid();
    const awards = await Promise.all(Array.from({ length: dailyPerObjector + 1 }, () => noticed()));
    for (const { applicationId } of awards.slice(0, -1)) await fileSignedIn(applicationId, {}, person);
    const last = awards.at(-1)?.applicationId ?? '';
    await expect(fileSignedIn(last, {}, person)).rejects.toMatchObject({ code: 'too-many-requests' });
    await fileSignedIn(last);
    rooms.setClock(new Date(today.getTime() + dayMs));
    await fileSignedIn(last, {}, person);
  });

  it('brings up the same grounds once, and is told so', async () => {
    const { applicationId } = await noticed();
    const person = newUlid();
    await fileSignedIn(applicationId, {}, person);
    await expect(fileSignedIn(applicationId, {}, person)).rejects.toMatchObject({ code: 'already-exists' });
    await fileSignedIn(applicationId, { grounds: '另有一处发票抬头与申报单位不符。' }, person);
  });

  it('guesses no code: five tries and it is dead, all at once or one by one, also for the right one', async () => {
    const { applicationId } = await noticed();
    const phone = freshPhone();
    const { confirmationId } = await askCode(phone);
    const right = codeFor(phone);
    const guess = (code: string) =>
      fileAs(applicationId, { by: 'code', via: 'phone', confirmationId, code }, { phone: phone.address });
    const wrong = Array.from({ length: 40 }, (_, index) => String(900_000 + index));
    for (const { status } of await Promise.allSettled(wrong.map(guess))) expect(status).toBe('rejected');
    await expect(guess(right)).rejects.toMatchObject({
      code: 'invalid-request',
      faults: [{ path: 'confirmation.code', rule: 'confirmed-contact' }],
    });
  });

  it('uses no code twice, late, for another contact or after another one was asked for by somebody else', async () => {
    const { applicationId } = await noticed();
    const [phone, other] = [freshPhone(), freshPhone()];
    const confirmed = await confirmedBy(phone);
    const refusal = { code: 'invalid-request' };
    await expect(fileAs(applicationId, confirmed, { phone: other.address })).rejects.toMatchObject(refusal);
    await fileAs(applicationId, confirmed, { phone: `+86 ${phone.address}` });
    await expect(
      fileAs(applicationId, confirmed, { phone: phone.address, grounds: '另有一处发票抬头与申报单位不符。' }),
    ).rejects.toMatchObject(refusal);
    const late = await confirmedBy(phone);
    rooms.setClock(new Date(today.getTime() + 600_000));
    await expect(fileAs(applicationId, late, { phone: phone.address })).rejects.toMatchObject(refusal);
  });

  it('sends somebody’s phone few codes an hour, and few from one address, however it is written', async () => {
    rooms.setClock(new Date(today.getTime() + 10 * dayMs));
    const victim = freshPhone();
    for (let count = 0; count < hourlyCodes.perContact; count += 1) await askCode(victim);
    for (const address of [victim.address, `0086${victim.address}`, `+86-${victim.address}`]) {
      await expect(askCode({ via: 'phone', address })).rejects.toMatchObject({ code: 'too-many-requests' });
    }
    const network = (host: number) => `2001:db8:0:7::${host.toString(16)}`;
    for (let count = 0; count < hourlyCodes.perSource; count += 1)
      await askCode(freshPhone(), network(count));
    await expect(askCode(freshPhone(), network(4711))).rejects.toMatchObject({ code: 'too-many-requests' });
    await askCode(freshPhone(), '2001:db8:0:8::1');
    const before = sent.length;
    await expect(askCode(victim)).rejects.toMatchObject({ code: 'too-many-requests' });
    expect(sent).toHaveLength(before);
  });

  it('finds no contact, code, name or receipt in what is stored', async () => {
    const { applicationId } = await noticed();
    const phone = freshPhone();
    const confirmed = await confirmedBy(phone);
    const { receipt } = await fileAs(applicationId, confirmed, { phone: phone.address });
    const { Items = [] } = await rooms.client.send(new ScanCommand({ TableName: rooms.tableNames.budget }));
    const kept = JSON.stringify(Items);
    for (const secret of [phone.address, '440100200001010000', '某某', receipt]) {
      expect(kept.includes(secret)).toBe(false);
    }
    expect(kept).not.toContain(`"${codeFor(phone)}"`);
  });

  it('learns of nothing that is not public', async () => {
    await noticed();
    for (const kind of ['objection', 'complaint', 'report'] as const) {
      await expect(fileSignedIn(newUlid(), { kind })).rejects.toMatchObject({ code: 'not-found' });
    }
  });
});

describe('a dishonest official', () => {
  const read = (objectionId: string, actor: Actor, reason = '核实异议人提供的线索') =>
    readObjector(rooms, actor, objectionId, reason);

  it('reads nobody’s name without leaving who, when and why', async () => {
    const { objectionId } = await fileSignedIn((await noticed()).applicationId);
    expect(await read(objectionId, people.operator)).toMatchObject({ name: '某某' });
    expect(await rooms.objections.history(objectionId)).toMatchObject([
      { event: 'received', actor: { id: 'objector', role: 'public' } },
      {
        ...{ event: 'identity-read', actor: { id: 'operator', role: 'operator' } },
        ...{ note: '核实异议人提供的线索', at: today.toISOString() },
      },
    ]);
  });

  it('is recorded before anything is opened, also when that fails', async () => {
    const { objectionId } = await fileSignedIn((await noticed()).applicationId);
    const failing = { ...rooms, objectors: { open: () => Promise.reject(new Error('no key')) } };
    await expect(readObjector(failing, people.operator, objectionId, '核实线索')).rejects.toThrow('no key');
    expect((await rooms.objections.history(objectionId)).at(-1)).toMatchObject({ event: 'identity-read' });
  });

  it('of the accused enterprise, with an interest in it or with a part in the application reads nothing', async () => {
    const application = await noticed({ deciders: { 'second-operator': 'step-1' } });
    const { objectionId } = await fileSignedIn(application.applicationId);
    const own: Actor = { ...people.operator, organisation: application.organisation };
    await rooms.people.write([
      rooms.people.declare('partial', application.organisation, { kind: 'kinship', at: today.toISOString() }),
    ]);
    const refusals: [Actor, string][] = [
      [own, 'conflict-of-interest'],
      [{ ...people.operator, id: 'partial' }, 'conflict-of-interest'],
      [people.secondOperator, 'same-person'],
      [{ ...people.operator, id: application.createdBy }, 'same-person'],
      [people.reviewer, 'forbidden'],
      [people.auditor, 'forbidden'],
    ];
    for (const [actor, code] of refusals) {
      await expect(read(objectionId, actor)).rejects.toMatchObject({ code });
    }
    expect(await rooms.objections.history(objectionId)).toHaveLength(1);
  });

  it('who decides never learns who reported wrongdoing, whatever else the login may do', async () => {
    const { objectionId } = await fileSignedIn((await noticed()).applicationId, { kind: 'report' });
    const both: Actor = { id: 'both', roles: ['operator', 'auditor'] };
    for (const actor of [people.operator, people.approver, both]) {
      await expect(read(objectionId, actor)).rejects.toMatchObject({ code: 'forbidden' });
    }
    const told = toldSecurity();
    expect(await read(objectionId, people.auditor)).toMatchObject({ name: '某某' });
    expect(told()).toEqual(['security.reporter-read']);
    const shown = JSON.stringify(objectionView(await rooms.objections.require(objectionId)));
    expect(shown).not.toMatch(/某某|440100200001010000|13800000000|sealed/);
  });

  it('alone ends nobody’s objection, neither on its merits nor before it is looked at', async () => {
    const application = await noticed();
    const { objectionId, receipt } = await fileSignedIn(application.applicationId);
    for (const outcome of ['dismissed', 'upheld'] as const) {
      await expect(propose(objectionId, { outcome, ...ground })).rejects.toMatchObject({
        code: 'not-in-this-state',
      });
    }
    await propose(objectionId, { outcome: 'inadmissible', ...ground });
    const both: Actor = { ...people.operator, roles: ['operator', 'budget-approver'] };
    await expect(decideObjection(rooms, both, objectionId, { outcome: 'confirm' })).rejects.toMatchObject({
      code: 'same-person',
    });
    // Proposed, and still unseen by a second person: it holds the award as before.
    rooms.setClock(ofNotice(application, -dayMs));
    expect(await rooms.objections.heldUntil(application.applicationId)).toBeDefined();
    expect(await objectionStanding(rooms, { objectionId, receipt })).toMatchObject({ status: 'screening' });
    await confirm(objectionId);
    expect(await objectionStanding(rooms, { objectionId, receipt })).toMatchObject({
      ...{ status: 'decided', outcome: 'inadmissible', reason: { zh: '与本奖补无关' } },
    });
    expect(await rooms.objections.heldUntil(application.applicationId)).toBeUndefined();
  });
});

describe('what is brought up', () => {
  it('in time, and written when the notice has just ended, is refused and missed by nobody', async () => {
    const application = await noticed();
    const { objections } = rooms;
    let ended: unknown;
    const late: Pick<typeof objections, 'transition' | 'hold' | 'write'> = {
      transition: (...step) => objections.transition(...step),
      hold: (...held) => objections.hold(...held),
      write: async (writes) => {
        rooms.setClock(ofNotice(application, 0));
        ended ??= await end(application);
        await objections.write(writes);
      },
    };
    const { applicationId } = application;
    const objector = { kind: 'person', name: '某某', identifier: 'E1234567', phone: '13800000000' } as const;
    const stated = { applicationId, objector, grounds: '公示最后一刻提出的理由。', evidence: [] };
    const request = { ...stated, kind: 'objection', confirmed: { by: 'login', person: newUlid() } } as const;
    rooms.setClock(ofNotice(application, -1));
    await expect(fileObjection({ ...rooms, objections: late }, request, newUlid())).rejects.toMatchObject({
      code: 'deadline-passed',
    });
    expect(ended).toMatchObject({ outcome: 'cleared' });
    expect(await rooms.objections.heldUntil(applicationId)).toBeUndefined();
  });

  it('and admitted holds the order until it is decided, however long', async () => {
    const application = await noticed();
    rooms.setClock(ofNotice(application, -1));
    const { objectionId } = await fileSignedIn(application.applicationId);
    rooms.setClock(ofNotice(application, 1000));
    expect(await end(application)).toMatchObject({ outcome: 'screening' });
    const [first, again] = [
      await admitObjection(rooms, people.operator, objectionId),
      await admitObjection(rooms, people.operator, objectionId),
    ];
    expect(again.version).toBe(first.version);
    rooms.setClock(ofNotice(application, 30 * dayMs));
    expect(await end(application)).toMatchObject({ outcome: 'objected' });
    await expect(propose(objectionId, { outcome: 'inadmissible', ...ground })).rejects.toMatchObject({
      code: 'not-in-this-state',
    });
    await propose(objectionId, { outcome: 'dismissed', ...ground });
    await confirm(objectionId);
    expect(await end(application)).toMatchObject({ outcome: 'cleared' });
  });

  it('and looked at wakes what waits for that, whichever comes first', async () => {
    for (const first of ['wait', 'officer'] as const) {
      const application = await noticed();
      const { applicationId } = application;
      rooms.setClock(ofNotice(application, -1));
      const { objectionId } = await fileSignedIn(applicationId);
      const wait = () =>
        awaitOutcome(rooms, { wait: 'screening', applicationId, submission: 1, token: newUlid() });
      const look = () => admitObjection(rooms, people.operator, objectionId);
      for (const act of first === 'wait' ? [wait, look] : [look, wait]) await act();
      const waitId = waitIds.screening(applicationId, 1);
      expect((await rooms.pending(applicationId)).map(({ message }) => message)).toContainEqual({
        ...{ type: 'resume', waitId, output: { outcome: 'screened' } },
      });
    }
  });

  it('by many in the same words is answered once: the others are merged, by two people', async () => {
    const application = await noticed();
    const [one, same] = [
      await fileSignedIn(application.applicationId),
      await fileSignedIn(application.applicationId),
    ];
    const elsewhere = await fileSignedIn((await noticed()).applicationId);
    const merge = (into: string) => propose(same.objectionId, { outcome: 'merged', into, ...ground });
    for (const into of [same.objectionId, elsewhere.objectionId]) {
      await expect(merge(into)).rejects.toMatchObject({
        code: 'invalid-request',
        faults: [{ path: 'into' }],
      });
    }
    await merge(one.objectionId);
    await confirm(same.objectionId);
    expect(await objectionStanding(rooms, same)).toMatchObject({ status: 'screening' });
    await admitObjection(rooms, people.operator, one.objectionId);
    await propose(one.objectionId, { outcome: 'dismissed', ...ground });
    await confirm(one.objectionId);
    expect(await objectionStanding(rooms, same)).toMatchObject({
      ...{ objectionId: same.objectionId, status: 'decided', outcome: 'dismissed' },
    });
  });

  it('as a complaint holds nothing and takes no award back; it is answered', async () => {
    const application = await noticed();
    const { objectionId } = await fileSignedIn(application.applicationId, { kind: 'complaint' });
    expect(await rooms.objections.heldUntil(application.applicationId)).toBeUndefined();
    await admitObjection(rooms, people.operator, objectionId);
    expect(await rooms.store.require(application.applicationId)).not.toHaveProperty('openObjections');
    await propose(objectionId, { outcome: 'upheld', ...ground });
    await confirm(objectionId);
    expect(await rooms.store.require(application.applicationId)).toMatchObject({ status: 'noticed' });
  });

  it('as a report holds the order like an objection, and comes after the notice as well', async () => {
    const application = await noticed();
    const { objectionId } = await fileSignedIn(application.applicationId, { kind: 'report' });
    await admitObjection(rooms, people.operator, objectionId);
    expect(await rooms.store.require(application.applicationId)).toMatchObject({
      openObjections: [objectionId],
    });
    rooms.setClock(ofNotice(application, dayMs));
    const late = await fileSignedIn(application.applicationId, { kind: 'report' });
    expect(late.receipt).toBeTruthy();
  });
});
