import type { Bilingual } from '../../shared/text.ts';
import type { FactDefinition, GuideItem } from './guide-schema.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The facts that an item asks for as a JSON Schema (draft 2020-12), for forms. Titles are in both languages at once, and
 * apart under `x-titles`; money is marked by `x-unit`.
 */
export function factForm(item: GuideItem): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: Object.fromEntries(
      item.facts.map((fact) => [fact.id, { ...titled(fact.title), ...typeOf(fact) }]),
    ),
    required: item.facts.map((fact) => fact.id),
    additionalProperties: false,
  };
}

function titled(title: Bilingual): JsonSchema {
  return { title: `${title.zh} / ${title.en}`, 'x-titles': title };
}

function typeOf({ type, values = [] }: FactDefinition): JsonSchema {
  switch (type) {
    case 'money':
      return { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER, 'x-unit': 'fen' };
    case 'integer':
      return { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };
    case 'date':
      return { type: 'string', format: 'date' };
    case 'text':
      return { type: 'string', pattern: '\\S', maxLength: 500 };
    case 'boolean':
      return { type: 'boolean' };
    case 'list':
      return { type: 'array', items: { type: 'string', pattern: '\\S', maxLength: 200 }, maxItems: 50 };
    case 'enum':
      return { type: 'string', oneOf: values.map(({ id, title }) => ({ const: id, ...titled(title) })) };
  }
}
