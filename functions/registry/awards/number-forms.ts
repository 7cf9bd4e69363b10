import { simplify } from '../matching/traditional.ts';

/** What is written between the parts of a number; the points of a version, as in V1.0, tell one from another. */
const separators =
  /(V\d{1,2}(?:\.\d{1,3}){1,3})(?!\d)|[\p{Pd}\p{Pc}\p{Ps}\p{Pe}\p{Pi}\p{Pf}\u2212\u2043\u2044\u2215\u2219\u22c5|~\u0060^<>]|(?![#%&@])\p{Po}|#(?=[\dA-Z])/gu;
/** What nobody sees. */
const unseen = /[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu;
/** Words that say what a number is of; only these may stand before it without a colon. */
const subject =
  '软件|计算机|著作权|软著|登记|证书|合同|协议|订单|发票|报告|检测|检验|测试|审计|专利|申请|受理|备案|许可|许可证|注册|认定|认证|批准|批文|立项|项目|文件|资质|评估|贯标|[A-Z]{2,8}(?![A-Z])';
const numberWord = '编号|号码|编码|代码|文号|证号|号';
const englishWord =
  '(?:CERTIFICATE|CERT|CONTRACT|INVOICE|REPORT|REGISTRATION|REG|PATENT|SERIAL|DOCUMENT|DOC)?[.:]?(?:NUMBER|NO)';
const label = new RegExp(
  [
    // The brackets of a label are gone by then.
    `^(?:${subject})*(?:${numberWord})(?:[:#.=]|为|是)*(?=[\\dA-Z第])`,
    `^[\\u4e00-\\u9fffA-Z]{0,12}?(?:${numberWord})(?:\\p{Ps}[^\\p{Pe}]{0,24}\\p{Pe})?[:#=]+`,
    `^\\p{Ps}[\\u4e00-\\u9fffA-Z]{0,12}?(?:${numberWord})[:#.]*\\p{Pe}[:#]*`,
    `^(?:${subject})*${englishWord}(?:[.:#]+|(?=\\d))`,
  ].join('|'),
  'u',
);
/** What is written behind a number, of what it is or which copy. */
const ending =
  /(?<=[\dA-Z])号?(?:文件|文|证书|\p{Ps}(?:变更|补发|补证|换发|换证|正本|副本|复印件|扫描件|原始取得|受让|新|旧)\p{Pe})$/u;

/**
 * Folds a number so that its spellings agree: width, case, traditional characters, brackets of every kind, 第 and 号,
 * separators, blanks, invisible characters, and a label before it such as `证书编号：`.
 */
export function foldNumber(text: string): string {
  let folded = simplify(
    text
      .replace(/№|N[°º]/giu, 'NO.')
      .normalize('NFKC')
      .toUpperCase(),
  )
    // Behind a blank, NO is no beginning of a number.
    .replace(/(?<![\dA-Z])NO[.:]?\s+(?=[\dA-Z])/gu, 'NO.')
    .replace(unseen, '')
    .replaceAll('\u2236', ':')
    .replaceAll('苐', '第')
    .replace(label, '')
    .replace(chineseYear, (digits) => [...digits].map(arabicOf).join(''))
    .replace(chineseCount, (digits) => String(countOf(digits)))
    .replace(/(?<=[\u4e00-\u9fff])NO(?:[.:]+(?=[\dA-Z])|(?=\d))/gu, '')
    .replace(/(?<=\d)[,;:/]*(?:发票)?(?:号码|编号)[:#.]*(?=\d)/gu, '');
  for (let before = ''; before !== folded; ) {
    before = folded;
    folded = folded
      .replace(label, '')
      .replace(ending, '')
      .replace(/^[\p{Ps}\p{Pi}]+([^\p{Pe}\p{Pf}]*)[\p{Pe}\p{Pf}]+/u, '$1')
      .replace(label, '');
    if (before !== folded) continue;
    folded = folded
      .replace(/(?<=(?:19|20)\d\d)年(?=\p{Pe}|第?\d)/gu, '')
      .replace(separators, '$1')
      .replace(/第+(?=[\dA-Z])/g, '')
      .replace(/(?<=[\dA-Z])号+/g, '');
  }
  return folded;
}

/** Chinese digits, plain and as on invoices, each at the place of its value. */
const chineseDigits = [
  '〇零○O0',
  '一壹1',
  '二贰2',
  '三叁3',
  '四肆4',
  '五伍5',
  '六陆6',
  '七柒7',
  '八捌8',
  '九玖9',
];
/** A year in Chinese digits, as document numbers have it. */
const chineseYear = /[一二壹贰][〇零○O0一二三四五六七八九壹贰叁肆伍陆柒捌玖]{3}(?=[\p{Pe}年])/gu;
/** A number below a hundred in Chinese, as document numbers have it. */
const chineseCount =
  /(?<=[\p{Pe}第年])(?:[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])(?=号)/gu;

function arabicOf(digit: string): number {
  return chineseDigits.findIndex((spellings) => spellings.includes(digit));
}

function countOf(digits: string): number {
  const [tens = '', ones = ''] = digits.includes('十') ? digits.split('十') : ['零', digits];
  return 10 * (tens === '' ? 1 : arabicOf(tens)) + (ones === '' ? 0 : arabicOf(ones));
}

/** What people write where there is no number. */
const nothing = /^(?:NA|NULL|NONE|NIL|NO|TBD|TBA|UNKNOWN|X+|0*)$/;

/** Whether a text has a number in it: not where it says that there is none, or where to look for it. */
export function isNumber(text: string): boolean {
  const folded = foldNumber(text);
  return /[A-Z\p{N}〇一二三四五六七八九十]/u.test(folded) && !nothing.test(folded);
}

/** Letters of other alphabets that look like those of the Latin one. */
const lookAlikes = new Map(
  [...'АВЕЅКМНОРСТУХІЈΑΒΕΖΗΙΚΜΝΟΡΤΥΧ'].map((one, at) => [one, 'ABESKMHOPCTYXIJABEZHIKMNOPTYX'[at]]),
);

/**
 * A folded number in which characters that are mistaken for one another are one: O and 0; I, L and 1; letters of other
 * alphabets; signs, and strokes that stand for hyphens, are none.
 */
export function shapeOf(number: string): string {
  return [...foldNumber(number)]
    .map((one) => lookAlikes.get(one) ?? one)
    .join('')
    .replace(/(?<=[\dA-Z])[一ー丨](?=[\dA-Z])|[^\p{L}\p{N}]/gu, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
}

/** A shorter number has too many neighbours. */
const leastLength = 6;

/**
 * Whether two numbers that are not the same look so alike that one may be the other miswritten: characters that are
 * mistaken for one another, one digit that is another one, too many, missing or exchanged with its neighbour, or the one
 * with something before it that the other lacks.
 */
export function looksAlike(one: string, other: string): boolean {
  if (foldNumber(one) === foldNumber(other)) return false;
  const [a, b] = [shapeOf(one), shapeOf(other)];
  const [shorter, longer] = a.length <= b.length ? [a, b] : [b, a];
  if (shorter === longer) return shorter !== '';
  if (shorter.length < leastLength) return false;
  return endsWith(longer, shorter) || differByOneDigit(shorter, longer);
}

/** The longer one has words before a number that is long enough to be one, and not another digit. */
function endsWith(longer: string, shorter: string): boolean {
  const before = longer.slice(0, longer.length - shorter.length);
  return longer.endsWith(shorter) && /\d{6}/.test(shorter) && !/\d$/.test(before);
}

function differByOneDigit(shorter: string, longer: string): boolean {
  let from = 0;
  while (from < shorter.length && shorter[from] === longer[from]) from += 1;
  let end = 0;
  while (end < shorter.length - from && shorter.at(-1 - end) === longer.at(-1 - end)) end += 1;
  const [a, b] = [shorter.slice(from, shorter.length - end), longer.slice(from, longer.length - end)];
  const areDigits = /^\d*$/.test(a) && /^\d+$/.test(b);
  const isExchange = a.length === 2 && b.length === 2 && a[0] === b[1] && a[1] === b[0];
  return areDigits && ((a.length <= 1 && b.length === 1) || isExchange);
}
