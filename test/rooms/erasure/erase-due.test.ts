import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { placesOf } from '../../../functions/duplicates/screening/trace.ts';
import { withdrawApplication } from '../../../functions/endings/withdraw-application.ts';
import { ApplicationRows } from '../../../functions/erasure/application-rows.ts';
import { eraseDue } from '../../../functions/erasure/erase-due.ts';
import { isPending, kindOfDue } from '../../../functions/erasure/erasure-decision.ts';
import { ErasureStore } from '../../../functions/erasure/erasure-store.ts';
import type { Application } from '../../../functions/filing/applications/application.ts';
import { createApplication, editApplication } from '../../../functions/filing/applications/edit-draft.ts';
import { statuses } from '../../../functions/filing/applications/lifecycle.ts';
import { deleteDraft } from '../../../functions/filing/documents/delete-draft.ts';
import { submitApplication } from '../../../functions/filing/submission/submit-application.ts';
import { newUlid } from '../../../functions/shared/ids.ts';
import { dcmmContent } from '../../builders/content.ts';
import { submittedApplication } from '../../builders/signed-off-application.ts';
import { decide, storedObjection } from '../../builders/stored-objection.ts';
import { dayMs, type ErasureRooms, startErasure } from '../../support/erasure.ts';
import { compiled, people, today } from '../../support/rooms.ts';

let all: ErasureRooms;
beforeAll(async () => {
  all = await startErasure();
});
afterAll(() => all.stop());
beforeEach(() => all.rooms.setClock(today));

const { admin, preparer } = people;
const secret = '不应留下的项目名称';
const days = compiled.retention.kinds;

async function draft() {
  const { rooms } = all;
  const { applicationId } = await createApplication(rooms, preparer, dcmmContent({ projectName: secret }));
  await rooms.acceptMaterials(applicationId, 'dcmm');
  return applicationId;
}

/** An application that was submitted, has left its traces and was withdrawn. */
async function withdrawn() {
  const { rooms } = all;
  const applicationId = await draft();
  const submitted = await submitApplication(rooms, admin, applicationId, newUlid());
  if (submitted.status !== 'submitted') throw new Error(submitted.status);
  const { organisation, content } = submitted;
  const matter = { matterKey: 'm', earlierKeys: [], usccs: [organisation], evidence: [], numbers: [] };
  await rooms.traces.leave(placesOf(submitted, matter), {
    ...{ applicationId, organisation, organisationName: content.enterprise.name, item: 'dcmm' },
    ...{ projectName: 'p', matterKey: 'm', predecessors: [], evidence: [] },
  });
  await withdrawApplication(rooms, admin, applicationId, undefined);
  return applicationId;
}

describe('a draft that nobody went on with', () => {
  it('is erased once its time is over and not before; its place is free, and the audit finds nothing', async () => {
    const { rooms, parts, later } = all;
    const applicationId = await draft();
    later(days.drafts.period.days);
    await eraseDue(parts);
    expect(await rooms.store.get(applicationId)).toMatchObject({ status: 'draft' });
    later(days.drafts.period.days + 1);
    const { finished, tally } = await eraseDue(parts);
    expect([finished, tally.drafts]).toEqual([true, { erased: 1 }]);
    expect(await rooms.store.get(applicationId)).toMatchObject({ status: 'deleted' });
    expect((await rooms.historyRows(applicationId)).at(-1)).toMatchObject({
      ...{ event: 'erased', note: '2026.1', actor: { id: 'system' }, from: 'draft', to: 'deleted' },
    });
    const rows = await all.everything();
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(rows.find(({ sk }) => sk === 'DRAFTS')).not.toHaveProperty('drafts');
    expect(await rooms.documents.list(applicationId)).toEqual([]);
    expect(await all.recordsOf(applicationId)).toMatchObject([{ kind: 'drafts', rule: '2026.1' }]);
    expect(await all.breaks()).toEqual([]);
  });

  it('is kept when its company writes in it at the same moment: one of the two is done', async () => {
    const { rooms, parts } = all;
    const { kinds } = parts.retention;
    const drafts = { ...kinds.drafts, period: { ...kinds.drafts.period, days: 1 } };
    const retention = { ...parts.retention, kinds: { ...kinds, drafts } };
    for (let round = 0; round < 5; round += 1) {
      rooms.setClock(today);
      const applicationId = await draft();
      all.later(2);
      const change = { ifMatch: '"1"', body: dcmmContent() };
      const [edited] = await Promise.allSettled([
        editApplication(rooms, preparer, applicationId, change),
        eraseDue({ ...parts, retention }),
      ]);
      const { status } = await rooms.store.require(applicationId);
      expect(status).toBe(edited.status === 'fulfilled' ? 'draft' : 'deleted');
      if (status === 'draft') await deleteDraft(rooms, preparer, applicationId, '"2"');
    }
    expect(await all.breaks()).toEqual([]);
  });
});

describe('an application that ended without support', () => {
  /** The one that is due, at the time when it is. */
  async function due() {
    all.rooms.setClock(today);
    const applicationId = await withdrawn();
    all.later(days.endedApplications.period.days + 1);
    return applicationId;
  }
  const erase = async (parts = {}) => (await eraseDue({ ...all.parts, ...parts })).tally.endedApplications;

  it('keeps its history and nothing that was stated, in no table, nor traces of people and files', async () => {
    const { rooms } = all;
    const applicationId = await due();
    const traces = async () =>
      (await all.everything()).filter(({ trace }) => Object(trace).applicationId === applicationId);
    expect((await traces()).length).toBeGreaterThan(3);
    expect(await erase()).toEqual({ erased: 1 });
    expect(JSON.stringify(await all.everything())).not.toContain(secret);
    expect((await traces()).map(({ pk }) => pk)).toEqual([expect.stringMatching(/^TRACE#enterprise:/)]);
    expect((await rooms.historyRows(applicationId)).map(({ to }) => to)).toEqual([
      ...['draft', 'submitted', 'withdrawn', 'deleted'],
    ]);
    expect(await rooms.store.submissions(applicationId)).toEqual([]);
    expect(await all.recordsOf(applicationId)).toHaveLength(1);
    expect(await all.breaks()).toEqual([]);
  });

  it('is no other than those that are over: what is under review or has to do with money is never due', () => {
    const at = (status: string) => ({ ...submittedApplication(), status }) as unknown as Application;
    const far = new Date(today.getTime() + 100_000 * dayMs);
    const found = statuses.filter((status) => kindOfDue(at(status), compiled.retention, far));
    expect(found).toEqual(['draft', 'ineligible', 'lapsed', 'refused', 'duplicate', 'withdrawn']);
  });

  it('waits as long as a reconsideration or a reopening of it is asked for', () => {
    const asked = { department: 'gz-miit', citation: '', askBefore: '', asked: { grounds: '' } };
    const of = (more: object) => ({ ...submittedApplication(), ...more }) as unknown as Application;
    expect(isPending(of({ status: 'refused', reconsideration: asked }))).toBe(true);
    expect(isPending(of({ status: 'refused', reconsideration: { ...asked, upheld: {} } }))).toBe(false);
    expect(isPending(of({ status: 'lapsed', reopening: { reason: '' } }))).toBe(true);
    expect(isPending(of({ status: 'lapsed', reopening: { reason: '', refused: {} } }))).toBe(false);
    expect(isPending(of({ status: 'withdrawn' }))).toBe(false);
  });

  it('waits for what was brought up against it, however late that is decided', async () => {
    const { rooms } = all;
    const applicationId = await due();
    const objection = await storedObjection(rooms, { applicationId });
    expect(await erase()).toEqual({ needed: 1 });
    expect(await rooms.store.get(applicationId)).toMatchObject({ status: 'withdrawn' });
    await decide(rooms, objection);
    expect(await erase()).toEqual({ erased: 1 });
  });

  it.each(['application', 'organisation'])(
    'is left alone while its %s is held, also by a hold that is placed while it is erased',
    async (of) => {
      const { rooms } = all;
      const applicationId = await due();
      const subject = of === 'application' ? applicationId : preparer.organisation;
      const documents = {
        leftOver: rooms.documents.leftOver.bind(rooms.documents),
        get: rooms.documents.get.bind(rooms.documents),
        // Between what it reads and what it writes.
        list: async (id: string) => {
          await all.hold(subject);
          return rooms.documents.list(id);
        },
      };
      expect(await erase({ documents })).toEqual({ held: 1 });
      expect(await erase()).toEqual({ held: 1 });
      expect(JSON.stringify(await rooms.store.submissions(applicationId))).toContain(secret);
      await all.letGo(subject);
      expect(await erase()).toEqual({ erased: 1 });
      expect(await all.breaks()).toEqual([]);
    },
  );

  it('is erased once by runs at once', async () => {
    const applicationId = await due();
    const tallies = await Promise.all([erase(), erase(), erase()]);
    expect(tallies.flatMap((tally) => tally?.failed ?? [])).toEqual([]);
    expect(await all.recordsOf(applicationId)).toHaveLength(1);
    const rows = await all.rooms.historyRows(applicationId);
    expect(rows.filter(({ event }) => event === 'erased')).toHaveLength(1);
    expect(await all.breaks()).toEqual([]);
  });

  it.each(['traces', 'rows', 'end'])(
    'is erased to the end by the next run, when one dies before its %s',
    async (at) => {
      const applicationId = await due();
      const die = () => {
        throw new Error('the sandbox is gone');
      };
      const { people: table, applications } = all.rooms.tables;
      const dying = {
        traces: () => ({ traces: { remove: die } }),
        rows: () => ({ rows: Object.assign(new ApplicationRows(applications), { leftovers: die }) }),
        end: () => ({ erasures: Object.assign(new ErasureStore(table), { settled: die }) }),
      };
      expect(await erase(dying[at as keyof typeof dying]())).toEqual({ failed: 1 });
      expect(await erase()).toEqual({ erased: 1 });
      const rest = await all.everything();
      expect(JSON.stringify(rest)).not.toContain(secret);
      expect(rest.filter(({ pending }) => Object(pending).thing === applicationId)).toEqual([]);
      expect(await all.recordsOf(applicationId)).toHaveLength(1);
      expect(await all.breaks()).toEqual([]);
    },
  );

  it('is counted and not touched by a rehearsal', async () => {
    const applicationId = await due();
    const before = await all.everything();
    const { dryRun, tally } = await eraseDue(all.parts, true);
    expect([dryRun, tally.endedApplications]).toEqual([true, { erased: 1 }]);
    expect(await all.everything()).toEqual(before);
    expect(await erase()).toEqual({ erased: 1 });
    expect(await all.rooms.store.get(applicationId)).toMatchObject({ status: 'deleted' });
  });

  it('is reached by a later run when the time of one is over', async () => {
    const ids = [await due(), await due(), await due()];
    let runs = 0;
    for (let finished = false; !finished; runs += 1) {
      let steps = 5;
      ({ finished } = await eraseDue({ ...all.parts, hasTime: () => steps-- > 0 }));
      if (runs > 50) throw new Error('no run comes to the end');
    }
    expect(runs).toBeGreaterThan(1);
    for (const id of ids) expect(await all.rooms.store.get(id)).toMatchObject({ status: 'deleted' });
  });
});
