import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Fields whose values are words of the code: what people are told in Chinese has labels in their place. */
const coded = 'status verdict kind outcome unit mode level role result stage phase event decision';
const raw = new RegExp(`\\$\\{(?:[\\w.?]*\\.)?(?:${coded.replaceAll(' ', '|')})\\}`);

/** Where guides and the notice are checked, which are written in these very words. */
const ofPolicy = /^functions\/policy\//;

/** Texts with Chinese in them into which something is filled. */
function chineseTexts(source: string): string[] {
  return [...source.matchAll(/`(?:[^`\\]|\\.)*`/g)]
    .map(([text]) => text)
    .filter((text) => /\p{Script=Han}/u.test(text));
}

describe('a sentence in Chinese', () => {
  it('has no word of the code in it, such as a status', () => {
    const found = globSync('{functions,web/src}/**/*.{ts,tsx}')
      .filter((path) => !ofPolicy.test(path))
      .flatMap((path) => chineseTexts(readFileSync(path, 'utf8')).map((text) => ({ path, text })))
      .filter(({ text }) => raw.test(text));
    expect(found).toEqual([]);
  });

  it('says amounts in yuan, and not in fen, which nobody pays in', () => {
    const inFen = /(?:fen|Fen|claimed|award)\}\s*分/;
    const found = globSync('{functions,web/src}/**/*.{ts,tsx}')
      .flatMap((path) => chineseTexts(readFileSync(path, 'utf8')).map((text) => ({ path, text })))
      .filter(({ text }) => inFen.test(text));
    expect(found).toEqual([]);
  });
});
