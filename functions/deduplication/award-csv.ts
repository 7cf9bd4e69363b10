import { CsvError, parse } from 'csv-parse/sync';
import * as z from 'zod';
import { hasValidCheckCharacter } from '../applications/uscc.ts';
import { SlugSchema, UsccSchema } from '../contracts/schemas.ts';
import { DomainError, type FieldFault } from '../shared/errors.ts';
import { fen } from '../shared/money.ts';
import type { Bilingual } from '../shared/text.ts';
import { type Award, levels } from './award.ts';

/** A fault of one cell. */
export interface RowFault {
  /** Line of the file, the header being 1. */
  readonly row: number;
  readonly column: string;
  readonly rule: string;
  readonly messages: Bilingual;
}

const EvidenceCellSchema = z
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

const YuanCellSchema = z
  .string()
  .regex(/^\d{1,13}(\.\d{1,2})?$/)
  .transform((cell) => {
    const [yuan = '', part = ''] = cell.split('.');
    return fen(Number(yuan) * 100 + Number(part.padEnd(2, '0')));
  });

const RowSchema = z.object({
  award_id: z.string().regex(/^[^#\s]{1,64}$/),
  uscc: UsccSchema,
  name: z.string().min(1).max(200),
  level: z.enum(levels),
  year: z
    .string()
    .regex(/^20\d\d$/)
    .transform(Number),
  matter_kind: SlugSchema,
  matter_detail: z.string().max(200),
  project_name: z.string().max(300),
  evidence: EvidenceCellSchema,
  amount_yuan: YuanCellSchema,
  status: z.enum(['granted', 'revoked']),
});
type Column = keyof typeof RowSchema.shape;

/** What each column wants, for whoever has to mend the file. */
const wanted: Readonly<Record<Column, Bilingual>> = {
  award_id: {
    zh: '1 至 64 个字符，不含空格和 #',
    en: '1 to 64 characters without spaces and #',
  },
  uscc: {
    zh: '统一社会信用代码为 18 位，不含 I、O、S、V、Z（GB 32100-2015）',
    en: 'a unified social credit code of 18 characters without I, O, S, V, Z (GB 32100-2015)',
  },
  name: { zh: '单位名称，1 至 200 字', en: 'the name of the unit, 1 to 200 characters' },
  level: { zh: `应为 ${levels.join('、')} 之一`, en: `one of ${levels.join(', ')}` },
  year: { zh: '四位年份', en: 'a year of four digits' },
  matter_kind: { zh: '事项类型，如 dcmm', en: 'the kind of matter, e.g. dcmm' },
  matter_detail: { zh: '不超过 200 字', en: 'at most 200 characters' },
  project_name: { zh: '不超过 300 字', en: 'at most 300 characters' },
  evidence: {
    zh: '格式为“类型:编号”，多项以分号分隔',
    en: 'kind:number, several separated by semicolons',
  },
  amount_yuan: {
    zh: '金额（元），最多两位小数，无千分位',
    en: 'yuan with at most two decimals, no separators',
  },
  status: { zh: '应为 granted 或 revoked', en: 'granted or revoked' },
};
const columns = RowSchema.keyof().options;

/**
 * Reads a CSV file of a scheme's awards (UTF-8 with or without a byte-order mark; the columns in any order). Faulty
 * rows are reported cell by cell and left out; a file that is not such a table at all is one error.
 * @param confirmUscc takes credit codes whose check character does not fit.
 * @throws DomainError invalid-request when it is not CSV, not UTF-8, or columns are missing or unknown.
 */
export function readAwardCsv(
  scheme: string,
  csv: string,
  confirmUscc: boolean,
): { readonly rows: number; readonly awards: Award[]; readonly faults: RowFault[] } {
  const [header, ...rows] = readTable(csv);
  const names = header?.cells ?? [];
  checkHeader(names);
  const awards = new Map<string, Award>();
  const faults: RowFault[] = [];
  for (const { line, cells } of rows) {
    const seen = faults.length;
    if (cells.length !== names.length) {
      faults.push(columnCountFault(line, names.length, cells.length));
      continue;
    }
    const parsed = RowSchema.safeParse(Object.fromEntries(names.map((name, index) => [name, cells[index]])));
    if (!parsed.success) {
      const wrong = new Set(parsed.error.issues.map((issue) => issue.path[0]));
      faults.push(
        ...columns.filter((column) => wrong.has(column)).map((column) => formatFault(line, column)),
      );
      continue;
    }
    const row = parsed.data;
    if (!confirmUscc && !hasValidCheckCharacter(row.uscc)) faults.push(checkCharacterFault(line));
    if (awards.has(row.award_id)) faults.push(duplicateFault(line, row.award_id));
    if (faults.length === seen) awards.set(row.award_id, toAward(scheme, row));
  }
  return { rows: rows.length, awards: [...awards.values()], faults };
}

const TableSchema = z.array(z.object({ info: z.object({ lines: z.int() }), record: z.array(z.string()) }));

/** Records with the line that each begins at. */
function readTable(csv: string): { line: number; cells: string[] }[] {
  // What is not UTF-8 was turned into replacement characters when the body was decoded; Excel's own default is GBK.
  if (csv.includes('\uFFFD')) {
    throw fileError('encoding', { zh: '文件不是 UTF-8 编码', en: 'the file is not UTF-8' });
  }
  try {
    const records: unknown = parse(csv, {
      bom: true,
      info: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      record_delimiter: ['\r\n', '\n', '\r'],
    });
    return TableSchema.parse(records).map(({ info, record }) => ({
      line: info.lines - record.join('').split(/\r\n|\r|\n/).length + 1,
      cells: record,
    }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw fileError('csv', { zh: `CSV 格式有误：${error.message}`, en: `not valid CSV: ${error.message}` });
  }
}

function checkHeader(names: readonly string[]): void {
  const known: readonly string[] = columns;
  const faults: FieldFault[] = [
    ...known
      .filter((column) => !names.includes(column))
      .map((column) =>
        headerFault('missing-column', column, `缺少列：${column}`, `missing column: ${column}`),
      ),
    ...names
      .filter((name) => !known.includes(name))
      .map((name) => headerFault('unknown-column', name, `未知列：${name}`, `unknown column: ${name}`)),
    ...names
      .filter((name, index) => names.indexOf(name) !== index)
      .map((name) => headerFault('repeated-column', name, `重复的列：${name}`, `repeated column: ${name}`)),
  ];
  if (faults.length > 0) throw new DomainError('invalid-request', { faults });
}

function toAward(scheme: string, row: z.output<typeof RowSchema>): Award {
  return {
    scheme,
    awardId: row.award_id,
    uscc: row.uscc,
    name: row.name,
    level: row.level,
    year: row.year,
    matterKind: row.matter_kind,
    matterDetail: row.matter_detail,
    projectName: row.project_name,
    evidence: row.evidence,
    amountFen: row.amount_yuan,
    status: row.status,
  };
}

function fileError(rule: string, message: Bilingual): DomainError {
  return new DomainError('invalid-request', { faults: [{ path: 'body', rule, message }] });
}

function headerFault(rule: string, column: string, zh: string, en: string): FieldFault {
  return { path: `body.1.${column}`, rule, message: { zh, en } };
}

function formatFault(row: number, column: Column): RowFault {
  const { zh, en } = wanted[column];
  return { row, column, rule: 'format', messages: { zh: `应为：${zh}`, en: `wanted: ${en}` } };
}

function columnCountFault(row: number, expected: number, found: number): RowFault {
  return {
    row,
    column: '',
    rule: 'column-count',
    messages: {
      zh: `应有 ${expected} 列，实有 ${found} 列`,
      en: `${expected} columns wanted, ${found} found`,
    },
  };
}

function checkCharacterFault(row: number): RowFault {
  return {
    row,
    column: 'uscc',
    rule: 'check-character',
    messages: {
      zh: '校验位不符：核对无误后以 confirmUscc=true 重新导入',
      en: 'the check character does not fit: check it, then import again with confirmUscc=true',
    },
  };
}

function duplicateFault(row: number, awardId: string): RowFault {
  return {
    row,
    column: 'award_id',
    rule: 'repeated',
    messages: {
      zh: `同一文件中重复：${awardId}；以首次出现为准`,
      en: `it stands in the file before: ${awardId}; the first one counts`,
    },
  };
}
