import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allRoutes, type NamedRoute } from '../../functions/contracts/routes.ts';
import { type Role, roles } from '../../functions/shared/actor.ts';
import { type Owner, strangerStatus } from '../../functions/shared/route.ts';
import { type DemoUser, demoUsers, findDemoUser } from '../../local/issuer/demo-users.ts';
import { type ApiAnswer, type JourneyInstance, startJourneyInstance } from '../support/instance.ts';
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
  readonly owner: string;
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

const department = 'gz-miit';

const submitted = once(async () => {
  const applicationId = await story.completeDraft(1);
  expect((await story.submit(1, applicationId)).status).toBe(202);
  return applicationId;
});

const thingsOf: Readonly<Record<Exclude<Owner, 'none'>, () => Promise<Things>>> = {
  organisation: once(async () => {
    const applicationId = await submitted();
    const [document] = await story.documents(1, applicationId);
    const { uscc } = await story.company(1);
    return {
      owner: 'admin-1',
      params: { applicationId, documentId: String(document?.['documentId']) },
      secrets: [applicationId],
      isStranger: ({ organisation }) => organisation !== uscc,
    };
  }),
  department: once(async () => {
    const applicationId = await submitted();
    return {
      owner: 'miit-lead-1',
      params: { taskId: await story.task(applicationId) },
      secrets: [applicationId, 'reviewer-miit-1'],
      isStranger: (user) => user.department !== department,
    };
  }),
  person: once(async () => {
    const owner = 'reviewer-miit-1';
    const { uscc } = await story.company(18);
    const mail = 'somebody@example.org';
    // Colleagues are known once they have looked into the inbox.
    await system.call('reviewer-miit-2', 'GET', '/v1/tasks');
    const declared = await system.call(owner, 'POST', '/v1/interests', {
      body: { organisation: uscc, kind: 'kinship' },
    });
    const delegated = await system.call(owner, 'POST', '/v1/delegations', {
      body: { to: 'reviewer-miit-2', from: '2099-01-05', until: '2099-01-09' },
    });
    const reached = await system.call(owner, 'PUT', '/v1/me/contact', {
      body: { email: mail, language: 'zh' },
    });
    expect([declared.status, delegated.status, reached.status]).toEqual([201, 201, 200]);
    const delegationId = String(json(delegated)['delegationId']);
    return {
      owner,
      params: { delegationId },
      secrets: [uscc, mail, delegationId],
      // The colleague who stands in sees the delegation too.
      isStranger: ({ name }) => name !== owner && name !== 'reviewer-miit-2',
    };
  }),
  recipient: once(async () => {
    const applicationId = await submitted();
    const { uscc } = await story.company(1);
    return {
      owner: 'admin-1',
      params: {},
      secrets: [applicationId],
      isStranger: (user) => user.organisation !== uscc && user.department !== department,
    };
  }),
};

/** What a route takes beside its path, so that nothing but the owner stands in a stranger's way. */
const samples: Readonly<Record<string, () => unknown>> = {
  createApplication: () => story.dcmm(2),
  editApplication: () => story.dcmm(2),
  requestUpload: () => ({
    ...{ material: 'certificate', fileName: 'a.pdf', contentType: 'application/pdf' },
    ...{ bytes: 10, sha256: 'a'.repeat(64) },
  }),
  withdrawApplication: () => ({}),
  decideTask: () => ({ outcome: 'approve', amountFen: 100 }),
  declareInterest: async () => ({ organisation: (await story.company(19)).uscc, kind: 'other' }),
  delegate: () => ({ to: 'reviewer-sti-2', from: '2099-01-05', until: '2099-01-09' }),
  markRead: () => ({ upTo: new Date().toISOString() }),
  setContact: () => ({ email: 'stranger@example.org', language: 'en' }),
};

/** Answers about the caller's own things that tell a number and name none of them. */
const namesNothing = ['countUnread'];

const names = (route: NamedRoute): boolean => route.path.includes('{');

/** A path with its parameters filled in, or with ids that are well formed and belong to nothing. */
function pathOf({ path }: NamedRoute, params: Readonly<Record<string, string>> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '01ARZ3NDEKTSV4RRFFQ69G5FAV');
}

/** Calls a route with everything that its contract asks for. */
async function request(user: string, route: NamedRoute, params: Readonly<Record<string, string>>) {
  const sample = samples[route.id];
  if (route.body && !sample) throw new Error(`samples has no body for ${route.id}`);
  const body = await sample?.();
  if (route.body) expect(route.body.safeParse(body), `the sample of ${route.id}`).toMatchObject({ success: true });
  return system.call(user, route.method, pathOf(route, params), {
    headers: { 'if-match': '"1"', 'idempotency-key': 'another-owner' },
    ...(route.body && { body }),
  });
}

/** One user for each set of roles that people hold together. */
const everyKindOfPerson = [...Map.groupBy(demoUsers, (user) => user.roles.join())].flatMap(([, users]) =>
  users.slice(0, 1),
);
const holds = (user: DemoUser, route: NamedRoute): boolean =>
  user.roles.some((role) => (route.roles as readonly Role[]).includes(role));

/** Of each role that a route lets in, somebody who owns nothing of the things. */
function strangersTo(route: NamedRoute, { isStranger }: Things): DemoUser[] {
  return route.roles.map((role) => {
    const found = demoUsers.find((user) => user.roles.includes(role) && isStranger(user));
    if (!found) throw new Error(`no ${role} is a stranger on ${route.id}`);
    return found;
  });
}

const answered = ({ status, body }: ApiAnswer) => ({ status, code: (body as Json | undefined)?.['code'] });

it('people of every role are there to be refused', () => {
  const held = new Set(everyKindOfPerson.flatMap((user) => user.roles));
  expect(roles.filter((role) => !held.has(role))).toEqual([]);
});

describe.each(allRoutes.filter((route) => route.roles.length === 0))('$method $path', (route) => {
  it('is open to everybody', async () => {
    const answer = await system.call(undefined, route.method, pathOf(route));
    expect([200, 404]).toContain(answer.status);
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
    const strangers = strangersTo(route, things);
    const missing = [...route.path.matchAll(/\{(\w+)\}/g)].filter(([, name = '']) => !(name in things.params));
    expect(missing.map(([parameter]) => parameter)).toEqual([]);
    for (const { name } of strangers) {
      const answer = await request(name, route, things.params);
      expect({ name, status: answer.status }).toEqual({ name, status: strangerStatus[route.owner] });
      for (const secret of things.secrets) expect(JSON.stringify(answer.body)).not.toContain(secret);
    }
  });

  it.runIf(route.method === 'GET')('is there for its owner', async () => {
    const { owner, params } = await thingsOf[route.owner]();
    const user = findDemoUser(owner);
    if (user && holds(user, route)) expect([200, 409]).toContain((await request(owner, route, params)).status);
  });
});

describe.each(owned.filter((route) => !names(route)))('$method $path, of one $owner,', (route) => {
  it('tells others nothing', async () => {
    const things = await thingsOf[route.owner]();
    for (const { name } of strangersTo(route, things)) {
      const answer = await request(name, route, {});
      expect([401, 403, 405, 500]).not.toContain(answer.status);
      for (const secret of things.secrets) expect(JSON.stringify(answer.body ?? '')).not.toContain(secret);
    }
  });

  it.runIf(route.method === 'GET' && !namesNothing.includes(route.id))('tells its owner', async () => {
    const { owner, secrets } = await thingsOf[route.owner]();
    const user = findDemoUser(owner);
    expect(user && holds(user, route)).toBe(true);
    await eventually(
      async () => JSON.stringify((await request(owner, route, {})).body ?? ''),
      (text) => secrets.some((secret) => text.includes(secret)),
    );
  });
});

it('every route on a thing of somebody names its owner', () => {
  const officials: readonly Role[] = ['operator', 'budget-approver', 'auditor'];
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
