import { type PackagePart, zipPackage } from './zip-package.ts';

/** A cell: text, a number, or XML of the cell's own, e.g. `{ xml: '<c t="b"><v>1</v></c>' }`. */
type Cell = string | number | { readonly xml: string } | undefined;

interface Sheet {
  readonly name: string;
  readonly rows: readonly (readonly Cell[])[];
  /** References of merged cells, e.g. `A3:A5`. */
  readonly merged?: readonly string[];
  readonly hidden?: boolean;
  /** Attributes of rows by their numbers, e.g. `hidden="1"`. */
  readonly rowAttributes?: Readonly<Record<number, string>>;
  /** What stands before the rows, e.g. `<cols>…</cols>`. */
  readonly before?: string;
}

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';

/**
 * Style 1 is a date, style 2 a date of the Chinese formats, style 3 an amount, style 4 a date of a custom format; behind
 * them stand those that a test brings.
 */
const stylesWith = (codes: readonly string[]) => {
  const more = codes.map(
    (code, index) => `<numFmt numFmtId="${200 + index}" formatCode="${escaped(code)}"/>`,
  );
  const cells = codes.map((_, index) => `<xf numFmtId="${200 + index}"/>`);
  return plainStyles
    .replace('</numFmts>', `${more.join('')}</numFmts>`)
    .replace('</cellXfs>', `${cells.join('')}</cellXfs>`);
};
const plainStyles = `${head}<styleSheet xmlns="${main}"><numFmts count="2"><numFmt numFmtId="165" formatCode="#,##0.00&quot;yd&quot;"/><numFmt numFmtId="166" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/></numFmts><cellStyleXfs count="1"><xf numFmtId="14"/></cellStyleXfs><cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="31"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs></styleSheet>`;

/** The bytes of an XLSX workbook (ECMA-376); texts are shared. */
export function workbook(
  sheets: readonly Sheet[],
  options: {
    readonly from1904?: boolean;
    readonly more?: readonly PackagePart[];
    readonly larger?: boolean;
    /** Codes of number formats: styles 5, 6 and so on. */
    readonly formats?: readonly string[];
    /** Gives parts other names and the relations that lead to them. */
    readonly renamed?: (parts: readonly PackagePart[]) => readonly PackagePart[];
  } = {},
): Buffer {
  const texts: string[] = [];
  const places = new Map<string, number>();
  const shared = (text: string) => {
    const place = places.get(text) ?? texts.push(`<si><t xml:space="preserve">${escaped(text)}</t></si>`) - 1;
    places.set(text, place);
    return place;
  };
  const parts = sheets.map(({ rows, merged = [], rowAttributes = {}, before = '' }) => {
    const body = rows.map((cells, row) => {
      const written = cells.map((cell, column) => {
        const place = `r="${letters(column)}${row + 1}"`;
        if (cell === undefined) return '';
        if (typeof cell === 'number') return `<c ${place}><v>${cell}</v></c>`;
        if (typeof cell === 'object') return cell.xml.replace('<c', `<c ${place}`);
        return `<c ${place} t="s"><v>${shared(cell)}</v></c>`;
      });
      return `<row r="${row + 1}" ${rowAttributes[row + 1] ?? ''}>${written.join('')}</row>`;
    });
    const merges = merged.map((reference) => `<mergeCell ref="${reference}"/>`).join('');
    return `${head}<worksheet xmlns="${main}">${before}<sheetData>${body.join('')}</sheetData>${
      merges && `<mergeCells>${merges}</mergeCells>`
    }</worksheet>`;
  });
  const list = sheets.map(
    ({ name, hidden }, index) =>
      `<sheet name="${escaped(name)}" sheetId="${index + 1}"${hidden ? ' state="hidden"' : ''} r:id="rId${index + 1}"/>`,
  );
  const links = sheets.map(
    (_, index) => `<Relationship Id="rId${index + 1}" Type="x" Target="worksheets/sheet${index + 1}.xml"/>`,
  );
  const { renamed = (plain) => plain } = options;
  return zipPackage(
    renamed([
      { name: '[Content_Types].xml', content: `${head}<Types/>` },
      {
        name: 'xl/workbook.xml',
        content: `${head}<workbook xmlns="${main}" xmlns:r="${relations}"><workbookPr${
          options.from1904 ? ' date1904="1"' : ''
        }/><sheets>${list.join('')}</sheets></workbook>`,
      },
      {
        name: 'xl/_rels/workbook.xml.rels',
        content: `${head}<Relationships>${links.join('')}</Relationships>`,
      },
      { name: 'xl/styles.xml', content: stylesWith(options.formats ?? []) },
      ...parts.map((content, index) => ({ name: `xl/worksheets/sheet${index + 1}.xml`, content })),
      { name: 'xl/sharedStrings.xml', content: `${head}<sst xmlns="${main}">${texts.join('')}</sst>` },
      ...(options.more ?? []),
    ]),
    { larger: options.larger ?? false },
  );
}

function letters(column: number): string {
  const last = String.fromCharCode(65 + (column % 26));
  return column < 26 ? last : `${letters(Math.floor(column / 26) - 1)}${last}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
