import * as z from 'zod';
import { HashedEntrySchema } from '../register/register-file.ts';
import { RegisterRootSchema } from '../register/root.ts';
import { RegisterTotalSchema } from '../register/sum-register.ts';
import type { RouteContract } from '../shared/route.ts';
import { CursorTextSchema, PageQuerySchema, pageOf, SlugSchema } from '../shared/schemas.ts';
import { lineOf } from '../shared/text.ts';

const YearSchema = z.coerce
  .number()
  .int()
  .min(2023)
  .max(2100)
  .optional()
  .meta({ description: 'Year of the entries in Shanghai. Default: the current one' });

export const PublicRootSchema = RegisterRootSchema.extend({
  provisional: z
    .boolean()
    .meta({ description: 'The day can still take entries: this root is not the last word' }),
}).meta({ id: 'RegisterRoot' });

/** The public register of awards: what was ordered, paid and recovered, and what shows that none of it was changed. */
export const registerRoutes = {
  listRegister: {
    method: 'GET',
    path: '/v1/register',
    roles: [],
    owner: 'none',
    summary: {
      zh: '奖补登记簿（最新在前；筛选时某页可能不满或为空）',
      en: 'The register of awards, newest days first; narrowed, a page can be short or empty with more to follow',
    },
    query: PageQuerySchema.extend({
      year: YearSchema,
      clause: lineOf(1, 20).optional().meta({ description: 'Clause of the notice, e.g. 二(二)6' }),
      district: z
        .string()
        .regex(/^\d{6}$/)
        .optional(),
      direction: SlugSchema.optional(),
      q: lineOf(1, 100).optional().meta({ description: "A part of the organisation's name" }),
    }),
    response: { status: 200, body: pageOf(HashedEntrySchema) },
    problems: [],
  },
  sumRegister: {
    method: 'GET',
    path: '/v1/register/totals',
    roles: [],
    owner: 'none',
    summary: {
      zh: '登记簿按年度、条款和区的合计（最新年度在前）',
      en: 'Sums of the register by year, clause and district, the newest year first',
    },
    response: { status: 200, body: z.object({ items: z.array(RegisterTotalSchema) }) },
    problems: [],
  },
  downloadRegister: {
    method: 'GET',
    path: '/v1/register/download',
    roles: [],
    owner: 'none',
    summary: {
      zh: '下载全年登记簿（约 5 MB 一份，如有后续部分，见 Link 响应头 rel="next"）',
      en: 'The register of a year as a file, in parts of some 5 MB: the header Link (rel="next") names the next one',
    },
    query: z.strictObject({
      year: YearSchema,
      format: z.enum(['csv', 'json']).default('csv'),
      cursor: CursorTextSchema.optional(),
    }),
    response: {
      status: 200,
      contentType: 'text/csv; charset=utf-8',
      otherContentTypes: ['application/json'],
    },
    problems: [],
  },
  listRegisterRoots: {
    method: 'GET',
    path: '/v1/register/roots',
    roles: [],
    owner: 'none',
    summary: {
      zh: '登记簿每日根哈希（当日为暂定）',
      en: 'The root hash of every day of a year; of days that are still open a provisional one',
    },
    query: z.strictObject({ year: YearSchema }),
    response: { status: 200, body: z.object({ items: z.array(PublicRootSchema) }) },
    problems: [],
  },
} as const satisfies Record<string, RouteContract>;
