import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApplication, editApplication } from '../../../../functions/filing/applications/edit-draft.ts';
import type { LateException } from '../../../../functions/filing/late-exceptions/late-exception.ts';
import { lateExceptionView } from '../../../../functions/filing/late-exceptions/late-exception-view.ts';
import {
  decideException,
  type ExceptionParts,
  proposeException,
} from '../../../../functions/filing/late-exceptions/propose-exception.ts';
import { submitApplication } from '../../../../functions/filing/submission/submit-application.ts';
import { declareInterest } from '../../../../functions/people/declare-interest.ts';
import { guidesInMemory, PolicyBook } from '../../../../functions/policy/guides/policy-book.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { DomainError } from '../../../../functions/shared/errors.ts';
import { IdempotencyRecords } from '../../../../functions/shared/idempotency.ts';
import { dcmmContent } from '../../../builders/content.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
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
