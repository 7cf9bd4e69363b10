import { describe, expect, it } from 'vitest';
import { checkFacts } from '../../../../functions/policy/guides/check-facts.ts';
import type { FactDefinition, GuideItem } from '../../../../functions/policy/guides/guide-schema.ts';
import type { Facts } from '../../../../functions/shared/schemas.ts';
import { compiled } from '../../../support/rooms.ts';

const levels = [
  { id: 'good', title: { zh: '良好', en: 'Good' } },
  { id: 'best', title: { zh: '优秀', en: 'Best' } },
];

function fact(type: FactDefinition['type'], id: string = type): FactDefinition {
  const values = type === 'enum' ? { values: levels } : {};
  return { id, type, title: { zh: `事实${type}`, en: `Fact ${type}` }, ...values };
}

const [anyItem] = compiled.guides.flatMap((guide) => guide.items);
if (!anyItem) throw new Error('the sample guide has no item');
const itemWith = (...facts: FactDefinition[]): GuideItem => ({ ...anyItem, id: 'sample', facts });

const every = (['money', 'integer', 'date', 'text', 'enum', 'boolean', 'list'] as const).map((type) =>
  fact(type),
);
const complete: Facts = {
  money: 100,
  integer: -3,
  date: '2026-02-28',
  text: '证书编号 1',
  enum: 'good',
  boolean: false,
  list: ['发票 1'],
};

const rulesOf = (item: GuideItem, facts: Facts, all = true) =>
  checkFacts(item, '2026.1', facts, all).map(({ path, rule }) => `${path} ${rule}`);

describe('stated facts', () => {
  it('of every type are taken', () => {
    expect(rulesOf(itemWith(...every), complete)).toEqual([]);
  });

  it('may be missing from a draft, and are listed all at once for a submission', () => {
    const item = itemWith(...every);
    expect(rulesOf(item, {}, false)).toEqual([]);
    expect(rulesOf(item, {})).toEqual(every.map(({ id }) => `facts.${id} missing-fact`));
  });

  it('are listed with every unknown and every wrong one, also of a draft', () => {
    const stated = { ...complete, colour: 'red', money: -1, date: 'today', size: 1 };
    expect(rulesOf(itemWith(...every), stated, false)).toEqual([
      'facts.colour unknown-fact',
      'facts.size unknown-fact',
      'facts.money fact-money',
      'facts.date fact-date',
    ]);
  });

  it.each<[FactDefinition['type'], Facts[string]]>([
    ['money', 0],
    ['money', Number.MAX_SAFE_INTEGER],
    ['integer', Number.MIN_SAFE_INTEGER],
    ['date', '2024-02-29'],
    ['text', '一'],
    ['text', 'a'.repeat(500)],
    ['enum', 'best'],
    ['boolean', true],
    ['list', []],
    ['list', Array.from({ length: 50 }, () => 'a'.repeat(200))],
  ])('of the type %s may be %j', (type, value) => {
    expect(rulesOf(itemWith(fact(type)), { [type]: value })).toEqual([]);
  });

  it.each<[FactDefinition['type'], unknown]>([
    ['money', -1],
    ['money', 0.5],
    ['money', '100'],
    ['money', Number.MAX_SAFE_INTEGER + 1],
    ['money', Number.NaN],
    ['integer', 1.5],
    ['integer', '1'],
    ['integer', Number.POSITIVE_INFINITY],
    ['integer', true],
    ['date', '2026-02-29'],
    ['date', '2026-2-1'],
    ['date', '2026-02-01T00:00:00Z'],
    ['date', 20260201],
    ['text', ''],
    ['text', ' \u3000\n'],
    ['text', 'a'.repeat(501)],
    ['text', '\ud842'],
    ['text', 1],
    ['text', ['a']],
    ['enum', 'bad'],
    ['enum', 'Good'],
    ['enum', 0],
    ['boolean', 'true'],
    ['boolean', 0],
    ['list', 'a'],
    ['list', ['']],
    ['list', ['a'.repeat(201)]],
    ['list', Array.from({ length: 51 }, () => 'a')],
    ['list', [1]],
    ['list', [['a']]],
    ['text', null],
    ['list', {}],
  ])('of the type %s are refused as %j', (type, value) => {
    // What the wire format lets through is no matter here: stored content may be older than it.
    const facts = { [type]: value } as Facts;
    expect(rulesOf(itemWith(fact(type)), facts)).toEqual([`facts.${type} fact-${type}`]);
  });

  it('cannot hide behind the names that every object has', () => {
    const item = itemWith(fact('text', 'constructor'));
    expect(rulesOf(item, {})).toEqual(['facts.constructor missing-fact']);
    const stated = JSON.parse('{"__proto__": "a", "toString": "b", "constructor": "c"}');
    expect(rulesOf(item, stated)).toEqual(['facts.__proto__ unknown-fact', 'facts.toString unknown-fact']);
  });
});

describe('a fault', () => {
  it('lists the values of a choice, names the fact in both languages, and cites guide and item', () => {
    expect(checkFacts(itemWith(fact('enum')), '2026.1', { enum: 'bad' }, true)).toEqual([
      {
        path: 'facts.enum',
        rule: 'fact-enum',
        message: {
          zh: '事实enum：应为以下之一：“good”（良好）、“best”（优秀）',
          en: 'Fact enum: it must be one of "good" (Good), "best" (Best)',
        },
        citation: '申报指南 2026.1 sample',
      },
    ]);
  });

  it.each(every)('of the type $type has words in both languages and a citation', ({ type }) => {
    const wrong = type === 'text' ? 1 : '';
    for (const facts of [{}, { [type]: wrong }, { [type]: complete[type] ?? 0, other: 1 }]) {
      const [fault] = checkFacts(itemWith(fact(type)), '2026.1', facts, true);
      expect(fault?.message.zh).toMatch(/\p{Script=Han}/u);
      expect(fault?.message.en).toMatch(/^[\x20-\x7e]+$/);
      expect(fault?.citation).toBe('申报指南 2026.1 sample');
    }
  });
});
