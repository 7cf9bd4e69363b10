import { reportRoutes } from '../contracts/reports.ts';
import { createLogins } from '../people/create-logins.ts';
import { openPolicyBook } from '../policy/guides/policy-source.ts';
import { AwardReportSchema } from '../reports/award-report-view.ts';
import { reportAwards } from '../reports/report-awards.ts';
import { currentYear, systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { openTables } from '../shared/table.ts';

const environment = readEnvironment('api/reports');
const tables = openTables(environment);
const parts = {
  applications: tables.applications,
  policy: openPolicyBook(import.meta.url, tables.policy, systemClock),
};
const [csvType, xlsxType] = reportRoutes.reportAwards.response.otherContentTypes;

/** Routes of reports. */
export const handler = httpDoor(reportRoutes, createLogins(environment, tables.people), {
  reportAwards: async ({ query }) => {
    const { by, format, year = currentYear(systemClock) } = query;
    const report = await reportAwards(parts, { year, by });
    if (format === 'json') return { body: JSON.stringify(AwardReportSchema.parse(report)) };
    const { reportCsv, reportXlsx } = await import('../reports/report-file.ts');
    return {
      body: format === 'csv' ? reportCsv(report) : reportXlsx(report),
      headers: {
        'content-type': format === 'csv' ? csvType : xlsxType,
        'content-disposition': `attachment; filename="awards-${year}-${by}.${format}"`,
      },
    };
  },
});
