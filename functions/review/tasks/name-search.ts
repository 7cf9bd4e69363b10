/**
 * Two-character pieces that stand in so many names that looking them up narrows nothing: they are not indexed, and a
 * search that consists of them alone goes through the inbox, where it soon meets matches. A piece that is taken off
 * this list is found only in tasks that are opened afterwards.
 */
const commonGrams: ReadonlySet<string> = new Set([
  '广州',
  '州市',
  '有限',
  '限公',
  '公司',
  '软件',
  '科技',
  '信息',
  '技术',
  '限责',
  '责任',
  '任公',
  '股份',
  '份有',
  '件有',
  '技有',
  '息技',
]);
const commonCharacters: ReadonlySet<string> = new Set([...commonGrams].join(''));

/** A name as it is compared: width and case do not matter, nor do blanks and punctuation (NFKC, lower case). */
export function searchable(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

/** The pieces of a searchable name that are indexed, each once. */
export function gramsOf(name: string): string[] {
  const characters = [...name];
  const grams = characters.slice(1).map((character, index) => `${characters[index]}${character}`);
  return [...new Set(grams)].filter((gram) => !commonGrams.has(gram));
}

/** The indexed piece of a searched text that looks the rarest; none when all of it is common. */
export function rarestGram(text: string): string | undefined {
  const commonness = (gram: string) =>
    [...gram].filter((character) => commonCharacters.has(character)).length;
  return gramsOf(text).reduce<string | undefined>(
    (rarest, gram) => (rarest === undefined || commonness(gram) < commonness(rarest) ? gram : rarest),
    undefined,
  );
}
