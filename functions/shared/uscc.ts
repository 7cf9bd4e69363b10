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
