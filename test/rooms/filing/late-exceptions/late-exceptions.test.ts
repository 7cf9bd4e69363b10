import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApplication, editApplication } from '../../../../functions/filing/applications/edit-draft.ts';
import { DocumentStore } from '../../../../functions/filing/documents/document-store.ts';
import { listOpenItems, showForm } from '../../../../functions/filing/eligibility/list-open-items.ts';
import type { LateException } from '../../../../functions/filing/late-exceptions/late-exception.ts';
import { lateExceptionView } from '../../../../functions/filing/late-exceptions/late-exception-view.ts';
import {
  decideException,
  type ExceptionParts,
  proposeException,
} from '../../../../functions/filing/late-exceptions/propose-exception.ts';
import { submitApplication } from '../../../../functions/filing/submission/submit-application.ts';
import { EventRows } from '../../../../functions/news/domain-events/event-rows.ts';
import { describeEvent } from '../../../../functions/news/messages/describe-event.ts';
import { declareInterest } from '../../../../functions/people/declare-interest.ts';
import { DynamoGuideSource } from '../../../../functions/policy/guides/guide-store.ts';
import { guidesInMemory, PolicyBook } from '../../../../functions/policy/guides/policy-book.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { DomainError } from '../../../../functions/shared/errors.ts';
import { IdempotencyRecords } from '../../../../functions/shared/idempotency.ts';
import { applications } from '../../../../functions/shared/tables.ts';
import { dcmmContent } from '../../../builders/content.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { guidePartsOn, publishGuide } from '../../../support/guides.ts';
import { compiled, openRooms, people, type Rooms, rehearsed } from '../../../support/rooms.ts';
import { storedDraft } from '../../../support/stored-draft.ts';

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
});
afterAll(() => database.stop());
beforeEach(() => rooms.setClock(afterwards));

/** The sample guide closed on the first of November. */
const closedBy = (closesAt: string) =>
  new PolicyBook(
    compiled,
    guidesInMemory(
      rehearsed.map((guide) => ({
        ...guide,
        items: guide.items.map((item) => ({ ...item, window: { ...item.window, closesAt } })),
      })),
    ),
  );
const closesAt = '2026-10-31T16:00:00.000Z';
const closed = closedBy(closesAt);
const afterwards = new Date('2026-11-23T02:00:00Z');
const until = '2026-11-30T16:00:00.000Z';
const reason = { zh: '系统故障致未能提交', en: 'The system failed, so that it could not be submitted' };
let serial = 0;
/** Each test is about an organisation of its own. */
let organisation = '';
beforeEach(() => {
  serial += 1;
  organisation = `9144010111111${String(serial).padStart(4, '0')}X`;
});
const actor = (one: Actor): Actor => ({ ...one, organisation });

const parts = (policy = closed): Rooms & ExceptionParts => ({
  ...rooms,
  policy,
  records: new IdempotencyRecords(rooms.tables.applications),
});
const propose = (by: Actor = people.operator, more: object = {}, policy = closed) =>
  proposeException(parts(policy), by, {
    ...{ organisation, item: 'dcmm', until, reason, citation: '三(三)' },
    idempotencyKey: `key-${organisation}`,
    ...more,
  });
const confirm = (exception: LateException, by: Actor = people.secondOperator, policy = closed) =>
  decideException(parts(policy), by, exception, {
    ...{ decision: 'confirm', contentHash: exception.contentHash },
  });
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: unknown) => (error instanceof DomainError ? error.code : String(error)),
  );
const content = () => ({ ...dcmmContent(), enterprise: { ...dcmmContent().enterprise, uscc: organisation } });

async function draft(): Promise<string> {
  const { applicationId } = await storedDraft(rooms, content(), organisation);
  await rooms.acceptMaterials(applicationId, 'dcmm');
  return applicationId;
}
const submit = (applicationId: string, key = `key-${applicationId}`) =>
  submitApplication(parts(), actor(people.admin), applicationId, key);

describe('an exception from a closing', () => {
  it('opens nothing before a second operator confirms it on what they saw', async () => {
    const applicationId = await draft();
    expect(await code(submit(applicationId))).toBe('item-not-open');
    const exception = await propose();
    expect(await lateExceptionView(closed, exception)).toMatchObject({
      ...{ status: 'proposed', until, reason, citation: '三(三)', guide: '2026.1', closesAt },
      stands: { guide: '2026.1', closesAt },
    });
    expect(await code(submit(applicationId))).toBe('item-not-open');
    expect(await code(confirm(exception, people.operator))).toBe('same-person');
    expect(await code(confirm({ ...exception, contentHash: 'another' }))).toBe('basis-changed');
    await confirm(exception);
    expect(await submit(applicationId)).toMatchObject({
      status: 'submitted',
      guide: '2026.1',
      submission: { lateException: exception.exceptionId },
    });
  });

  it('stands in the history of the application, with its reason and citation', async () => {
    const applicationId = await draft();
    await confirm(await propose());
    await submit(applicationId);
    const row = (await rooms.historyRows(applicationId)).at(-1);
    expect(row).toMatchObject({
      event: 'submitted',
      reasons: [
        { code: 'late-exception', citation: '三(三)', message: { zh: expect.stringContaining(reason.zh) } },
      ],
    });
  });

  it('is for one submission: sent again it is answered, and a second one is refused, also at once', async () => {
    const applications = [await draft(), await draft()];
    await confirm(await propose());
    const results = await Promise.all(applications.map((applicationId) => code(submit(applicationId))));
    expect(results.sort()).toEqual(['done', 'item-not-open']);
    const again = await Promise.all(applications.map((applicationId) => code(submit(applicationId))));
    expect(again.sort()).toEqual(['done', 'item-not-open']);
    const [exception] = await rooms.exceptions.of(organisation, 'dcmm');
    expect(exception).toMatchObject({ status: 'confirmed', used: { at: afterwards.toISOString() } });
  });

  it('opens nothing else: no other item, organisation or time', async () => {
    const applicationId = await draft();
    const exception = await propose();
    await confirm(exception);
    const mine = organisation;
    const body = content();
    const create = (item: string) => createApplication(parts(), actor(people.preparer), { ...body, item });
    expect(await code(create('growth-milestone'))).toBe('item-not-open');
    organisation = '914403001922038216';
    expect(await code(createApplication(parts(), actor(people.preparer), content()))).toBe('item-not-open');
    organisation = mine;
    rooms.setClock(new Date(Date.parse(until)));
    expect(await code(submit(applicationId))).toBe('item-not-open');
    rooms.setClock(new Date(Date.parse(until) - 1));
    expect(await code(submit(applicationId))).toBe('done');
  });

  it('opens nothing before the window has closed, if it was confirmed early', async () => {
    rooms.setClock(new Date('2025-12-01T00:00:00Z'));
    await confirm(await propose());
    expect(await code(createApplication(parts(), actor(people.preparer), content()))).toBe('item-not-open');
  });

  it('lets its organisation begin and change a draft too', async () => {
    await confirm(await propose());
    const body = { ...content(), confirmUscc: true };
    const { applicationId } = await createApplication(parts(), actor(people.preparer), body);
    const change = { ifMatch: '"1"', body: { ...body, projectName: '另一名称' } };
    expect(await editApplication(parts(), actor(people.preparer), applicationId, change)).toMatchObject({
      guide: '2026.1',
    });
  });

  it('is proposed once under a key, and not twice', async () => {
    const both = await Promise.all([propose(), propose()]);
    expect(new Set(both.map(({ exceptionId }) => exceptionId)).size).toBe(1);
    expect(await code(propose(people.operator, { idempotencyKey: 'another-key' }))).toBe('already-exists');
    expect(await code(propose(people.secondOperator))).toBe('idempotency-key-reused');
  });

  it('is decided once: the same again is answered, a contrary one is not, also at once', async () => {
    const exception = await propose();
    const refuse = () =>
      decideException(parts(), people.secondOperator, exception, {
        ...{ decision: 'refuse', contentHash: exception.contentHash, reason: '理由不足' },
      });
    const [first, second] = await Promise.all([code(confirm(exception)), code(refuse())]);
    expect([first, second].sort()).toEqual(['done', 'not-in-this-state']);
    const repeated = await Promise.all([code(confirm(exception)), code(refuse())]);
    expect(repeated).toEqual([first, second]);
  });

  it('is not confirmed when the closing has moved since, or when it would have ended', async () => {
    const exception = await propose();
    const moved = closedBy('2026-11-15T16:00:00.000Z');
    expect(await code(confirm(exception, people.secondOperator, moved))).toBe('basis-changed');
    rooms.setClock(new Date(until));
    expect(await code(confirm(exception))).toBe('deadline-passed');
  });

  it('is neither proposed nor confirmed by somebody with an interest, or of the organisation', async () => {
    const own = { ...people.operator, organisation } as Actor;
    expect(await code(propose(own))).toBe('conflict-of-interest');
    const exception = await propose();
    expect(await code(confirm(exception, { ...people.secondOperator, organisation } as Actor))).toBe(
      'conflict-of-interest',
    );
    await declareInterest(rooms, people.secondOperator, { organisation, kind: 'kinship' });
    expect(await code(confirm(exception))).toBe('conflict-of-interest');
    const other = { ...people.secondOperator, id: 'third-operator' };
    expect(await code(confirm(exception, other))).toBe('done');
  });

  it('cites a place that there is, and ends after the closing and after now', async () => {
    expect(await code(propose(people.operator, { citation: '九(九)' }))).toBe('invalid-request');
    expect(await code(propose(people.operator, { until: '2026-11-01T00:00:00.000Z' }))).toBe(
      'invalid-request',
    );
    expect(await code(propose(people.operator, { item: 'nothing' }))).toBe('not-found');
  });
});

describe('whoever an exception is for', () => {
  const told = async ({ exceptionId }: LateException) => {
    const key = applications.entities.lateAllowed.key({ exceptionId });
    return new EventRows(rooms.tables.applications, rooms.tables.budget).event(
      key,
      Promise.resolve(undefined),
    );
  };

  it('is told of it once it is confirmed, by one message, however often and at once it is decided', async () => {
    const exception = await propose();
    expect(await told(exception)).toBeUndefined();
    await Promise.all([code(confirm(exception)), code(confirm(exception)), code(confirm(exception))]);
    const event = await told(exception);
    if (!event) throw new Error('nobody is told');
    expect(event).toMatchObject({ type: 'LateApplicationAllowed', organisation, item: 'dcmm', until });
    expect(describeEvent(closed.notice, event)).toMatchObject({
      channels: [`ORGANISATION#${organisation}`],
      text: { zh: expect.stringContaining('2026-12-01 00:00') },
      link: '/apply/dcmm',
    });
    await confirm(exception);
    expect(await told(exception)).toEqual(event);
  });

  it('is told nothing of one that is refused', async () => {
    const exception = await propose();
    await decideException(parts(), people.secondOperator, exception, {
      ...{ decision: 'refuse', contentHash: exception.contentHash, reason: '理由不足' },
    });
    expect(await told(exception)).toBeUndefined();
  });

  it('finds the item among those that are open, alone, until it is used or has ended', async () => {
    const own = async (at: Date, policy = closed) => {
      const items = await listOpenItems(parts(policy), organisation, at);
      return items.filter(({ item }) => item === 'dcmm').map(({ closesAt, late }) => [closesAt, late]);
    };
    const applicationId = await draft();
    const exception = await propose();
    expect(await own(afterwards)).toEqual([]);
    await confirm(exception);
    expect(await own(afterwards)).toEqual([[until, true]]);
    expect(await own(new Date(Date.parse(until) - 1))).toHaveLength(1);
    expect(await own(new Date(until))).toEqual([]);
    // While the window itself is open, there is no exception to it.
    const open = closedBy('2026-12-31T16:00:00.000Z');
    expect(await own(afterwards, open)).toEqual([['2026-12-31T16:00:00.000Z', undefined]]);
    for (const other of ['914403001922038216', `${organisation.slice(0, -1)}`, undefined]) {
      expect(await listOpenItems(parts(), other, afterwards)).toEqual([]);
    }
    const form = async () => {
      const application = await rooms.store.require(applicationId);
      const { closesAt: shown, late } = await showForm(parts(), application, afterwards);
      return [shown, late];
    };
    expect(await form()).toEqual([until, true]);
    await submit(applicationId);
    expect(await own(afterwards)).toEqual([]);
    expect(await form()).toEqual([closesAt, undefined]);
  });

  it('may write the end as any instant: it counts by the instant, not by its letters', async () => {
    const applicationId = await draft();
    await confirm(await propose(people.operator, { until: '2026-11-23T02:00:00Z' }).catch(() => propose()));
    const [exception] = await rooms.exceptions.of(organisation, 'dcmm');
    // What ended at this very instant was not proposed.
    expect(exception?.until).toBe(until);
    rooms.setClock(new Date('2026-11-30T16:00:00.001Z'));
    expect(await code(submit(applicationId))).toBe('item-not-open');
  });
});

describe('a closing that moves while something is submitted', () => {
  const sample = rehearsed.find(({ version }) => version === '2026.1');
  const closing = (version: string, at: string) => {
    if (!sample) throw new Error('there is no sample guide');
    const items = sample.items.map((item) => ({ ...item, window: { ...item.window, closesAt: at } }));
    return { ...sample, version, items };
  };

  it('is a condition of its transaction: what was published meanwhile counts', async () => {
    const guides = guidePartsOn(rooms.tables.policy, rooms.clock);
    const source = new DynamoGuideSource(rooms.tables.policy, rooms.clock);
    const policy = new PolicyBook(compiled, source);
    await publishGuide(guides, closing('2026.1', '2027-01-01T00:00:00.000Z'));
    const [first, second] = [await draft(), await draft()];
    const send = (applicationId: string, meanwhile: () => Promise<unknown>) => {
      let isPublished = false;
      // The documents are read after the windows, and before anything is written.
      const documents = Object.assign(new DocumentStore(rooms.tables.applications), {
        list: async (id: string) => {
          if (!isPublished) await meanwhile();
          isPublished = true;
          return rooms.documents.list(id);
        },
      });
      const all = { ...parts(policy), guides: source, documents };
      return code(submitApplication(all, actor(people.admin), applicationId, `key-${applicationId}`));
    };
    // Another version that leaves the item open changes nothing but the guide that it is submitted under.
    const later = closing('2026.2', '2027-01-01T00:00:00.000Z');
    expect(await send(first, () => publishGuide(guides, later))).toBe('done');
    expect(await rooms.store.require(first)).toMatchObject({ status: 'submitted', guide: '2026.2' });
    const earlier = closing('2026.3', '2026-11-20T16:00:00.000Z');
    expect(await send(second, () => publishGuide(guides, earlier))).toBe('item-not-open');
    expect(await rooms.store.require(second)).toMatchObject({ status: 'draft' });
  });
});
