import { describe, expect, it } from 'vitest';
import { NameIndex, type Posting } from '../../../../functions/registry/awards/name-index.ts';

/** An index in which every gram has as many postings as one may, all of other records. */
function fullIndex(name: string): NameIndex {
  let records = 0;
  const full = (): Posting[] =>
    Array.from({ length: 100 }, () => {
      records += 1;
      return { record: `R${records}`, name: `${name}${records}` };
    });
  return new NameIndex({
    postings: async (grams) => new Map(grams.map((gram) => [gram, full()])),
    changePostings: async () => undefined,
    fills: async () => new Map(),
    putFills: async () => undefined,
  });
}

/** Names of different characters, so that each has as many grams and pairs as it can. */
const nameOf = (length: number) =>
  Array.from({ length }, (_, index) => String.fromCodePoint(0x4e00 + ((index * 7919) % 20_000))).join('');

describe('a look-up of a name', () => {
  it('takes no more steps and items for names of any length than for the longest of a project, in a full index', async () => {
    const usual = nameOf(200);
    const most = await fullIndex(usual).look(usual, 50);
    expect(most.candidates).toHaveLength(50);
    for (const length of [500, 5_000, 50_000]) {
      const name = nameOf(length);
      const { itemsRead, steps } = await fullIndex(name).look(name, 50);
      expect(itemsRead).toBeLessThanOrEqual(most.itemsRead * 1.1);
      expect(steps).toBeLessThanOrEqual(most.steps * 1.1);
    }
    // Four hundred candidates, each against the name, beside one step for each posting.
    expect(most.steps).toBeLessThan(200 + 100 * most.itemsRead + 400 * 2 * 210);
  });

  it('finds the same name first, also one of a single character', async () => {
    for (const name of ['广州工业软件平台', '云']) {
      const index = new NameIndex({
        postings: async (grams) =>
          new Map(
            grams.map((gram) => [
              gram,
              [
                { record: 'B', name: '他' },
                { record: 'A', name },
              ],
            ]),
          ),
        changePostings: async () => undefined,
        fills: async () => new Map(),
        putFills: async () => undefined,
      });
      expect((await index.look(name, 1)).candidates).toEqual([{ record: 'A', likeness: 1 }]);
    }
  });
});
