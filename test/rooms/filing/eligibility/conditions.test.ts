import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Content } from '../../../../functions/filing/applications/content.ts';
import { evaluate } from '../../../../functions/filing/eligibility/evaluate.ts';
import {
  conditionEnvironment,
  conditionFault,
} from '../../../../functions/policy/guides/condition-environment.ts';
import type { FactDefinition } from '../../../../functions/policy/guides/guide-schema.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { dcmmContent } from '../../../builders/content.ts';
import { condition, openedItem } from '../../../builders/opened-item.ts';

const today = new Date('2026-11-23T02:00:00Z');

const fact = (id: string, type: FactDefinition['type']): FactDefinition => ({
  id,
  type,
  title: { zh: `${id}的名称`, en: `name of ${id}` },
  ...(type === 'enum' && {
    values: ['low', 'high'].map((value) => ({ id: value, title: { zh: value, en: value } })),
  }),
});
const facts = [
  fact('amount', 'money'),
  fact('count', 'integer'),
  fact('day', 'date'),
  fact('words', 'text'),
  fact('tier', 'enum'),
  fact('signed', 'boolean'),
  fact('names', 'list'),
];
const stated: Content['facts'] = {
  amount: 100,
  count: -3,
  day: '2026-11-23',
  words: 'some',
  tier: 'low',
  signed: true,
  names: ['a', 'b'],
};

/** The one condition's outcome, with the facts changed; a change to undefined takes the fact away. */
function decide(
  expression: string,
  changes: Record<string, unknown> = {},
  overrides: Partial<ReturnType<typeof condition>> = {},
  enterprise: Partial<Content['enterprise']> = {},
) {
  const opened = openedItem({
    facts,
    conditions: [condition({ expression, inputs: [], ...overrides })],
  });
  const changed = { ...stated, ...changes } as Content['facts'];
  for (const [id, value] of Object.entries(changes)) if (value === undefined) delete changed[id];
  const base = dcmmContent();
  const content = { ...base, facts: changed, enterprise: { ...base.enterprise, ...enterprise } };
  const { conditions, outcome } = evaluate(opened, content, today);
  const [only] = conditions;
  if (!only) throw new Error('no condition was reported');
  expect(outcome).toBe(only.outcome);
  return only;
}

describe('a condition', () => {
  it.each([
    ['facts.amount == 100'],
    ['facts.count + 4 == 1'],
    ['facts.day == submittedOn'],
    ['facts.words.startsWith("so")'],
    ['facts.tier in ["low", "high"]'],
    ['facts.signed'],
    ['facts.names.all(name, name in ["a", "b", "c"]) && size(facts.names) == 2'],
    ['enterprise.district in districts'],
    ['int(enterprise.registeredOn.substring(0, 4)) == year - 11'],
    ['enterprise.kind == "legal-person" && size(enterprise.predecessors) == 0'],
  ])('holds: %s', (expression) => {
    expect(decide(expression).outcome).toBe('met');
    expect(decide(`!(${expression})`).outcome).toBe('unmet');
  });

  it('compares money exactly, up to the largest amount there is', () => {
    const largest = Number.MAX_SAFE_INTEGER;
    expect(decide(`facts.amount < ${largest}`, { amount: largest - 1 }).outcome).toBe('met');
    expect(decide(`facts.amount < ${largest}`, { amount: largest }).outcome).toBe('unmet');
    expect(decide('facts.amount * 100 / 100 == facts.amount', { amount: largest }).outcome).toBe('met');
  });

  it('that a person may still accept needs review where it fails, with the sentence of the failure', () => {
    const result = decide('facts.amount > 100', {}, { unmetNeedsReview: true });
    expect(result).toMatchObject({ outcome: 'needs-review', sentence: { en: 'not enough' } });
    expect(decide('facts.amount >= 100', {}, { unmetNeedsReview: true }).outcome).toBe('met');
  });

  it('reports what it was decided on', () => {
    const inputs = ['facts.amount', 'facts.names', 'enterprise.district', 'submittedOn', 'year'];
    expect(decide('facts.amount > 1', {}, { inputs }).inputs).toEqual({
      'facts.amount': 100,
      'facts.names': ['a', 'b'],
      'enterprise.district': '440106',
      submittedOn: '2026-11-23',
      year: 2026,
    });
    expect(decide('year > 1', {}, { inputs: ['facts.toString', 'other.thing'] }).inputs).toEqual({});
    expect(decide('facts.amount > 1 && facts.signed').inputs).toEqual({
      'facts.amount': 100,
      'facts.signed': true,
    });
  });
});

describe('a condition that cannot be decided needs review', () => {
  it.each([
    ['amount', undefined],
    ['amount', -1],
    ['amount', 1.5],
    ['amount', '100'],
    ['amount', 2 ** 53],
    ['count', 'three'],
    ['day', '9999'],
    ['day', '2027-02-29'],
    ['day', ''],
    ['words', '  '],
    ['words', 4],
    ['tier', 'highest'],
    ['tier', 'constructor'],
    ['signed', 'true'],
    ['names', 'a'],
    ['names', [1]],
    ['names', ['']],
  ])('where the fact %s is %j, whichever way it is asked', (id, value) => {
    for (const expression of [`facts.${id} == facts.${id}`, `facts.${id} != facts.${id}`]) {
      expect(decide(expression, { [id]: value })).toMatchObject({
        outcome: 'needs-review',
        sentence: {
          zh: expect.stringContaining(`${id}的名称`),
          en: expect.stringContaining(`name of ${id}`),
        },
      });
    }
  });

  it('where one side alone would settle it', () => {
    for (const expression of ['facts.signed || facts.count > 3', 'facts.count > 3 || facts.signed']) {
      expect(decide(expression, { count: undefined }).outcome).toBe('needs-review');
    }
    expect(decide('facts.signed', { count: undefined }, { inputs: ['facts.count'] }).outcome).toBe(
      'needs-review',
    );
  });

  it('where the enterprise does not say it', () => {
    const division = 'enterprise.industryClass.contains("65")';
    expect(decide(division, {}, {}, { industryClass: undefined })).toMatchObject({
      outcome: 'needs-review',
      sentence: { zh: expect.stringContaining('行业分类') },
    });
    expect(decide(division, {}, {}, { industryClass: 'I65' }).outcome).toBe('met');
  });

  it.each([
    ['tiers["none"] > 1'],
    ['facts.amount / 0 == 1'],
    ['facts.names[7] == "a"'],
    ['int(facts.words) > 1'],
    ['dyn(facts.amount)'],
    ['facts.amount'],
    ['facts.amount >'],
    ['facts.nothing == 1'],
    ['unknown > 1'],
    ['facts.amount > "1"'],
    [''],
  ])('where evaluation fails: %s', (expression) => {
    const { outcome, sentence } = decide(expression);
    expect(outcome).toBe('needs-review');
    expect(sentence.zh.length * sentence.en.length).toBeGreaterThan(0);
  });

  it('and does not keep the others from being decided', () => {
    const opened = openedItem({
      facts,
      conditions: [
        condition({ id: 'broken', expression: 'facts.amount >' }),
        condition({ id: 'held' }),
        condition({ id: 'missed', expression: 'facts.amount < 100' }),
      ],
    });
    const result = evaluate(opened, dcmmContent({ facts: stated }), today);
    expect(result.conditions.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['broken', 'needs-review'],
      ['held', 'met'],
      ['missed', 'unmet'],
    ]);
    expect(result.outcome).toBe('unmet');
  });
});

describe('the environment of conditions', () => {
  const environment = conditionEnvironment(openedItem({ facts }).item);

  it.each([
    ['facts.nothing == 1'],
    ['facts["nothing"] == 1'],
    ['facts.constructor == "a"'],
    ['enterprise.owner == "a"'],
    ['facts.amount == "1"'],
    ['facts.day > 3'],
    ['facts.signed == 1'],
    ['3 in facts.names'],
    ['tiers["low"] > "1"'],
    ['year == "2026"'],
    ['facts.amount'],
    ['facts.words.nothing()'],
    ['facts.amount >'],
    ['amount > 1'],
  ])('refuses %s', (expression) => {
    expect(conditionFault(environment, expression)).toEqual({
      zh: expect.stringMatching(/\p{Script=Han}/u),
      en: expect.any(String),
    });
  });

  it('takes what fits', () => {
    expect(conditionFault(environment, 'facts.amount >= tiers[facts.tier]')).toBeUndefined();
  });
});

describe('whatever is stated', () => {
  const expressions = facts.flatMap(({ id, type }) => {
    const same = `facts.${id} == facts.${id}`;
    const more = {
      money: `facts.${id} >= 0`,
      integer: `facts.${id} * facts.${id} >= 0`,
      date: `facts.${id} < "2026-01-01" || facts.${id} >= "2026-01-01"`,
      text: `size(facts.${id}) > 0`,
      enum: `facts.${id} == "low" || facts.${id} == "high"`,
      boolean: `facts.${id} || !facts.${id}`,
      list: `facts.${id}.all(one, size(one) > 0)`,
    }[type];
    return [same, more];
  });
  // Every one of these holds for any usable value, so whatever is met without one was met by accident.
  const conditions = expressions.map((expression, index) =>
    condition({ id: `c${index}`, expression, inputs: [] }),
  );
  const opened = openedItem({ facts, conditions });
  const usable: Record<FactDefinition['type'], (value: unknown) => boolean> = {
    money: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
    integer: (value) => Number.isSafeInteger(value),
    date: (value) =>
      typeof value === 'string' &&
      /^\d{4}-\d\d-\d\d$/.test(value) &&
      !Number.isNaN(Date.parse(value)) &&
      new Date(value).toISOString().startsWith(value),
    text: (value) => typeof value === 'string' && value.trim() !== '',
    enum: (value) => value === 'low' || value === 'high',
    boolean: (value) => typeof value === 'boolean',
    list: (value) =>
      Array.isArray(value) && value.every((one) => typeof one === 'string' && one.trim() !== ''),
  };
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.double(),
    fc.maxSafeInteger(),
    fc.string(),
    fc.constantFrom('2026-02-30', '0000-00-00', 'low', 'NaN', Number.NaN, Number.POSITIVE_INFINITY, -0, null),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)),
    fc.array(fc.oneof(fc.string(), fc.integer())),
  );
  const ids = fc.oneof(
    fc.constantFrom(...facts.map(({ id }) => id)),
    fc.constantFrom('constructor', 'toString', 'hasOwnProperty', 'valueOf', '__proto__'),
    fc.string(),
  );
  const anyFacts = fc.dictionary(ids, anything, { noNullPrototype: false }) as fc.Arbitrary<Content['facts']>;

  it('evaluation answers, and meets a condition on usable statements alone', () => {
    fc.assert(
      fc.property(anyFacts, (made) => {
        const result = evaluate(opened, dcmmContent({ facts: made }), today);
        expect(result.conditions).toHaveLength(conditions.length);
        facts.forEach(({ id, type }, index) => {
          const good = Object.hasOwn(made, id) && usable[type](made[id]);
          for (const { outcome } of result.conditions.slice(index * 2, index * 2 + 2)) {
            // A square can pass 64 bits: then the condition is not decided.
            if (type === 'integer' && good) expect(outcome).not.toBe('unmet');
            else expect([id, made[id], outcome]).toEqual([id, made[id], good ? 'met' : 'needs-review']);
          }
        });
      }),
      { numRuns: 1000 },
    );
  });

  it('the order of facts changes nothing, and the same content gives the same result', () => {
    fc.assert(
      fc.property(anyFacts, (made) => {
        const turned = Object.fromEntries(Object.entries(made).reverse()) as Content['facts'];
        const result = evaluate(opened, dcmmContent({ facts: made }), today);
        expect(evaluate(opened, dcmmContent({ facts: turned }), today)).toEqual(result);
      }),
    );
  });

  it('any change of content changes the hash of the inputs', () => {
    const hash = (content: Content) => evaluate(opened, content, today).inputHash;
    const usual = hash(dcmmContent({ facts: stated }));
    for (const { id } of facts) {
      const { [id]: _, ...rest } = stated;
      expect(hash(dcmmContent({ facts: rest }))).not.toBe(usual);
    }
    expect(hash(dcmmContent({ facts: stated, requestedFen: fen(1) }))).not.toBe(usual);
  });

  it('items are told apart: a change of a guide is not answered from what was compiled before', () => {
    const strict = openedItem({ facts, conditions: [condition({ expression: 'facts.amount > 100' })] });
    const lax = openedItem({ facts, conditions: [condition({ expression: 'facts.amount > 1' })] });
    const outcome = (item: typeof opened) => evaluate(item, dcmmContent({ facts: stated }), today).outcome;
    expect([outcome(strict), outcome(lax), outcome(strict)]).toEqual(['unmet', 'met', 'unmet']);
  });
});
