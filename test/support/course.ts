import { allRoutes } from '../../functions/contracts/routes.ts';
import { deduplicate } from '../../functions/duplicates/screening/deduplicate.ts';
import { createApplication, editApplication } from '../../functions/filing/applications/edit-draft.ts';
import { submitApplication } from '../../functions/filing/submission/submit-application.ts';
import { ProposalStore } from '../../functions/money/entries/proposal-store.ts';
import { createPool } from '../../functions/money/pools/create-pool.ts';
import { PoolStore } from '../../functions/money/pools/pool-store.ts';
import { closeRound } from '../../functions/money/rounds/close-round.ts';
import { commitBatch } from '../../functions/money/rounds/commit-batch.ts';
import { decidePlan } from '../../functions/money/rounds/decide-plan.ts';
import { freezeCandidates } from '../../functions/money/rounds/freeze-candidates.ts';
import { openRound } from '../../functions/money/rounds/open-round.ts';
import { planAllocation } from '../../functions/money/rounds/plan-allocation.ts';
import { reserveFunds } from '../../functions/money/rounds/reserve-funds.ts';
import { RoundStore } from '../../functions/money/rounds/round-store.ts';
import { delegate } from '../../functions/people/delegate.ts';
import { endDelegation } from '../../functions/people/end-delegation.ts';
import type { GuideItem } from '../../functions/policy/guides/guide-schema.ts';
import { guidesInMemory, PolicyBook } from '../../functions/policy/guides/policy-book.ts';
import { AwardRegistry } from '../../functions/registry/awards/award-registry.ts';
import { invitationIdOf } from '../../functions/review/experts/invitation.ts';
import { InvitationStore } from '../../functions/review/experts/invitation-store.ts';
import { inviteExpert } from '../../functions/review/experts/invite-expert.ts';
import { scoreApplication } from '../../functions/review/experts/score-application.ts';
import { expertBasis } from '../../functions/review/experts/scores.ts';
import { checkEligibility } from '../../functions/review/sign-off/check-eligibility.ts';
import { giveBackTask, takeTask } from '../../functions/review/tasks/assign-task.ts';
import { partKey } from '../../functions/review/tasks/sign-off-plan.ts';
import { type Actor, type Role, roles } from '../../functions/shared/actor.ts';
import { DomainError } from '../../functions/shared/errors.ts';
import { IdempotencyRecords } from '../../functions/shared/idempotency.ts';
import { newUlid } from '../../functions/shared/ids.ts';
import { fen } from '../../functions/shared/money.ts';
import { shanghaiDate } from '../../functions/shared/shanghai-date.ts';
import { hasValidCheckCharacter } from '../../functions/shared/uscc.ts';
import { dcmmContent } from '../builders/content.ts';
import { decide, type PresentDecision } from './decide.ts';
import { compiled, type Rooms } from './rooms.ts';

/** Where people act on an application, in their order: a sign-off of three steps with an expert in between, then money. */
export const stages = [
  'prepare',
  'submit',
  'step-1',
  'step-2',
  'expert',
  'step-3',
  'open-round',
  'close-round',
  'approve-plan',
] as const;
export type Stage = (typeof stages)[number];

/** Stages in which a department decides, with the step's number, and the answers that its kind takes. */
const refuse: PresentDecision = { outcome: 'refuse', reason: { zh: '无法核实' }, citation: '二(二)6' };
const sendBack: PresentDecision = {
  outcome: 'return',
  items: [{ path: 'facts.level', reason: { zh: '请更正' } }],
};
export const signOffStages = {
  'step-1': {
    department: 'district-440106',
    decisions: [{ outcome: 'recommend' }, refuse, sendBack],
  },
  'step-2': {
    department: 'gz-miit',
    decisions: [{ outcome: 'opine', favourable: true, opinion: { zh: '可行' } }, sendBack],
  },
  'step-3': {
    department: 'gz-miit',
    decisions: [{ outcome: 'approve', amountFen: fen(40_000_000) }, refuse, sendBack],
  },
} as const satisfies Partial<
  Record<Stage, { readonly department: string; readonly decisions: readonly PresentDecision[] }>
>;
export type SignOffStage = keyof typeof signOffStages;

export function isSignOff(stage: Stage): stage is SignOffStage {
  return stage in signOffStages;
}

/** The route by which a stage is reached: its roles are checked before anything else, as the door does. */
const routeOf: Readonly<Record<Stage, string>> = {
  prepare: 'createApplication',
  submit: 'submitApplication',
  'step-1': 'decideTask',
  'step-2': 'decideTask',
  expert: 'scoreApplication',
  'step-3': 'decideTask',
  'open-round': 'openRound',
  'close-round': 'closeRound',
  'approve-plan': 'decidePlan',
};

const poolId = 'software-2026';

/** The sample guides with the steps, the duties and the expert that this course has. */
export function guidesOfCourse() {
  const change: Partial<GuideItem> = {
    duties: { submitterDiffersFromPreparer: true },
    experts: {
      required: 1,
      blind: true,
      facts: ['level'],
      materials: [],
      criteria: [{ id: 'quality', title: { zh: '质量', en: 'Quality' }, points: 100 }],
    },
  };
  return compiled.guides.map((guide) => ({
    ...guide,
    items: guide.items.map((item): GuideItem => {
      if (item.id !== 'dcmm') return item;
      const steps: GuideItem['signOff']['steps'] = [
        { kind: 'recommend', by: 'district' },
        // By the department that leads, so that its people could decide in two steps.
        { kind: 'opinion', by: ['gz-miit'] },
        { kind: 'approve', by: 'lead' },
      ];
      return { ...item, ...change, signOff: { ...item.signOff, steps } };
    }),
  }));
}

/** The rooms that one course needs, on the tests' database. */
export async function openCourses(rooms: Rooms) {
  const parts = {
    ...rooms,
    policy: new PolicyBook(compiled, guidesInMemory(guidesOfCourse())),
    applications: rooms.store,
    registry: new AwardRegistry(rooms.tables.registry),
    invitations: new InvitationStore(rooms.tables.applications),
    pools: new PoolStore(rooms.tables.budget),
    rounds: new RoundStore(rooms.tables.budget),
    proposals: new ProposalStore(rooms.tables.budget),
    records: new IdempotencyRecords(rooms.tables.budget),
  };
  await createPool(parts, { id: 'founder', roles: ['operator'] }, poolId);
  return parts;
}
type Parts = Awaited<ReturnType<typeof openCourses>>;

let courses = 0;

/** A credit code of its own whose check character fits. */
function newUscc(): string {
  const body = `91440101${String(courses).padStart(9, '0')}`;
  const found = [...'0123456789ABCDEFGHJKLMNPQRTUWXY'].find((last) => hasValidCheckCharacter(body + last));
  if (found === undefined) throw new Error(`no check character for ${body}`);
  return body + found;
}

/** One application on its way, and everybody who has acted on it. */
export class Course {
  readonly organisation: string;
  /** Who has acted in which stage, for themselves or by another. */
  readonly acted: { readonly stage: Stage; readonly person: string }[] = [];
  applicationId = '';
  readonly #parts: Parts;
  readonly #number: number;
  #people = 0;
  #roundId = '';
  #planHash = '';

  constructor(parts: Parts) {
    courses += 1;
    this.#number = courses;
    this.#parts = parts;
    this.organisation = newUscc();
  }

  /** Name of the enterprise. */
  get #name(): string {
    return `广州第${this.#number}号软件有限公司`;
  }

  /** The name of somebody who has done nothing yet. */
  somebody(what: string): string {
    this.#people += 1;
    return `${what}-${this.#people}-of-${this.#number}`;
  }

  /** A person as the token says in a stage: at the right organisation or department, with every role unless told. */
  as(stage: Stage, id: string, held: readonly Role[] = roles): Actor {
    if (stage === 'prepare' || stage === 'submit')
      return { id, roles: held, organisation: this.organisation, organisationName: this.#name };
    if (isSignOff(stage)) return { id, roles: held, department: signOffStages[stage].department };
    return { id, roles: held };
  }

  /** What a decision may change: nothing of it may, when the decision is refused. */
  async state(): Promise<unknown> {
    const [application, round] = await Promise.all([
      this.#parts.store.get(this.applicationId),
      this.#parts.rounds.get(this.#roundId),
    ]);
    if (!application || !('signOffs' in application)) return [application?.status, round?.status];
    const { status, step, deciders, signOffs, scores } = { step: 0, ...application };
    return { status, step, deciders, signOffs, scores, round: round?.status };
  }

  async requireApplication() {
    return this.#parts.store.require(this.applicationId);
  }

  /** Every way in which somebody could act in a stage, by a name. */
  ways(stage: Stage): Readonly<Record<string, (actor: Actor) => Promise<unknown>>> {
    const guarded = (run: (actor: Actor) => Promise<unknown>) => async (actor: Actor) => {
      requireRole(stage, actor);
      return run(actor);
    };
    if (isSignOff(stage)) {
      const ways = signOffStages[stage].decisions.map(
        (decision): [string, (actor: Actor) => Promise<unknown>] => [
          decision.outcome,
          guarded(async (actor) => decide(this.#parts, actor, await this.#taskId(stage), decision)),
        ],
      );
      return Object.fromEntries(ways);
    }
    const roundId = this.#roundId;
    const planHash = this.#planHash;
    switch (stage) {
      case 'prepare':
        return { create: guarded((actor) => this.#create(actor)) };
      case 'submit':
        return {
          submit: guarded((actor) => submitApplication(this.#parts, actor, this.applicationId, newUlid())),
        };
      case 'expert':
        return { score: guarded((actor) => this.#score(actor)) };
      case 'open-round':
        return {
          open: guarded(async (actor) => {
            ({ roundId: this.#roundId } = await openRound(this.#parts, actor, {
              poolId,
              idempotencyKey: newUlid(),
            }));
          }),
        };
      case 'close-round':
        return { close: guarded((actor) => closeRound(this.#parts, actor, roundId)) };
      case 'approve-plan':
        return {
          approve: guarded((actor) =>
            decidePlan(this.#parts, actor, roundId, { outcome: 'approve', planHash }),
          ),
          refuse: guarded((actor) =>
            decidePlan(this.#parts, actor, roundId, { outcome: 'refuse', planHash, reason: 'not so' }),
          ),
        };
    }
  }

  /** Lets somebody new act in a stage, in the first of its ways, and does what the system does after it. */
  async pass(stage: Stage, held: Role, byStandIn: boolean): Promise<void> {
    const person = this.somebody(`${stage}-person`);
    const [act] = Object.values(this.ways(stage));
    if (!act) throw new Error(`nobody can act in ${stage}`);
    if (byStandIn && isSignOff(stage)) {
      const absentee = this.somebody(`${stage}-absentee`);
      await this.standingIn(stage, absentee, person, () => act(this.as(stage, person, [held])));
      this.acted.push({ stage, person: absentee });
    } else {
      if (stage === 'expert') await this.#invite(person);
      await act(this.as(stage, person, [held]));
    }
    this.acted.push({ stage, person });
    await this.#follow(stage);
  }

  /**
   * Runs something while an absent reviewer has the task, and another one stands in.
   * @param afterTaking what happens when the task is taken and handed over.
   */
  async standingIn<R>(
    stage: SignOffStage,
    absentee: string,
    colleague: string,
    run: () => Promise<R>,
    afterTaking: () => Promise<unknown> = async () => undefined,
  ): Promise<R> {
    const { department } = signOffStages[stage];
    const [away, present] = [this.as(stage, absentee), this.as(stage, colleague)];
    await this.#parts.people.seeMember(department, present.id);
    const taskId = await this.#taskId(stage);
    await takeTask(this.#parts, away, taskId);
    const day = shanghaiDate(this.#parts.clock());
    const { delegationId } = await delegate(this.#parts, away, { to: present.id, from: day, until: day });
    await afterTaking();
    try {
      return await run();
    } finally {
      await endDelegation(this.#parts, away, delegationId);
      if ((await this.#parts.tasks.get(taskId))?.status === 'open') {
        await giveBackTask(this.#parts, away, taskId);
      }
    }
  }

  /** Runs something while another reviewer has the task and nobody stands in. */
  async whileTaken<R>(stage: SignOffStage, holder: string, run: () => Promise<R>): Promise<R> {
    const taskId = await this.#taskId(stage);
    await takeTask(this.#parts, this.as(stage, holder), taskId);
    const result = await run();
    await giveBackTask(this.#parts, this.as(stage, holder), taskId);
    return result;
  }

  /** Lets a new person return the application in a stage, and those who prepared and submitted it correct a fact. */
  async returnAndCorrect(stage: SignOffStage): Promise<void> {
    const person = this.somebody('returner');
    const act = this.ways(stage)['return'];
    if (!act) throw new Error(`nobody returns in ${stage}`);
    await act(this.as(stage, person));
    this.acted.push({ stage, person });
    const { version, content } = await this.requireApplication();
    const body = { ...content, facts: { ...content.facts, level: 4 } };
    const preparer = this.as('prepare', this.#whoActed('prepare'));
    await editApplication(this.#parts, preparer, this.applicationId, { ifMatch: `"${version}"`, body });
    await this.ways('submit')['submit']?.(this.as('submit', this.#whoActed('submit')));
    await this.#follow('submit');
  }

  #whoActed(stage: Stage): string {
    const found = this.acted.find((one) => one.stage === stage);
    if (!found) throw new Error(`nobody has acted in ${stage}`);
    return found.person;
  }

  /** Puts an invitation there that nobody would have been given, so that the score itself has to be refused. */
  async smuggleInvitation(expert: string): Promise<void> {
    const { applicationId } = this;
    const invitationId = invitationIdOf(applicationId, expert);
    const invitedAt = this.#parts.clock().toISOString();
    await this.#parts.store.write([
      this.#parts.invitations.put(undefined, {
        ...{ invitationId, applicationId, expert, item: 'dcmm', status: 'open', invitedAt },
        invitedBy: 'nobody',
      }),
    ]);
  }

  /** Invites somebody as an expert, as the department does that leads. */
  async #invite(expert: string): Promise<void> {
    const inviter = this.as('step-3', this.somebody('inviter'), ['lead-reviewer']);
    await inviteExpert(this.#parts, inviter, await this.#taskId('step-3'), expert);
  }

  /** What inviting somebody is refused with. */
  invite(expert: string): Promise<void> {
    return this.#invite(expert);
  }

  async #create(actor: Actor): Promise<void> {
    const { enterprise, facts } = dcmmContent();
    const body = dcmmContent({
      enterprise: { ...enterprise, uscc: this.organisation, name: this.#name },
      facts: { ...facts, certificateNumber: `DCMM-2026-${this.#number}` },
    });
    ({ applicationId: this.applicationId } = await createApplication(this.#parts, actor, body));
    await this.#parts.acceptMaterials(this.applicationId, body.item);
  }

  async #score(actor: Actor): Promise<void> {
    const application = await this.requireApplication();
    if (application.status !== 'sign-off') throw new Error(`the application is ${application.status}`);
    const opened = await this.#parts.policy.requireItem(application.guide, application.content.item);
    const contentHash = expertBasis(application, opened) ?? '';
    const invitationId = invitationIdOf(this.applicationId, actor.id);
    await scoreApplication(this.#parts, actor, invitationId, { points: { quality: 80 }, contentHash });
  }

  async #taskId(stage: SignOffStage): Promise<string> {
    const application = await this.requireApplication();
    const part = partKey({ step: Number(stage.at(-1)), department: signOffStages[stage].department });
    const taskId = 'signOffs' in application ? application.signOffs[part]?.taskId : undefined;
    if (taskId === undefined) throw new Error(`no task of ${stage} in ${application.status}`);
    return taskId;
  }

  /** What the state machines do after a stage. */
  async #follow(stage: Stage): Promise<void> {
    const { applicationId } = this;
    const roundId = this.#roundId;
    switch (stage) {
      case 'submit':
        await checkEligibility(this.#parts, { applicationId });
        return;
      case 'step-3': {
        const application = await this.requireApplication();
        const submission = 'submission' in application ? application.submission?.number : undefined;
        await deduplicate(this.#parts, { applicationId, submission: submission ?? 0 });
        return;
      }
      case 'close-round': {
        await freezeCandidates(this.#parts, roundId);
        await planAllocation(this.#parts, roundId);
        const round = await this.#parts.rounds.require(roundId);
        if (round.status === 'planned') this.#planHash = round.plan.hash;
        return;
      }
      case 'approve-plan': {
        const reservation = await reserveFunds(this.#parts, roundId);
        if (reservation.outcome === 'insufficient') throw new Error('the pool has not enough money');
        for (const batch of reservation.batches) await commitBatch(this.#parts, batch);
        return;
      }
      default:
    }
  }
}

function requireRole(stage: Stage, actor: Actor): void {
  const route = allRoutes.find(({ id }) => id === routeOf[stage]);
  if (!route) throw new Error(`no route ${routeOf[stage]}`);
  if (!route.roles.some((role) => actor.roles.includes(role))) throw new DomainError('forbidden');
}
