import { describe, expect, it } from 'vitest';
import { breakLines } from '../../../../functions/shared/pdf/line-breaks.ts';
import { PrintedDocument } from '../../../../functions/shared/pdf/printed-document.ts';
import { fontFile } from '../../../support/font.ts';
import { fontOfPdf, wordsOfPdf } from '../../../support/pdf-words.ts';

function printed(fill: (document: PrintedDocument) => void): Uint8Array {
  const document = new PrintedDocument(fontFile, { title: '档案', footer: '受理编号 1' });
  fill(document);
  return document.bytes();
}

describe('a printed document', () => {
  it('can be read and searched, page by page, with the number of each at its foot', async () => {
    const pages = await wordsOfPdf(
      printed((document) => {
        document.heading('申报单位');
        document.rows(Array.from({ length: 60 }, (_, row) => [`第 ${row} 项`, '广州示例软件有限公司 Ltd.']));
      }),
    );
    expect(pages.length).toBeGreaterThan(1);
    expect(pages[0]?.slice(0, 3)).toEqual(['申报单位', '第 0 项', '广州示例软件有限公司 Ltd.']);
    expect(pages.flat().filter((line) => line.includes('有限公司'))).toHaveLength(60);
    for (const [index, lines] of pages.entries()) {
      expect(lines.slice(-2)).toEqual(['受理编号 1', `第 ${index + 1} 页，共 ${pages.length} 页`]);
    }
  });

  it('loses no character: one that the font lacks is printed as its number', async () => {
    const [lines = []] = await wordsOfPdf(printed((document) => document.paragraph('𬭎🎓é龘\t乙')));
    expect(lines[0]).toBe('𬭎〔U+1F393〕é龘 乙');
  });

  it('is the same for the same words, and embeds the glyphs alone that it uses', async () => {
    const fill = (document: PrintedDocument) => document.paragraph('申报档案'.repeat(200));
    const made = printed(fill);
    expect(printed(fill)).toEqual(made);
    expect(made.length).toBeLessThan(30_000);
    const font = await fontOfPdf(made);
    const maxp = font.indexOf('maxp', 0, 'latin1');
    const glyphs = font.readUInt16BE(font.readUInt32BE(maxp + 8) + 4);
    expect(glyphs).toBeLessThan(40);
  });

  it.each([
    ['空', ''],
    ['一行很长的字母', 'x'.repeat(5000)],
    ['括号', '（'.repeat(300)],
    ['标点', '，'.repeat(300)],
    ['多行', '甲\n\n乙\n'],
  ])('takes any text: %s', async (_, text) => {
    const pages = await wordsOfPdf(printed((document) => document.rows([['标签', text]])));
    const shown = pages.flatMap((lines) => lines.slice(0, -2));
    expect(shown.join('').replace('标签', '')).toBe(text.replaceAll('\n', ''));
  });
});

describe('lines', () => {
  const broken = (text: string, width: number) => breakLines(text, width, (part) => [...part].length);
  it.each<[string, string, number, string[]]>([
    ['between any two ideographs', '申报单位名称', 4, ['申报单位', '名称']],
    ['between words', 'one two three', 8, ['one two', 'three']],
    ['never before what closes', '申报单位，名称', 4, ['申报单位，', '名称']],
    ['never behind what opens', '申报单（位）', 4, ['申报单', '（位）']],
    ['within a word that is wider than a line', 'abcdefgh', 3, ['abc', 'def', 'gh']],
    ['where the text does', '申\n\n报', 4, ['申', '', '报']],
  ])('break %s', (_, text, width, lines) => {
    expect(broken(text, width)).toEqual(lines);
  });
});
