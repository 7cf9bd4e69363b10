import * as z from 'zod';
import { LateExceptionViewSchema } from '../filing/late-exceptions/late-exception-view.ts';
import type { RouteContract } from '../shared/route.ts';
import {
  GivenSchema,
  IdempotencyKeySchema,
  InstantSchema,
  PageQuerySchema,
  pageOf,
  ReasonTextSchema,
  SlugSchema,
  UlidSchema,
} from '../shared/schemas.ts';
import { lineOf } from '../shared/text.ts';
import { OrganisationCodeSchema } from '../shared/vocabulary.ts';

/** Routes by which operators let one organisation apply for one item after its closing. */
export const lateExceptionRoutes = {
  proposeLateException: {
    method: 'POST',
    path: '/v1/late-exceptions',
    roles: ['operator'],
    owner: 'none',
    summary: {
      zh: '提请准予某单位逾期申报某事项一次（待复核）',
      en: 'Propose that one organisation may apply for one item after its closing, once, until an instant',
    },
    headers: IdempotencyKeySchema,
    body: z.strictObject({
      organisation: OrganisationCodeSchema,
      item: SlugSchema,
      until: InstantSchema,
      reason: z.strictObject({ zh: ReasonTextSchema, en: ReasonTextSchema }),
      citation: lineOf(1, 200),
    }),
    response: { status: 201, body: LateExceptionViewSchema },
    problems: [
      ...(['not-found', 'already-exists', 'conflict-of-interest'] as const),
      ...(['idempotency-key-reused', 'concurrent-change'] as const),
    ],
  },
  listLateExceptions: {
    method: 'GET',
    path: '/v1/late-exceptions',
    roles: ['operator', 'auditor'],
    owner: 'none',
    summary: {
      zh: '逾期申报的例外及其办理情况',
      en: 'Exceptions from closings, by organisation, with what became of them',
    },
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(LateExceptionViewSchema) },
    problems: [],
  },
  decideLateException: {
    method: 'POST',
    path: '/v1/late-exceptions/{organisation}/{item}/{exceptionId}/decision',
    roles: ['operator'],
    owner: 'none',
    summary: {
      zh: '由另一人复核逾期申报的例外',
      en: 'Confirm or refuse an exception from a closing, by a second operator',
    },
    params: z.object({ organisation: OrganisationCodeSchema, item: SlugSchema, exceptionId: UlidSchema }),
    body: z.discriminatedUnion('decision', [
      z.strictObject({
        decision: z.literal('confirm'),
        contentHash: GivenSchema,
        reason: ReasonTextSchema.optional(),
      }),
      z.strictObject({ decision: z.literal('refuse'), contentHash: GivenSchema, reason: ReasonTextSchema }),
    ]),
    response: { status: 200, body: LateExceptionViewSchema },
    problems: [
      ...(['not-found', 'not-in-this-state', 'same-person', 'conflict-of-interest'] as const),
      ...(['basis-changed', 'deadline-passed', 'concurrent-change'] as const),
    ],
  },
} as const satisfies Record<string, RouteContract>;
