import { BankAccountStore } from '../../functions/filing/bank-accounts/bank-account-store.ts';
import { decideAccount } from '../../functions/filing/bank-accounts/decide-account.ts';
import { proposeAccount } from '../../functions/filing/bank-accounts/propose-account.ts';
import { CreditList } from '../../functions/filing/credit/credit-list.ts';
import { decideListing, proposeListing } from '../../functions/filing/credit/decide-listing.ts';
import { LateExceptionStore } from '../../functions/filing/late-exceptions/late-exception-store.ts';
import {
  decideException,
  proposeException,
} from '../../functions/filing/late-exceptions/propose-exception.ts';
import { AccessStore } from '../../functions/people/access-store.ts';
import { decideGrant } from '../../functions/people/decide-grant.ts';
import { LoginStore } from '../../functions/people/login-store.ts';
import { PeopleStore } from '../../functions/people/people-store.ts';
import { proposeGrant } from '../../functions/people/propose-grant.ts';
import { revokeGrant } from '../../functions/people/revoke-grant.ts';
import { decideGuide } from '../../functions/policy/guides/decide-guide.ts';
import { proposed } from '../../functions/policy/guides/guide-proposal-decision.ts';
import { guidesInMemory, PolicyBook } from '../../functions/policy/guides/policy-book.ts';
import type { Actor } from '../../functions/shared/actor.ts';
import { IdempotencyRecords } from '../../functions/shared/idempotency.ts';
import type { IndexShape } from '../../functions/shared/keys.ts';
import { catalogue, type TableName } from '../../functions/shared/tables.ts';
import { grantInTest } from '../support/grants.ts';
import { guidePartsOn } from '../support/guides.ts';
import { compiled, rehearsed } from '../support/rooms.ts';
import { tablesOn } from '../support/tables.ts';
import { type Guard, MemoryStore, type TableShapes } from './memory-store.ts';
import { randomOf } from './random.ts';
import { isWorthAnotherTry, Scheduler } from './scheduler.ts';
import { TwoPeople } from './two-people-watch.ts';
import { idsFrom } from './world.ts';

const names = Object.fromEntries(Object.keys(catalogue).map((name) => [name, name])) as Record<
  TableName,
  string
>;
const shapes: TableShapes = Object.fromEntries(
  Object.entries(catalogue).map(([name, { indexes }]) => [
    name,
    Object.fromEntries(
      Object.entries<IndexShape>(indexes).map(([index, { partition, sort }]) => [
        index,
        { hash: partition, range: sort },
      ]),
    ),
  ]),
);

const beginning = Date.parse('2026-11-23T02:00:00.000Z');
const organisation = '91440101MA0000001X';
const [first, second, third] = ['one', 'two', 'three'] as const;
const company = { organisation, organisationName: '广州示例有限公司' };
const reference = 'f'.repeat(64);
const closed = new PolicyBook(
  compiled,
  guidesInMemory(
    rehearsed.map((guide) => ({
      ...guide,
      items: guide.items.map((item) => ({
        ...item,
        window: { ...item.window, closesAt: '2026-10-31T16:00:00.000Z' },
      })),
    })),
  ),
);

type Tables = ReturnType<typeof tablesOn<TableName>>;
interface Scene {
  readonly on: Tables;
  readonly clock: () => Date;
  readonly newId: () => string;
  /** One of the things that can be said, by chance. */
  readonly choice: number;
}
interface Subject {
  /** Before anything happens. */
  readonly begin?: (scene: Scene) => Promise<void>;
  readonly propose: (scene: Scene, by: string) => Promise<unknown>;
  /** Decides on what somebody sees. */
  readonly decide: (scene: Scene, by: string, confirm: boolean) => Promise<unknown>;
  /** What else happens at the same time. */
  readonly disturb: (scene: Scene, by: string) => Promise<unknown>;
}

const outcomeOf = (confirm: boolean, contentHash: string) =>
  confirm
    ? ({ outcome: 'confirm', contentHash } as const)
    : ({ outcome: 'refuse', contentHash, reason: '不符' } as const);
const actor = (id: string, ...roles: Actor['roles']): Actor => ({ id, roles });
const interested = ({ on, clock }: Scene, person: string) => {
  const people = new PeopleStore(on.people);
  return people.write([people.declare(person, organisation, { kind: 'kinship', at: clock().toISOString() })]);
};

const listingParts = ({ on, clock }: Scene) => ({
  credit: new CreditList(on.registry),
  people: new PeopleStore(on.people),
  clock,
});
const accountParts = ({ on, clock }: Scene) => ({
  accounts: new BankAccountStore(on.budget),
  administrators: { seenSince: async () => [first, second, third] },
  policy: closed,
  clock,
  store: { ofOrganisation: async () => ({ items: [], nextCursor: undefined }) },
  sealer: { seal: async () => 'sealed' },
  keyedHash: { hash: async (_: string, value: string) => value },
});
const accessParts = ({ on, clock, newId }: Scene) => ({
  access: new AccessStore(on.people),
  logins: new LoginStore(on.people),
  clock,
  newId,
  keyedHash: { hash: async (_: string, value: string) => value },
  departments: new Set<string>(),
  longestDays: 365,
});
const exceptionParts = ({ on, clock, newId }: Scene) => ({
  exceptions: new LateExceptionStore(on.applications),
  people: new PeopleStore(on.people),
  records: new IdempotencyRecords(on.applications),
  policy: closed,
  clock,
  newId,
});
const guideParts = ({ on, clock }: Scene) => guidePartsOn(on.policy, clock);

export const subjects = {
  listings: {
    propose: (scene, by) =>
      proposeListing(listingParts(scene), actor(by, 'operator'), {
        ...{ uscc: organisation, listed: scene.choice % 2 === 0 },
        ...{ since: '2026-01-01', source: `公示 ${scene.choice}` },
      }),
    async decide(scene, by, confirm) {
      const parts = listingParts(scene);
      const seen = await parts.credit.proposal(organisation);
      const decision = outcomeOf(confirm, seen?.contentHash ?? '');
      return decideListing(parts, actor(by, 'budget-approver'), organisation, decision);
    },
    disturb: interested,
  },
  accounts: {
    propose: (scene, by) =>
      proposeAccount(
        accountParts(scene),
        { id: by, roles: ['organisation-admin'], ...company },
        {
          ...{ holder: company.organisationName, bank: '示例银行', branchCode: '102581000013' },
          accountNumber: `622202000000000${scene.choice}`,
        },
      ),
    async decide(scene, by, confirm) {
      const parts = accountParts(scene);
      const contentHash = (await parts.accounts.get(organisation))?.change.contentHash ?? '';
      return decideAccount(
        parts,
        { id: by, roles: ['organisation-admin'], ...company },
        confirm ? { decision: 'confirm', contentHash } : { decision: 'refuse', contentHash, reason: '不符' },
      );
    },
    async disturb(scene, by) {
      const parts = accountParts(scene);
      const contentHash = (await parts.accounts.get(organisation))?.change.contentHash ?? '';
      return decideAccount(
        parts,
        { id: by, roles: ['organisation-admin'], ...company },
        { decision: 'withdraw', contentHash },
      );
    },
  },
  grants: {
    async begin(scene) {
      for (const id of [first, second, third]) {
        await grantInTest(scene.on.people, `of-${id}`, { roles: ['access-admin'] });
        await new LoginStore(scene.on.people).join(actor(id, 'access-admin'), `of-${id}`, scene.clock());
      }
    },
    propose: (scene, by) =>
      proposeGrant(
        accessParts(scene),
        actor(by, 'access-admin'),
        { reference },
        {
          role: (['operator', 'budget-approver', 'auditor'] as const)[scene.choice % 3] ?? 'operator',
          reason: '工作需要',
        },
      ),
    async decide(scene, by, confirm) {
      const parts = accessParts(scene);
      const waiting =
        (await parts.access.get(reference))?.grants.filter(({ status }) => status === 'proposed') ?? [];
      const grant = waiting[scene.choice % Math.max(1, waiting.length)];
      if (!grant) return undefined;
      const { grantId, contentHash } = grant;
      const place = { reference, grantId };
      return decideGrant(parts, actor(by, 'access-admin'), place, outcomeOf(confirm, contentHash));
    },
    async disturb(scene, by) {
      const parts = accessParts(scene);
      if (scene.choice === 0)
        return parts.logins.join(actor('applicant', 'preparer'), reference, scene.clock());
      const whose = scene.choice === 1 ? reference : `of-${first}`;
      const grants = (await parts.access.get(whose))?.grants ?? [];
      const grant = grants.find(({ status }) => status === 'proposed' || status === 'granted');
      if (!grant) return undefined;
      const place = { reference: whose, grantId: grant.grantId };
      return revokeGrant(parts, actor(by, 'access-admin'), place, '离岗');
    },
  },
  exceptions: {
    propose: (scene, by) =>
      proposeException(exceptionParts(scene), actor(by, 'operator'), {
        ...{ organisation, item: 'dcmm', until: '2026-12-31T16:00:00.000Z', citation: '三(三)' },
        reason: { zh: '系统故障', en: 'The system failed' },
        idempotencyKey: `key-${by}-${scene.choice}`,
      }),
    async decide(scene, by, confirm) {
      const parts = exceptionParts(scene);
      const all = await parts.exceptions.of(organisation, 'dcmm');
      const seen = all.find(({ status }) => status === 'proposed') ?? all[0];
      if (!seen) return undefined;
      const { contentHash } = seen;
      return decideException(
        parts,
        actor(by, 'operator'),
        seen,
        confirm ? { decision: 'confirm', contentHash } : { decision: 'refuse', contentHash, reason: '不符' },
      );
    },
    disturb: interested,
  },
  guides: {
    async propose(scene, by) {
      const parts = guideParts(scene);
      const [sample] = rehearsed;
      if (!sample) throw new Error('there is no guide');
      const guide = { ...sample, version: `2026.${scene.choice + 1}`, items: sample.items.slice(0, 1) };
      const at = scene.clock().toISOString();
      const proposal = proposed(
        { guide, cause: '年度申报', effectiveFrom: undefined },
        await parts.guides.standing(),
        {
          by,
          at,
        },
      );
      if (!(await parts.proposals.get(proposal.proposalId)))
        await parts.proposals.create({ proposal, guide });
    },
    async decide(scene, by, confirm) {
      const parts = guideParts(scene);
      const seen = (await parts.proposals.list()).find(({ status }) => status === 'proposed');
      if (!seen) return undefined;
      const decision = outcomeOf(confirm, seen.contentHash);
      return decideGuide(parts, actor(by, 'budget-approver'), seen.proposalId, decision);
    },
    disturb: (scene) => guideParts(scene).guides.standing(),
  },
} as const satisfies Record<string, Subject>;
export type SubjectName = keyof typeof subjects;

/**
 * Lets people propose, decide, decide otherwise and disturb at the same time, in an order that the seed decides.
 * @throws Error with what does not hold
 */
export async function playTwoPeople(
  name: SubjectName,
  seed: number,
  {
    ignores,
    trace,
  }: { readonly ignores?: (guard: Guard) => boolean; readonly trace?: (line: string) => void } = {},
): Promise<void> {
  const subject: Subject = subjects[name];
  const random = randomOf(seed);
  const store = new MemoryStore(shapes, () => scheduler.now);
  const scheduler = new Scheduler(random, store, beginning);
  scheduler.trace = trace;
  scheduler.faultsLeft = random.below(3);
  scheduler.faultRate = 0.05;
  scheduler.persistence = random.pick([0, 0.5]);
  const newId = idsFrom(1);
  const rules = new TwoPeople(store);
  const request = async (what: string, run: (scene: Scene) => Promise<unknown>, delay: number) => {
    const choice = random.below(3);
    for (let again = false; ; again = true) {
      const outcome = await scheduler.invoke(
        what,
        (calls) =>
          run({ on: tablesOn(calls.client, names), clock: () => new Date(scheduler.now), newId, choice }),
        again ? 0 : delay,
      );
      if (outcome.kind === 'returned') return;
      if (outcome.kind === 'threw' && !isWorthAnotherTry(outcome.error)) return;
    }
  };
  if (subject.begin) {
    void request('begin', subject.begin, 0);
    await scheduler.run();
  }
  store.ignores = ignores;
  store.onChange = (changes) => {
    scheduler.failure ??= rules.fault(changes);
  };
  for (let number = 0; number < 14; number += 1) {
    const by = random.pick([first, second, third]);
    const act = random.pick(['propose', 'propose', 'decide', 'decide', 'decide', 'disturb'] as const);
    const confirm = random.chance(0.7);
    const run = (scene: Scene) =>
      act === 'decide' ? subject.decide(scene, by, confirm) : subject[act](scene, by);
    void request(`${by} ${act} ${number}`, run, random.below(40));
  }
  await scheduler.run();
}
