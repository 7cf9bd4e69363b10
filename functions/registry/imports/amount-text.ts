import { type Fen, fen } from '../../shared/money.ts';
import { simplify } from '../matching/traditional.ts';

/** Longer cells are neither a date nor an amount, and not looked at. */
export const longestValue = 60;
const amountDigits = 15;

/** A unit of amounts, as the power of ten of a yuan that it is. */
export type UnitPower = number;
const unitPowers: Readonly<Record<string, UnitPower>> = {
  ...{ 元: 0, 圆: 0, 千: 3, 仟: 3, 万: 4, 百万: 6, 千万: 7, 亿: 8 },
};
const unitWord = '(?:千|仟|百万|千万|万|亿)[元圆]?|[元圆]';
const currency = '人民币|RMB|CNY|CN¥|¥';
const amountSpelling = new RegExp(
  `^(?:${currency})?\\s*(\\d{0,15}|\\d{1,3}(?:,\\d{3}){1,4}|\\d{1,3}(?: \\d{3}){1,4})(?:\\.(\\d{0,12}))?\\s*(${unitWord})?整?\\s*(?:${currency})?$`,
  'u',
);
const unitInBrackets = new RegExp(`\\((${unitWord})\\)`, 'u');
const larger = '千|仟|百万|千万|万|亿';
/** `单位：万元` in a cell of its own, or in one with the title. */
const statedSpelling = new RegExp(
  `单位[:(]?(?:人民币|[家个户项人件台套份%][、,/])*(${larger})?[元圆](?=$|[^\\p{L}])`,
  'u',
);
const headingSpelling = new RegExp(
  `[([【](?:单位:?)?(?:人民币)?(${larger})?[元圆][)\\]】]|(?<![\\p{N}])(${larger})[元圆]$`,
  'u',
);

const powerOf = (named: string): UnitPower => unitPowers[named.replace(/(?<=.)[元圆]/u, '')] ?? 0;
const plainOf = (cell: string) => simplify(cell.normalize('NFKC').trim()).toUpperCase();

/**
 * An amount in fen by its digits alone: no arithmetic with fractions.
 * @param unit of a number without one: a unit in the cell counts before it; undefined where none is known.
 * @returns undefined for what is no amount, has parts of a fen, or has no unit.
 */
export function amountOf(cell: string, unit: UnitPower | undefined): Fen | undefined {
  if (cell.length > longestValue) return undefined;
  const plain = plainOf(cell).replace(unitInBrackets, '$1');
  const [, groups = '', part = '', named] = amountSpelling.exec(plain) ?? [];
  const whole = groups.replace(/[, ]/g, '');
  if (`${whole}${part}` === '') return amountInWords(plain);
  const power = named === undefined ? unit : powerOf(named);
  if (power === undefined) return undefined;
  const decimals = power + 2;
  // Zeros behind the last fen are how some programs write amounts.
  const kept = part.replace(/0+$/, '');
  const digits = `${whole}${kept.padEnd(decimals, '0')}`.replace(/^0+(?=\d)/, '');
  if (kept.length > decimals || digits.length > amountDigits) return undefined;
  return fen(Number(digits));
}

/** The unit that a heading names at its end, as `补助资金（万元）` does. */
export function unitOfHeading(heading: string): UnitPower | undefined {
  const found = headingSpelling.exec(plainOf(heading).replace(/\s/gu, ''));
  return found ? powerOf(`${found[1] ?? found[2] ?? ''}元`) : undefined;
}

/** The unit that a cell outside the table states for it, as `单位：万元` does. */
export function statedUnit(cell: string): UnitPower | undefined {
  const found = statedSpelling.exec(plainOf(cell).replace(/\s/gu, ''));
  return found ? powerOf(`${found[1] ?? ''}元`) : undefined;
}

const digitOf = new Map(
  ['零〇', '壹一', '贰二两', '叁三', '肆四', '伍五', '陆六', '柒七', '捌八', '玖九'].flatMap((same, value) =>
    [...same].map((character) => [character, value] as const),
  ),
);
const digit = `[${[...digitOf.keys()].join('')}]`;
const some = `(?!零)${digit}`;
/** Below ten thousand: each place at most once, the higher ones first. */
const section = `(?:(${some})[仟千])?零?(?:(${some})[佰百])?零?(?:(${some})?[拾十])?零?(${some})?`;
const sectionOnly = new RegExp(`^${section}$`, 'u');
const wordsSpelling = new RegExp(
  `^(?:${currency})?(?:\\(?大写\\)?)?:?(?:([^亿元]*)亿)?([^亿万元]*万)?([^亿万元]*)元?(?:(${some})角)?零?(?:(${some})分)?[整正]?$`,
  'u',
);

/** An amount in Chinese numerals, plain or as on cheques, e.g. 人民币贰拾万元整; a unit has to stand in it. */
function amountInWords(plain: string): Fen | undefined {
  const text = plain.replace(/\s/gu, '').replaceAll('圆', '元').replaceAll('〇', '零').replaceAll('萬', '万');
  if (!/[元万亿角分]/u.test(text)) return undefined;
  const [found, high, middle, low = '', jiao, cents] = wordsSpelling.exec(text) ?? [];
  if (found === undefined || (low !== '' && !text.includes('元'))) return undefined;
  const parts = [high, middle?.slice(0, -1), low === '' ? undefined : low].map(sectionValue);
  if (parts.includes(Number.NaN)) return undefined;
  const [hundredMillions = 0, tenThousands = 0, ones = 0] = parts;
  const yuan = (hundredMillions * 10_000 + tenThousands) * 10_000 + ones;
  const total = yuan * 100 + (digitOf.get(jiao ?? '') ?? 0) * 10 + (digitOf.get(cents ?? '') ?? 0);
  return total > 0 || /^零元/u.test(text) ? fen(total) : undefined;
}

/** @returns NaN for what is no number below ten thousand; 0 where nothing stands. */
function sectionValue(text: string | undefined): number {
  if (text === undefined || text === '零') return 0;
  const found = sectionOnly.exec(text.replace(/^零/u, ''));
  if (!found || text === '') return Number.NaN;
  const [, thousands, hundreds, tens, ones] = found;
  const value = (character: string | undefined) => digitOf.get(character ?? '') ?? 0;
  const hasTens = /[拾十]/u.test(text);
  return (
    value(thousands) * 1000 +
    value(hundreds) * 100 +
    (hasTens ? (tens === undefined ? 1 : value(tens)) : 0) * 10 +
    value(ones)
  );
}
