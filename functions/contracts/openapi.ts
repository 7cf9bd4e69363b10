import * as z from 'zod';
import { type ProblemCode, problems } from '../shared/errors.ts';
import { fieldTitle } from '../shared/fault-words.ts';
import { ProblemSchema } from '../shared/problem.ts';
import { bytesType, type RouteContract, strangerStatus } from '../shared/route.ts';
import type { NamedRoute } from './routes.ts';

/** A part of an OpenAPI document or of a JSON schema. */
type Json = { readonly [key: string]: unknown };

/** Problems that any route can answer, by what the route takes. */
const everyRoute: readonly ProblemCode[] = ['internal', 'unavailable'];

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
        ...ownerNotes(),
      ].join('\n\n'),
    },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map((route) => route.audience))].map((name) => ({ name })),
    paths,
    components: {
      schemas: schemas.components,
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
  documents.set(routes, document);
  return document;
}

function operation(route: NamedRoute, schemas: SchemaBook): Json {
  return {
    operationId: route.id,
    tags: [route.audience],
    summary: `${route.summary.zh} / ${route.summary.en}`,
    description: whoMayCall(route),
    security: route.roles.length === 0 ? [] : [{ bearer: route.roles }],
    'x-owner': route.owner,
    parameters: [
      ...parameters('path', route.params, schemas),
      ...parameters('query', route.query, schemas),
      ...parameters('header', route.headers, schemas),
    ],
    ...requestBody(route, schemas),
    responses: {
      [route.response.status]: success(route, schemas),
      ...unchanged(route),
      ...failures(route, schemas),
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

/** Every read says by a tag what it is, and answers nothing to whoever has that already. */
function unchanged(route: NamedRoute): Json {
  if (route.method !== 'GET') return {};
  const description = '与 If-None-Match 所列版本相同 / The same as a version that If-None-Match names';
  return { 304: { description, headers: requestId } };
}

/** What a download is: JSON is no text of its own, and a workbook is bytes. */
function fileSchema(type: string): Json {
  if (type === 'application/json') return { type: 'object', additionalProperties: true };
  return type.startsWith('text/') ? { type: 'string' } : { type: 'string', format: 'binary' };
}

/** Headers of answers beside those of HTTP itself, and the operations that have them when all goes well. */
const answerHeaders: Readonly<
  Record<string, { readonly description: string; readonly of: readonly string[] }>
> = {
  etag: {
    description: '版本，供 If-Match 使用 / The version, for If-Match',
    of: [
      ...['createApplication', 'getApplication', 'editApplication', 'submitApplication'],
      ...['copyApplication', 'offerHandover', 'takeOver', 'withdrawApplication', 'getRanking', 'putRanking'],
    ],
  },
  location: {
    description: '新建内容的路径 / Path of what was made',
    of: ['createApplication', 'copyApplication'],
  },
  'x-payment-signature': {
    description: '签名算法及签名 / Algorithm of the signature over these bytes, and the signature in base64',
    of: ['getPaymentFileContent'],
  },
  link: { description: 'rel="next"：下一部分 / The next part', of: ['downloadRegister'] },
  'content-disposition': {
    description: '文件名 / Name of the file',
    of: ['downloadRegister', 'reportAwards', 'getImportReport', 'getPaymentFileContent'],
  },
};

const requestId = {
  'x-request-id': {
    description: '请求编号，报告问题时请提供 / Tell it when something fails',
    schema: { type: 'string' },
  },
};

function headersOf(route: NamedRoute): Json {
  const own = Object.entries(answerHeaders).filter(([, { of }]) => of.includes(route.id));
  return {
    ...requestId,
    ...Object.fromEntries(
      own.map(([name, { description }]) => [name, { description, schema: { type: 'string' } }]),
    ),
  };
}

/** Who may call an operation, in both languages. */
function whoMayCall({ roles, summary }: NamedRoute): string {
  if (roles.length === 0) return `${summary.zh}。无需登录。\n\n${summary.en}. Open to everybody.`;
  const named = roles.map((role) => `\`${role}\``).join(', ');
  return `${summary.zh}。须具有以下角色之一：${named}。\n\n${summary.en}. For whoever has one of the roles ${named}.`;
}

/** Answers other than success, by status. The gateway's own are its plain messages, before a function is reached. */
function failures(route: RouteContract, schemas: SchemaBook): Json {
  const byStatus: Record<number, Json> = { 429: gatewayMessage('请求过于频繁 / Too many requests') };
  if (route.roles.length > 0) byStatus[401] = gatewayMessage('请先登录 / Sign in first');
  for (const [status, codes] of Map.groupBy(problemsOf(route), (code) => problems[code].status)) {
    byStatus[status] = {
      description: codes
        .map((code) => `\`${code}\`: ${problems[code].zh} / ${problems[code].en}`)
        .join('\n\n'),
      headers: requestId,
      content: {
        'application/problem+json': {
          schema: { allOf: [schemas.add(ProblemSchema), { properties: { code: { enum: codes } } }] },
        },
      },
    };
  }
  return byStatus;
}

function problemsOf(route: RouteContract): ProblemCode[] {
  const takesInput = [route.params, route.query, route.headers, route.body, route.text].some(Boolean);
  return [
    ...new Set<ProblemCode>([
      ...route.problems,
      ...(takesInput ? (['invalid-request'] as const) : []),
      ...(route.body ? (['not-json'] as const) : []),
      ...(route.body || route.text ? (['payload-too-large', 'unsupported-media-type'] as const) : []),
      ...(route.roles.length > 0 ? (['forbidden', 'login-refused'] as const) : []),
      ...everyRoute,
    ]),
  ];
}

function gatewayMessage(description: string): Json {
  const schema = { type: 'object', properties: { message: { type: 'string' } }, required: ['message'] };
  return { description, content: { 'application/json': { schema } } };
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
