/**
 * A code without what only differs in writing: half width, upper case, no blanks, hyphens and quotes, no characters that
 * nobody sees. What is left is looked at as it is.
 */
export function plainCode(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800\p{Pd}\u2212'"`\p{Pi}\p{Pf}]/gu, '')
    .toUpperCase();
}

/** Codes that enterprises had before the unified one, by their form: they stand on old papers. */
const earlierCodes = [
  {
    // Fifteen digits, thirteen before 2007, and on copies of a licence which copy it is; tax numbers may end with a letter.
    form: /^(?:\d{13}|\d{15}|\d{6}[0-9A-Z]{8}[0-9X])(?:\(\d+\))?$/,
    rule: 'registration-number',
    zh: '这是 15 位（早期 13 位）的工商注册号或税务登记号，不是 18 位统一社会信用代码：请填写营业执照上的统一社会信用代码',
    en: 'a registration or tax number of 15 digits (13 in earlier years), not a unified social credit code of 18 characters: it is on the business licence',
  },
  {
    form: /^[0-9A-Z]{8}[0-9X]$/,
    rule: 'organisation-number',
    zh: '这是 9 位的组织机构代码，不是 18 位统一社会信用代码：请填写营业执照上的统一社会信用代码',
    en: 'an organisation code of 9 characters, not a unified social credit code of 18: it is on the business licence',
  },
] as const;

/** What a code is that is none but was one once; undefined for others. */
export function earlierCode(code: string): (typeof earlierCodes)[number] | undefined {
  return earlierCodes.find(({ form }) => form.test(code));
}

const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/**
 * Whether the check character of a unified social credit code fits (GB 32100-2015). Some early codes in real use do
 * not fit, so that `false` asks for a confirmation; only a wrong length or alphabet is a refusal (`UsccSchema`).
 */
export function hasValidCheckCharacter(uscc: string): boolean {
  const values = [...uscc].map((character) => alphabet.indexOf(character));
  if (values.length !== weights.length + 1 || values.includes(-1)) return false;
  const sum = weights.reduce((total, weight, position) => total + weight * (values[position] ?? 0), 0);
  return values[weights.length] === (31 - (sum % 31)) % 31;
}
