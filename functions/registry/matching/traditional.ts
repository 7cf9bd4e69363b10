import traditionalPairs from 'opencc-js/dict/TSCharacters';

let simplifiedOf: ReadonlyMap<string, string> | undefined;

/** A text in simplified characters, character by character. */
export function simplify(text: string): string {
  simplifiedOf ??= new Map(
    traditionalPairs.split('|').map((pair) => {
      const [from = '', to = from] = pair.split(' ');
      return [from, to] as const;
    }),
  );
  let simplified = '';
  for (const character of text) simplified += simplifiedOf.get(character) ?? character;
  return simplified;
}
