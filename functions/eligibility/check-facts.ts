import * as z from 'zod';
import type { Facts } from '../contracts/schemas.ts';
import type { GuideItem } from '../policy/schema.ts';
import type { FieldFault } from '../shared/errors.ts';
import type { Bilingual } from '../shared/text.ts';

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
        { zh: `指南没有此项：${id}`, en: `the guide does not ask for ${id}` },
        citation,
      ),
    );
  const stated = item.facts.flatMap((definition) => {
    const { id, title } = definition;
    const value = facts[id];
    if (value === undefined) {
      const message = { zh: `请填写：${title.zh}`, en: `missing: ${title.en}` };
      return complete ? [fault(id, 'missing-fact', message, citation)] : [];
    }
    const wanted = expectation(definition);
    if (wanted.schema.safeParse(value).success) return [];
    const message = { zh: `${title.zh}：应为${wanted.zh}`, en: `${title.en}: it must be ${wanted.en}` };
    return [fault(id, `fact-${definition.type}`, message, citation)];
  });
  return [...unknown, ...stated];
}

/** What a stated value of a fact has to be. */
export function factSchema(definition: Definition): z.ZodType {
  return expectation(definition).schema;
}

function expectation(definition: Definition): Bilingual & { readonly schema: z.ZodType } {
  switch (definition.type) {
    case 'money':
      return {
        schema: z.int().min(0),
        zh: '以分为单位的非负整数',
        en: 'a whole number of fen, not negative',
      };
    case 'integer':
      return { schema: z.int(), zh: '整数', en: 'a whole number' };
    case 'date':
      return { schema: z.iso.date(), zh: '日期（YYYY-MM-DD）', en: 'a date, YYYY-MM-DD' };
    case 'text':
      return { schema: z.string().trim().min(1), zh: '文字', en: 'a text' };
    case 'boolean':
      return { schema: z.boolean(), zh: '是或否', en: 'true or false' };
    case 'list':
      return { schema: z.array(z.string().trim().min(1)), zh: '文字列表', en: 'a list of texts' };
    case 'enum': {
      const values = (definition.values ?? []).map((value) => value.id);
      return { schema: z.enum(values), zh: `${values.join('、')}之一`, en: `one of ${values.join(', ')}` };
    }
  }
}

function fault(id: string, rule: string, message: Bilingual, citation: string): FieldFault {
  return { path: `facts.${id}`, rule, message, citation };
}
