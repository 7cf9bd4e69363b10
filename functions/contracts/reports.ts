import * as z from 'zod';
import { groupings } from '../reports/award-report-view.ts';
import type { RouteContract } from '../shared/route.ts';

/** Reports for the bureau. */
export const reportRoutes = {
  reportAwards: {
    method: 'GET',
    path: '/v1/reports/awards',
    roles: ['operator', 'budget-approver', 'auditor'],
    owner: 'none',
    summary: {
      zh: '申报、审核、奖补、拨付统计（JSON 金额为分，CSV 与 XLSX 为元）',
      en: 'What became of the applications of a year, with money: in fen in JSON, in yuan in CSV and XLSX',
    },
    query: z.strictObject({
      year: z.coerce
        .number()
        .int()
        .min(2023)
        .max(2100)
        .optional()
        .meta({ description: 'Year of the guides applied under. Default: the current one' }),
      by: z.enum(groupings).default('clause'),
      format: z.enum(['json', 'csv', 'xlsx']).default('json'),
    }),
    response: {
      status: 200,
      contentType: 'application/json',
      otherContentTypes: [
        'text/csv; charset=utf-8',
        'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      ],
    },
    problems: [],
  },
} as const satisfies Record<string, RouteContract>;
