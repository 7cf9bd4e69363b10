import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gramsOf, rarestGram, searchable } from '../../../../functions/review/tasks/name-search.ts';

describe('a searchable name', () => {
  it.each([
    ['广州示例云帆软件有限公司', '广州示例云帆软件有限公司'],
    ['广州 示例（云帆）软件·有限公司', '广州示例云帆软件有限公司'],
    ['ＡＢＣ－Cloud ２１', 'abccloud21'],
    ['㈱Ｋａｐｕｔｔ', '株kaputt'],
    [' （） ', ''],
  ])('%j is compared as %j', (name, expected) => {
    expect(searchable(name)).toBe(expected);
  });

  it('stays as it is when it is made again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const once = searchable(name);
        expect(searchable(once)).toBe(once);
      }),
    );
  });
});

describe('the pieces of a name', () => {
  it('are its pairs of characters, each once, without those of every name', () => {
    expect(gramsOf('广州云帆云帆软件')).toEqual(['州云', '云帆', '帆云', '帆软']);
  });

  it('keep characters beyond the basic plane whole', () => {
    expect(gramsOf('𠮷野家')).toEqual(['𠮷野', '野家']);
  });

  it('of any part of a name are among those of the name', () => {
    const names = fc.string({
      unit: fc.constantFrom(...'广州云帆软件有限公司木棉𠮷a1'),
      minLength: 2,
      maxLength: 20,
    });
    fc.assert(
      fc.property(names, fc.nat(20), fc.nat(20), (name, from, length) => {
        const part = [...name].slice(from, from + length).join('');
        const rarest = rarestGram(part);
        if (rarest !== undefined) expect(gramsOf(name)).toContain(rarest);
      }),
    );
  });
});

describe('the piece to search by', () => {
  it.each([
    ['广州云帆软件', '云帆'],
    ['云帆', '云帆'],
    ['软件云', '件云'],
    ['广州软件', '州软'],
    ['有限公司', undefined],
    ['云', undefined],
  ])('of %j is %j', (text, expected) => {
    expect(rarestGram(text)).toBe(expected);
  });
});
