import { leadingRegion, writtenOutCity } from './regions.ts';
import { simplify } from './traditional.ts';

/**
 * What a character of a folded name belongs to. All but content may differ, or be missing on one side, between two
 * names of one matter.
 */
export type PartKind = 'content' | 'region' | 'organisation' | 'filler' | 'year' | 'phase';

/** One letter a kind, so that the kinds of a name are a string as long as its text. */
const letters: Readonly<Record<PartKind, string>> = {
  content: 'c',
  region: 'r',
  organisation: 'o',
  filler: 'f',
  year: 'y',
  phase: 'p',
};

/** A project's name made comparable. It can be kept beside an award, for it depends on the name alone. */
export interface FoldedName {
  /** NFKC, lower case, simplified characters, arabic ordinals; neither punctuation nor spaces. */
  readonly text: string;
  /** The part that each UTF-16 unit of the text belongs to: c content, r region, o organisation, f filler, y year, p phase. */
  readonly kinds: string;
  /** The text without all that may differ; with the fillers when nothing distinctive is left without them. */
  readonly core: string;
}

/** What is known of the one whose project it is. */
export interface FoldContext {
  /** The enterprise's name: where it stands in the project's name, it says nothing of the matter. */
  readonly organisationName?: string;
}

/** Longer names are cut: what tells a matter from another stands in the beginning. */
export const maximumNameLength = 500;

const organisation =
  /(?:股份|集团|控股|科技)?(?:有限责任|有限)公司|(?:集团|股份|控股)公司|公司|集团|个体工商户|合伙企业/gu;
/** Words that hardly ever tell one project from another. */
export const filler = /公共服务平台|公共服务|项目|工程|课题|专项|计划|平台|系统/gu;
const year =
  /(?:19|20)\d{2}(?:(?:至|到)?(?:19|20)\d{2})?年度?|^(?:19|20)\d{2}(?!\d)|(?<!\d)(?:19|20)\d{2}$/gu;
/** A year with a slip in it, which only the beginning of a name tells from a quantity. */
const slippedYear = /^\D?(?:\d\D?){2,5}年\D?度?/gu;
const phase = /第?(?:\d{1,2}|[ivx]{1,4})(?:期|阶段|批次?)|[首本]期/gu;
/** An organisation's name before its form is no longer, and leaves at least so much of the project's. */
const longestOwner = 20;
const leastRest = 4;
const chineseDigits = '〇一二三四五六七八九';
const chineseYear = /[一二][〇零一二三四五六七八九]{3}(?=年)/gu;
const chineseOrdinal =
  /(?:第([一二三四五六七八九十]{1,3}|[ivx]{1,4}|\d{1,3})|([一二三四五六七八九十]{1,3}|(?<![a-z])[ivx]{1,4}))(期|阶段|批次|批|号|代|级|车间|分厂)/gu;
const notWritten = /[^\p{L}\p{N}]+/gu;
/** Punctuation after which a new part of a name begins. */
const partEnd = /[—–()〔〕【】[\]:;,、,|/~-]/u;

/**
 * Folds a project's name: width, case, traditional characters, ordinals and punctuation are made one; the organisation
 * form, fillers, years, phases and regions are marked.
 */
export function fold(name: string, context: FoldContext = {}): FoldedName {
  const { text, parts } = write(name);
  const marks = Array.from({ length: text.length }, () => letters.content);
  mark(marks, text, year, letters.year);
  mark(marks, text, slippedYear, letters.year);
  mark(marks, text, phase, letters.phase);
  markRegions(marks, text, parts);
  markOrganisations(marks, text, parts);
  mark(marks, text, filler, letters.filler);
  if (context.organisationName !== undefined) markOwner(marks, text, context.organisationName);
  return { text, kinds: marks.join(''), core: coreOf(text, marks) };
}

/** Short grams bear edits, long ones stay rare in a registry of millions. */
const gramLengths = [3, 5, 7];
/** Of each length. */
const maximumGrams = 16;

/**
 * Grams by which a name is found in an index of the whole registry: windows over its core, which cross the borders of
 * words and so are rarer than words. One edit spoils at most as many neighbouring windows as a window is long. Of a
 * long name those with the smallest hash are taken, so that two similar names choose alike.
 */
export function searchGrams(name: string | FoldedName): string[] {
  const { core } = typeof name === 'string' ? fold(name) : name;
  const characters = [...core];
  const grams = gramLengths.flatMap((length) => windows(characters, length));
  return grams.length > 0 || core === '' ? grams : [core];
}

function windows(characters: readonly string[], length: number): string[] {
  const grams = new Set<string>();
  for (let from = 0; from + length <= characters.length; from += 1) {
    grams.add(characters.slice(from, from + length).join(''));
  }
  if (grams.size <= maximumGrams) return [...grams];
  return [...grams]
    .map((gram) => ({ gram, order: hash(gram) }))
    .sort((a, b) => a.order - b.order)
    .slice(0, maximumGrams)
    .map(({ gram }) => gram);
}

/** The text, and where in it parts begin that punctuation sets apart. */
function write(name: string): { text: string; parts: number[] } {
  const plain = simplify(shortened(shortened(name).normalize('NFKC').toLowerCase()))
    .replace(chineseYear, (digits) => [...digits].map(digitOf).join(''))
    .replace(chineseOrdinal, (_, first: string | undefined, second: string | undefined, unit: string) => {
      const number = first ?? second ?? '';
      return `${numberOf(number)}${unit}`;
    });
  let text = '';
  const parts = [0];
  let last = 0;
  for (const gap of plain.matchAll(notWritten)) {
    text += plain.slice(last, gap.index);
    last = gap.index + gap[0].length;
    if (partEnd.test(gap[0])) parts.push(text.length);
  }
  text += plain.slice(last);
  // A name of nothing but signs is still compared by them.
  return text === '' ? { text: plain.replace(/\s+/gu, ''), parts } : { text, parts };
}

/** A single character may become a dozen when it is normalized. */
function shortened(name: string): string {
  return name.length <= maximumNameLength ? name : [...name].slice(0, maximumNameLength).join('');
}

function digitOf(character: string): number {
  return Math.max(0, chineseDigits.indexOf(character));
}

const roman = ['', 'i', 'ii', 'iii', 'iv', 'v', 'vi', 'vii', 'viii', 'ix', 'x', 'xi', 'xii'];

/** A number in arabic, Roman (up to 12) or Chinese digits (up to 99); what is none of these stays as it is. */
function numberOf(digits: string): number | string {
  if (/\d/u.test(digits)) return digits;
  if (/[ivx]/u.test(digits)) return roman.includes(digits) ? roman.indexOf(digits) : digits;
  const [tens, ones] = digits.includes('十') ? digits.split('十', 2) : ['0', digits];
  return (tens === '' ? 1 : digitOf(tens ?? '')) * 10 + (ones ? digitOf(ones) : 0);
}

function mark(marks: string[], text: string, pattern: RegExp, letter: string): void {
  for (const match of text.matchAll(pattern)) fill(marks, match.index, match[0].length, letter);
}

/** Only content is marked: what is a year is no region too. */
function fill(marks: string[], from: number, length: number, letter: string): void {
  for (let index = from; index < from + length; index += 1) {
    if (marks[index] === letters.content) marks[index] = letter;
  }
}

function markRegions(marks: string[], text: string, parts: readonly number[]): void {
  mark(marks, text, writtenOutCity, letters.region);
  for (const part of parts) {
    let from = part;
    while (marks[from] === letters.year || marks[from] === letters.phase) from += 1;
    leadingRegion.lastIndex = from;
    const length = leadingRegion.exec(text)?.[0].length ?? 0;
    // A name that is no more than a region keeps it.
    if (length > 0 && length + 2 <= text.length) fill(marks, from, length, letters.region);
  }
}

/** An organisation's form, and the name before it unless that would leave nothing to compare. */
function markOrganisations(marks: string[], text: string, parts: readonly number[]): void {
  for (const form of text.matchAll(organisation)) {
    const end = form.index + form[0].length;
    let from = form.index;
    while (from > 0 && marks[from - 1] === letters.content && !parts.includes(from)) from -= 1;
    const rest = marks.filter((letter, at) => letter === letters.content && (at < from || at >= end)).length;
    if (form.index - from > longestOwner || rest < leastRest) from = form.index;
    fill(marks, from, end - from, letters.organisation);
  }
}

function markOwner(marks: string[], text: string, organisationName: string): void {
  const owner = write(organisationName).text;
  const at = owner === '' ? -1 : text.indexOf(owner);
  if (at >= 0 && owner.length + 2 <= text.length) fill(marks, at, owner.length, letters.organisation);
}

function coreOf(text: string, marks: readonly string[]): string {
  const keep = (wanted: string): string => {
    let kept = '';
    for (let index = 0; index < text.length; index += 1) {
      if (wanted.includes(marks[index] ?? '')) kept += text[index];
    }
    return kept;
  };
  const distinctive = keep('c');
  if (distinctive.length >= 2) return distinctive;
  const filled = keep('cf');
  return filled.length >= 2 ? filled : text;
}

/** FNV-1a over UTF-16 units: fast, and the same everywhere. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}
