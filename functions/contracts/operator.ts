import * as z from 'zod';
import { ReopeningViewSchema } from '../review/sign-off/reopening-view.ts';
import type { RouteContract } from '../shared/route.ts';
import { GivenSchema, InstantSchema, ReasonTextSchema } from '../shared/schemas.ts';
import { BilingualSchema } from '../shared/text.ts';
import { ApplicationIdSchema } from '../shared/vocabulary.ts';
import { announcementRoutes } from './announcements.ts';
import { poolRoutes } from './pools.ts';

/** A published guide in a listing. */
export const GuideEntrySchema = z
  .object({
    version: z.string(),
    year: z.int(),
    title: BilingualSchema,
    illustrative: z.boolean(),
    publishedAt: InstantSchema,
    publishedBy: z.string(),
    contentHash: z.string().meta({ description: 'SHA-256 of the canonical JSON, amounts in fen' }),
  })
  .meta({ id: 'GuideEntry' });

const GuideParams = z.object({ version: GivenSchema });

const ApplicationParams = z.object({ applicationId: ApplicationIdSchema });

/** Routes of operators, and of the second person who confirms what they enter. */
export const operatorRoutes = {
  ...poolRoutes,
  ...announcementRoutes,
  publishGuide: {
    method: 'POST',
    path: '/v1/guides',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '发布申报指南', en: 'Publish a guide; a published version never changes' },
    // Its schema is loaded by the one request a year that needs it, which lists every fault at once.
    body: z
      .record(z.string(), z.unknown())
      .meta({ description: 'The guide as in policy/guides/*.yaml, amounts in yuan' }),
    response: { status: 201, body: GuideEntrySchema },
    problems: ['already-exists'],
  },
  listGuides: {
    method: 'GET',
    path: '/v1/guides',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '已发布的申报指南', en: 'Published guides, lowest version first' },
    response: { status: 200, body: z.object({ items: z.array(GuideEntrySchema) }) },
    problems: [],
  },
  getGuide: {
    method: 'GET',
    path: '/v1/guides/{version}',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '申报指南全文', en: 'A published guide, whole' },
    params: GuideParams,
    response: {
      status: 200,
      body: GuideEntrySchema.extend({
        guide: z
          .record(z.string(), z.unknown())
          .meta({ description: 'As published; amounts in fen, under names that say so' }),
      }),
    },
    problems: ['not-found'],
  },
  getReopening: {
    method: 'GET',
    path: '/v1/applications/{applicationId}/reopening',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '恢复办理情况', en: 'What was asked for and decided on the reopening of an application' },
    params: ApplicationParams,
    response: { status: 200, body: ReopeningViewSchema },
    problems: ['not-found'],
  },
  requestReopening: {
    method: 'POST',
    path: '/v1/applications/{applicationId}/reopening',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '申请恢复办理', en: 'Ask for a wrongly lapsed application to be opened again' },
    params: ApplicationParams,
    body: z.strictObject({ reason: ReasonTextSchema }),
    response: { status: 200, body: ReopeningViewSchema },
    problems: [
      ...(['not-found', 'not-in-this-state', 'already-exists'] as const),
      ...(['same-person', 'conflict-of-interest', 'concurrent-change'] as const),
    ],
  },
  decideReopening: {
    method: 'POST',
    path: '/v1/applications/{applicationId}/reopening/decision',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '决定是否恢复办理', en: 'Approve or refuse the reopening, by a second person' },
    params: ApplicationParams,
    body: z.discriminatedUnion('outcome', [
      z.strictObject({ outcome: z.literal('approve'), reason: ReasonTextSchema.optional() }),
      z.strictObject({ outcome: z.literal('refuse'), reason: ReasonTextSchema }),
    ]),
    response: { status: 200, body: ReopeningViewSchema },
    problems: [
      ...(['not-found', 'not-in-this-state'] as const),
      ...(['same-person', 'conflict-of-interest', 'concurrent-change'] as const),
    ],
  },
} as const satisfies Record<string, RouteContract>;
