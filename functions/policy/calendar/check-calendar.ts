import type { PolicyFault } from '../notice/policy-fault.ts';
import type { Calendar } from './calendar-schema.ts';

/**
 * What a calendar may not say: days of another year, days off that are off anyhow, working days that are worked anyhow,
 * days twice. Such an entry changes nothing, so it is a slip for another day that then counts wrongly.
 */
export function checkCalendar({ year, holidays, workdays }: Calendar): PolicyFault[] {
  const seen = new Set<string>();
  const check = (list: string, dates: readonly string[], weekend: boolean, otherwise: string) =>
    dates.flatMap((date, index): PolicyFault[] => {
      const path = [list, index];
      if (seen.has(date)) return [{ path, message: `${date} stands twice` }];
      seen.add(date);
      if (!date.startsWith(`${year}-`)) return [{ path, message: `${date} is not in ${year}` }];
      return isWeekend(date) === weekend ? [] : [{ path, message: `${date} is ${otherwise}` }];
    });
  return [
    ...check('holidays', holidays, false, 'a weekend day, off without being listed'),
    ...check('workdays', workdays, true, 'a weekday, worked without being listed'),
  ];
}

function isWeekend(date: string): boolean {
  return [0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay());
}
