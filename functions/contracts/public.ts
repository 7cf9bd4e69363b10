import * as z from 'zod';
import { FenSchema } from '../shared/money.ts';
import type { RouteContract } from '../shared/route.ts';
import {
  DateSchema,
  InstantSchema,
  PageQuerySchema,
  pageOf,
  SlugSchema,
  UlidSchema,
} from '../shared/schemas.ts';
import { BilingualSchema } from '../shared/text.ts';

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
    status: z.enum(['noticed', 'ordered', 'closed']),
    noticedAt: InstantSchema,
  })
  .meta({ id: 'PublicAward' });

const DepartmentSchema = z
  .object({
    id: SlugSchema,
    name: BilingualSchema,
    successor: SlugSchema.optional().meta({ description: 'Department that took over when this one ended' }),
  })
  .meta({ id: 'Department' });

/** The notice's upper limit of a measure. */
const CeilingSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('fixed'), fen: FenSchema }),
  z.object({ kind: z.literal('ratio'), percent: z.int(), fen: FenSchema }),
  z.object({
    kind: z.literal('tiers'),
    tiers: z.array(z.object({ id: SlugSchema, reachedAtFen: FenSchema, fen: FenSchema })),
  }),
]);

const WindowSchema = z.object({ opensAt: InstantSchema, closesAt: InstantSchema });

/** What the notice says of a kind of support, and whether a guide takes applications for it now. */
const MeasureShape = {
  id: SlugSchema.meta({ description: 'What an application names as its item' }),
  item: SlugSchema,
  part: z.enum(['all', 'a', 'b']),
  clause: z.string(),
  kind: z.enum(['paid', 'by-guide', 'matching', 'recognition', 'referral', 'outside']),
  title: BilingualSchema,
  lead: z.array(DepartmentSchema),
  support: z.array(DepartmentSchema),
  ceiling: CeilingSchema.optional(),
  open: z.boolean().meta({ description: 'Whether it takes applications now' }),
  guide: z
    .string()
    .optional()
    .meta({ description: 'The guide version that says when; the open one, or the latest' }),
  window: WindowSchema.optional(),
};

/** The notice's measures with all that they support. */
export const CatalogueSchema = z
  .object({
    documentNumber: z.string(),
    title: BilingualSchema,
    inForce: z.object({ from: DateSchema, to: DateSchema }),
    directions: z.array(
      z.object({
        id: SlugSchema,
        clause: z.string(),
        title: BilingualSchema,
        summary: BilingualSchema,
        lead: z.array(DepartmentSchema),
        support: z.array(DepartmentSchema),
      }),
    ),
    measures: z.array(
      z.object({
        clause: z.string(),
        title: BilingualSchema,
        summary: BilingualSchema,
        items: z.array(
          z.object({
            item: SlugSchema,
            title: BilingualSchema,
            summary: BilingualSchema,
            parts: z.array(z.object(MeasureShape)),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'Catalogue' });

/** A measure with what its guide asks for; one that no guide has yet ends with what the notice says. */
export const MeasureSchema = z
  .object({
    ...MeasureShape,
    summary: BilingualSchema,
    illustrative: z.boolean().optional().meta({ description: 'The guide is a sample' }),
    competition: z.enum(['competitive', 'inclusive']).optional(),
    amount: z
      .discriminatedUnion('kind', [
        z.object({ kind: z.literal('fixed'), fen: FenSchema }),
        z.object({ kind: z.literal('ratio'), percent: z.int(), claimed: z.string(), fen: FenSchema }),
        z.object({
          kind: z.literal('tiers'),
          revenue: z.string(),
          earlier: z.string(),
          skipped: z.enum(['highest', 'difference', 'sum']),
          tiers: z.array(z.object({ id: SlugSchema, fen: FenSchema })),
        }),
        z.object({ kind: z.literal('at-sign-off'), fen: FenSchema }),
        z.object({ kind: z.literal('none') }),
      ])
      .optional(),
    conditions: z
      .array(
        z.object({
          id: SlugSchema,
          citation: z.string(),
          expression: z.string().meta({ description: 'In CEL' }),
          met: BilingualSchema,
          unmet: BilingualSchema,
          unmetNeedsReview: z.boolean(),
        }),
      )
      .optional(),
    facts: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'JSON Schema (draft 2020-12) of the facts that an application states' }),
    materials: z
      .array(
        z.object({ id: SlugSchema, title: BilingualSchema, formats: z.array(z.string()), maxBytes: z.int() }),
      )
      .optional(),
  })
  .meta({ id: 'Measure' });

/** Routes without a login. */
export const publicRoutes = {
  showHome: {
    method: 'GET',
    path: '/',
    roles: [],
    owner: 'none',
    summary: { zh: '首页：公示名单', en: 'Home: the public notice, for people' },
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
