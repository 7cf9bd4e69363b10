import * as z from 'zod';
import { type Award, levels } from '../../filing/applications/award.ts';
import { contentHash } from '../../shared/hash.ts';
import { type Fen, fen } from '../../shared/money.ts';
import { SlugSchema, UsccSchema } from '../../shared/schemas.ts';
import type { Bilingual } from '../../shared/text.ts';
import { hasValidCheckCharacter } from '../../shared/uscc.ts';
import type { ImportedAward } from '../awards/award-record.ts';
import { foldNumber, matterKeyOf } from '../awards/matter-key.ts';
import { FileFault, type RowFault } from './file-fault.ts';
import type { Mapping } from './mapping.ts';
import type { SheetRow } from './sheet-row.ts';

type Field = keyof Mapping['columns'];

export interface AwardRowsOptions {
  readonly scheme: string;
  readonly mapping: Mapping;
  /** Whether a heading that the mapping does not name is a fault. */
  readonly isStrict: boolean;
  /** Whether credit codes whose check character does not fit are taken. */
  readonly confirmUscc: boolean;
  /** Whether a row must have as many cells as there are headings: workbooks leave the last ones out. */
  readonly isRectangular: boolean;
}

/** Turns the rows of a file into awards, by its headings and the scheme's mapping. */
export class AwardRows {
  readonly #options: AwardRowsOptions;
  readonly #headings: readonly string[];
  readonly #places: Readonly<Partial<Record<Field, number>>>;
  readonly #evidencePlaces: readonly { readonly kind: string; readonly place: number }[];
  /** Columns that the mapping reads. */
  readonly #used: ReadonlySet<number>;
  readonly #words: {
    readonly level: ReadonlyMap<string, string>;
    readonly matter: ReadonlyMap<string, string>;
  };

  /** @throws FileFault that names every missing, unknown and repeated heading. */
  constructor(headings: readonly string[], headerRow: number, options: AwardRowsOptions) {
    this.#options = options;
    this.#headings = headings;
    const { columns, evidenceColumns, levelWords, matterWords } = options.mapping;
    checkHeadings(headings, headerRow, options);
    this.#places = Object.fromEntries(
      headingsOf(columns).map(([field, heading]) => [field, headings.indexOf(heading)]),
    );
    this.#evidencePlaces = evidenceColumns.map(({ kind, heading }) => ({
      kind,
      place: headings.indexOf(heading),
    }));
    this.#used = new Set([...Object.values(this.#places), ...this.#evidencePlaces.map(({ place }) => place)]);
    this.#words = {
      level: new Map(Object.entries(levelWords)),
      matter: new Map(Object.entries(matterWords)),
    };
  }

  /** @returns the award of a row, or what is wrong with it; a warning keeps no award out. */
  read(sheetRow: SheetRow): { readonly award?: ImportedAward; readonly faults: readonly RowFault[] } {
    const { row } = sheetRow;
    const short = this.#options.isRectangular && sheetRow.cells.length !== this.#headings.length;
    if (short) return { faults: [columnCountFault(row, this.#headings.length, sheetRow.cells.length)] };
    const faults: RowFault[] = [];
    const marked = [
      ...(sheetRow.undecoded ?? []).map((place) => [place, encodingFault] as const),
      ...(sheetRow.formulas ?? []).map((place) => [place, formulaWarning] as const),
    ];
    for (const [place, fault] of marked) {
      if (this.#used.has(place)) faults.push(this.#fault(row, this.#headings[place] ?? '', fault));
    }
    if (faults.some(({ severity }) => severity === 'error')) return { faults };
    const cells = this.#cells(sheetRow.cells);
    const parsed = this.#parse(cells);
    for (const field of parsed.faults) {
      faults.push(this.#fault(row, this.#heading(field), wanted(field, this.#options.mapping)));
    }
    const { award } = parsed;
    if (!award) return { faults };
    if (!this.#options.confirmUscc && !hasValidCheckCharacter(award.uscc)) {
      return { faults: [...faults, this.#fault(row, this.#heading('uscc'), checkCharacterFault)] };
    }
    return { award: { award, row }, faults };
  }

  /** The fault of a row that gives an award again. */
  repeated({ award, row, earlierRow }: ImportedAward & { readonly earlierRow: number }): RowFault {
    const hasId = this.#places.awardId !== undefined;
    const what: Bilingual = hasId
      ? { zh: `重复的编号 ${award.awardId}`, en: `the number ${award.awardId} again` }
      : {
          zh: '同一单位、年份、事项、项目再次出现',
          en: 'the same enterprise, year, matter and project again',
        };
    return this.#fault(row, hasId ? this.#heading('awardId') : '', {
      rule: 'repeated',
      severity: 'error',
      messages: {
        zh: `${what.zh}：以第 ${earlierRow} 行为准`,
        en: `${what.en}: row ${earlierRow} counts`,
      },
    });
  }

  #cells(cells: readonly string[]): Readonly<Record<Field, string>> {
    const at = (field: Field) => {
      const place = this.#places[field];
      return place === undefined ? '' : (cells[place] ?? '');
    };
    const numbers = this.#evidencePlaces.flatMap(({ kind, place }) =>
      (cells[place] ?? '')
        .split(/[;\uFF1B\u3001\n]/)
        .filter((number) => foldNumber(number) !== '')
        .map((number) => `${kind}:${number.trim()}`),
    );
    return {
      awardId: at('awardId'),
      uscc: at('uscc'),
      name: at('name'),
      level: at('level'),
      year: at('year'),
      matterKind: at('matterKind'),
      matterDetail: at('matterDetail'),
      projectName: at('projectName'),
      evidence: [at('evidence'), ...numbers].filter((piece) => piece !== '').join(';'),
      amount: at('amount'),
      status: at('status'),
    };
  }

  #parse(cells: Readonly<Record<Field, string>>): { award?: Award; faults: readonly Field[] } {
    const { scheme, mapping } = this.#options;
    const { level, matterKind } = mapping;
    const values = {
      ...cells,
      level: level ?? this.#words.level.get(cells.level) ?? cells.level,
      year: yearOf(cells.year, mapping.yearFormat),
      matterKind: matterKind ?? this.#words.matter.get(cells.matterKind) ?? cells.matterKind,
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

  #heading(field: Field): string {
    const { columns, evidenceColumns } = this.#options.mapping;
    return columns[field] ?? (field === 'evidence' ? (evidenceColumns[0]?.heading ?? '') : '');
  }

  #fault(row: number, column: string, fault: Omit<RowFault, 'row' | 'column'>): RowFault {
    return { row, column, ...fault };
  }
}

/** What tells awards of a scheme apart that gives them no numbers; amounts and evidence may be corrected. */
function contentKey({ uscc, year, matterKind, matterDetail, projectName }: Award): string {
  const matter = matterKeyOf(matterKind, uscc, matterDetail);
  return `content-${contentHash([matter, year, foldNumber(projectName)]).slice(0, 40)}`;
}

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
  uscc: UsccSchema,
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

const datePatterns: Readonly<Record<Mapping['yearFormat'], RegExp>> = {
  YYYY: /^(\d{4})\u5E74?$/u,
  'YYYY-MM-DD': /^(\d{4})-(\d{1,2})-(\d{1,2})$/u,
  'YYYY/MM/DD': /^(\d{4})\/(\d{1,2})\/(\d{1,2})$/u,
  YYYYMMDD: /^(\d{4})(\d{2})(\d{2})$/u,
  YYYY年MM月DD日: /^(\d{4})\u5E74(\d{1,2})\u6708(\d{1,2})\u65E5$/u,
};

/** The year of a cell; a date that a workbook holds as such is read under every format. */
function yearOf(cell: string, format: Mapping['yearFormat']): number | undefined {
  const match = datePatterns[format].exec(cell) ?? datePatterns['YYYY-MM-DD'].exec(cell);
  if (!match) return undefined;
  const [year = 0, month = 1, day = 1] = match.slice(1).map((part) => Number(part ?? 1));
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? year : undefined;
}

/** Decimals that a unit may have without a part of a fen. */
const unitDecimals = { yuan: 2, 'wan-yuan': 6 } as const;
const amountDigits = 15;

/** An amount in fen by its digits alone: no arithmetic with fractions. */
function amountOf(cell: string, unit: Mapping['amountUnit']): Fen | undefined {
  const [, whole = '', part = ''] = /^(\d{1,15})(?:\.(\d{1,12}))?$/.exec(cell) ?? [];
  const decimals = unitDecimals[unit];
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

/** What each column wants, for whoever has to mend the file. */
function wanted(field: Field, mapping: Mapping): Omit<RowFault, 'row' | 'column'> {
  const unit = mapping.amountUnit === 'yuan' ? { zh: '元', en: 'yuan' } : { zh: '万元', en: '10,000 yuan' };
  const decimals = unitDecimals[mapping.amountUnit];
  const words: Readonly<Record<Field, Bilingual>> = {
    awardId: { zh: '1 至 64 个字符，不含空格和 #', en: '1 to 64 characters without spaces and #' },
    uscc: {
      zh: '统一社会信用代码为 18 位，不含 I、O、S、V、Z（GB 32100-2015）',
      en: 'a unified social credit code of 18 characters without I, O, S, V, Z (GB 32100-2015)',
    },
    name: { zh: '单位名称，1 至 200 字', en: 'the name of the unit, 1 to 200 characters' },
    level: { zh: `应为 ${levels.join('、')} 之一`, en: `one of ${levels.join(', ')}` },
    year: { zh: `年份或日期：${mapping.yearFormat}`, en: `a year or date: ${mapping.yearFormat}` },
    matterKind: { zh: '事项类型，如 dcmm', en: 'the kind of matter, e.g. dcmm' },
    matterDetail: { zh: '不超过 200 字', en: 'at most 200 characters' },
    projectName: { zh: '项目名称，不超过 500 字', en: 'the name of the project, at most 500 characters' },
    evidence: { zh: '格式为“类型:编号”，多项以分号分隔', en: 'kind:number, several separated by semicolons' },
    amount: {
      zh: `金额（${unit.zh}），最多 ${decimals} 位小数，无千分位`,
      en: `an amount in ${unit.en} with at most ${decimals} decimals, no separators`,
    },
    status: {
      zh: `应为 ${[...mapping.grantedWords, ...mapping.revokedWords].join('、')} 之一`,
      en: `one of ${[...mapping.grantedWords, ...mapping.revokedWords].join(', ')}`,
    },
  };
  const { zh, en } = words[field];
  return { rule: 'format', severity: 'error', messages: { zh: `应为：${zh}`, en: `wanted: ${en}` } };
}

const encodingFault: Omit<RowFault, 'row' | 'column'> = {
  rule: 'encoding',
  severity: 'error',
  messages: { zh: '单元格不是该方案所设编码的文本', en: "the cell is not text in the scheme's encoding" },
};

const formulaWarning: Omit<RowFault, 'row' | 'column'> = {
  rule: 'formula',
  severity: 'warning',
  messages: {
    zh: '单元格为公式：采用文件中保存的计算结果，未重新计算',
    en: 'the cell is a formula: the result that the file holds was taken, nothing was computed',
  },
};

const checkCharacterFault: Omit<RowFault, 'row' | 'column'> = {
  rule: 'check-character',
  severity: 'error',
  messages: {
    zh: '校验位不符：核对无误后以 confirmUscc=true 重新导入',
    en: 'the check character does not fit: check it, then import again with confirmUscc=true',
  },
};

function columnCountFault(row: number, expected: number, found: number): RowFault {
  return {
    row,
    column: '',
    rule: 'column-count',
    severity: 'error',
    messages: {
      zh: `应有 ${expected} 列，实有 ${found} 列`,
      en: `${expected} columns wanted, ${found} found`,
    },
  };
}

/** The columns that a mapping names, with their headings. */
function headingsOf(columns: Mapping['columns']): [field: string, heading: string][] {
  return Object.entries(columns).flatMap(([field, heading]) =>
    heading === undefined ? [] : [[field, heading]],
  );
}

function checkHeadings(headings: readonly string[], row: number, options: AwardRowsOptions): void {
  const { columns, evidenceColumns } = options.mapping;
  const known = [
    ...headingsOf(columns).map(([, heading]) => heading),
    ...evidenceColumns.map(({ heading }) => heading),
  ];
  const isUsed = (name: string) => options.isStrict || known.includes(name);
  const fault = (rule: string, column: string, zh: string, en: string): RowFault => ({
    row,
    column,
    rule,
    severity: 'error',
    messages: { zh, en },
  });
  const faults = [
    ...known
      .filter((name) => !headings.includes(name))
      .map((name) => fault('missing-column', name, `缺少列：${name}`, `missing column: ${name}`)),
    ...headings
      .filter((name) => options.isStrict && !known.includes(name))
      .map((name) => fault('unknown-column', name, `未知列：${name}`, `unknown column: ${name}`)),
    ...headings
      .filter((name, index) => isUsed(name) && headings.indexOf(name) !== index)
      .map((name) => fault('repeated-column', name, `重复的列：${name}`, `repeated column: ${name}`)),
  ];
  if (faults.length > 0) throw new FileFault(faults);
}
