import { DomainError, type ProblemCode, problems } from '../shared/errors.ts';
import { toProblem } from '../shared/problem.ts';
import { asksForStrongLogin, type RouteContract } from '../shared/route.ts';
import type { NamedRoute } from './routes.ts';

/** A part of an OpenAPI document. */
type Json = { readonly [key: string]: unknown };

/** Problems that any route can answer, by what the route takes. */
const everyRoute: readonly ProblemCode[] = ['internal', 'unavailable'];

/** One answer for each problem and one of the gateway, which the operations refer to. */
export function failureExamples(): Json {
  const byCode = Object.fromEntries(
    Object.entries(problems).map(([code, { zh, en }]) => [
      code,
      {
        summary: `${zh} / ${en}`,
        value: toProblem(new DomainError(code as ProblemCode), 'Zx3kHhYtPHcEJPw='),
      },
    ]),
  );
  return { ...byCode, gateway: { summary: '网关 / The gateway', value: { message: 'Unauthorized' } } };
}

/** Headers of answers, in both languages. */
const headerWords = {
  'x-request-id': '请求编号，报告问题时请提供 / Tell it when something fails',
  'cache-control': '可否缓存 / Whether it may be kept',
  etag: '版本，供 If-None-Match 和 If-Match 使用 / The version, for If-None-Match and If-Match',
  vary: '压缩与否由 Accept-Encoding 决定 / Whether it is compressed goes by Accept-Encoding',
  'content-encoding': '压缩方式 / How it is compressed',
  location: '新建内容的路径 / Path of what was made',
  link: 'rel="next"：下一部分 / The next part',
  'content-disposition': '文件名 / Name of the file',
  'x-payment-signature':
    '签名算法及签名 / Algorithm of the signature over these bytes, and the signature in base64',
  'www-authenticate': '认证方式 / How to sign in',
  'retry-after': '多少秒后重试 / Seconds after which to try again',
} as const;
type HeaderName = keyof typeof headerWords;

/** Descriptions of the headers, which the answers refer to. */
export function describeHeaders(): Json {
  return Object.fromEntries(
    Object.entries(headerWords).map(([name, description]) => [
      name,
      { description, schema: { type: 'string' } },
    ]),
  );
}

const headers = (...names: readonly HeaderName[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

/** Headers of every answer that a function gives. */
const everyAnswer = ['x-request-id', 'cache-control'] as const;

/** Operations whose answers have more headers than others when all goes well. */
const ownHeaders: Readonly<Partial<Record<HeaderName, readonly string[]>>> = {
  etag: [
    ...['createApplication', 'getApplication', 'editApplication', 'submitApplication'],
    ...[
      'copyApplication',
      'offerHandover',
      'takeOver',
      'withdrawApplication',
      'getRanking',
      'putRanking',
      'requestReconsideration',
    ],
  ],
  location: ['createApplication', 'copyApplication'],
  link: ['downloadRegister'],
  'x-payment-signature': ['getPaymentFileContent'],
  'content-disposition': [
    ...['downloadRegister', 'reportAwards', 'getImportReport', 'getPaymentFileContent', 'reviewAccess'],
  ],
};

/** Headers of an answer when all goes well. */
export function headersOf({ id, method, response }: NamedRoute): Json {
  const own = Object.entries(ownHeaders).filter(([, ids]) => ids.includes(id));
  return headers(
    ...everyAnswer,
    ...(method === 'GET' ? (['etag'] as const) : []),
    ...(response.status === 200 ? (['vary', 'content-encoding'] as const) : []),
    // The names of a literal record are its type's keys.
    ...own.map(([name]) => name as HeaderName),
  );
}

/** Every read says by a tag what it is, and answers nothing to whoever has that already. */
export function unchanged(route: NamedRoute): Json {
  if (route.method !== 'GET') return {};
  const description = '与 If-None-Match 所列版本相同 / The same as a version that If-None-Match names';
  return { 304: { description, headers: headers(...everyAnswer, 'etag', 'vary') } };
}

/** What the gateway itself answers, in its own words and in place of a function, by status. */
const gatewayAnswers: Readonly<Record<number, string>> = {
  400: '请求无法解析 / The request cannot be read',
  413: '内容过大 / It is too large',
  429: '请求过于频繁 / Too many requests',
  500: '网关内部错误 / An error of the gateway',
  503: '系统未及时答复 / No answer in time',
};

const failureHeaders: Readonly<Record<number, readonly HeaderName[]>> = {
  401: ['www-authenticate'],
  403: ['www-authenticate'],
  429: ['retry-after'],
  503: ['retry-after'],
};

/**
 * Answers other than success, by status: problems, and messages of the gateway, which nobody can give another form.
 * @param problem the schema of problems.
 */
export function failures(route: RouteContract, problem: Json): Json {
  const byStatus = Map.groupBy(problemsOf(route), (code) => problems[code].status as number);
  const byGateway: Readonly<Record<number, string>> = {
    ...gatewayAnswers,
    ...(route.roles.length > 0 && {
      401: '请先登录 / Sign in first',
      403: '令牌缺少所需的权限范围 / The token has no scope of those asked for',
    }),
  };
  const statuses = new Set([...byStatus.keys(), ...Object.keys(byGateway).map(Number)]);
  return Object.fromEntries(
    [...statuses].map((status) => {
      const codes = byStatus.get(status) ?? [];
      const message = byGateway[status];
      const words = codes.map((code) => `\`${code}\`: ${problems[code].zh} / ${problems[code].en}`);
      return [
        status,
        {
          description: [...words, ...(message === undefined ? [] : [message])].join('\n\n'),
          headers: headers(...everyAnswer, ...(failureHeaders[status] ?? [])),
          content: { ...problemContent(codes, problem), ...(message !== undefined && gatewayContent) },
        },
      ];
    }),
  );
}

function problemContent(codes: readonly ProblemCode[], problem: Json): Json {
  if (codes.length === 0) return {};
  const examples = codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]);
  return {
    'application/problem+json': {
      schema: { allOf: [problem, { properties: { code: { enum: codes } } }] },
      examples: Object.fromEntries(examples),
    },
  };
}

/** API Gateway's own form, which an HTTP API does not let anybody change. */
const gatewayContent: Json = {
  'application/json': {
    schema: { $ref: '#/components/schemas/GatewayMessage' },
    examples: { gateway: { $ref: '#/components/examples/gateway' } },
  },
};
export const gatewayMessage: Json = {
  type: 'object',
  properties: { message: { type: 'string' } },
  required: ['message'],
};

function problemsOf(route: RouteContract): ProblemCode[] {
  const takesInput = [route.params, route.query, route.headers, route.body, route.text].some(Boolean);
  return [
    ...new Set<ProblemCode>([
      ...route.problems,
      ...(takesInput ? (['invalid-request'] as const) : []),
      ...(route.body ? (['not-json'] as const) : []),
      ...(route.body || route.text ? (['payload-too-large', 'unsupported-media-type'] as const) : []),
      ...(route.roles.length > 0
        ? (['unauthenticated', 'forbidden', 'login-refused', 'not-granted'] as const)
        : []),
      ...(asksForStrongLogin(route) ? (['login-too-weak'] as const) : []),
      ...everyRoute,
    ]),
  ];
}
