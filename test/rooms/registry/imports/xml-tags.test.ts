import { describe, expect, it } from 'vitest';
import { XmlTags } from '../../../../functions/registry/imports/xml-tags.ts';

/** What is read of a text that comes in pieces, and how many characters were looked at for it. */
function read(text: string, piece = text.length): { tokens: string[]; steps: number } {
  const tokens: string[] = [];
  const tags = new XmlTags({
    open: (name, attributes, selfClosing) => tokens.push(`<${name}${attributes}${selfClosing ? '/' : ''}>`),
    close: (name) => tokens.push(`</${name}>`),
    text: (part) => tokens.push(part),
  });
  for (let at = 0; at < text.length; at += piece) tags.write(text.slice(at, at + piece));
  return { tokens, steps: tags.steps };
}

const mixed =
  `<?xml version="1.0"?><x:row r="1" a='">"' b=">'>"><c/>one &amp; two<!-- <v> > -- --><![CDATA[<3]] > &]]>` +
  '<v\n s="1">4</v></x:row>';

describe('tags of XML', () => {
  it('come alike in whatever pieces the text does', () => {
    const { tokens } = read(mixed);
    expect(tokens).toEqual([
      ...[`<row r="1" a='">"' b=">'>">`, '<c/>', '</c>', 'one &amp; two', '<3]] > &amp;'],
      ...['<v\n s="1">', '4', '</v>', '</row>'],
    ]);
    for (let piece = 1; piece < mixed.length; piece += 1) expect(read(mixed, piece).tokens).toEqual(tokens);
  });

  it.each([
    ['an attribute full of ends', `<a b="${'>'.repeat(200_000)}"/>`],
    ['an attribute of quotes of the other kind', `<a b="${"'>".repeat(100_000)}"/>`],
    ['many quoted ends', `<a ${`b=">" `.repeat(40_000)}/>`],
    ['a comment full of beginnings of its end', `<!--${'--'.repeat(100_000)}x--><a/>`],
    ['a text', `<a>${'x'.repeat(200_000)}</a>`],
    ['CDATA', `<a><![CDATA[${']]'.repeat(100_000)}x]]></a>`],
    ['an instruction', `<?${'?'.repeat(200_000)}?><a/>`],
  ])('are found in steps that grow no faster than %s, in one piece and in many', (_, text) => {
    expect(read(text).steps).toBeLessThanOrEqual(2 * text.length);
    expect(read(text, 1000).steps).toBeLessThanOrEqual(2 * text.length);
  });

  it('are none of a document type, or of a token without an end', () => {
    expect(() => read('<!DOCTYPE a>')).toThrow('a document type');
    expect(() => read('<!DOCTYPE a [<!ENTITY b "c">]>', 3)).toThrow('a document type');
    expect(() => read(`<a b="${'x'.repeat(1_100_000)}`, 100_000)).toThrow('a token without an end');
  });
});
