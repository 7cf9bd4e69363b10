import type { Bilingual } from '../../shared/text.ts';
import { hasValidCheckCharacter } from '../../shared/uscc.ts';
import type { ImportedAward } from '../awards/award-record.ts';
import type { Conflict } from '../awards/enterprise-rules.ts';
import { foldNumber } from '../awards/number-forms.ts';
import { awardOf, type Field } from './award-fields.ts';
import type { RowFault } from './file-fault.ts';
import { checkHeadings, headingsOf, placeOfHeading } from './headings.ts';
import type { Mapping } from './mapping.ts';
import {
  type CellFault,
  checkCharacterFault,
  columnCountFault,
  digitsFault,
  earlierCodeFault,
  encodingFault,
  formulaWarning,
  normalisedWarning,
  quoteFault,
  twoEnterprisesWarning,
  wanted,
} from './row-faults.ts';
import type { SheetRow } from './sheet-row.ts';

export interface AwardRowsOptions {
  readonly scheme: string;
  readonly mapping: Mapping;
  /** Whether a heading that the mapping does not name is a fault. */
  readonly isStrict: boolean;
  /** Whether credit codes whose check character does not fit are taken. */
  readonly confirmUscc: boolean;
  /** Whether a value behind the last heading is a fault: in CSV, a comma too many moves all cells behind it. */
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

  /** @throws FileFault that names every missing, unknown and repeated heading. */
  constructor(headings: readonly string[], headerRow: number, options: AwardRowsOptions) {
    this.#options = options;
    this.#headings = headings;
    const { columns, evidenceColumns } = options.mapping;
    checkHeadings(headings, headerRow, options);
    this.#places = Object.fromEntries(
      headingsOf(columns).map(([field, heading]) => [field, placeOfHeading(headings, heading)]),
    );
    this.#evidencePlaces = evidenceColumns.map(({ kind, heading }) => ({
      kind,
      place: placeOfHeading(headings, heading),
    }));
    this.#used = new Set([...Object.values(this.#places), ...this.#evidencePlaces.map(({ place }) => place)]);
  }

  /** @returns the award of a row, or what is wrong with it; a warning keeps no award out. */
  read(sheetRow: SheetRow): { readonly award?: ImportedAward; readonly faults: readonly RowFault[] } {
    const { row } = sheetRow;
    if (sheetRow.isBroken) return { faults: [quoteFault(row)] };
    const beyond = this.#valueWithoutHeading(sheetRow.cells);
    if (beyond !== undefined) return { faults: [columnCountFault(row, this.#headings.length, beyond + 1)] };
    const faults: RowFault[] = [];
    const marked = [
      ...(sheetRow.undecoded ?? []).map((place) => [place, encodingFault] as const),
      ...(sheetRow.formulas ?? []).map((place) => [place, formulaWarning] as const),
      ...placesOfRounded(sheetRow).map((place) => [place, digitsFault(sheetRow.cells[place] ?? '')] as const),
    ];
    for (const [place, fault] of marked) {
      if (this.#used.has(place)) faults.push(this.#fault(row, this.#headings[place] ?? '', fault));
    }
    if (faults.some(({ severity }) => severity === 'error')) return { faults };
    const cells = this.#cells(sheetRow.cells);
    const { scheme, mapping } = this.#options;
    const { award, faults: wrong } = awardOf(cells, scheme, mapping);
    for (const field of wrong) {
      const fault = (field === 'uscc' && earlierCodeFault(cells.uscc)) || wanted(field, mapping);
      faults.push(this.#fault(row, this.#heading(field), fault));
    }
    if (!award) return { faults };
    if (award.uscc !== cells.uscc) {
      faults.push(this.#fault(row, this.#heading('uscc'), normalisedWarning(cells.uscc, award.uscc)));
    }
    if (!this.#options.confirmUscc && !hasValidCheckCharacter(award.uscc)) {
      return { faults: [...faults, this.#fault(row, this.#heading('uscc'), checkCharacterFault)] };
    }
    return { award: { award, row }, faults };
  }

  /** The fault of a row that gives an award again. */
  repeated({ award, row, earlierRow }: ImportedAward & { readonly earlierRow: number }): RowFault {
    const hasId = this.#places.awardId !== undefined;
    const what: Bilingual = hasId
      ? { zh: `重复的编号“${award.awardId}”`, en: `the number "${award.awardId}" again` }
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

  /** The last value that no heading stands over, where that is a fault. */
  #valueWithoutHeading(cells: readonly string[]): number | undefined {
    const last = cells.findLastIndex((cell, place) => cell !== '' && (this.#headings[place] ?? '') === '');
    const counts = this.#options.isRectangular && (this.#options.isStrict || last >= this.#headings.length);
    return counts && last !== -1 ? last : undefined;
  }

  /** The warning of a row whose code and name hardly belong to one enterprise. */
  ofTwoEnterprises({ row, shared, before }: Conflict): RowFault {
    return this.#fault(
      row,
      this.#heading(shared === 'uscc' ? 'name' : 'uscc'),
      twoEnterprisesWarning(shared, before),
    );
  }

  #cells(cells: readonly string[]): Readonly<Record<Field, string>> {
    const at = (field: Field) => {
      const place = this.#places[field];
      return place === undefined ? '' : (cells[place] ?? '');
    };
    const numbers = this.#evidencePlaces.flatMap(({ kind, place }) =>
      (cells[place] ?? '')
        .split(/[;\uFF1B,\uFF0C\u3001\n]/)
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

  #heading(field: Field): string {
    const { columns, evidenceColumns } = this.#options.mapping;
    return columns[field] ?? (field === 'evidence' ? (evidenceColumns[0]?.heading ?? '') : '');
  }

  #fault(row: number, column: string, fault: CellFault): RowFault {
    return { row, column, ...fault };
  }
}

/** How spreadsheets write a number that they do not show whole. */
const exponent = /(?:^|[:\uFF1A;\uFF1B\u3001\s])[+-]?\d(?:\.\d+)?E\+\d{1,3}(?=$|[;\uFF1B\u3001\s])/iu;

/** Cells whose number has lost its last digits, in the file or when somebody saved it. */
function placesOfRounded({ cells, rounded = [] }: SheetRow): number[] {
  const places = cells.flatMap((cell, place) => (exponent.test(cell) ? [place] : []));
  return [...new Set([...rounded, ...places])].sort((a, b) => a - b);
}
