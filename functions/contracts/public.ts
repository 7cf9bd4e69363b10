import * as z from 'zod';
import { PreCheckBodySchema, PreCheckSchema } from '../filing/eligibility/pre-check-view.ts';
import { CatalogueSchema, MeasureSchema } from '../policy/guides/measure-view.ts';
import { PrivacySchema } from '../policy/retention/show-privacy.ts';
import { PublicAwardSchema } from '../publicity/notice/public-award.ts';
import type { RouteContract } from '../shared/route.ts';
import { PageQuerySchema, pageOf, SlugSchema } from '../shared/schemas.ts';

/** Routes without a login. */
export const publicRoutes = {
  showHome: {
    method: 'GET',
    path: '/notice.html',
    roles: [],
    owner: 'none',
    summary: { zh: '公示名单（网页）', en: 'The public notice as a page that needs no script' },
    response: { status: 200, contentType: 'text/html; charset=utf-8' },
    problems: [],
  },
  getOpenApi: {
    method: 'GET',
    path: '/openapi.json',
    roles: [],
    owner: 'none',
    summary: { zh: '接口说明（OpenAPI 3.1）', en: 'This description (OpenAPI 3.1)' },
    response: { status: 200, body: z.record(z.string(), z.unknown()) },
    problems: [],
  },
  listEventSchemas: {
    method: 'GET',
    path: '/v1/event-schemas',
    roles: [],
    owner: 'none',
    summary: { zh: '领域事件的 JSON Schema', en: 'JSON Schemas of the events that subscribers get' },
    response: {
      status: 200,
      body: z.object({
        source: z.string(),
        events: z.array(
          z.object({
            type: z.string(),
            description: z.string(),
            schema: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema, draft 2020-12' }),
          }),
        ),
      }),
    },
    problems: [],
  },
  listAwards: {
    method: 'GET',
    path: '/v1/awards',
    roles: [],
    owner: 'none',
    summary: { zh: '公示的奖励', en: 'Awards under public notice or closed, newest first' },
    query: PageQuerySchema.extend({ year: z.coerce.number().int().min(2000).max(2100).optional() }),
    response: { status: 200, body: pageOf(PublicAwardSchema) },
    problems: [],
  },
  preCheck: {
    method: 'POST',
    path: '/v1/pre-checks',
    roles: [],
    owner: 'none',
    summary: {
      zh: '公开自查：不登录，看哪些事项可以申报、还缺什么',
      en: 'What an enterprise that nobody names could apply for, and what is missing; nothing is kept',
    },
    body: PreCheckBodySchema,
    response: { status: 200, body: PreCheckSchema },
    problems: [],
  },
  showPrivacy: {
    method: 'GET',
    path: '/v1/privacy',
    roles: [],
    owner: 'none',
    summary: {
      zh: '个人信息保护告知：保存哪些信息、保存多久、何人可见',
      en: 'The notice of privacy: which personal data are kept, for how long, and who may see them',
    },
    response: { status: 200, body: PrivacySchema },
    problems: [],
  },
  listMeasures: {
    method: 'GET',
    path: '/v1/measures',
    roles: [],
    owner: 'none',
    summary: { zh: '政策措施目录', en: "The notice's measures and what is open now" },
    response: { status: 200, body: CatalogueSchema },
    problems: [],
  },
  describeMeasure: {
    method: 'GET',
    path: '/v1/measures/{item}',
    roles: [],
    owner: 'none',
    summary: { zh: '措施详情：条件、填报内容、材料', en: 'A measure: conditions, facts to state, materials' },
    params: z.object({ item: SlugSchema }),
    response: { status: 200, body: MeasureSchema },
    problems: ['not-found'],
  },
} as const satisfies Record<string, RouteContract>;
