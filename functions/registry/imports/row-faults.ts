import { type Bilingual, quoted } from '../../shared/text.ts';
import { earlierCode, plainCode } from '../../shared/uscc.ts';
import { levels } from '../../shared/vocabulary.ts';
import type { Conflict } from '../awards/enterprise-rules.ts';
import type { Field } from './award-fields.ts';
import type { RowFault } from './file-fault.ts';
import type { Mapping } from './mapping.ts';
import { placeInSheets, type SheetRow } from './sheet-row.ts';

/** A fault of a cell, wherever it stands. */
export type CellFault = Omit<RowFault, 'row' | 'column'>;

const units = {
  yuan: { zh: '元，最多 2 位小数', en: 'yuan with at most 2 decimals' },
  'wan-yuan': { zh: '万元，最多 6 位小数', en: '10,000 yuan with at most 6 decimals' },
  stated: {
    zh: '单位须写在单元格、表头或表外“单位：万元”中',
    en: 'a unit that stands in the cell, in the heading or outside the table as 单位：万元',
  },
} as const;

/** What each column wants, for whoever has to mend the file. */
export function wanted(field: Field, mapping: Mapping): CellFault {
  const unit = units[mapping.amountUnit];
  const statuses = quoted([...mapping.grantedWords, ...mapping.revokedWords]);
  const words: Readonly<Record<Field, Bilingual>> = {
    awardId: { zh: '1 至 64 个字符，不含空格和 #', en: '1 to 64 characters without spaces and #' },
    uscc: {
      zh: '统一社会信用代码为 18 位，不含 I、O、S、V、Z（GB 32100-2015）',
      en: 'a unified social credit code of 18 characters without I, O, S, V, Z (GB 32100-2015)',
    },
    name: { zh: '单位名称，1 至 200 字', en: 'the name of the unit, 1 to 200 characters' },
    level: { zh: `以下之一：${quoted(levels).zh}`, en: `one of ${quoted(levels).en}` },
    year: {
      zh: `2000 至 2099 年的年份或日期：${mapping.yearFormat}，或如“2024年度”“2024-05”“2024年5月”`,
      en: `a year or date of 2000 to 2099: ${mapping.yearFormat}, or as "2024年度", "2024-05", "2024年5月"`,
    },
    matterKind: { zh: '事项类型，如“dcmm”', en: 'the kind of matter, e.g. dcmm' },
    matterDetail: { zh: '不超过 200 字', en: 'at most 200 characters' },
    projectName: { zh: '项目名称，不超过 500 字', en: 'the name of the project, at most 500 characters' },
    evidence: { zh: '格式为“类型:编号”，多项以分号分隔', en: 'kind:number, several separated by semicolons' },
    amount: {
      zh: `金额（${unit.zh}）；千分位如“1,234.56”，单位如“20万元”，大写如“贰拾万元整”`,
      en: `an amount in ${unit.en}, as "1234.56", "1,234.56", "20万元" or "贰拾万元整"`,
    },
    status: {
      zh: `以下之一：${statuses.zh}`,
      en: `one of ${statuses.en}`,
    },
  };
  const { zh, en } = words[field];
  return { rule: 'format', severity: 'error', messages: { zh: `应为：${zh}`, en: `wanted: ${en}` } };
}

/** The fault of a cell with several names. */
export const jointFault: CellFault = {
  rule: 'joint',
  severity: 'error',
  messages: {
    zh: '单元格含有多个单位（联合申报）：请按单位分行，并分列各自金额后重新导入',
    en: 'the cell names several organisations, a joint award: give each a row with its own amount, and import it again',
  },
};

/** The fault of a table whose unit is not the mapping's. */
export const unitFault: CellFault = {
  rule: 'unit',
  severity: 'error',
  messages: {
    zh: '表内注明的金额单位与列映射不一致：请改列映射的“amountUnit”（如设为“stated”，以表内为准）',
    en: 'the table states another unit of amounts than the mapping: change amountUnit of the mapping (stated: as the table says)',
  },
};

/** The fault of a row below headings that could not be read. */
export const lostFault: CellFault = {
  rule: 'headings',
  severity: 'error',
  messages: {
    zh: '本行上方的表头无法识别，本行未读取',
    en: 'the headings above this row cannot be read, and so it was not',
  },
};

/** The fault of a cell that is covered by the one above it, where its column is not said to be repeated. */
export const mergedFault: CellFault = {
  rule: 'merged-cells',
  severity: 'error',
  messages: {
    zh: '单元格与上一行合并，本行没有自己的值：如该列的值适用于所合并的各行，请将表头列入“repeatDown”',
    en: 'the cell is merged with the one above and has no value of its own: name its heading in repeatDown where the value holds for every row that it covers',
  },
};

/** Tells of a row that is no award. */
export function noteWarning(text: string): CellFault {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return {
    rule: 'note',
    severity: 'warning',
    messages: {
      zh: `“${shown}”按表外文字处理，未作为记录导入`,
      en: `"${shown}" was taken for a note, and not for an award`,
    },
  };
}

/** The fault of a row that is left for a person, with the enterprises that it may be of. */
export function openNameFault(
  candidates: readonly { readonly name: string; readonly uscc: string }[],
): CellFault {
  const { zh, en } = quoted(candidates.map(({ name, uscc }) => `${name} ${uscc}`));
  const messages =
    candidates.length > 0
      ? {
          zh: `按名称不能确定是哪个单位，须由人工逐行确认；可能是：${zh}`,
          en: `the name does not tell for certain whose it is: a person has to decide; it may be ${en}`,
        }
      : {
          zh: '登记库中没有该名称的单位，须由人工逐行确认其信用代码',
          en: 'the registry holds no enterprise of this name: a person has to find out its code',
        };
  return { rule: 'name-open', severity: 'error', messages };
}

export const encodingFault: CellFault = {
  rule: 'encoding',
  severity: 'error',
  messages: { zh: '单元格不是该方案所设编码的文本', en: "the cell is not text in the scheme's encoding" },
};

export const formulaWarning: CellFault = {
  rule: 'formula',
  severity: 'warning',
  messages: {
    zh: '单元格为公式：采用文件中保存的计算结果，未重新计算',
    en: 'the cell is a formula: the result that the file holds was taken, nothing was computed',
  },
};

export const unresolvedFault: CellFault = {
  rule: 'formula',
  severity: 'error',
  messages: {
    zh: '单元格为公式，但文件中没有保存计算结果：请在电子表格软件中打开并重新保存，或粘贴为数值',
    en: 'the cell is a formula, and the file holds no result of it: open it in a spreadsheet program and save it again, or paste values',
  },
};

/** The fault of a cell that shows an error of the spreadsheet, or a number that its column is too narrow for. */
export function spreadsheetErrorFault(cell: string): CellFault {
  return {
    rule: 'format',
    severity: 'error',
    messages: {
      zh: `“${cell}”是电子表格的错误值或列宽不足的显示，不是内容`,
      en: `"${cell}" is an error of the spreadsheet, or shown for want of width, and no content`,
    },
  };
}

/** Tells that characters were left out that nobody sees. */
export function unseenWarning(name: string): CellFault {
  return {
    rule: 'character',
    severity: 'warning',
    messages: {
      zh: `单元格含不可见字符（如 ${name}），已去除`,
      en: `the cell has characters that cannot be seen, as ${name}; they were left out`,
    },
  };
}

/** The fault of a code that enterprises had before the unified one; undefined for any other text. */
export function earlierCodeFault(cell: string): CellFault | undefined {
  const earlier = earlierCode(plainCode(cell));
  if (!earlier) return undefined;
  const { rule, zh, en } = earlier;
  return { rule, severity: 'error', messages: { zh, en } };
}

/** Tells what was taken for a cell that is written in another way. */
export function normalisedWarning(cell: string, used: string): CellFault {
  return {
    rule: 'normalised',
    severity: 'warning',
    messages: { zh: `“${cell}”按“${used}”采用`, en: `"${cell}" was taken for "${used}"` },
  };
}

export const checkCharacterFault: CellFault = {
  rule: 'check-character',
  severity: 'error',
  messages: {
    zh: '校验位不符：核对无误后以 confirmUscc=true 重新导入',
    en: 'the check character does not fit: check it, then import again with confirmUscc=true',
  },
};

/** The fault of a number that a spreadsheet has rounded, as it stands in the file. */
export function digitsFault(cell: string): CellFault {
  return {
    rule: 'digits-lost',
    severity: 'error',
    messages: {
      zh: `数字“${cell}”已丢失末尾数字（电子表格只保留 15 位）：请将该列设为文本格式后重新填写`,
      en: `the number "${cell}" has lost its last digits (spreadsheets keep 15): make the column text and enter it again`,
    },
  };
}

/** Tells of a code that came before with another name, or a name that came with another code. */
export function twoEnterprisesWarning(
  shared: Conflict['shared'],
  { uscc, name }: Conflict['before'],
): CellFault {
  const messages =
    shared === 'uscc'
      ? {
          zh: `代码 ${uscc} 先前对应“${name}”：代码或名称可能有误。已导入，但查重时须人工核实`,
          en: `the code ${uscc} came with "${name}" before: one of them may be wrong. It is imported, and a person has to look before it bars anybody`,
        }
      : {
          zh: `“${name}”先前的代码为 ${uscc}：代码或名称可能有误`,
          en: `"${name}" came with the code ${uscc} before: one of them may be wrong`,
        };
  return { rule: 'two-enterprises', severity: 'warning', messages };
}

/** The fault of a row of CSV whose quotes do not fit. */
export function quoteFault(row: number): RowFault {
  return {
    row,
    column: '',
    rule: 'csv',
    severity: 'error',
    messages: {
      zh: '引号不成对：含引号的单元格应整体加引号，其中的引号写两次',
      en: 'the quotes do not fit: a cell with a quote stands in quotes, and its own quotes are written twice',
    },
  };
}

export function columnCountFault(row: number, expected: number, found: number): RowFault {
  return {
    row,
    column: '',
    rule: 'column-count',
    severity: 'error',
    messages: {
      zh: `表头有 ${expected} 列，但第 ${found} 列有值却没有表头`,
      en: `there are ${expected} headings, and none over the value in column ${found}`,
    },
  };
}

/**
 * Warnings of rows that a workbook hides, one for each run of them: a filter that was left on hides awards from whoever
 * looks at the file, and an award that is left out can be paid twice, so they are read.
 */
export function hiddenRows(rows: readonly SheetRow[]): RowFault[] {
  const runs: { from: number; to: number; count: number }[] = [];
  let before = false;
  for (const { row, isHidden = false } of rows) {
    const run = runs.at(-1);
    if (isHidden && before && run) Object.assign(run, { to: row, count: run.count + 1 });
    else if (isHidden) runs.push({ from: row, to: row, count: 1 });
    before = isHidden;
  }
  return runs.map(({ from, to, count }) => {
    const [first, last] = [from, to].map((row) => placeInSheets(row).row);
    const which = first === last ? String(first) : `${first}–${last}`;
    const messages = {
      zh: `第 ${which} 行在工作簿中被隐藏（筛选或手工隐藏），已照常读取，共 ${count} 行；如不应导入，请删除后重新导入`,
      en: `rows ${which} are hidden in the workbook, by a filter or by hand, and were read all the same (${count}): delete them and import it again where they do not belong`,
    };
    return { row: from, column: '', rule: 'hidden-rows', severity: 'warning', messages };
  });
}
