import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold, searchGrams } from '../../../../functions/registry/matching/fold.ts';

describe('folding a name', () => {
  it.each([
    ['ＡＩ視覺檢測平臺', 'ai视觉检测平台'],
    ['《智慧·水务－平台》', '智慧水务平台'],
    ['第Ⅱ期', '2期'],
    ['二〇二一年度数据中心', '2021年度数据中心'],
    ['第三代半导体一号生产线', '3代半导体1号生产线'],
    ['  X  Y  ', 'xy'],
    ['①号车间', '1号车间'],
  ])('writes %s as %s', (name, text) => {
    expect(fold(name).text).toBe(text);
  });

  it.each([
    ['2023年度低空调度平台建设项目（二期）', '低空调度建设'],
    ['广州市天河区低空调度建设', '低空调度建设'],
    ['低空调度建设——广州市天河区', '低空调度建设'],
    ['广州云岭信息有限公司低空调度建设', '低空调度建设'],
    ['低空调度建设（第三批）', '低空调度建设'],
    ['202来3年度低空调度建设', '低空调度建设'],
    ['高新产业园区改造', '高新产业园区改造'],
    ['智慧城市大脑改造', '智慧城市大脑改造'],
    ['年产2000吨材料', '年产2000吨材料'],
  ])('keeps of %s what is distinctive: %s', (name, core) => {
    expect(fold(name).core).toBe(core);
  });

  it('keeps fillers and regions when nothing else is left', () => {
    expect(fold('平台系统').core).toBe('平台系统');
    expect(fold('深圳市').core).toBe('深圳市');
    expect(fold('项目').core).toBe('项目');
  });

  it('knows the owner by its name', () => {
    const { core } = fold('云岭低空调度建设', { organisationName: '云岭' });
    expect(core).toBe('低空调度建设');
  });

  it('takes names of no, one and five hundred characters, and signs', () => {
    expect(fold('')).toEqual({ text: '', kinds: '', core: '' });
    expect(fold('云').core).toBe('云');
    expect(fold('😀🚀').text).toBe('😀🚀');
    expect(fold('云'.repeat(900)).text).toHaveLength(500);
    expect(fold('\uFDFA'.repeat(500)).text.length).toBeLessThanOrEqual(500);
  });

  it('marks each unit, and changes nothing that is folded already', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (name) => {
        const folded = fold(name);
        expect(folded.kinds).toHaveLength(folded.text.length);
        expect(folded.text.isWellFormed()).toBe(true);
      }),
    );
    for (const name of ['2023年度低空调度平台', '第三代半导体1号线', 'AI視覺']) {
      expect(fold(fold(name).text).text).toBe(fold(name).text);
    }
  });
});

describe('grams to search by', () => {
  it('do not see years, regions and the writing', () => {
    const plain = searchGrams('低空无人机调度验证建设');
    expect(searchGrams('2023年度廣州市低空無人機調度驗證建設（一期）')).toEqual(plain);
  });

  it('survive one slip for the most part', () => {
    const grams = searchGrams('低空无人机调度与港口物流验证建设');
    const slipped = new Set(searchGrams('低空无人机调渡与港口物流验证建设'));
    expect(grams.filter((gram) => slipped.has(gram)).length).toBeGreaterThan(grams.length / 2);
  });

  it('are few, and there is one of every name that says anything', () => {
    expect(searchGrams('')).toEqual([]);
    expect(searchGrams('云')).toEqual(['云']);
    const long = Array.from({ length: 300 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join('');
    expect(searchGrams(long).length).toBeLessThan(50);
  });
});
