import { type Bilingual, withoutUnseen } from '../../shared/text.ts';
import { hasValidCheckCharacter } from '../../shared/uscc.ts';
import type { ImportedAward } from '../awards/award-record.ts';
import type { Conflict } from '../awards/enterprise-rules.ts';
import { isNumber } from '../awards/number-forms.ts';
import type { UnitPower } from './amount-text.ts';
import { unitOfHeading } from './amount-text.ts';
import { awardOf, type Field, type RowAward } from './award-fields.ts';
import { cellFaults } from './cell-faults.ts';
import { nameInCell, namesSeveral } from './enterprise-cells.ts';
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
  jointFault,
  normalisedWarning,
  openNameFault,
  quoteFault,
  twoEnterprisesWarning,
  unitFault,
  unresolvedFault,
  wanted,
} from './row-faults.ts';
import { placeInSheets, type SheetRow } from './sheet-row.ts';

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

/** What holds for a row beside its own cells. */
export interface Around {
  /** The unit that a cell outside the table states. */
  readonly unit?: UnitPower | undefined;
  /** Contents that no column has. */
  readonly constants: Readonly<Partial<Record<Field, string>>>;
}

/** An award of a row, whose code may be still to be found by the name. */
export interface RowResult {
  readonly award?: ImportedAward;
  readonly uncoded?: { readonly award: RowAward; readonly row: number };
  readonly faults: readonly RowFault[];
}

const fixedUnits = { yuan: 0, 'wan-yuan': 4 } as const;

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

  /** Where a field stands, by its column from 0. */
  place(field: Field): number | undefined {
    return this.#places[field];
  }

  /** The unit of amounts in a column that name none; undefined where nothing tells. */
  unitAt(place: number, stated: UnitPower | undefined): UnitPower | undefined {
    const { amountUnit } = this.#options.mapping;
    const fixed = amountUnit === 'stated' ? undefined : fixedUnits[amountUnit];
    return unitOfHeading(this.#headings[place] ?? '') ?? stated ?? fixed;
  }

  /** The fault of a unit, in the heading or in a cell outside the table, that is another one than the mapping's. */
  unitFault(row: number, stated?: UnitPower): RowFault | undefined {
    const { amountUnit } = this.#options.mapping;
    if (amountUnit === 'stated') return undefined;
    const said = this.unitAt(this.#places.amount ?? -1, stated);
    return said === fixedUnits[amountUnit] ? undefined : this.#fault(row, this.#heading('amount'), unitFault);
  }

  /** @returns the award of a row, or what is wrong with it; a warning keeps no award out. */
  read(sheetRow: SheetRow, around: Around = { constants: {} }): RowResult {
    const { row } = sheetRow;
    if (sheetRow.isBroken) return { faults: [quoteFault(row)] };
    const beyond = this.#valueWithoutHeading(sheetRow.cells);
    if (beyond !== undefined) return { faults: [columnCountFault(row, this.#headings.length, beyond + 1)] };
    const ofUnit = this.unitFault(row, around.unit);
    if (ofUnit) return { faults: [ofUnit] };
    const faults: RowFault[] = [];
    const { cells: given } = sheetRow;
    for (const [place, fault] of faultsOf(sheetRow)) {
      // A code is told of when it is put right.
      const isTold = fault.rule === 'character' && place === this.#places.uscc;
      if (this.#used.has(place) && !isTold) {
        faults.push(this.#fault(row, this.#headings[place] ?? '', fault));
      }
    }
    if (faults.some(({ severity }) => severity === 'error')) return { faults };
    const cells = this.#cells(
      given.map((cell, place) => (place === this.#places.uscc ? cell : withoutUnseen(cell))),
      around,
    );
    const { scheme, mapping, isStrict } = this.#options;
    const written = cells.name;
    if (!isStrict) {
      if (namesSeveral(written))
        return { faults: [...faults, this.#fault(row, this.#heading('name'), jointFault)] };
      cells.name = nameInCell(written);
    }
    const unit = this.unitAt(this.#places.amount ?? -1, around.unit);
    const { award, faults: wrong } = awardOf(cells, scheme, mapping, { unit, namesTell: !isStrict });
    for (const field of wrong) {
      const fault = (field === 'uscc' && earlierCodeFault(cells.uscc)) || wanted(field, mapping);
      faults.push(this.#fault(row, this.#heading(field), fault));
    }
    if (!award) return { faults };
    if (cells.name !== written) {
      faults.push(this.#fault(row, this.#heading('name'), normalisedWarning(written, cells.name)));
    }
    const { uscc } = award;
    if (uscc === undefined) return { uncoded: { award, row }, faults };
    if (uscc !== cells.uscc) {
      faults.push(this.#fault(row, this.#heading('uscc'), normalisedWarning(cells.uscc, uscc)));
    }
    if (!this.#options.confirmUscc && !hasValidCheckCharacter(uscc)) {
      return { faults: [...faults, this.#fault(row, this.#heading('uscc'), checkCharacterFault)] };
    }
    return { award: { award: { ...award, uscc }, row }, faults };
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
        zh: `${what.zh}：以第 ${placeInSheets(earlierRow).row} 行为准`,
        en: `${what.en}: row ${placeInSheets(earlierRow).row} counts`,
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

  /** The fault of a row whose name does not tell for certain whose it is. */
  openName(row: number, candidates: Parameters<typeof openNameFault>[0]): RowFault {
    return this.#fault(row, this.#heading('name'), openNameFault(candidates));
  }

  #cells(cells: readonly string[], { constants }: Around): Record<Field, string> {
    const at = (field: Field) => {
      const place = this.#places[field];
      return place === undefined ? (constants[field] ?? '') : (cells[place] ?? '');
    };
    const numbers = this.#evidencePlaces.flatMap(({ kind, place }) =>
      (cells[place] ?? '')
        .split(/[;\uFF1B,\uFF0C\u3001\n]/)
        .filter(isNumber)
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

/** What is wrong with the cells of a row, whatever their columns hold. */
function faultsOf({ cells, ...marked }: SheetRow): (readonly [place: number, fault: CellFault])[] {
  const { undecoded = [], formulas = [], unresolved = [], rounded = [] } = marked;
  return cells.flatMap((cell, place) => {
    const found = cellFaults(cell);
    const isRounded = rounded.includes(place) && !found.some(({ rule }) => rule === 'digits-lost');
    return [
      ...found,
      ...(undecoded.includes(place) ? [encodingFault] : []),
      ...(unresolved.includes(place) ? [unresolvedFault] : formulas.includes(place) ? [formulaWarning] : []),
      ...(isRounded ? [digitsFault(cell)] : []),
    ].map((fault) => [place, fault] as const);
  });
}
