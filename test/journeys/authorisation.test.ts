import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allRoutes, type NamedRoute } from '../../functions/contracts/routes.ts';
import { type Role, roles } from '../../functions/shared/actor.ts';
import { type Owner, scopes, scopesOf, strangerStatus } from '../../functions/shared/route.ts';
import { type DemoUser, demoUsers } from '../../local/issuer/demo-users.ts';
import { declared } from '../builders/content.ts';
import { type ApiAnswer, type JourneyInstance, startJourneyInstance } from '../support/instance.ts';
import { runOps } from '../support/ops.ts';
import { eventually, type Json, json, Story } from '../support/story.ts';

let system: JourneyInstance;
let story: Story;
beforeAll(async () => {
  system = await startJourneyInstance();
  story = new Story(system);
}, 120_000);
afterAll(() => system?.stop());

/** Real things of a kind of owner, one for each parameter that a path names, and who is no stranger to them. */
interface Things {
  /** People who own them, one for each role that may call a route. */
  readonly owners: readonly string[];
  readonly params: Readonly<Record<string, string>>;
  /** Words that no answer to a stranger holds. */
  readonly secrets: readonly string[];
  isStranger(user: DemoUser): boolean;
}

/** Makes the things once, when the first test asks for them. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** An item of one department with experts, and one that districts recommend. */
const [scored, recommended] = ['four-modernisations-platform', 'core-tech-a'];

async function submit(number: number, item: string): Promise<string> {
  const applicationId = await story.completeDraft(number, await story.qualifying(number, item));
  expect((await story.submit(number, applicationId)).status).toBe(202);
  return applicationId;
}

const submitted = once(async () => {
  const applicationId = await submit(1, scored);
  const taskId = await story.task(applicationId);
  const invited = await system.call('reviewer-miit-1', 'POST', `/v1/tasks/${taskId}/invitations`, {
    body: { expert: 'expert-1' },
  });
  expect(invited.status).toBe(201);
  return { applicationId, taskId, invitationId: String(json(invited)['invitationId']) };
});

const thingsOf: Readonly<Record<Exclude<Owner, 'none'>, () => Promise<Things>>> = {
  organisation: once(async () => {
    const { applicationId } = await submitted();
    const [document] = await story.documents(1, applicationId);
    const { uscc } = await story.company(1);
    await story.bankAccount(1);
    return {
      owners: ['admin-1', 'preparer-1'],
      params: { applicationId, documentId: String(document?.['documentId']) },
      secrets: [applicationId, '****0001'],
      isStranger: ({ organisation }) => organisation !== uscc,
    };
  }),
  department: once(async () => {
    const [{ applicationId, taskId, invitationId }, ranked] = await Promise.all([
      submitted(),
      submit(2, recommended),
    ]);
    const district = `district-${(await story.company(2)).uscc.slice(2, 8)}`;
    const districtTask = await story.task(ranked, `${district}-1`);
    const ranking = await system.call(`${district}-1`, 'PUT', `/v1/rankings/${recommended}`, {
      headers: { 'if-match': '"0"' },
      body: { order: [ranked] },
    });
    // The company has one administrator, whose account the district of its application confirms.
    const { uscc: organisation, name: holder } = await story.company(2);
    const proposed = await system.call('admin-2', 'PUT', '/v1/bank-account', {
      body: { holder, bank: '示例银行', branchCode: '102581000013', accountNumber: '6222020000000002' },
    });
    expect(json(proposed)['change']).toMatchObject({ district });
    const drafted = await system.call('miit-lead-1', 'PUT', `/v1/tasks/${taskId}/draft`, {
      body: { fields: { opinion: '拟同意' } },
    });
    expect([ranking.status, drafted.status]).toEqual([200, 200]);
    return {
      owners: ['miit-lead-1', `${district}-1`],
      params: { taskId, invitationId, organisation, submission: '1' },
      secrets: [applicationId, ranked, districtTask, '****0002', '拟同意', 'reviewer-miit-1'],
      isStranger: (user) => user.department !== 'gz-miit' && user.department !== district,
    };
  }),
  person: once(async () => {
    const owner = 'reviewer-miit-1';
    const { applicationId, invitationId } = await submitted();
    const { uscc } = await story.company(18);
    const email = 'somebody@example.org';
    // Colleagues are known once they have looked into the inbox.
    await system.call('reviewer-miit-2', 'GET', '/v1/tasks');
    const [from, until] = ['2099-01-05', '2099-01-09'];
    const made = [
      await system.call(owner, 'POST', '/v1/interests', { body: { organisation: uscc, kind: 'kinship' } }),
      await system.call(owner, 'PUT', '/v1/me/contact', { body: { email, language: 'zh' } }),
      await system.call(owner, 'POST', '/v1/delegations', { body: { to: 'reviewer-miit-2', from, until } }),
    ];
    expect(made.map(({ status }) => status)).toEqual([201, 200, 201]);
    const delegationId = String(made.map(json).at(-1)?.['delegationId']);
    return {
      owners: [owner, 'expert-1'],
      params: { delegationId, invitationId },
      secrets: [uscc, email, delegationId, invitationId, applicationId],
      // The colleague who stands in sees the delegation too.
      isStranger: ({ name }) => ![owner, 'expert-1', 'reviewer-miit-2'].includes(name),
    };
  }),
  recipient: once(async () => {
    const { applicationId } = await submitted();
    const { uscc } = await story.company(1);
    return {
      owners: ['admin-1'],
      params: {},
      secrets: [applicationId],
      isStranger: (user) =>
        user.organisation !== uscc && user.department !== 'gz-miit' && user.name !== 'expert-1',
    };
  }),
};

/** A case of the adjudicators: two companies' applications with one certificate. */
const suspected = once(async (): Promise<Things> => {
  const facts = { ...declared, level: 3, certificateNumber: 'DCMM-SHARED', certificateValidTo: '2029-12-31' };
  await story.pooled(4, { facts });
  const applicationId = await story.completeDraft(5, { facts });
  await story.submit(5, applicationId);
  await story.decide(await story.task(applicationId), { outcome: 'approve', amountFen: 50_000_000 });
  const taskId = await story.task(applicationId, 'adjudicator-1');
  return {
    owners: ['adjudicator-1', 'adjudicator-2'],
    params: { taskId },
    secrets: [applicationId, 'DCMM-SHARED'],
    isStranger: (user) => user.department !== 'adjudicators',
  };
});

/** Things of the kind of owner that a route has, and that its roles may own. */
const ownThings = (route: NamedRoute, owner: Exclude<Owner, 'none'>): Promise<Things> =>
  (route.roles as readonly Role[]).includes('adjudicator') && route.roles.length === 1
    ? suspected()
    : thingsOf[owner]();

const remark = { zh: '同意推荐' };

/** Well formed, and nothing's. */
const unknownId = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

const brought = {
  applicationId: unknownId,
  objector: { kind: 'person', name: '陈示例', identifier: 'E12345678', phone: '020-81234567' },
  grounds: '申报单位与公示信息不一致，请予核查。',
};

/** What a route takes beside its path, so that nothing but the owner stands in a stranger's way. */
const samples: Readonly<Record<string, (params: Things['params']) => unknown>> = {
  createApplication: () => story.dcmm(3),
  editApplication: () => story.dcmm(3),
  proposeBankAccount: async () => ({
    ...{ holder: (await story.company(3)).name, bank: '示例银行', branchCode: '102581000013' },
    accountNumber: '6222020000009999',
  }),
  decideBankAccount: () => ({ decision: 'withdraw', contentHash: 'a' }),
  decideWaitingBankAccount: () => ({ decision: 'confirm', contentHash: 'a', reason: '已电话核实' }),
  requestUpload: () => ({
    ...{ material: 'certificate', fileName: 'a.pdf', contentType: 'application/pdf' },
    ...{ bytes: 10, sha256: 'a'.repeat(64) },
  }),
  preCheck: () => ({ enterprise: { district: '440106', registeredOn: '2015-06-01' }, facts: {} }),
  withdrawApplication: () => ({}),
  requestReconsideration: () => ({ grounds: '审核意见与所附凭证不符，请予复核。' }),
  decideReconsideration: () => ({
    ...{ outcome: 'uphold', reason: remark, citation: '二(二)6', contentHash: 'a' },
  }),
  proposeUndo: () => ({ reason: '文件有误' }),
  decideUndo: () => ({ outcome: 'confirm' }),
  decideTask: () => ({ outcome: 'refuse', reason: remark, citation: '二(二)6' }),
  abstainFromCase: () => ({ reason: '曾在该单位任职' }),
  decideCase: () => ({ verdicts: [{ id: 'a', verdict: 'not-duplicate' }], reason: remark }),
  assignTask: () => ({ assignee: 'reviewer-sti-1' }),
  saveOpinionDraft: () => ({ fields: {} }),
  recommendTasks: async () => ({
    decisions: [
      {
        taskId: (await thingsOf.department()).params['taskId'],
        decision: { outcome: 'recommend', reason: remark, contentHash: 'a' },
      },
    ],
  }),
  putRanking: () => ({ order: [] }),
  inviteExpert: () => ({ expert: 'expert-2' }),
  scoreApplication: () => ({ points: {}, contentHash: 'a' }),
  declineInvitation: () => ({ reason: '没有时间' }),
  declareInterest: async () => ({ organisation: (await story.company(19)).uscc, kind: 'other' }),
  delegate: () => ({ to: 'reviewer-sti-2', from: '2099-01-05', until: '2099-01-09' }),
  markRead: () => ({ upTo: new Date().toISOString() }),
  setContact: () => ({ email: 'stranger@example.org', language: 'en' }),
  announce: () => ({
    title: { zh: '补充说明', en: 'A note' },
    text: { zh: '请注意材料要求。', en: 'Please mind what is asked for.' },
  }),
  offerHandover: () => ({ to: 'colleague' }),
  requestConfirmation: () => ({ via: 'email', address: 'somebody@example.org' }),
  proposeGrant: () => ({ identifier: 'E10000001', role: 'expert', reason: '临时评审' }),
  decideGrant: () => ({ outcome: 'confirm', contentHash: 'a' }),
  revokeGrant: () => ({ reason: '调离' }),
  proposeCorrection: () => ({ login: 'nobody', reason: '录入有误' }),
  decideCorrection: () => ({ outcome: 'confirm', contentHash: 'a' }),
  proposeLateException: async () => ({
    ...{ organisation: (await story.company(3)).uscc, item: 'dcmm', until: '2099-01-01T00:00:00Z' },
    ...{ reason: { zh: '系统故障', en: 'The system failed' }, citation: '三(三)' },
  }),
  decideLateException: () => ({ decision: 'confirm', contentHash: 'a' }),
  fileObjection: () => ({
    ...brought,
    confirmation: { via: 'phone', confirmationId: unknownId, code: '000000' },
  }),
  fileObjectionSignedIn: () => brought,
  readObjector: () => ({ reason: '核实线索' }),
};

/** Answers about callers themselves, or about their things that tell numbers and name none of them. */
const namesNothing = ['countUnread', 'countTasks', 'getMe'];

/** Whether a path names something of somebody; an item is the law's. */
const names = ({ path }: NamedRoute): boolean => /\{(?!item\})/.test(path);

/** A path with its parameters filled in, or with ids that are well formed and belong to nothing. */
function pathOf({ path }: NamedRoute, params: Things['params'] = {}): string {
  const known: Things['params'] = { item: recommended, ...params };
  return path.replace(/\{(\w+)\}/g, (_, name: string) => known[name] ?? unknownId);
}

/** Calls a route with everything that its contract asks for, and looks for secrets that the caller did not send. */
async function request(user: string, route: NamedRoute, { params, secrets }: Things) {
  const sample = samples[route.id];
  if (route.body && !sample) throw new Error(`samples has no body for ${route.id}`);
  const body = await sample?.(params);
  if (route.body) {
    expect(route.body.safeParse(body), `the sample of ${route.id}`).toMatchObject({ success: true });
  }
  const path = pathOf(route, params);
  const answer = await system.call(user, route.method, path, {
    headers: { 'if-match': '"1"', 'idempotency-key': 'another-owner' },
    ...(route.body && { body }),
  });
  const [sent, text] = [`${path} ${JSON.stringify(body)}`, JSON.stringify(answer.body ?? '')];
  const told = secrets.filter((secret) => text.includes(secret) && !sent.includes(secret));
  return { status: answer.status, told };
}

/** One user for each set of roles that people hold together. */
const everyKindOfPerson = [...Map.groupBy(demoUsers, (user) => user.roles.join())].flatMap(([, users]) =>
  users.slice(0, 1),
);
const holds = (user: DemoUser, route: NamedRoute): boolean =>
  user.roles.some((role) => (route.roles as readonly Role[]).includes(role));

/** Of each role that a route lets in, somebody who owns nothing of the things. */
function strangersTo(route: NamedRoute, { isStranger }: Things): DemoUser[] {
  const strangers = route.roles.map((role) => {
    const found = demoUsers.find((user) => user.roles.includes(role) && isStranger(user));
    if (!found) throw new Error(`no ${role} is a stranger on ${route.id}`);
    return found;
  });
  return [...new Set(strangers)];
}

/** The things' owners whose role the route lets in. @throws when there is none: then nothing would be shown. */
function ownersFor(route: NamedRoute, { owners }: Things): string[] {
  const allowed = owners.filter((name) => demoUsers.some((user) => user.name === name && holds(user, route)));
  if (allowed.length === 0) throw new Error(`no owner of the things of ${route.owner} may call ${route.id}`);
  return allowed;
}

const answered = ({ status, body }: ApiAnswer) => ({ status, code: (body as Json | undefined)?.['code'] });

it('people of every role are there to be refused', () => {
  const held = new Set(everyKindOfPerson.flatMap((user) => user.roles));
  expect(roles.filter((role) => !held.has(role))).toEqual([]);
});

describe.each(allRoutes.filter((route) => route.roles.length === 0))('$method $path', (route) => {
  it('is open to everybody', async () => {
    const answer = await system.call(undefined, route.method, pathOf(route), {
      headers: { 'idempotency-key': 'anybody-at-all', 'objection-receipt': 'unknown' },
      ...(route.body && { body: await samples[route.id]?.({}) }),
    });
    expect([200, 201, 404]).toContain(answer.status);
  });

  it('has no owner', () => {
    expect(route.owner).toBe('none');
  });
});

describe.each(allRoutes.filter((route) => route.roles.length > 0))('$method $path', (route) => {
  it('is closed without a login, and with a token that somebody changed', async () => {
    const [header, claims, signature = ''] = (await system.current.token('operator-1')).split('.');
    const forged = [header, claims, [...signature].reverse().join('')].join('.');
    const answers = await Promise.all([
      system.call(undefined, route.method, pathOf(route)),
      system.call(undefined, route.method, pathOf(route), { headers: { authorization: `Bearer ${forged}` } }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
  });

  it('is closed to a client that has none of its scopes', async () => {
    const asked = scopesOf(route).map(([scope]) => scope);
    const others = ['openid', ...scopes.filter((scope) => !asked.includes(scope))].join(' ');
    const holder = demoUsers.find((user) => holds(user, route))?.name ?? '';
    const authorization = `Bearer ${await system.current.token(holder, others)}`;
    const answer = await system.call(undefined, route.method, pathOf(route), { headers: { authorization } });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toContain('insufficient_scope');
  });

  it('is closed to every role but its own, whatever exists', async () => {
    const people = everyKindOfPerson.filter((user) => !holds(user, route));
    const answers = await Promise.all(
      people.map(async ({ name, roles: held }) => ({
        held,
        ...answered(await system.call(name, route.method, pathOf(route))),
      })),
    );
    expect(answers).toEqual(people.map(({ roles: held }) => ({ held, status: 403, code: 'forbidden' })));
  });
});

const owned = allRoutes.flatMap(({ owner, ...route }) => (owner === 'none' ? [] : [{ ...route, owner }]));

describe.each(owned.filter(names))('$method $path, of one $owner,', (route) => {
  it('is closed to every other, whatever their role there', async () => {
    const things = await thingsOf[route.owner]();
    // Of a parameter that is new here, one of the builders above has to make a thing.
    const parameters = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    expect(parameters.filter((name) => !(name in things.params))).toEqual([]);
    for (const { name } of strangersTo(route, things)) {
      const answer = await request(name, route, things);
      expect({ name, ...answer }).toEqual({ name, status: strangerStatus[route.owner], told: [] });
    }
  });
});

describe.each(owned.filter((route) => names(route) && route.method === 'GET'))('$method $path', (route) => {
  it('is there for its owner', async () => {
    const things = await ownThings(route, route.owner);
    const answers = await Promise.all(ownersFor(route, things).map((name) => request(name, route, things)));
    const statuses = answers.map(({ status }) => status);
    // 409: it is there, and not yet what is asked for.
    expect(
      statuses.some((status) => status === 200 || status === 409),
      String(statuses),
    ).toBe(true);
  });
});

describe.each(owned.filter((route) => !names(route)))('$method $path, of one $owner,', (route) => {
  it('tells others nothing', async () => {
    const things = await thingsOf[route.owner]();
    for (const { name } of strangersTo(route, things)) {
      const answer = await request(name, route, things);
      expect({ name, told: answer.told }).toEqual({ name, told: [] });
      expect([401, 403, 500]).not.toContain(answer.status);
    }
  });
});

const listings = owned.filter(
  (route) => !names(route) && route.method === 'GET' && !namesNothing.includes(route.id),
);

describe.each(listings)('$method $path', (route) => {
  it('tells its owner', async () => {
    const things = await thingsOf[route.owner]();
    await eventually(
      () => Promise.all(ownersFor(route, things).map((name) => request(name, route, things))),
      (answers) => answers.some(({ told }) => told.length > 0),
    );
  });
});

it('what strangers asked for has changed nothing', async () => {
  const { taskId, applicationId, invitationId } = await submitted();
  await thingsOf.person();
  const look = async (user: string, path: string) => json(await system.call(user, 'GET', path));
  expect(await look('admin-1', `/v1/applications/${applicationId}`)).toMatchObject({ status: 'sign-off' });
  const task = await look('miit-lead-1', `/v1/tasks/${taskId}`);
  expect(task).toMatchObject({ status: 'open', decisions: [], draft: { fields: { opinion: '拟同意' } } });
  expect(await look('expert-1', `/v1/invitations/${invitationId}`)).toMatchObject({ status: 'open' });
  expect(await look('admin-1', '/v1/bank-account')).toMatchObject({
    account: { accountNumber: '****0001' },
  });
  expect(await look('admin-2', '/v1/bank-account')).toMatchObject({ change: { status: 'proposed' } });
  expect((await look('reviewer-miit-1', '/v1/delegations'))['given']).toHaveLength(1);
  expect((await look('reviewer-miit-1', '/v1/interests'))['items']).toHaveLength(1);
  expect(await look('reviewer-miit-1', '/v1/me/contact')).toMatchObject({ email: 'somebody@example.org' });
});

it('what officials were given of an application is kept, and listed for auditors', async () => {
  const { taskId, applicationId } = await submitted();
  const answer = await system.call('miit-lead-1', 'GET', `/v1/tasks/${taskId}`);
  const requestId = answer.headers.get('x-request-id');
  const listed = await runOps(
    { url: system.current.url, token: (name) => system.current.token(name) },
    ...(['auditor-1', 'audit', 'reads', '--application', applicationId, '--env', 'local'] as const),
  );
  const line = listed.out.split('\n').find((one) => one.includes(String(requestId)));
  expect(line).toMatch(new RegExp(`miit-lead-1 .*enterprise documents .*${applicationId}`));
  const kept = await system.call('auditor-1', 'GET', '/v1/audit/reads?person=admin-1');
  expect(json(kept)['items']).toEqual([]);
});

it('everybody is told of themselves, and of nobody else', async () => {
  const told = await Promise.all(
    ['admin-1', 'reviewer-miit-1'].map(async (user) => json(await system.call(user, 'GET', '/v1/me'))),
  );
  expect(told).toMatchObject([
    { personId: 'admin-1', roles: ['organisation-admin'] },
    { personId: 'reviewer-miit-1', roles: ['lead-reviewer'], department: 'gz-miit' },
  ]);
  expect(told[1]).not.toHaveProperty('organisation');
});

describe('a role of an official', () => {
  const reference = async (user: string) => {
    const { items } = json(await system.call('auditor-1', 'GET', '/v1/access-review')) as {
      items: { personId?: string; reference: string; grantId: string; status: string }[];
    };
    const found = items.find(({ personId, status }) => personId === user && status === 'granted');
    if (!found) throw new Error(`${user} has no role`);
    return found;
  };

  it('is proposed, confirmed by another and revoked with ops, and gone and back with the next request', async () => {
    const ops = (user: string, ...args: string[]) =>
      runOps(
        { url: system.current.url, token: (name) => system.current.token(name) },
        ...([user, 'people', ...args, '--env', 'local'] as [string, ...string[]]),
      );
    const look = async () => (await system.call('operator-3', 'GET', '/v1/guides')).status;
    expect(await look()).toBe(200);
    const { reference: person, grantId } = await reference('operator-3');
    const revoked = await ops('access-admin-3', 'revoke', person, grantId, '--reason', '调离');
    expect(revoked).toMatchObject({ code: 0, out: expect.stringContaining('is revoked') });
    expect(await look()).toBe(403);
    const stated = ['operator', '--reference', person, '--reason', '返岗'];
    const proposed = await ops('access-admin-1', 'grant', ...stated);
    const [, id = '', hash = ''] = /([0-9A-Z]{26}) --hash ([0-9a-f]{64})/.exec(proposed.out) ?? [];
    const decided = ['decide', person, id, '--hash', hash, '--confirm'];
    expect(await ops('access-admin-1', ...decided)).toMatchObject({
      code: 1,
      err: expect.stringContaining('same-person'),
    });
    expect(await look()).toBe(403);
    expect(await ops('access-admin-2', ...decided)).toMatchObject({
      code: 0,
      out: expect.stringContaining('is granted'),
    });
    expect(await look()).toBe(200);
    await eventually(
      () => ops('auditor-1', 'list'),
      ({ out }) => out.includes(id) && !out.includes(grantId),
    );
    const review = await ops('auditor-1', 'review', '--csv');
    expect(review.out).toMatch(/access-admin-1,access-admin,.*部署参数/);
    expect(review.out).toMatch(new RegExp(`${person},operator-3,operator,,revoked,`));
    const audit = await runOps(
      { url: system.current.url, token: (name) => system.current.token(name) },
      ...(['auditor-1', 'audit', 'verify', '--env', 'local'] as const),
    );
    expect(audit).toMatchObject({ code: 0, out: expect.stringContaining('no break') });
  });
});

it('there are things of every kind of owner', () => {
  const kinds = new Set(owned.map(({ owner }) => owner));
  expect([...kinds].filter((owner) => !(owner in thingsOf))).toEqual([]);
});

it('a route on a thing of somebody names its owner', () => {
  const officials: readonly Role[] = ['operator', 'budget-approver', 'auditor', 'access-admin'];
  const open = allRoutes.filter(
    (route) =>
      route.owner === 'none' && names(route) && route.roles.some((role) => !officials.includes(role)),
  );
  expect(open.map(({ id }) => id)).toEqual([]);
});

it('a task token is never shown, and no log line holds one', async () => {
  await thingsOf.department();
  expect(system.logs.join('\n')).not.toMatch(/taskToken|"token"|token:/i);
});
