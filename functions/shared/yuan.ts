/** Fen as yuan with two decimals, from digits alone, as files have them: `123456` is `1234.56`. */
export function yuanOf(amountFen: number | bigint): string {
  const isBelow = amountFen < 0;
  const digits = String(isBelow ? -amountFen : amountFen).padStart(3, '0');
  return `${isBelow ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** The same with separators, as people read them: `123456789` is `1,234,567.89`. */
export function yuanInGroups(amountFen: number | bigint): string {
  return yuanOf(amountFen).replace(/\B(?=(\d{3})+\.)/g, ',');
}

/** The same, whole yuan without decimals: `150000000` is `1,500,000`. */
export function shortYuan(amountFen: number | bigint): string {
  return yuanInGroups(amountFen).replace(/\.00$/, '');
}
