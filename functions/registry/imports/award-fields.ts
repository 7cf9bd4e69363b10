import * as z from 'zod';
import type { Award } from '../../filing/applications/award.ts';
import { contentHash } from '../../shared/hash.ts';
import { type Fen, fen } from '../../shared/money.ts';
import { SlugSchema } from '../../shared/schemas.ts';
import { levels, OrganisationCodeSchema } from '../../shared/vocabulary.ts';
import { matterKeyOf } from '../awards/matter-key.ts';
import { foldNumber } from '../awards/number-forms.ts';
import type { Mapping } from './mapping.ts';

/** What a column holds. */
export type Field = keyof Mapping['columns'];

/** Decimals that a unit may have without a part of a fen. */
export const unitDecimals = { yuan: 2, 'wan-yuan': 6 } as const;
const amountDigits = 15;

const EvidenceSchema = z
  .string()
  .transform((cell) =>
    cell
      .split(/[;\uFF1B]/)
      .filter((piece) => piece.trim() !== '')
      .map((piece) => {
        const [kind = '', ...number] = piece.split(/[:\uFF1A]/);
        return { kind: kind.trim(), number: number.join(':').trim() };
      }),
  )
  .pipe(z.array(z.object({ kind: SlugSchema, number: z.string().min(1).max(120) })).max(20));

/** Calls of functions, of other programs, and errors of a spreadsheet: no name reads like one. */
const commands = [
  /^=\s*[\w.]+\s*\(/u,
  /^[=+@-].*\|.*!/su,
  /^=cmd\b/iu,
  /^#(?:REF!|N\/A|VALUE!|NAME\?|DIV\/0!|NULL!|NUM!)$/u,
];

/** A name is text, whatever it begins with; a text of nothing but signs, e.g. of a broken formula, is none. */
const NameSchema = z
  .string()
  .min(1)
  .regex(/[\p{L}\p{N}\p{So}]/u)
  .refine((text) => !commands.some((command) => command.test(text)));

const ValuesSchema = z.object({
  awardId: z.string().regex(/^[^#\s]{1,64}$/),
  uscc: OrganisationCodeSchema,
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

/**
 * The award of a row.
 * @param cells what stands in the row, by field; empty where the mapping names no column.
 * @returns it, or the fields that do not hold what they should.
 */
export function awardOf(
  cells: Readonly<Record<Field, string>>,
  scheme: string,
  mapping: Mapping,
): { readonly award?: Award; readonly faults: readonly Field[] } {
  const { level, levelWords, matterKind, matterWords } = mapping;
  const values = {
    ...cells,
    level: level ?? wordOf(levelWords, cells.level),
    year: yearOf(cells.year, mapping.yearFormat),
    matterKind: matterKind ?? wordOf(matterWords, cells.matterKind),
    amount: amountOf(cells.amount, mapping.amountUnit),
    status: statusOf(cells.status, mapping),
    // Without a number of its own an award has a key of its content, once that is known to be sound.
    awardId: mapping.columns.awardId === undefined ? '-' : cells.awardId,
  };
  const parsed = ValuesSchema.safeParse(values);
  if (!parsed.success) {
    const wrong = new Set(parsed.error.issues.map((issue) => issue.path[0]));
    return { faults: ValuesSchema.keyof().options.filter((field) => wrong.has(field)) };
  }
  const { awardId, amount, ...rest } = parsed.data;
  const award = { scheme, awardId, ...rest, amountFen: amount };
  return {
    award: mapping.columns.awardId === undefined ? { ...award, awardId: contentKey(award) } : award,
    faults: [],
  };
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

/** Spellings of a year, with or without more of the date, that can be read in one way only. */
const dateSpellings = [
  /^(\d{4})年?度?$/u,
  /^(\d{4})年(?:[上下]半年|第?[一二三四1-4]季度)$/u,
  /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?(?:份)?$/u,
  /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/u,
];
const compactDate = /^(\d{4})(\d{2})(\d{2})$/u;
const chineseDigits = '〇一二三四五六七八九';

/** The year of a cell; of digits alone the format says whether they are a year or a date. */
function yearOf(cell: string, format: Mapping['yearFormat']): number | undefined {
  const plain = cell
    .normalize('NFKC')
    .trim()
    .replace(/^[〇零○一二三四五六七八九]{4}(?=年)/u, (digits) =>
      [...digits].map((digit) => Math.max(0, chineseDigits.indexOf(digit))).join(''),
    );
  const isCompact = format === 'YYYYMMDD' && /^\d+$/.test(plain);
  const spellings = isCompact ? [compactDate] : [...dateSpellings, compactDate];
  const match = spellings.map((spelling) => spelling.exec(plain)).find((found) => found !== null);
  if (!match) return undefined;
  const [year = 0, month = 1, day = 1] = match.slice(1).map((part) => Number(part ?? 1));
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? year : undefined;
}

/** Units that a cell may name, as powers of ten of a yuan. */
const unitPowers: Readonly<Record<string, number>> = {
  ...{ 元: 0, 圆: 0, 千元: 3, 万: 4, 万元: 4, 百万元: 6, 千万元: 7, 亿: 8, 亿元: 8 },
};
const amountSpelling =
  /^(?:人民币|RMB|CNY|¥|￥)?\s*(\d{1,15}|\d{1,3}(?:,\d{3}){1,4})(?:\.(\d{1,12}))?\s*(元|圆|千元|百万元|千万元|万元?|亿元?)?整?$/u;

/** An amount in fen by its digits alone: no arithmetic with fractions. A unit in the cell counts before the mapping's. */
function amountOf(cell: string, unit: Mapping['amountUnit']): Fen | undefined {
  const spelt = amountSpelling.exec(cell.normalize('NFKC').trim());
  const [, groups = '', part = '', named] = spelt ?? [];
  const whole = groups.replaceAll(',', '');
  const decimals = named === undefined ? unitDecimals[unit] : (unitPowers[named] ?? 0) + 2;
  // Zeros behind the last fen are how some programs write amounts.
  const kept = part.replace(/0+$/, '');
  const digits = `${whole}${kept.padEnd(decimals, '0')}`.replace(/^0+(?=\d)/, '');
  if (whole === '' || kept.length > decimals || digits.length > amountDigits) return undefined;
  return fen(Number(digits));
}

function statusOf(cell: string, mapping: Mapping): Award['status'] | undefined {
  if (mapping.columns.status === undefined || mapping.grantedWords.includes(cell)) return 'granted';
  return mapping.revokedWords.includes(cell) ? 'revoked' : undefined;
}
