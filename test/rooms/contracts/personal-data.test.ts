import type { APIGatewayProxyEventV2WithJWTAuthorizer, Context } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { openApiDocument } from '../../../functions/contracts/openapi.ts';
import { allRoutes, type NamedRoute } from '../../../functions/contracts/routes.ts';
import { type Actor, applicantRoles } from '../../../functions/shared/actor.ts';
import { httpDoor } from '../../../functions/shared/http-door.ts';
import type { PersonalRead } from '../../../functions/shared/personal-read.ts';
import type { PersonalData, RouteContract } from '../../../functions/shared/route.ts';

beforeEach(() => {
  for (const method of ['info', 'warn', 'error'] as const)
    vi.spyOn(console, method).mockImplementation(() => undefined);
});
afterEach(() => vi.restoreAllMocks());

/** What every route of officials that holds personal data of others is marked with. */
const marked: Readonly<Record<string, readonly PersonalData[]>> = {
  askForTaskDossier: ['dossier'],
  askForAuditedDossier: ['dossier'],
  getTask: ['enterprise', 'documents'],
  getTaskSubmission: ['enterprise', 'documents'],
  listWaitingBankAccounts: ['account'],
  decideWaitingBankAccount: ['account'],
  inviteExpert: ['people'],
  listInvitations: ['people'],
  getCase: ['enterprise', 'documents'],
  getInvitation: ['enterprise', 'documents'],
  listMembers: ['people'],
  listOrderLines: ['account'],
  listPayments: ['account'],
  getPaymentFileContent: ['account'],
  decidePayment: ['account'],
  getObjection: ['documents'],
  readObjector: ['objector'],
  proposeGrant: ['people'],
  decideGrant: ['people'],
  revokeGrant: ['people'],
  listGrants: ['people'],
  proposeCorrection: ['people'],
  decideCorrection: ['people'],
  listCorrections: ['people'],
  reviewAccess: ['people'],
  getStoredHistory: ['stored'],
  listAuditedAccess: ['people'],
  getStoredHistoryOf: ['stored'],
  listStoredRows: ['stored'],
};

/** Fields that are personal data of somebody, wherever they stand in an answer. */
const personalFields = [
  ...['holder', 'lastFour', 'accountNumber', 'branchCode'],
  ...['identifier', 'phone', 'email', 'address', 'contact', 'idNumber'],
  ...['facts', 'registeredOn', 'predecessors', 'enterprise', 'claimedInputFen'],
  ...['personId', 'expert', 'reference', 'login'],
];

/** They show what is stored of money alone. */
const ofMoney = ['getStoredLedger', 'listReservations', 'listCommitments'];

type Json = { readonly [name: string]: unknown };

/** Names of the fields of a JSON schema, with `file` where there is a link to one beside its kind. */
function fieldsOf(schema: unknown, defs: Json, seen = new Set<unknown>()): string[] {
  if (typeof schema !== 'object' || schema === null || seen.has(schema)) return [];
  seen.add(schema);
  const { $ref, properties, ...others } = schema as Json;
  const named = Object.keys((properties ?? {}) as object);
  return [
    ...named,
    ...(String(others['description'] ?? '').startsWith('As it is stored') ? ['stored'] : []),
    ...(named.includes('url') && (named.includes('contentType') || named.includes('fileName'))
      ? ['file']
      : []),
    ...(typeof $ref === 'string' ? fieldsOf(defs[$ref.split('/').at(-1) ?? ''], defs, seen) : []),
    ...Object.values((properties ?? {}) as object).flatMap((one) => fieldsOf(one, defs, seen)),
    ...Object.values(others)
      .flat()
      .flatMap((one) => fieldsOf(one, defs, seen)),
  ];
}

function personalFieldsOf(route: NamedRoute): string[] {
  const { body } = route.response;
  if (!body) return [];
  const { $defs = {}, ...schema } = z.toJSONSchema(body, { io: 'output', unrepresentable: 'any' });
  const found = new Set(fieldsOf(schema, $defs as Json));
  return [...personalFields, 'file', 'stored'].filter(
    (name) => found.has(name) && !(name === 'stored' && ofMoney.includes(route.id)),
  );
}

const isOfficials = ({ roles }: NamedRoute) => roles.some((role) => !applicantRoles.includes(role));
/** Routes on which everybody sees what is their own alone. */
const isOwn = ({ owner, path }: NamedRoute) =>
  owner === 'recipient' || (owner === 'person' && !path.includes('{')) || path === '/v1/me/objections';

describe('a contract', () => {
  it('is marked where answers to officials hold personal data of others', () => {
    const found = allRoutes.flatMap(({ id, personal }) => (personal ? [[id, personal] as const] : []));
    expect(Object.fromEntries(found)).toEqual(marked);
    expect(
      found.filter(([id]) => !isOfficials(allRoutes.find((one) => one.id === id) as NamedRoute)),
    ).toEqual([]);
  });

  it('is marked where an answer has a field of somebody, a link to a file, or what is stored as it is', () => {
    const told = allRoutes.filter(isOfficials).filter((route) => !isOwn(route) && !route.personal);
    expect(
      told.flatMap((route) => {
        const fields = personalFieldsOf(route);
        return fields.length > 0 ? [`${route.id}: ${fields.join()}`] : [];
      }),
    ).toEqual([]);
  });
});

const { paths } = openApiDocument(allRoutes) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
};

/** An answer of a route, as its description has it. */
function exampleOf({ method, path, response }: NamedRoute): unknown {
  const operation = Object(paths[path]?.[method.toLowerCase()]);
  const { content = {} } = Object(operation.responses)[response.status];
  const [first] = Object.values(content) as Json[];
  return first?.['example'] ?? '';
}

describe.each(allRoutes.filter(isOfficials))('an answer of $method $path', (route) => {
  it(`leaves ${route.personal ? 'one row' : 'no row'}, and is not given where that cannot be kept`, async () => {
    const kept: PersonalRead[] = [];
    let canKeep = true;
    const actor: Actor = {
      id: 'somebody',
      roles: route.roles,
      grants: route.roles.map((role) => ({ role, grantId: `grant-of-${role}` })),
    };
    // What a request says is the matter of other tests.
    const { params: _, query: __, headers: ___, body: ____, text: _____, ...contract } = route;
    const handler = httpDoor(
      { only: contract as RouteContract & { personal: readonly PersonalData[] } },
      {
        read: () => ({ actor, identifier: 'E1' }),
        requireStrength: () => undefined,
        join: async () => actor,
        reads: {
          record: async (read) => {
            if (!canKeep) throw new Error('the table is not there');
            kept.push(read);
          },
        },
      },
      { only: async () => ({ body: exampleOf(route) as never }) },
    );
    const call = () =>
      handler(
        {
          routeKey: `${route.method} ${route.path}`,
          headers: {},
          requestContext: {
            ...{ requestId: 'r-1', timeEpoch: Date.parse('2026-12-01T01:00:00Z'), http: {} },
            authorizer: { jwt: { claims: {} } },
          },
        } as unknown as APIGatewayProxyEventV2WithJWTAuthorizer,
        {} as Context,
      );
    expect(await call()).toMatchObject({ statusCode: route.response.status });
    const row = {
      ...{ requestId: 'r-1', at: '2026-12-01T01:00:00.000Z', person: 'somebody', roles: route.roles },
      ...{ grants: route.roles.map((role) => `grant-of-${role}`), personal: marked[route.id] },
      route: `${route.method} ${route.path}`,
    };
    expect(kept).toMatchObject(route.id in marked ? [row] : []);
    canKeep = false;
    const refused = await call();
    expect(refused.statusCode).toBe(route.id in marked ? 500 : route.response.status);
    if (route.id in marked) expect(JSON.parse(String(refused.body))).toMatchObject({ status: 500 });
  });
});
