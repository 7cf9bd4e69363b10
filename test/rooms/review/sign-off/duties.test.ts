import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declareInterest } from '../../../../functions/people/declare-interest.ts';
import { type Actor, type Role, roles } from '../../../../functions/shared/actor.ts';
import { DomainError, type ProblemCode } from '../../../../functions/shared/errors.ts';
import { appropriate } from '../../../builders/budget.ts';
import { Course, isSignOff, openCourses, type Stage, stages } from '../../../support/course.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms } from '../../../support/rooms.ts';

/** Roles that open each stage, one of them being enough. */
const rolesOf: Readonly<Record<Stage, readonly Role[]>> = {
  prepare: ['preparer', 'organisation-admin'],
  submit: ['organisation-admin'],
  'step-1': ['district-reviewer'],
  'step-2': ['lead-reviewer'],
  expert: ['expert'],
  'step-3': ['lead-reviewer'],
  'open-round': ['operator'],
  'close-round': ['operator'],
  'approve-plan': ['budget-approver'],
};

let database: TestDynamoDb;
let parts: Awaited<ReturnType<typeof openCourses>>;

beforeAll(async () => {
  database = await startTestDynamoDb();
  parts = await openCourses(openRooms(database));
  await appropriate(parts, 'software-2026', 100_000_000_000);
});
afterAll(() => database?.stop());

/** An application that everybody before a stage has passed. */
async function courseBefore(stage: Stage, byStandIns: boolean): Promise<Course> {
  const course = new Course(parts);
  for (const earlier of stages.slice(0, stages.indexOf(stage))) {
    const [role] = rolesOf[earlier];
    if (role === undefined) throw new Error(`nobody may ${earlier}`);
    await course.pass(earlier, role, byStandIns);
  }
  return course;
}

type Outcome = ProblemCode | 'done';

async function outcomeOf(run: () => Promise<unknown>): Promise<Outcome> {
  try {
    await run();
    return 'done';
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

/** What came of every attempt, and what should have: filled by the enumerations below. */
class Table {
  readonly seen: Record<string, Outcome> = {};
  readonly wanted: Record<string, Outcome> = {};

  async add(attempt: string, wanted: Outcome, run: () => Promise<unknown>): Promise<void> {
    if (attempt in this.wanted) throw new Error(`${attempt} stands twice`);
    this.wanted[attempt] = wanted;
    this.seen[attempt] = await outcomeOf(run);
  }

  /** Every attempt in each way that its stage has. */
  async addWays(course: Course, stage: Stage, attempt: string, wanted: Outcome, actor: Actor): Promise<void> {
    for (const [way, act] of Object.entries(course.ways(stage))) {
      await this.add(`${attempt}: ${way}`, wanted, () => act(actor));
    }
  }
}

/** Whoever opened a round closes it, as one and the same stage; after a correction a stage may see its people again. */
function mayActAgain(earlier: Stage, stage: Stage): boolean {
  return earlier === stage || (earlier === 'open-round' && stage === 'close-round');
}

/** Everybody who has acted before, however many roles they hold. */
async function tryEarlier(table: Table, course: Course, stage: Stage): Promise<void> {
  for (const { stage: earlier, person } of course.acted) {
    if (mayActAgain(earlier, stage)) continue;
    const attempt = `${person} of ${earlier}`;
    if (stage === 'expert') {
      await table.add(`${attempt}: be invited`, 'same-person', () => course.invite(person));
      await course.smuggleInvitation(person);
    }
    await table.addWays(course, stage, attempt, 'same-person', course.as(stage, person));
  }
}

async function withInterest(course: Course): Promise<string> {
  const person = course.somebody('interested');
  await declare(course, person);
  return person;
}

const declare = (course: Course, id: string) =>
  declareInterest(parts, { id, roles: [] }, { organisation: course.organisation, kind: 'holding' });

/** Somebody new with an interest in the organisation. */
async function tryInterested(table: Table, course: Course, stage: Stage): Promise<void> {
  const person = await withInterest(course);
  if (stage === 'expert') {
    await table.add('interested: be invited', 'conflict-of-interest', () => course.invite(person));
    await course.smuggleInvitation(person);
  }
  await table.addWays(course, stage, 'interested', 'conflict-of-interest', course.as(stage, person));
}

/** Everybody who has acted before as a stand-in, and a stand-in for each of them; the same with an interest. */
async function tryStandIns(table: Table, course: Course, stage: Stage): Promise<void> {
  if (!isSignOff(stage)) return;
  for (const { stage: earlier, person } of course.acted) {
    const other = course.somebody('other');
    await course.standingIn(stage, other, person, () =>
      table.addWays(
        course,
        stage,
        `${person} of ${earlier}, for another`,
        'same-person',
        course.as(stage, person),
      ),
    );
    await course.standingIn(stage, person, other, () =>
      table.addWays(
        course,
        stage,
        `another, for ${person} of ${earlier}`,
        'same-person',
        course.as(stage, other),
      ),
    );
  }
  const [interested, impartial] = [await withInterest(course), course.somebody('impartial')];
  await course.standingIn(stage, impartial, interested, () =>
    table.addWays(
      course,
      stage,
      'interested, for another',
      'conflict-of-interest',
      course.as(stage, interested),
    ),
  );
  const late = course.somebody('late');
  await course.standingIn(
    stage,
    late,
    impartial,
    () =>
      table.addWays(
        course,
        stage,
        'another, for interested',
        'conflict-of-interest',
        course.as(stage, impartial),
      ),
    // With an interest nobody is given a task: this one comes when the task is taken.
    () => declare(course, late),
  );
  const [holder, colleague] = [course.somebody('holder'), course.somebody('colleague')];
  await course.whileTaken(stage, holder, () =>
    table.addWays(course, stage, 'nobody stands in', 'task-assigned', course.as(stage, colleague)),
  );
}

/** Each role that does not open the stage, alone and all of them together, with whoever has done nothing yet. */
async function tryRoles(table: Table, course: Course, stage: Stage): Promise<void> {
  const wrong = roles.filter((role) => !rolesOf[stage].includes(role));
  for (const held of [[], ...wrong.map((role) => [role]), wrong]) {
    const person = course.somebody('stranger');
    if (stage === 'expert') await course.smuggleInvitation(person);
    await table.addWays(
      course,
      stage,
      `only ${held.join('+') || 'no role'}`,
      'forbidden',
      course.as(stage, person, held),
    );
  }
}

const variants = stages.flatMap((stage) =>
  [false, true].map((byStandIns) => ({ stage, byStandIns, how: byStandIns ? 'by stand-ins' : 'in person' })),
);

describe.each(variants)('$stage, after the earlier stages were decided $how', ({ stage, byStandIns }) => {
  it('is open to nobody who acted before, has an interest, stands in for one, or lacks the role', async () => {
    const course = await courseBefore(stage, byStandIns);
    const table = new Table();
    const before = await course.state();
    await tryRoles(table, course, stage);
    await tryEarlier(table, course, stage);
    if (stage !== 'prepare' && stage !== 'submit') await tryInterested(table, course, stage);
    await tryStandIns(table, course, stage);
    expect(table.seen).toEqual(table.wanted);
    expect(await course.state()).toEqual(before);

    // The stage was open all the time: to somebody new, with the role alone.
    for (const role of rolesOf[stage].slice(0, 1)) await course.pass(stage, role, byStandIns);
    expect(await course.state()).not.toEqual(before);
  });
});

describe('a correction', () => {
  it.each(['step-1', 'step-2', 'step-3'] as const)(
    'returned in %s frees nobody whose decision it voids for another stage',
    async (returnedIn) => {
      const course = await courseBefore(returnedIn, false);
      await course.returnAndCorrect(returnedIn);
      const acted = new Map(course.acted.map(({ person, stage }) => [person, stage]));
      for (const stage of ['step-1', 'step-2', 'expert', 'step-3'] as const) {
        const table = new Table();
        const before = await course.state();
        await tryEarlier(table, course, stage);
        expect(table.seen).toEqual(table.wanted);
        expect(await course.state()).toEqual(before);
        const [role] = rolesOf[stage];
        if (role) await course.pass(stage, role, false);
      }
      const application = await course.requireApplication();
      expect(application).toMatchObject({ status: 'pooled', submission: { number: 2 } });
      for (const [person, stage] of acted) {
        if (stage === 'prepare' || stage === 'submit') continue;
        expect(application).toHaveProperty(['deciders', person], stage);
      }
    },
  );
});

describe('an application at its end', () => {
  it.each([false, true])(
    'was decided by another person in every stage (by stand-ins: %s)',
    async (byStandIns) => {
      const course = await courseBefore('approve-plan', byStandIns);
      await course.pass('approve-plan', 'budget-approver', byStandIns);
      const persons = course.acted.map(({ person }) => person);
      expect(new Set(persons).size).toBe(persons.length);
      const application = await course.requireApplication();
      expect(application).toMatchObject({ status: 'allocated' });
      const decided = course.acted.filter(({ stage }) => stage.startsWith('step-') || stage === 'expert');
      const approver = course.acted.find(({ stage }) => stage === 'approve-plan');
      expect('deciders' in application && application.deciders).toEqual({
        ...Object.fromEntries(decided.map(({ stage, person }) => [person, stage])),
        [approver?.person ?? '']: 'allocation',
      });
    },
  );
});
