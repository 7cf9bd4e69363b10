import * as z from 'zod';
import type { Award } from '../../filing/applications/award.ts';
import { contentHash } from '../../shared/hash.ts';
import type { Fen } from '../../shared/money.ts';
import { SlugSchema } from '../../shared/schemas.ts';
import { levels, OrganisationCodeSchema } from '../../shared/vocabulary.ts';
import { matterKeyOf } from '../awards/matter-key.ts';
import { foldNumber, isNumber } from '../awards/number-forms.ts';
import { simplify } from '../matching/traditional.ts';
import { amountOf, longestValue, type UnitPower } from './amount-text.ts';
import type { Mapping } from './mapping.ts';

/** What a column holds. */
export type Field = keyof Mapping['columns'];

/** What stands between two pieces of evidence: commas may belong to a number, unless another kind follows. */
const betweenPieces = /[;\uFF1B\n]|[,\uFF0C\u3001](?=\s*[a-z][a-z0-9-]*\s*[:\uFF1A])/u;

const EvidenceSchema = z
  .string()
  .transform((cell) =>
    cell
      .split(betweenPieces)
      .filter((piece) => piece.trim() !== '')
      .map((piece) => {
        const [kind = '', ...number] = piece.split(/[:\uFF1A]/);
        return { kind: kind.trim(), number: number.join(':').trim() };
      })
      // Where a kind says that there is none, there is nothing to compare.
      .filter(({ number }) => number === '' || isNumber(number)),
  )
  .pipe(z.array(z.object({ kind: SlugSchema, number: z.string().min(1).max(120) })).max(20));

/** Calls of functions and of other programs: no name reads like one. */
const commands = [/^=\s*[\w.]+\s*\(/u, /^[=+@-].*\|.*!/su, /^=cmd\b/iu];

/** A name is text, whatever it begins with; a text of nothing but signs, e.g. of a broken formula, is none. */
const NameSchema = z
  .string()
  .min(1)
  .regex(/[\p{L}\p{N}\p{So}]/u)
  .refine((text) => !commands.some((command) => command.test(text)));

const ValuesSchema = z.object({
  awardId: z.string().regex(/^[^#\s]{1,64}$/),
  uscc: OrganisationCodeSchema.optional(),
  name: NameSchema.max(200),
  level: z.enum(levels),
  year: z.int().min(2000).max(2099),
  matterKind: SlugSchema,
  matterDetail: z.string().max(200),
  projectName: z.union([z.literal(''), NameSchema.max(500)]),
  evidence: EvidenceSchema,
  amount: z.custom<Fen>((value) => typeof value === 'number'),
  status: z.enum(['granted', 'revoked']),
});

/** An award as a row tells it; its code may be still to be found by the name. */
export type RowAward = Omit<Award, 'uscc'> & { readonly uscc?: Award['uscc'] };

/**
 * The award of a row.
 * @param cells what stands in the row, by field; empty where the mapping names no column.
 * @param given.unit of an amount that names none.
 * @param given.namesTell whether a row may do without a code.
 * @returns it, without a code where the row has none; or the fields that do not hold what they should.
 */
export function awardOf(
  cells: Readonly<Record<Field, string>>,
  scheme: string,
  mapping: Mapping,
  given: { readonly unit: UnitPower | undefined; readonly namesTell: boolean },
): { readonly award?: RowAward; readonly faults: readonly Field[] } {
  const { level, levelWords, matterKind, matterWords } = mapping;
  const values = {
    ...cells,
    level: level ?? wordOf(levelWords, cells.level),
    year: yearOf(cells.year, mapping.yearFormat),
    matterKind: matterKind ?? wordOf(matterWords, cells.matterKind),
    amount: amountOf(cells.amount, given.unit),
    status: statusOf(cells.status, mapping),
    // Without a number of its own an award has a key of its content, once that is known to be sound.
    awardId: mapping.columns.awardId === undefined ? '-' : cells.awardId,
    uscc: cells.uscc === '' && given.namesTell ? undefined : cells.uscc,
  };
  const parsed = ValuesSchema.safeParse(values);
  if (!parsed.success) {
    const wrong = new Set(parsed.error.issues.map((issue) => issue.path[0]));
    return { faults: ValuesSchema.keyof().options.filter((field) => wrong.has(field)) };
  }
  const { amount, uscc, ...rest } = parsed.data;
  const award = { scheme, ...rest, amountFen: amount };
  return { award: uscc === undefined ? award : codedAward(award, uscc, mapping), faults: [] };
}

/** An award with the code that its enterprise has, numbered by its content where its scheme numbers none. */
export function codedAward(
  award: RowAward,
  uscc: Award['uscc'],
  { columns }: Pick<Mapping, 'columns'>,
): Award {
  const coded = { ...award, uscc };
  return columns.awardId === undefined ? { ...coded, awardId: contentKey(coded) } : coded;
}

/** What a word of a scheme stands for; another word is taken as it is. */
function wordOf(words: Readonly<Record<string, string>>, cell: string): string {
  return Object.hasOwn(words, cell) ? (words[cell] ?? cell) : cell;
}

/** What tells awards of a scheme apart that gives them no numbers; amounts and evidence may be corrected. */
function contentKey({ uscc, year, matterKind, matterDetail, projectName }: Award): string {
  const matter = matterKeyOf(matterKind, uscc, matterDetail);
  return `content-${contentHash([matter, year, foldNumber(projectName)]).slice(0, 40)}`;
}

const clock =
  '[T\\s]*(?:[上下]午\\s*)?(?:\\d{1,2}:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?(?:\\s*[AP]M)?|\\d{1,2}[时点](?:\\d{1,2}分)?)';
const zone = '(?:Z|[+-]\\d{2}:?\\d{2})?';
const weekday = '\\s*\\(?(?:星期|周)?[一二三四五六日天]\\)?';
const monthName = '(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\\.?';
/** Spellings of a year, with or without more of the date, that can be read in one way only: year, month and day. */
const dateSpellings = [
  '(?:公元|FY\\s?)?(\\d{4})(?:财?年)?度?',
  '(\\d{4})年?度?\\s?(?:\\(?第?[一二三四五六七八九十\\d]{1,2}批次?\\)?|[上下]半年度?|第?[一二三四1-4]季度|[QH][1-4]|全年|[初中底末])',
  '(\\d{4})年[一二三四五六七八九十]{1,3}月(?:[一二三四五六七八九十]{1,3}[日号])?',
  '(\\d{4})[-/.年](\\d{1,2})月?(?:份|[上中下]旬)?',
  `(\\d{4})[-/.年](\\d{1,2})[-/.月](\\d{1,2})[日号]?(?:${clock}${zone}|${weekday})?`,
].map((spelling) => new RegExp(`^${spelling}$`, 'iu'));
/** Those with the year behind: which of two numbers is the month makes no difference to it. */
const yearLast = [
  new RegExp(`^(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4})(?:${clock})?$`, 'iu'),
  new RegExp(`^(?:[a-z]{3},?\\s)?(?:\\d{1,2}[\\s-])?${monthName}[\\s-]?(?:\\d{1,2},?\\s)?(\\d{4})$`, 'iu'),
] as const;
const compactDate = /^(\d{4})(\d{2})(\d{2})$/u;
const chineseDigits = ['〇零○O0', '一壹', '二贰', '三叁', '四肆', '五伍', '六陆', '七柒', '八捌', '九玖'];

/** The year of a cell; of digits alone the format says whether they are a year or a date. */
function yearOf(cell: string, format: Mapping['yearFormat']): number | undefined {
  if (cell.length > longestValue) return undefined;
  if (format === 'serial' && serialDay.test(cell.trim())) return yearOfSerial(Number(cell));
  const plain = simplify(cell.normalize('NFKC').trim())
    .replace(/\s*([年月日号度/.-])\s*/gu, '$1')
    .replace(/^[〇零○O0一二三四五六七八九壹贰叁肆伍陆柒捌玖]{4}(?=年)/u, (digits) =>
      [...digits].map((digit) => chineseDigits.findIndex((same) => same.includes(digit))).join(''),
    );
  const [, one = 0, , other = 0, last = 0] = yearLast[0].exec(plain)?.map(Number) ?? [];
  if (last > 0) return Math.min(one, other) <= 12 && isDate(last, 1, Math.max(one, other)) ? last : undefined;
  const [, named] = yearLast[1].exec(plain) ?? [];
  if (named !== undefined) return Number(named);
  const isCompact = format === 'YYYYMMDD' && /^\d+$/.test(plain);
  const spellings = isCompact ? [compactDate] : [...dateSpellings, compactDate];
  const match = spellings.map((spelling) => spelling.exec(plain)).find((found) => found !== null);
  if (!match) return undefined;
  const [year = 0, month = 1, day = 1] = match.slice(1).map((part) => Number(part ?? 1));
  return isDate(year, month, day) ? year : undefined;
}

/** Days as spreadsheets count them, of 2000 to 2099; parts of a day are its hours. */
const serialDay =
  /^(?:3652[6-9]|365[3-9]\d|36[6-9]\d\d|3[7-9]\d{3}|[4-6]\d{4}|7[0-2]\d{3}|730[0-4]\d|73050)(?:\.\d+)?$/u;

function yearOfSerial(days: number): number {
  return new Date(Date.UTC(1899, 11, 30) + Math.floor(days) * 86_400_000).getUTCFullYear();
}

function isDate(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function statusOf(cell: string, mapping: Mapping): Award['status'] | undefined {
  if (mapping.columns.status === undefined || mapping.grantedWords.includes(cell)) return 'granted';
  return mapping.revokedWords.includes(cell) ? 'revoked' : undefined;
}
