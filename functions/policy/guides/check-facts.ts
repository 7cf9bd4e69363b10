import * as z from 'zod';
import type { FieldFault } from '../../shared/errors.ts';
import type { Facts } from '../../shared/schemas.ts';
import type { Bilingual } from '../../shared/text.ts';
import type { GuideItem } from './guide-schema.ts';

type Definition = GuideItem['facts'][number];

/**
 * Compares stated facts with the ones the guide asks for: unknown ones and wrong types are always faults, missing ones
 * only where `complete` is asked for (a draft may have gaps, a submission may not). All faults are listed at once.
 */
export function checkFacts(item: GuideItem, guide: string, facts: Facts, complete: boolean): FieldFault[] {
  const citation = `申报指南 ${guide} ${item.id}`;
  const known = new Map(item.facts.map((definition) => [definition.id, definition]));
  const unknown = Object.keys(facts)
    .filter((id) => !known.has(id))
    .map((id) =>
      fault(
        id,
        'unknown-fact',
        { zh: `指南没有此项：“${id}”`, en: `the guide does not ask for "${id}"` },
        citation,
      ),
    );
  const stated = item.facts.flatMap((definition) => {
    const { id, title } = definition;
    const value = Object.hasOwn(facts, id) ? facts[id] : undefined;
    if (value === undefined) {
      const message = { zh: `请填写：${title.zh}`, en: `missing: ${title.en}` };
      return complete ? [fault(id, 'missing-fact', message, citation)] : [];
    }
    if (factCheck(definition)(value)) return [];
    const wanted = expectation(definition);
    const message = { zh: `${title.zh}：应为${wanted.zh}`, en: `${title.en}: it must be ${wanted.en}` };
    return [fault(id, `fact-${definition.type}`, message, citation)];
  });
  return [...unknown, ...stated];
}

/** The wire format's limits of length, told with the fact's own name. */
const limits = { text: 500, listed: 200, list: 50 };

/** Tells whether a stated value is one that a fact's definition asks for. */
export function factCheck(definition: Definition): (value: unknown) => boolean {
  switch (definition.type) {
    case 'money':
      return (value) => Number.isSafeInteger(value) && Number(value) >= 0;
    case 'integer':
      return Number.isSafeInteger;
    case 'date':
      return (value) => typeof value === 'string' && z.regexes.date.test(value);
    case 'text':
      return (value) => isText(value, limits.text);
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'list':
      return (value) => isListOfTexts(value);
    case 'enum': {
      const values = new Set<unknown>(definition.values?.map(({ id }) => id));
      return (value) => values.has(value);
    }
  }
}

/** Half a character outside the basic plane could not be stored and read back as it was. */
function isText(value: unknown, longest: number): boolean {
  return typeof value === 'string' && value.length <= longest && value.trim() !== '' && value.isWellFormed();
}

function isListOfTexts(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length <= limits.list &&
    value.every((listed) => isText(listed, limits.listed))
  );
}

function expectation({ type, values = [] }: Definition): Bilingual {
  switch (type) {
    case 'money':
      return { zh: '以分为单位的非负整数', en: 'a whole number of fen, not negative' };
    case 'integer':
      return { zh: '整数', en: 'a whole number' };
    case 'date':
      return { zh: '日期（YYYY-MM-DD）', en: 'a date, YYYY-MM-DD' };
    case 'text':
      return {
        zh: `1 至 ${limits.text} 字的文字`,
        en: `a text of 1 to ${limits.text} characters`,
      };
    case 'boolean':
      return { zh: '是或否（“true”、“false”）', en: 'true or false' };
    case 'list':
      return {
        zh: `文字列表，至多 ${limits.list} 项，每项 1 至 ${limits.listed} 字`,
        en: `a list of at most ${limits.list} texts of 1 to ${limits.listed} characters`,
      };
    case 'enum': {
      return {
        zh: `以下之一：${values.map(({ id, title }) => `“${id}”（${title.zh}）`).join('、')}`,
        en: `one of ${values.map(({ id, title }) => `"${id}" (${title.en})`).join(', ')}`,
      };
    }
  }
}

function fault(id: string, rule: string, message: Bilingual, citation: string): FieldFault {
  return { path: `facts.${id}`, rule, message, citation };
}
