import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openApiDocument } from '../../../functions/contracts/openapi.ts';
import { allRoutes, type NamedRoute } from '../../../functions/contracts/routes.ts';
import { KmsAccounts } from '../../../functions/filing/bank-accounts/kms-accounts.ts';
import type { Actor } from '../../../functions/shared/actor.ts';
import { ProblemSchema } from '../../../functions/shared/problem.ts';
import { openBudget } from '../../builders/budget.ts';
import { dcmmContent } from '../../builders/content.ts';
import { randomOf } from '../../simulation/random.ts';
import { agreeAccount } from '../../support/accounts.ts';
import { Course, openCourses } from '../../support/course.ts';
import { type DoorAnswer, type DoorRequest, type Doors, openDoors } from '../../support/doors.ts';
import { Known, oddRequest } from '../../support/odd-requests.ts';
import { openRooms, people } from '../../support/rooms.ts';
import { seed } from '../../support/seed.ts';
import { noticedRound, openTreasury } from '../../support/settle.ts';

/** How many are tried: some seconds of them here, forty thousand by `npm run fuzz -- api`. */
const inputs = Number(process.env['FUZZ_INPUTS'] ?? 600);

let doors: Doors;
beforeAll(async () => {
  doors = await openDoors();
}, 120_000);
afterAll(() => doors?.stop());

const { paths } = JSON.parse(JSON.stringify(openApiDocument(allRoutes))) as {
  paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
};

/** What of an answer is not as it has to be. */
function faultsOf(route: NamedRoute, { status, headers, json, text, cause = '' }: DoorAnswer): string[] {
  if (status >= 500) return [`${status} ${cause.slice(0, 400)}`];
  const documented = paths[route.path]?.[route.method.toLowerCase()]?.responses[status];
  if (!documented) return [`an undocumented ${status}: ${text.slice(0, 300)}`];
  if (status < 400) return [];
  const problem = ProblemSchema.safeParse(json);
  if (headers['content-type'] !== 'application/problem+json' || !problem.success)
    return ['no problem document'];
  const { code, messages, errors = [] } = problem.data;
  return [
    ...(JSON.stringify(documented).includes(`"${code}"`) ? [] : [`an undocumented ${code}`]),
    ...[messages, ...errors.map((fault) => fault.messages)].flatMap(mixedUp),
    ...(code === 'invalid-request' && errors.length === 0 ? ['no place'] : []),
    ...(text.length > 200_000 ? [`${text.length} bytes`] : []),
  ];
}

/** Words of standards and of the protocol, which are the same in both languages. */
const names =
  /U\+[0-9A-F]+|[0-9a-f]{64}|\b[0-9A-Z]{18,26}\b|DCMM|If-Match|ETag|Idempotency-Key|JSON|CSV|XLSX|SHA-256|ULID|CNAPS|GB\/T|GB|TOTAL|UTF-8|nextCursor|confirm\w+=true|https?|[a-z]+_[a-z_]+|YYYY[-/]?MM?[-/]?D?D?|\b[a-z0-9]+(-[a-z0-9]+)+\b|\b[A-Z]\b/g;
/** What was sent, and codes that are to be sent, stand in quotes. */
const quotes = /“[^”]*(”|…$)|"[^"]*("|…$)/gs;

/** Words of a fault that hold the other language, or none of their own. */
function mixedUp({ zh, en }: { zh: string; en: string }): string[] {
  const plain = (text: string) => text.replace(quotes, '').replace(names, '');
  return [
    ...(/\p{Script=Han}/u.test(zh) && !/[A-Za-z]{3,}/.test(plain(zh))
      ? []
      : [`the Chinese of ${zh}`.slice(0, 120)]),
    ...(/[A-Za-z]{2,}/.test(en) && !/\p{Script=Han}/u.test(plain(en))
      ? []
      : [`the English of ${en}`.slice(0, 120)]),
  ];
}

/** Things to ask for. */
async function begin(known: Known): Promise<void> {
  const guide = parse(await readFile(new URL('../../../policy/guides/2026.yaml', import.meta.url), 'utf8'));
  const learn = async (route: string, request: DoorRequest) => {
    const { json } = await doors.call(route, request);
    known.learn(json);
    return json as Record<string, unknown>;
  };
  await beginReview();
  await beginTreasury();
  const { proposalId, contentHash } = await learn('proposeGuide', {
    actor: people.operator,
    body: { guide, cause: '年度申报' },
  });
  await learn('decideGuide', {
    actor: people.approver,
    params: { proposalId: String(proposalId) },
    body: { outcome: 'confirm', contentHash },
  });
  for (const { id } of guide.pools)
    await learn('createPool', { actor: people.operator, body: { poolId: id } });
  for (let count = 0; count < 3; count += 1) {
    await learn('createApplication', { actor: people.admin, body: dcmmContent() });
  }
  // What is there by now, and the cursors of every listing.
  for (const route of allRoutes.filter(({ method, path }) => method === 'GET' && !path.includes('{'))) {
    const actor = Object.values(people).find((one) => route.roles.some((role) => hasRole(one, role)));
    for (const query of [{}, { limit: '1' }]) await learn(route.id, { actor, query });
  }
  for (const id of ['listOrderLines', 'listPaymentFiles', 'getOrder']) {
    const orderId = known.text('orderId', randomOf(0)) ?? '';
    await learn(id, { actor: people.operator, params: { orderId } });
  }
}

const hasRole = ({ roles }: Actor, role: string) => (roles as readonly string[]).includes(role);

/** Applications with departments, of which one was returned. */
async function beginReview(): Promise<void> {
  const parts = await openCourses(openRooms(doors.database));
  for (const end of ['step-1', 'step-2', 'step-3'] as const) {
    const course = new Course(parts);
    for (const [stage, role] of signed) {
      if (stage === end) break;
      await course.pass(stage, role, false);
    }
  }
}
const signed = [
  ...([
    ['prepare', 'preparer'],
    ['submit', 'organisation-admin'],
    ['step-1', 'district-reviewer'],
  ] as const),
  ...([
    ['step-2', 'lead-reviewer'],
    ['expert', 'expert'],
  ] as const),
] as const;

/** Rounds and orders in several states. */
async function beginTreasury(): Promise<void> {
  const room = openBudget(doors.database);
  const sealing = new KmsAccounts(process.env['ACCOUNT_KEY_ARN'] ?? '');
  const treasury = openTreasury({ ...room, ...room.parts, sealing });
  const [paid, drafted] = [
    await noticedRound(room, treasury, 'pool-1', [10_000, 20_000]),
    await noticedRound(room, treasury, 'pool-2', [10_000]),
  ];
  await agreeAccount(treasury.parts, people.admin);
  const payments = await treasury.file(await treasury.ordered(paid.roundId));
  await treasury.answer(...payments.slice(0, 1).map(({ paymentId, fen }) => ({ paymentId, amountFen: fen })));
  await treasury.draft(drafted.roundId);
}

it(
  `no request of ${inputs} makes a door fail, and every refusal says where and why`,
  async () => {
    const known = new Known();
    await begin(known);
    const random = randomOf(seed);
    const found = new Map<string, string>();
    for (let count = 0; count < inputs; count += 1) {
      const route = random.pick(allRoutes);
      const request = oddRequest(route, known, random);
      const answer = await doors.call(route, request);
      if (answer.status < 300) known.learn(answer.json);
      for (const fault of faultsOf(route, answer)) {
        const what = `${route.id}: ${fault}`;
        if (!found.has(what)) found.set(what, JSON.stringify(request).slice(0, 600));
      }
    }
    expect(Object.fromEntries(found)).toEqual({});
  },
  30_000 + 20 * inputs,
);
