import * as z from 'zod';
import { FenSchema } from '../shared/money.ts';
import type { RouteContract } from '../shared/route.ts';
import { BilingualSchema } from '../shared/text.ts';
import { InstantSchema, PageQuerySchema, pageOf, SlugSchema, UlidSchema } from './schemas.ts';

/** An award as anybody may read it: no personal data. */
export const PublicAwardSchema = z
  .object({
    applicationId: UlidSchema,
    organisationName: z.string(),
    item: SlugSchema,
    title: BilingualSchema,
    clause: z.string(),
    awardFen: FenSchema,
    roundId: UlidSchema,
    status: z.enum(['noticed', 'closed']),
    noticedAt: InstantSchema,
  })
  .meta({ id: 'PublicAward' });

/** Routes without a login. */
export const publicRoutes = {
  showHome: {
    method: 'GET',
    path: '/',
    roles: [],
    summary: { zh: '首页：公示名单', en: 'Home: the public notice, for people' },
    response: { status: 200, contentType: 'text/html; charset=utf-8' },
    problems: [],
  },
  getOpenApi: {
    method: 'GET',
    path: '/openapi.json',
    roles: [],
    summary: { zh: '接口说明（OpenAPI 3.1）', en: 'This description (OpenAPI 3.1)' },
    response: { status: 200, body: z.record(z.string(), z.unknown()) },
    problems: [],
  },
  listAwards: {
    method: 'GET',
    path: '/v1/awards',
    roles: [],
    summary: { zh: '公示的奖励', en: 'Awards under public notice or closed, newest first' },
    query: PageQuerySchema.extend({ year: z.coerce.number().int().min(2000).max(2100).optional() }),
    response: { status: 200, body: pageOf(PublicAwardSchema) },
    problems: [],
  },
} as const satisfies Record<string, RouteContract>;
