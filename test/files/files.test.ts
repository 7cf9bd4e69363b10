import { describe, expect, it } from 'vitest';
import { csvFiles } from './csv-files.ts';
import { listFiles } from './list-files.ts';
import { publishedLists } from './list-layouts.ts';
import { type AwardFile, readAwardFile } from './read-award-file.ts';
import { xlsxFiles } from './xlsx-files.ts';

describe.each<[string, readonly AwardFile[]]>([
  ['CSV', csvFiles],
  ['workbooks', xlsxFiles],
  ['published lists', publishedLists],
  ['lists of other offices', listFiles],
])('files of awards: %s', (_, files) => {
  it.each(files.map((file) => [file.name, file] as const))('%s', async (_name, file) => {
    const { comesTo } = file;
    const found = await readAwardFile(file);
    if ('refused' in comesTo) {
      expect(found).toEqual({
        refused: comesTo.refused,
        says: expect.stringMatching(comesTo.says ?? /./),
        awards: [],
      });
    } else {
      expect(found).toMatchObject({ faults: [], ...comesTo });
    }
  });
});
