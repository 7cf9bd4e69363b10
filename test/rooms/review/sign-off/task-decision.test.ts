import { describe, expect, it } from 'vitest';
import type { Application, ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import type { EligibilityResult } from '../../../../functions/filing/applications/eligibility-result.ts';
import type { GuideItem } from '../../../../functions/policy/guides/guide-schema.ts';
import { basisHashes } from '../../../../functions/review/sign-off/basis-calculation.ts';
import type { Decision } from '../../../../functions/review/sign-off/decision.ts';
import { checked } from '../../../../functions/review/sign-off/eligibility-decision.ts';
import {
  decided,
  requireAnswerable,
  requireStep,
} from '../../../../functions/review/sign-off/task-decision.ts';
import type { StepTask } from '../../../../functions/review/tasks/task.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { DomainError } from '../../../../functions/shared/errors.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { contentOf, kindsGuide, policyOfKinds } from '../../../builders/guide.ts';
import { openTask } from '../../../builders/sign-off-task.ts';
import { submittedApplication } from '../../../builders/signed-off-application.ts';
import { answerOf } from '../../../support/answer-of.ts';

const item = 'core-tech-a';
/** A district, then an opinion, then two lead departments. */
const signOff: GuideItem['signOff'] = {
  steps: [
    { kind: 'recommend', by: 'district' },
    { kind: 'opinion', by: ['gz-education'] },
    { kind: 'approve', by: 'lead' },
  ],
  due: { days: 10, unit: 'working' },
  expiresAfterSeconds: 60,
};
const law = policyOfKinds({ [item]: { signOff } });
const opened = await law.requireItem(kindsGuide, item);
const now = new Date('2026-11-23T02:00:00Z');
const contentHash = 'c'.repeat(64);

const recommend: Decision = { outcome: 'recommend', contentHash };
const opine: Decision = { outcome: 'opine', favourable: false, opinion: { zh: '账目不清' }, contentHash };
const refuse: Decision = { outcome: 'refuse', reason: { zh: '无法核实' }, citation: '二(一)1' };
const sendBack: Decision = { outcome: 'return', items: [{ path: 'projectName', reason: { zh: '请更正' } }] };
const abstain: Decision = { outcome: 'abstain', reason: '亲属任职' };
const approve = (amount = 40_000_000): Decision => ({
  outcome: 'approve',
  amountFen: fen(amount),
  contentHash,
});
const all = [recommend, opine, refuse, sendBack, abstain, approve()];

type Taken = Exclude<Decision, { outcome: 'abstain' }>;

/** The step that a department decides in, and the person who does. */
const steps: Readonly<Record<string, number>> = { 'district-440106': 1, 'gz-education': 2 };
function taskOf(application: Application, department: string): StepTask {
  const step = steps[department] ?? 3;
  const kind = signOff.steps[step - 1]?.kind ?? 'approve';
  const { applicationId } = application;
  return { ...openTask({ applicationId, department, step, attempt: step }), kind };
}

function decideFor(application: ApplicationIn<'sign-off'>, department: string, decision: Decision) {
  const decider = { actor: { id: department, role: 'lead-reviewer' } as const, persons: [department] };
  const task = taskOf(application, department);
  return decided({ task, application, opened, law, decider, now }, decision as Taken);
}

/** An application in sign-off after some decisions. */
function stateAfter(...decisions: readonly (readonly [department: string, Decision])[]) {
  const application = submittedApplication(contentOf(item), { guide: kindsGuide });
  const eligibility: EligibilityResult = {
    outcome: 'met',
    conditions: [],
    guide: kindsGuide,
    inputHash: '',
    at: now.toISOString(),
  };
  const start = checked({ application, opened, law, eligibility, now });
  return decisions.reduce<Application>((state, [department, decision]) => {
    if (state.status !== 'sign-off') throw new Error(`it is ${state.status}`);
    return decideFor(state, department, decision).to;
  }, start.to) as ApplicationIn<'sign-off'>;
}

const district = ['district-440106', recommend] as const;
const opinion = ['gz-education', opine] as const;
const miit = ['gz-miit', approve()] as const;

describe('a citation', () => {
  const state = stateAfter(district, opinion);
  const refusedFor = (citation: string) =>
    answerOf(() => decideFor(state, 'gz-miit', { ...refuse, citation } as Decision).to.status);
  it.each([
    ['a clause of the notice', '二(一)1', 'refused'],
    ['what holds for every measure', '三(二)', 'refused'],
    ['a condition of the guide', opened.item.conditions[0]?.citation ?? '', 'refused'],
    ['the item of the guide', `申报指南 ${kindsGuide} ${item}`, 'refused'],
    ['any text', '领导意见', ['invalid-request', 'citation known-citation']],
    ['a clause that there is not', '二(九)9', ['invalid-request', 'citation known-citation']],
    [
      'another item of the guide',
      `申报指南 ${kindsGuide} talent`,
      ['invalid-request', 'citation known-citation'],
    ],
  ])('of a refusal that is %s', (_what, citation, expected) => {
    expect(refusedFor(citation)).toEqual(expected);
  });

  it('of what is returned is held to the same, and may be left out', () => {
    const sentFor = (citation?: string) =>
      answerOf(
        () =>
          decideFor(state, 'gz-miit', {
            outcome: 'return',
            items: [
              { path: 'projectName', reason: { zh: '请更正' } },
              { path: 'direction', reason: { zh: '请更正' }, ...(citation !== undefined && { citation }) },
            ],
          }).to.status,
      );
    expect(sentFor()).toBe('returned');
    expect(sentFor('三(一)')).toBe('returned');
    expect(sentFor('惯例')).toEqual(['invalid-request', 'items.1.citation known-citation']);
  });
});

describe('the name of an enterprise', () => {
  const [login, other] = ['广州示例云帆软件有限公司', '广州示例木棉智能有限公司'];
  /** The application before its approvals, where an applicant stated a name. */
  const named = (names: { name: string; statedName?: string }) => {
    const state = stateAfter(district, opinion);
    const enterprise = { ...state.content.enterprise, ...names };
    return { ...state, content: { ...state.content, enterprise } };
  };
  const nameAfter = (names: { name: string; statedName?: string }, confirmName?: boolean) => {
    const decision = { ...approve(), ...(confirmName !== undefined && { confirmName }) } as Decision;
    const { enterprise } = decideFor(named(names), 'gz-miit', decision).to.content;
    return { name: enterprise.name, statedName: enterprise.statedName };
  };

  it('that the login gives stays, whatever else is stated, until an approval confirms that', () => {
    expect(nameAfter({ name: login, statedName: other })).toEqual({ name: login, statedName: other });
    expect(nameAfter({ name: login, statedName: other }, false)).toEqual({ name: login, statedName: other });
    expect(nameAfter({ name: login, statedName: other }, true)).toEqual({ name: other });
    expect(nameAfter({ name: login }, true)).toEqual({ name: login });
  });

  it('that no login gives has to be confirmed', () => {
    const names = { name: other, statedName: other };
    expect(() => nameAfter(names)).toThrow(
      expect.objectContaining({
        code: 'invalid-request',
        faults: [expect.objectContaining({ path: 'confirmName', rule: 'required' })],
      }),
    );
    expect(nameAfter(names, true)).toEqual({ name: other });
  });

  it('that is confirmed leaves what others have decided as it was', () => {
    const before = named({ name: login, statedName: other });
    const after = decideFor(before, 'gz-miit', { ...approve(), confirmName: true } as Decision).to;
    const [step = { kind: 'recommend', by: 'district' }] = signOff.steps;
    expect(basisHashes(after as ApplicationIn<'sign-off'>, step)).toEqual(basisHashes(before, step));
  });
});

describe('a decision', () => {
  it.each<[string, readonly (readonly [string, Decision])[], readonly [string, Decision], object]>([
    [
      'of the district opens the next step',
      [],
      district,
      { status: 'sign-off', event: 'recommended', opens: ['gz-education'], answer: ['continue', 2] },
    ],
    [
      'that is an unfavourable opinion opens it as well',
      [district],
      opinion,
      { status: 'sign-off', event: 'opined', opens: ['gz-sti', 'gz-miit'], answer: ['continue', 3] },
    ],
    [
      'of one lead department waits for the other',
      [district, opinion],
      miit,
      { status: 'sign-off', event: 'signed-off' },
    ],
    [
      'of the last department ends the sign-off',
      [district, opinion, miit],
      ['gz-sti', approve(30_000_000)],
      { status: 'deduplication', event: 'signed-off', answer: ['approved', 3] },
    ],
    [
      'to refuse ends everything, and the others’ tasks',
      [district, opinion],
      ['gz-sti', refuse],
      { status: 'refused', event: 'refused', closed: ['gz-miit'], answer: ['refused', 3] },
    ],
    [
      'to return does so too, and the applicant is next',
      [district, opinion],
      ['gz-sti', sendBack],
      { status: 'returned', event: 'returned', closed: ['gz-miit'], answer: ['returned', 3] },
    ],
    [
      'to refuse after a colleague department has decided closes nothing',
      [district, opinion, miit],
      ['gz-sti', refuse],
      { status: 'refused', event: 'refused', answer: ['refused', 3] },
    ],
  ])('%s', (_name, before, [department, decision], expected) => {
    const application = stateAfter(...before);
    const { to, note, closed, opens, answer } = decideFor(application, department, decision);
    const departmentOf = (taskId: string) => taskId.split('.')[3];
    expect({
      status: to.status,
      event: note.event,
      closed: closed.map(departmentOf),
      opens: opens.map((task) => task.department),
      answer: answer && [answer.outcome, answer.attempt],
    }).toEqual({ closed: [], opens: [], answer: undefined, ...expected });
    expect(to.version).toBe(application.version + 1);
    expect(to.deciders[department]).toBe(note.stage);
  });

  it('of several lead departments counts by the least of their figures', () => {
    const { to } = decideFor(stateAfter(district, opinion, miit), 'gz-sti', approve(30_000_000));
    expect(to).toMatchObject({ signedOffFen: 30_000_000 });
  });

  it('to return keeps what others have decided until it shows whether its basis changes', () => {
    const { to } = decideFor(stateAfter(district, opinion, miit), 'gz-sti', sendBack);
    expect(Object.keys(to.signOffs)).toEqual(['1.district-440106', '2.gz-education', '3.gz-miit']);
  });

  it.each<[string, string[], Decision, string]>([
    ['who has decided in another step', ['district-440106'], approve(), 'same-person'],
    ['who prepared it, before its amount is looked at', ['preparer'], approve(0), 'same-person'],
    ['for an absent colleague who prepared it', ['gz-sti', 'preparer'], approve(), 'same-person'],
    ['who has decided for the other lead department', ['gz-miit'], sendBack, 'same-person'],
    ['without a figure', ['gz-sti'], { outcome: 'approve', contentHash }, 'invalid-request'],
    ['too high', ['gz-sti'], approve(300_000_001), 'amount-too-high'],
    [
      'to return what the item does not have',
      ['gz-sti'],
      { outcome: 'return', items: [{ path: 'facts.none', reason: { zh: '' } }] },
      'invalid-request',
    ],
  ])('by somebody %s is refused', (_name, persons, decision, code) => {
    const application = stateAfter(district, opinion, miit);
    const decider = { actor: { id: persons[0] ?? '', role: 'lead-reviewer' } as const, persons };
    const context = { task: taskOf(application, 'gz-sti'), application, opened, law, decider, now };
    expect(() => decided(context, decision as Taken)).toThrow(expect.objectContaining({ code }));
  });
});

describe('a task', () => {
  const allowed: Readonly<Record<string, readonly Decision['outcome'][]>> = {
    'district-440106': ['recommend', 'refuse', 'return', 'abstain'],
    'gz-education': ['opine', 'return', 'abstain'],
    'gz-miit': ['refuse', 'return', 'abstain', 'approve'],
  };
  const actor: Actor = { id: 'somebody', roles: ['lead-reviewer'] };

  it.each(Object.entries(allowed))('of %s takes what its kind allows', (department, outcomes) => {
    const application = stateAfter();
    const task = taskOf(application, department);
    const taken = all.filter(({ outcome }) => {
      try {
        return requireAnswerable(task, application, actor, outcome) === application;
      } catch (error) {
        if (error instanceof DomainError && error.code === 'invalid-request') return false;
        throw error;
      }
    });
    expect(taken.map(({ outcome }) => outcome)).toEqual(outcomes);
  });

  const insider: Actor = { ...actor, organisation: submittedApplication(contentOf(item)).organisation };
  const asIs = (application: Application) => application;
  it.each<[string, Partial<StepTask>, (application: Application) => Application, Actor, string]>([
    ['that has ended', { status: 'decided' }, asIs, insider, 'task-decided'],
    ['that was closed', { status: 'closed' }, asIs, insider, 'task-closed'],
    ['that ran out', { status: 'expired' }, asIs, insider, 'task-expired'],
    ['whose application moved on', {}, () => submittedApplication(), insider, 'concurrent-change'],
    ['of the own employer', {}, asIs, insider, 'forbidden'],
    ['of another kind', {}, asIs, actor, 'invalid-request'],
  ])('%s is refused, for the first of all that is wrong with it', (_name, change, state, who, code) => {
    const application = stateAfter();
    const task = { ...taskOf(application, 'gz-miit'), ...change };
    expect(() => requireAnswerable(task, state(application), who, 'opine')).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it.each(['adjudicate', 'reconsider'] as const)('to %s takes no decision of these', (kind) => {
    expect(() => requireStep(openTask({ kind }))).toThrow(
      expect.objectContaining({ code: 'not-in-this-state' }),
    );
  });
});
