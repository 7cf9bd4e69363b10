import { shanghaiDate } from './shanghai-date.ts';
import type { Bilingual } from './text.ts';

/**
 * What is wrong with the day that somebody states for something that has happened: it is still to come, or before what
 * must have happened first. Undefined when it is neither. Days are those of China.
 * @param date `YYYY-MM-DD`
 * @param after the earliest that it can have happened, and what happened then.
 */
export function dayFault(
  date: string,
  now: Date,
  after?: { readonly at: Date; readonly what: Bilingual },
): { readonly rule: 'in-future' | 'too-early'; readonly message: Bilingual } | undefined {
  const today = shanghaiDate(now);
  if (date > today) {
    return {
      rule: 'in-future',
      message: { zh: `日期晚于今天（${today}）`, en: `this day is still to come: today is ${today}` },
    };
  }
  const first = after && shanghaiDate(after.at);
  if (first === undefined || date >= first) return undefined;
  return {
    rule: 'too-early',
    message: {
      zh: `日期早于${after?.what.zh}的日期（${first}）`,
      en: `this day is before ${first}, when ${after?.what.en}`,
    },
  };
}
