import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { openApiDocument } from '../../../functions/contracts/openapi.ts';
import { allRoutes } from '../../../functions/contracts/routes.ts';
import { applicantRoles } from '../../../functions/shared/actor.ts';
import { problems } from '../../../functions/shared/errors.ts';
import { asksForStrongLogin, personalData, strangerStatus } from '../../../functions/shared/route.ts';

const ParameterSchema = z.object({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean(),
  // In both languages.
  description: z.string().regex(/\p{Script=Han}.* \/ /u),
  schema: z.record(z.string(), z.unknown()),
});
const ContentSchema = z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) }));
const OperationSchema = z.strictObject({
  operationId: z.string(),
  tags: z.array(z.string()),
  summary: z.string(),
  description: z.string().min(20),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  'x-owner': z.enum(Object.keys(strangerStatus)),
  'x-personal-data': z.array(z.enum(personalData)).optional(),
  parameters: z.array(ParameterSchema),
  requestBody: z.object({ required: z.literal(true), content: ContentSchema }).optional(),
  responses: z.record(
    z.string().regex(/^[1-5]\d\d$/),
    z.strictObject({
      description: z.string().min(1),
      headers: z.record(z.string(), z.strictObject({ $ref: z.string() })),
      content: ContentSchema.optional(),
    }),
  ),
});
/** The parts of OpenAPI 3.1 that the document uses; everything else is refused. */
const DocumentSchema = z.strictObject({
  openapi: z.literal('3.1.0'),
  info: z.strictObject({ title: z.string(), version: z.string(), description: z.string() }),
  servers: z.array(z.object({ url: z.string() })),
  tags: z.array(z.object({ name: z.string() })),
  paths: z.record(
    z.string().startsWith('/'),
    z.partialRecord(z.enum(['get', 'post', 'put', 'delete']), OperationSchema),
  ),
  components: z.strictObject({
    schemas: z.record(z.string().regex(/^[A-Za-z0-9._-]+$/), z.record(z.string(), z.unknown())),
    examples: z.record(
      z.string(),
      z.object({ summary: z.string(), value: z.record(z.string(), z.unknown()) }),
    ),
    headers: z.record(z.string(), z.object({ description: z.string().regex(/\p{Script=Han}.* \/ /u) })),
    securitySchemes: z.record(z.string(), z.object({ type: z.literal('http'), scheme: z.literal('bearer') })),
  }),
});

// As it goes over the wire: what JSON drops is not in the document.
const document = DocumentSchema.parse(JSON.parse(JSON.stringify(openApiDocument(allRoutes))));
const operationOf = (route: (typeof allRoutes)[number]) =>
  document.paths[route.path]?.[route.method.toLowerCase() as 'get'];
const named = allRoutes.map((route) => ({ name: `${route.method} ${route.path}`, route }));

function references(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(references);
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([key, value]) =>
    key === '$ref' && typeof value === 'string' ? [value] : references(value),
  );
}

describe('the OpenAPI document', () => {
  it('has the routes and nothing else', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(operations.toSorted()).toEqual(named.map(({ name }) => name).toSorted());
  });

  it('names every operation once', () => {
    const ids = allRoutes.map((route) => operationOf(route)?.operationId);
    expect(new Set(ids)).toEqual(new Set(allRoutes.map((route) => route.id)));
    expect(ids).toHaveLength(new Set(ids).size);
  });

  it('resolves every reference', () => {
    const known = (['schemas', 'examples', 'headers'] as const).flatMap((part) =>
      Object.keys(document.components[part]).map((id) => `#/components/${part}/${id}`),
    );
    const used = references(document);
    expect(used.filter((reference) => !known.includes(reference))).toEqual([]);
    expect(known).toEqual(
      expect.arrayContaining(['Problem', 'Application', 'Upload'].map((id) => `#/components/schemas/${id}`)),
    );
  });

  it('leaves no definitions inside schemas', () => {
    expect(JSON.stringify(document)).not.toMatch(/"\$(defs|schema)"/);
  });

  it.each(named)('$name declares its parameters as its path does', ({ route }) => {
    const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    const parameters = operationOf(route)?.parameters ?? [];
    expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(inPath);
    expect(parameters.filter(({ in: place, required }) => place === 'path' && !required)).toEqual([]);
  });

  it.each(named)('$name lists its success and each of its problems', ({ route }) => {
    const responses = operationOf(route)?.responses ?? {};
    expect(Object.keys(responses)).toContain(String(route.response.status));
    for (const code of route.problems) {
      const answer = responses[problems[code].status];
      expect(answer?.description).toContain(`\`${code}\``);
      expect(JSON.stringify(answer?.content)).toContain('#/components/schemas/Problem');
    }
  });

  it.each(named)('$name tells what the gateway answers in its own words', ({ route }) => {
    const responses = operationOf(route)?.responses ?? {};
    const own = Object.keys(responses).filter((status) => responses[status]?.content?.['application/json']);
    const { body, contentType, otherContentTypes = [] } = route.response;
    const success = body || [contentType, ...otherContentTypes].includes('application/json');
    const expected = [
      ...['400', '413', '429', '500', '503'],
      ...(route.roles.length > 0 ? ['401', '403'] : []),
      ...(success ? [String(route.response.status)] : []),
    ];
    expect(own.filter((status) => status !== '304').sort()).toEqual([...new Set(expected)].sort());
  });

  it.each(named)(
    '$name asks for a login exactly when it has roles, in a scope that is theirs',
    ({ route }) => {
      const security = operationOf(route)?.security ?? [];
      const asked = security.map(({ bearer: [scope = '', ...roles] = [] }) => ({ scope, roles }));
      expect(asked.flatMap(({ roles }) => roles).sort()).toEqual([...route.roles].sort());
      for (const { scope, roles } of asked) {
        const isApplicants = roles.some((role) => applicantRoles.some((one) => one === role));
        expect(scope).toBe(isApplicants ? 'apply' : 'work');
      }
      const isStrong = operationOf(route)?.responses['401']?.description.includes('login-too-weak') ?? false;
      expect(isStrong).toBe(asksForStrongLogin(route));
      expect('401' in (operationOf(route)?.responses ?? {})).toBe(route.roles.length > 0);
    },
  );

  it('asks how somebody has logged in wherever money moves, rules change or an account is put', () => {
    const asking = allRoutes.filter(asksForStrongLogin).map(({ id }) => id);
    expect(asking).toEqual(
      expect.arrayContaining([
        'proposeBankAccount',
        'decideBankAccount',
        'decideWaitingBankAccount',
        'proposeResults',
        'proposeEntry',
        'proposeGuide',
      ]),
    );
    expect(asking).not.toEqual(expect.arrayContaining(['getPool']));
    expect(asking.filter((id) => /^(declareInterest|decideTask|markRead)$/.test(id))).toEqual([]);
  });

  it.each(named)('$name says whose things it is about, and lists what strangers get', ({ route }) => {
    const operation = operationOf(route);
    expect(operation?.['x-personal-data']).toEqual(route.personal);
    expect(operation?.['x-owner']).toBe(route.owner);
    const status = strangerStatus[route.owner];
    const names = route.path.includes('{');
    if (status !== undefined && names) expect(operation?.responses).toHaveProperty(String(status));
  });

  it('asks only for the parameters that a caller must send', () => {
    const required = document.paths['/v1/registry/imports']?.post?.parameters.map(({ name, required }) => [
      name,
      required,
    ]);
    expect(required).toEqual([
      ['scheme', true],
      ['confirmUscc', false],
      ['dryRun', false],
      ['mapping', false],
      ['projectName', false],
      ['year', false],
    ]);
    expect(document.paths['/v1/applications']?.get?.parameters.every(({ required }) => !required)).toBe(true);
  });

  it('tells JSON from text and bytes in downloads, and names the headers that answers have', () => {
    const report = document.paths['/v1/reports/awards']?.get?.responses['200'];
    expect(report?.content?.['application/json']?.schema).toMatchObject({ type: 'object' });
    expect(report?.headers).toHaveProperty('content-disposition');
    expect(document.paths['/v1/applications']?.post?.responses['201']?.headers).toMatchObject({
      etag: {},
      location: {},
      'x-request-id': {},
    });
  });

  it('lists what a round and a decision can be refused for', () => {
    const told = (path: string) => JSON.stringify(document.paths[path]?.post?.responses['409']);
    expect(told('/v1/rounds')).toContain('`not-in-this-state`');
    expect(told('/v1/tasks/{taskId}/decision')).toContain('`calendar-missing`');
  });

  it('is made once', () => {
    expect(openApiDocument(allRoutes)).toBe(openApiDocument(allRoutes));
  });
});
