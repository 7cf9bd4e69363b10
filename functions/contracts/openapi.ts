import * as z from 'zod';
import { fieldTitle } from '../shared/fault-words.ts';
import { ProblemSchema } from '../shared/problem.ts';
import { bytesType, type RouteContract, scopesOf, strangerStatus } from '../shared/route.ts';
import {
  describeHeaders,
  failureExamples,
  failures,
  gatewayMessage,
  headersOf,
  unchanged,
} from './answers.ts';
import { ExampleMaker } from './examples.ts';
import type { NamedRoute } from './routes.ts';

/** A part of an OpenAPI document or of a JSON schema. */
type Json = { readonly [key: string]: unknown };

const documents = new WeakMap<readonly NamedRoute[], Json>();

/**
 * The OpenAPI 3.1 document of a list of routes, generated from their contracts alone. Schemas with an id become
 * components; each problem a route can answer is listed under its status. It is made once for each list.
 */
export function openApiDocument(routes: readonly NamedRoute[]): Json {
  const known = documents.get(routes);
  if (known) return known;
  const schemas = new SchemaBook();
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = paths[route.path] ?? {};
    paths[route.path] = path;
    path[route.method.toLowerCase()] = operation(route, schemas);
  }
  const document = {
    openapi: '3.1.0',
    info: {
      title: '广州市软件和信息技术服务业支持政策 / Guangzhou software and IT services support',
      version: '1',
      description: [
        '金额均为整数分；时间为 ISO 8601（UTC），业务日期以 Asia/Shanghai 为准。',
        'Amounts are whole numbers of fen; times are ISO 8601 in UTC, business dates are in Asia/Shanghai.',
        '访问令牌须带有下列权限范围之一：`apply`（申报）、`work`（办理），名称以各环境为准；其后为所需角色。',
        'An access token needs one of the scopes listed, `apply` or `work`, by the name that an environment gives it; behind it stand the roles.',
        ...ownerNotes(),
      ].join('\n\n'),
    },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map((route) => route.audience))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { ...schemas.components, GatewayMessage: gatewayMessage },
      examples: failureExamples(),
      headers: describeHeaders(),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
  addExamples(paths, new ExampleMaker(schemas.components));
  documents.set(routes, document);
  return document;
}

/** An example for each body of JSON that is taken or answered, made of its schema. */
function addExamples(paths: Readonly<Record<string, Record<string, Json>>>, maker: ExampleMaker): void {
  const bodies = Object.values(paths)
    .flatMap((methods) => Object.values(methods))
    .flatMap(({ requestBody, responses }) => [requestBody, ...Object.values(responses as Json)])
    .flatMap((body) =>
      Object.values((body as { content?: Record<string, Record<string, unknown>> })?.content ?? {}),
    );
  for (const body of bodies) {
    if (!('examples' in body)) body['example'] ??= maker.make(body['schema'] as Json);
  }
}

function operation(route: NamedRoute, schemas: SchemaBook): Json {
  return {
    operationId: route.id,
    tags: [route.audience],
    summary: `${route.summary.zh} / ${route.summary.en}`,
    description: whoMayCall(route),
    security: scopesOf(route).map(([scope, roles]) => ({ bearer: [scope, ...roles] })),
    'x-owner': route.owner,
    ...(route.personal && { 'x-personal-data': route.personal }),
    parameters: [
      ...parameters('path', route.params, schemas),
      ...parameters('query', route.query, schemas),
      ...parameters('header', route.headers, schemas),
    ],
    ...requestBody(route, schemas),
    responses: {
      [route.response.status]: success(route, schemas),
      ...unchanged(route),
      ...failures(route, schemas.add(ProblemSchema)),
    },
  };
}

/** Says once what `x-owner` of the operations means. */
function ownerNotes(): string[] {
  const answers = Object.entries(strangerStatus).flatMap(([owner, status]) =>
    status === undefined ? [] : [`${owner} ${status}`],
  );
  return [
    `x-owner 表示该接口所涉事项归谁所有；有相应角色但非其所有者，得到的状态码为：${answers.join('、')}。`,
    `x-owner names who owns what an operation is about; others with the role get: ${answers.join(', ')}.`,
    'x-personal-data 表示返回他人资料的种类：每次返回都会留下查阅记录。',
    'x-personal-data names what an answer holds of others: each leaves a row that says who was given it.',
  ];
}

function parameters(
  place: 'path' | 'query' | 'header',
  schema: z.ZodObject | undefined,
  schemas: SchemaBook,
) {
  if (!schema) return [];
  return Object.entries(schema.shape).map(([name, value]) => ({
    name,
    in: place,
    required: place === 'path' || !z.safeParse(value, undefined).success,
    description: [fieldTitle([name]), z.globalRegistry.get(value)?.description ?? name].join(' / '),
    schema: schemas.add(value),
  }));
}

function requestBody(route: RouteContract, schemas: SchemaBook): Json {
  if (route.body) {
    const content = { 'application/json': { schema: schemas.add(route.body) } };
    return { requestBody: { required: true, content } };
  }
  if (route.text) {
    const { contentType, maxBytes } = route.text;
    const schema = { type: 'string', description: `at most ${maxBytes} bytes, in UTF-8` };
    const description = `the same as bytes, in UTF-8, UTF-16 with a mark, or GB18030`;
    const content = { [contentType]: { schema }, [bytesType]: { schema: { ...schema, description } } };
    return { requestBody: { required: true, content } };
  }
  return {};
}

function success(route: NamedRoute, schemas: SchemaBook): Json {
  const { body, contentType, otherContentTypes = [] } = route.response;
  const description = `${route.summary.zh} / ${route.summary.en}`;
  const headers = headersOf(route);
  if (contentType !== undefined) {
    const types = [contentType, ...otherContentTypes];
    return {
      description,
      headers,
      content: Object.fromEntries(types.map((type) => [type, { schema: fileSchema(type) }])),
    };
  }
  return body
    ? { description, headers, content: { 'application/json': { schema: schemas.add(body) } } }
    : { description, headers };
}

/** What a download is: JSON is no text of its own, and a workbook is bytes. */
function fileSchema(type: string): Json {
  if (type === 'application/json') return { type: 'object', additionalProperties: true };
  return type.startsWith('text/') ? { type: 'string' } : { type: 'string', format: 'binary' };
}

/** Who may call an operation, in both languages. */
function whoMayCall({ roles, summary }: NamedRoute): string {
  if (roles.length === 0) return `${summary.zh}。无需登录。\n\n${summary.en}. Open to everybody.`;
  const named = roles.map((role) => `\`${role}\``).join(', ');
  return `${summary.zh}。须具有以下角色之一：${named}。\n\n${summary.en}. For whoever has one of the roles ${named}.`;
}

/** Collects schemas with an id as components while others are written out where they are used. */
class SchemaBook {
  readonly components: Record<string, unknown> = {};

  /** The schema as callers see it, as a reference when it has an id. */
  add(schema: z.core.$ZodType): Json {
    // Inside an object even the outermost schema becomes a reference. What goes over the wire is the input side:
    // answers are parsed from it too, and transformations only brand it.
    const { $defs = {}, properties = {} } = z.toJSONSchema(z.object({ schema }), { io: 'input' });
    for (const [id, definition] of Object.entries($defs)) this.components[id] = relocate(definition);
    return relocate(properties['schema']) as Json;
  }
}

/** Points references at the components instead of at definitions inside the schema. */
function relocate(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(relocate);
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string'
        ? value.replace('#/$defs/', '#/components/schemas/')
        : relocate(value),
    ]),
  );
}
