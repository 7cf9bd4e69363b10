import { simplify } from '../matching/traditional.ts';

/** What is written between the parts of a number; the points of a version, as in V1.0, tell one from another. */
const separators =
  /(V\d{1,2}(?:\.\d{1,3}){1,3})(?!\d)|[\p{Pd}\p{Pc}\p{Ps}\p{Pe}\p{Pi}\p{Pf}\u2212/⁄∕\\.·•・‧∙⋅:,;、。'"`|~^*<>]/gu;
/** Words that say what a number is of; only these may stand before it without a colon. */
const subject =
  '软件|计算机|著作权|软著|登记|证书|合同|协议|订单|发票|报告|检测|检验|测试|审计|专利|申请|受理|备案|许可|许可证|注册|认定|认证|批准|批文|立项|项目|文件|资质|评估|贯标|[A-Z]{2,8}';
const numberWord = '编号|号码|编码|代码|文号|证号|号';
const label = new RegExp(
  [
    // The brackets of a label are gone by then.
    `^(?:${subject})*(?:${numberWord})[:#.]*(?=[\\dA-Z第])`,
    `^[\\u4e00-\\u9fffA-Z]{0,12}?(?:${numberWord})[:#]+`,
    '^(?:CERTIFICATE|CERT|CONTRACT|INVOICE|REPORT|REGISTRATION|REG|PATENT|SERIAL)?(?:NUMBER|NO)(?:[.:#]+|(?=\\d))',
  ].join('|'),
  'u',
);

/**
 * Folds a number so that its spellings agree: width, case, traditional characters, brackets of every kind, 第 and 号,
 * separators, blanks, invisible characters, and a label before it such as `证书编号：`.
 */
export function foldNumber(text: string): string {
  let folded = simplify(text.replaceAll('№', 'NO.').normalize('NFKC').toUpperCase())
    .replace(/[\s\p{Cf}]/gu, '')
    .replace(chineseYear, (digits) => [...digits].map(arabicOf).join(''))
    .replace(/(?<=[\u4e00-\u9fff])NO[.:]*(?=\d)/gu, '');
  for (let before = ''; before !== folded; ) {
    before = folded;
    folded = folded.replace(/^[\p{Ps}\p{Pi}]+([^\p{Pe}\p{Pf}]*)[\p{Pe}\p{Pf}]+/u, '$1').replace(label, '');
    if (before !== folded) continue;
    folded = folded
      .replace(separators, '$1')
      .replace(/第+(?=[\dA-Z])/g, '')
      .replace(/(?<=[\dA-Z])号+/g, '');
  }
  return folded;
}

/** A year in Chinese digits, as document numbers have it. */
const chineseYear = /[〇零○一二三四五六七八九]{4}(?=[\p{Pe}年])/gu;

function arabicOf(digit: string): number {
  return Math.max(0, '〇一二三四五六七八九'.indexOf(digit));
}

/** A folded number in which characters that are mistaken for one another are one: O and 0; I, L and 1. */
export function shapeOf(number: string): string {
  return foldNumber(number).replaceAll('O', '0').replace(/[IL]/g, '1');
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

const scheme = '[a-z][a-z0-9+.-]*://';
const host = '[a-z0-9\\u4e00-\\u9fff-]+(?:\\.[a-z0-9\\u4e00-\\u9fff-]+)*\\.[a-z]{2,}(?::\\d+)?';
/** An address with its scheme or its user anywhere; without both only as a whole value, with a path or `www.`. */
const addresses = new RegExp(
  `<?(?:${scheme}|[\\w.+-]+@(?=[\\w.-]+:))[^\\s,<>]+>?|(?<=^|,)<?(?:${host}/[^\\s,/<>]+[^\\s,<>]*|www\\.${host}[^\\s,<>]*)>?`,
  'giu',
);
/** Pages of a repository, which stand behind its owner and its name. */
const pages =
  /^(?:-|tree|blob|raw|src|commits?|issues|pulls?|merge_requests|releases|branches|tags|wikis?|archive|actions)$/;
const usualPorts = /:(?:80|443|22|9418)$/;

/**
 * A text in which addresses are folded: scheme, user, usual port, `www.`, case, a slash or `.git` at the end, and the page
 * of a repository make no difference; hyphens do.
 * @returns its pieces between addresses, and the addresses, in turn.
 */
export function splitAddresses(text: string): { readonly text: string; readonly address?: string }[] {
  const plain = text
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .trim();
  const pieces: { text: string; address?: string }[] = [];
  let last = 0;
  for (const { index, 0: found } of plain.matchAll(addresses)) {
    pieces.push({ text: plain.slice(last, index) }, { text: found, address: foldAddress(found) });
    last = index + found.length;
  }
  return [...pieces, { text: plain.slice(last) }];
}

function foldAddress(text: string): string {
  const bare = text.replace(/^<|>$/g, '').toLowerCase();
  const [, scpHost, scpPath] = /^[\w.+-]+@([\w.-]+):(?!\/\/)(.*)$/u.exec(bare) ?? [];
  const whole =
    scpHost === undefined
      ? bare.replace(new RegExp(`^${scheme}`, 'u'), '').replace(/^[^/?#@]*@/, '')
      : `${scpHost}/${scpPath}`;
  const [, authority = '', path = '', query = ''] = /^([^/?#]*)([^?#]*)(\?[^#]*)?/.exec(whole) ?? [];
  const where = authority
    .replace(usualPorts, '')
    .replace(/^www\./, '')
    .replace(/\.$/, '');
  const names = path
    .split('/')
    .map(decoded)
    .filter((name) => name !== '');
  const page = names.findIndex((name, index) => index >= 2 && pages.test(name));
  const kept = page === -1 ? names : names.slice(0, page);
  const last = kept.pop()?.replace(/\.git$/, '');
  const folded = [where, ...kept, ...(last ? [last] : [])].join('/');
  // Behind an owner and a name, a query only says how the page is shown.
  return simplify(kept.length >= 1 || query === '?' ? folded : `${folded}${query}`);
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name).toLowerCase();
  } catch {
    return name;
  }
}
