import type { Bilingual } from '../../shared/text.ts';
import type { PolicyFault } from '../notice/policy-fault.ts';
import type { Calendar } from './calendar-schema.ts';

/**
 * What a calendar may not say: days of another year, days off that are off anyhow, working days that are worked anyhow,
 * days twice. Such an entry changes nothing, so it is a slip for another day that then counts wrongly.
 */
export function checkCalendar({ year, holidays, workdays }: Calendar): PolicyFault[] {
  const seen = new Set<string>();
  const check = (list: string, dates: readonly string[], weekend: boolean, otherwise: Bilingual) =>
    dates.flatMap((date, index): PolicyFault[] => {
      const path = [list, index];
      if (seen.has(date)) return [{ path, message: `${date} stands twice`, zh: `${date} 重复` }];
      seen.add(date);
      if (!date.startsWith(`${year}-`)) {
        return [{ path, message: `${date} is not in ${year}`, zh: `${date} 不在 ${year} 年` }];
      }
      if (isWeekend(date) === weekend) return [];
      return [{ path, message: `${date} is ${otherwise.en}`, zh: `${date} ${otherwise.zh}` }];
    });
  return [
    ...check('holidays', holidays, false, {
      zh: '是周末，无须列出即为休息日',
      en: 'a weekend day, off without being listed',
    }),
    ...check('workdays', workdays, true, {
      zh: '是平日，无须列出即为工作日',
      en: 'a weekday, worked without being listed',
    }),
  ];
}

function isWeekend(date: string): boolean {
  return [0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay());
}
