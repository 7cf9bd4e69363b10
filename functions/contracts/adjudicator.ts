import * as z from 'zod';
import { CaseSchema } from '../duplicates/cases/case-view.ts';
import { suspicionRules } from '../filing/applications/suspicion.ts';
import { TaskViewSchema } from '../review/tasks/task-view.ts';
import { FenSchema } from '../shared/money.ts';
import type { RouteContract } from '../shared/route.ts';
import { GivenSchema, ReasonTextSchema, remarkOf, UsccSchema } from '../shared/schemas.ts';
import { TaskParams } from './tasks.ts';

/** Routes of those who decide suspected duplicates. */
export const adjudicatorRoutes = {
  getCase: {
    method: 'GET',
    path: '/v1/tasks/{taskId}/case',
    roles: ['adjudicator'],
    owner: 'department',
    summary: { zh: '疑似重复案件：双方对照', en: 'A case of suspected duplicates, both sides of every pair' },
    params: TaskParams,
    response: { status: 200, body: CaseSchema },
    personal: ['enterprise', 'documents'],
    problems: ['not-found', 'forbidden', 'task-decided', 'task-closed', 'concurrent-change'],
  },
  decideCase: {
    method: 'POST',
    path: '/v1/tasks/{taskId}/verdict',
    roles: ['adjudicator'],
    owner: 'department',
    summary: {
      zh: '裁定疑似重复；与记录或法定规则不符的裁定须另一裁定人同样裁定后生效',
      en: 'Decide every pair of a case, with a reason; what departs from a record or the law waits for a second adjudicator',
    },
    params: TaskParams,
    body: z.strictObject({
      verdicts: z
        .array(
          z.strictObject({
            id: GivenSchema,
            verdict: z.enum(['duplicate', 'not-duplicate', 'top-up']),
            paidFen: FenSchema.optional().meta({
              description:
                'With `top-up`: what the other side was paid of the same matter. Default: what its record says',
            }),
            departure: remarkOf(500).optional().meta({
              description:
                'Why it departs from the record, or finds two matters where the law finds one (s1, s2): it takes effect when another adjudicator decides the same',
            }),
          }),
        )
        .min(1)
        .max(200),
      reason: remarkOf(2000),
    }),
    response: { status: 200, body: TaskViewSchema },
    problems: [
      'not-found',
      'forbidden',
      'task-decided',
      'task-closed',
      'task-assigned',
      'same-person',
      'conflict-of-interest',
      'not-in-this-state',
      'concurrent-change',
    ],
  },
  abstainFromCase: {
    method: 'POST',
    path: '/v1/tasks/{taskId}/abstention',
    roles: ['adjudicator'],
    owner: 'department',
    summary: {
      zh: '回避疑似重复案件，并登记利害关系',
      en: 'Abstain from a case: the other adjudicators decide it, and the interest is kept',
    },
    params: TaskParams,
    body: z.strictObject({
      reason: ReasonTextSchema.meta({ description: 'Nature of the interest; it is kept' }),
      organisation: UsccSchema.optional().meta({
        description: 'The enterprise of the case that it is in. Default: the applicant',
      }),
    }),
    response: { status: 200, body: TaskViewSchema },
    problems: [
      ...(['not-found', 'forbidden', 'task-decided', 'task-closed', 'task-assigned'] as const),
      'concurrent-change',
    ],
  },
  getAgreement: {
    method: 'GET',
    path: '/v1/adjudications/agreement',
    roles: ['operator', 'auditor'],
    owner: 'none',
    summary: {
      zh: '查重裁定统计：各规则的疑似数与推翻数',
      en: 'How often each test suspected a pair, and how often adjudicators overturned it',
    },
    response: {
      status: 200,
      body: z.object({
        rules: z.array(
          z.object({
            rule: z.enum(suspicionRules),
            suspected: z.int(),
            duplicate: z.int(),
            topUp: z.int(),
            overturned: z.int().meta({ description: 'Found to be two matters' }),
          }),
        ),
      }),
    },
    problems: [],
  },
} as const satisfies Record<string, RouteContract>;
