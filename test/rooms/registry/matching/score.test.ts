import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../../../functions/registry/matching/fold.ts';
import { NameJudge } from '../../../../functions/registry/matching/name-judge.ts';
import { score } from '../../../../functions/registry/matching/score.ts';
import { screen } from '../../../../functions/registry/matching/screen.ts';
import { learnVocabulary, Vocabulary } from '../../../../functions/registry/matching/vocabulary.ts';
import { compilePolicy } from '../../../../policy/compile.ts';

const domains = [
  '低空物流',
  '数字政务',
  '海洋观测',
  '隐私保护',
  '算力调度',
  '语音识别',
  '港口自动化',
  '卫星遥感',
  '工业仿真',
];
const objects = ['平台', '云平台', '监管系统', '调度系统', '实验室', '创新中心', '示范园', '加工线'];
const actions = ['建设', '改造', '研制', '推广', '扩能'];
const brands = [...'岭澜溪桐枫榆槿蘅芷芸'];

/** Every domain with every object and action, the brand of each enterprise before it. */
const registry = domains.flatMap((domain, d) =>
  objects.flatMap((object, o) =>
    actions.map((action, a) => {
      const brand = `${brands[(d + o) % 10]}${brands[(o + 3 * a + 1) % 10]}`;
      return {
        enterprise: `${brand}${d}${o}${a}`,
        name: fold(`${brand}${domain}${object}${action}${(d + o + a) % 2 === 0 ? '项目' : ''}`),
      };
    }),
  ),
);
const learnt = learnVocabulary(registry);
const rich = new Vocabulary(learnt);
const empty = new Vocabulary();
const { suspectedFrom, listedFrom } = compilePolicy().matching.names;

const probability = (left: string, right: string, rarity = rich) =>
  score(fold(left), fold(right), rarity).probability;
const record = '广州市桐澜低空物流调度系统建设项目';

describe('the vocabulary', () => {
  it('finds the words that enterprises choose from, and no pieces of them', () => {
    const words = Object.keys(learnt.words);
    expect(words).toEqual(expect.arrayContaining([...domains, ...objects.slice(2), ...actions, '项目']));
    expect(words).not.toEqual(expect.arrayContaining(['空物']));
    expect(words.some((word) => [...brands].some((letter) => word.includes(letter)))).toBe(false);
  });

  it('is empty without names, and small', () => {
    expect(learnVocabulary([])).toEqual({ names: 0, enterprises: 0, words: {}, novelty: 1 });
    expect(rich.cut('低空物流建设').ends[0]).toBe(4);
  });
});

describe('the same matter', () => {
  it.each([
    ['another year and phase', '2024年度广州市桐澜低空物流调度系统建设项目（二期）'],
    ['without its region', '桐澜低空物流调度系统建设项目'],
    ['without its suffix', '广州市桐澜低空物流调度系统建设'],
    ['traditional characters in full width', '廣州市桐瀾低空物流調度系統建設項目（Ⅱ期）'],
    ['another order', '低空物流调度系统建设项目—广州市桐澜'],
    ['the action before its object', '广州市桐澜建设低空物流调度系统项目'],
    ['a slip', '广州市桐澜低空物留调度系统建设项目'],
    ['a character left out', '广州市桐澜低空物流调系统建设项目'],
    ['a character put in', '广州市桐澜低空物流调度的系统建设项目'],
    ['two look-alikes', '广州市桐澜低空物硫凋度系统建设项目'],
    ['a word that the registry does not know', '广州市桐澜低空物流调度系统营造项目'],
    ['an abbreviation', '广州市桐澜低空物流调系建设项目'],
    ['spaces and signs', '《广州市 桐澜·低空物流-调度系统建设项目》'],
  ])('is suspected: %s', (_, name) => {
    expect(probability(record, name)).toBeGreaterThanOrEqual(suspectedFrom);
  });

  it.each([
    ['a slip', '广州市桐澜低空物留调度系统建设项目'],
    ['a year', '2024年度广州市桐澜低空物流调度系统建设项目'],
    ['another order', '低空物流调度系统建设项目—广州市桐澜'],
  ])('is suspected by an empty registry too: %s', (_, name) => {
    expect(probability(record, name, empty)).toBeGreaterThanOrEqual(suspectedFrom);
  });
});

describe('names that differ in fillers alone', () => {
  it.each([
    ['智能语音交互引擎系统', '智能语音交互引擎平台'],
    ['岭南古建筑数字化测绘项目', '岭南古建筑数字化测绘平台'],
    ['港口集装箱调度系统', '港口集装箱调度软件'],
    ['低空物流调度建设项目', '低空物流调度应用项目'],
    ['低空物流调度应用系统', '低空物流调度软件平台'],
    ['低空物流调度工程', '低空物流调度系统平台建设项目'],
    ['广州市桐澜低空物流调度系统建设项目', '广州市桐澜低空物流调度平台应用项目'],
    ['桐澜低空物流云平台', '桐澜低空物流雲系統'],
    ['低空物流调度课题', '低空物流调度计划'],
    ['低空物流调度管理系统', '低空物流调度管理软件'],
  ])('are suspected: %s and %s', (one, other) => {
    for (const rarity of [rich, empty]) {
      expect(probability(one, other, rarity)).toBeGreaterThanOrEqual(suspectedFrom);
    }
  });

  it.each([
    ['低空物流平台', '海洋观测平台'],
    ['低空物流监管系统', '低空物流调度平台'],
  ])('are not those that differ in more: %s and %s', (one, other) => {
    expect(probability(one, other, rich)).toBeLessThan(suspectedFrom);
  });
});

describe('a sibling', () => {
  it.each([
    ['another domain', '广州市桐澜海洋观测调度系统建设项目'],
    ['another object', '广州市桐澜低空物流实验室建设项目'],
    ['an object that shares characters', '广州市桐澜低空物流监管系统建设项目'],
    ['another action', '广州市桐澜低空物流调度系统扩能项目'],
  ])('is clear: %s', (_, name) => {
    expect(probability(record, name)).toBeLessThan(listedFrom);
  });

  it('is clear when the one object is a part of the other', () => {
    expect(probability('桐澜低空物流平台建设项目', '桐澜低空物流云平台建设项目')).toBeLessThan(suspectedFrom);
  });

  it('is clear by an empty registry when a word has nothing in common with the other', () => {
    expect(probability(record, '广州市桐澜海洋观测调度系统建设项目', empty)).toBeLessThan(suspectedFrom);
  });

  it('is clear in spite of a slip beside the word that was replaced', () => {
    expect(probability(record, '广州市桐澜低空物留监管系统建设项目')).toBeLessThan(suspectedFrom);
  });

  it('is clear when only the numbers differ', () => {
    for (const rarity of [rich, empty]) {
      expect(probability('年产300吨低空材料加工线建设', '年产500吨低空材料加工线建设', rarity)).toBeLessThan(
        suspectedFrom,
      );
    }
  });
});

const names = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc
    .tuple(
      fc.constantFrom(...domains),
      fc.constantFrom(...objects),
      fc.constantFrom(...actions),
      fc.string({ maxLength: 2 }),
    )
    .map((parts) => parts.join('')),
);

describe('a score', () => {
  it('does not depend on the order of the two', () => {
    fc.assert(
      fc.property(names, names, (left, right) => {
        expect(probability(left, right)).toBe(probability(right, left));
      }),
    );
  });

  it('is a probability, the highest for the same name', () => {
    fc.assert(
      fc.property(names, names, (left, right) => {
        const between = probability(left, right);
        expect(between).toBeGreaterThanOrEqual(0);
        expect(between).toBeLessThanOrEqual(probability(left, left));
      }),
    );
  });

  it('does not rise with a second slip', () => {
    const characters = [...'低空物流调度系统建设'];
    fc.assert(
      fc.property(fc.subarray([...characters.keys()], { minLength: 2, maxLength: 4 }), (places) => {
        const slipped = (count: number) =>
          characters
            .map((character, at) => (places.slice(0, count).includes(at) ? '囧' : character))
            .join('');
        for (let count = 0; count < places.length; count += 1) {
          const fewer = probability(record, `广州市桐澜${slipped(count)}项目`);
          expect(probability(record, `广州市桐澜${slipped(count + 1)}项目`)).toBeLessThanOrEqual(
            fewer + 0.02,
          );
        }
      }),
    );
  });

  it('takes names of no, one and five hundred characters, and signs', () => {
    expect(probability('云', '云')).toBeGreaterThan(0.9);
    expect(probability('', '')).toBeGreaterThanOrEqual(0);
    expect(probability('', record)).toBeLessThan(listedFrom);
    expect(probability('😀', '🚀')).toBeLessThan(suspectedFrom);
    const long = Array.from({ length: 500 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join('');
    expect(probability(long, `${long.slice(0, 250)}囧${long.slice(251)}`)).toBeGreaterThan(0.9);
  });

  it('compares no more than a small multiple of the product of the lengths, however unfortunate the names', () => {
    const worst = [
      ['云'.repeat(500), '云'.repeat(499)],
      ['云雨'.repeat(250), '雨云'.repeat(250)],
      [
        Array.from({ length: 500 }, (_, index) => String.fromCodePoint(0x4e00 + (index % 7))).join(''),
        Array.from({ length: 500 }, (_, index) => String.fromCodePoint(0x4e00 + ((index * 3) % 7))).join(''),
      ],
    ] as const;
    for (const [left, right] of worst) {
      expect(score(fold(left), fold(right), empty).steps).toBeLessThan(40 * left.length * right.length);
    }
  });
});

describe('the explanation', () => {
  it('says in both languages what differs, and on which side', () => {
    const name = '2024年度广州市桐澜低空物流监管系统营造项目';
    const { features } = score(fold(record), fold(name), rich);
    const texts = features.map(({ text }) => text);
    expect(texts).toContainEqual({
      zh: '“调度系统”换成了“监管系统”',
      en: '"监管系统" stands in place of "调度系统"',
    });
    expect(texts).toContainEqual({ zh: '“建设”与“营造”疑为同义', en: '"建设" and "营造" may mean the same' });
    expect(features.find(({ kind }) => kind === 'left-out')?.right).toBe('2024年度');
    const turned = score(fold(name), fold(record), rich).features;
    expect(turned.find(({ kind }) => kind === 'left-out')?.left).toBe('2024年度');
  });

  it('has words for every kind of difference', () => {
    const pairs = [
      [record, record],
      [record, '桐澜建设低空物流调度系统'],
      ['深圳市桐澜低空物流建设', '广州市桐澜低空物流建设'],
      ['3号低空物流建设', '4号低空物流建设'],
      ['低空物流建设', '低空物流海洋观测建设'],
      ['低空物流调度系统建设', '低空物流调系建设'],
      ['低空物流调度系统建设', '低空物流调度建设'],
      ['低空物流建设', '甲乙丙丁戊'],
    ] as const;
    const features = pairs.flatMap(([left, right]) => score(fold(left), fold(right), rich).features);
    expect(new Set(features.map(({ kind }) => kind)).size).toBeGreaterThan(5);
    for (const { text, weight } of features) {
      expect(text.zh).not.toBe('');
      expect(text.en).toMatch(/[a-z]/);
      expect(weight).toBeLessThanOrEqual(0);
    }
  });
});

describe('a screening', () => {
  const candidates = [
    '广州市桐澜海洋观测调度系统建设项目',
    '广州市桐澜低空物流调度系统建设项目',
    '2022年度广州市桐澜低空物留调度系统建设项目',
    '完全无关的课题',
  ].map((text, id) => ({ id, name: fold(text) }));

  it('lists what lies above the floor, the most probable first', () => {
    const found = screen(fold(record), candidates, rich, listedFrom);
    expect(found.map(({ candidate }) => candidate.id)).toEqual([1, 2]);
  });

  it('finds nothing in an empty registry', () => {
    expect(screen(fold(record), [], empty, 0)).toEqual([]);
  });
});

describe('the judge of names', () => {
  const judge = new NameJudge({ listedFrom, suspectedFrom }, rich);

  it('speaks of what an adjudicator has to see', () => {
    const judgement = judge.compare(record, '广州市桐澜低空物留调度系统建设项目');
    expect(judgement?.probability).toBeGreaterThan(suspectedFrom);
    expect(judgement?.why.length).toBeGreaterThan(0);
  });

  it('suspects from the one threshold on, and lists from the other', () => {
    const between = new NameJudge({ listedFrom: 0, suspectedFrom: 1 }, rich);
    expect(between.compare(record, record)).toMatchObject({ isSuspected: false });
    expect(between.compare(record, '完全无关的课题')).toBeDefined();
    expect(judge.compare(record, '完全无关的课题')).toBeUndefined();
    expect(judge.compare(record, record)).toMatchObject({ isSuspected: true });
  });
});
