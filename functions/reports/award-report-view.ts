import * as z from 'zod';
import { ReportRowSchema } from './award-report.ts';

/** What a report groups applications by. */
export const groupings = ['clause', 'department', 'district'] as const;

export const AwardReportSchema = z
  .object({
    year: z.int(),
    by: z.enum(groupings),
    groups: z.array(ReportRowSchema.extend({ group: z.string(), title: z.string() })),
    total: ReportRowSchema,
  })
  .meta({ id: 'AwardReport' });
