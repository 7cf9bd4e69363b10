import { crc32, deflateRawSync } from 'node:zlib';
import { yuanOf } from '../shared/yuan.ts';

/** A cell: text, a count, or an amount in fen, which is shown in yuan. */
export type Cell = string | number | { readonly fen: number };

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const format = 'http://schemas.openxmlformats.org';
const main = `${format}/spreadsheetml/2006/main`;
const relations = `${format}/officeDocument/2006/relationships`;
const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** Style 1 is a heading, style 2 an amount with two decimals. */
const styles = [
  `<styleSheet xmlns="${main}">`,
  '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>',
  '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>',
  '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>',
  '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>',
  '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',
  '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>',
  '<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>',
].join('');

/** The bytes of an XLSX workbook (ECMA-376) with one sheet, whose first row is a heading. Text is never a formula. */
export function xlsxFile(sheet: string, rows: readonly (readonly Cell[])[]): Uint8Array {
  const body = rows.map((cells, row) => {
    const written = cells.map((cell, column) => cellXml(`${letters(column)}${row + 1}`, cell, row === 0));
    return `<row r="${row + 1}">${written.join('')}</row>`;
  });
  const relation = (target: string, type: string, id: number) =>
    `<Relationship Id="rId${id}" Type="${relations}/${type}" Target="${target}"/>`;
  const relationships = (...links: string[]) =>
    `<Relationships xmlns="${format}/package/2006/relationships">${links.join('')}</Relationships>`;
  const part = (name: string, type: string) =>
    `<Override PartName="/${name}" ContentType="${types}.${type}+xml"/>`;
  return zip({
    '[Content_Types].xml': [
      `<Types xmlns="${format}/package/2006/content-types">`,
      '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>',
      part('xl/workbook.xml', 'sheet.main'),
      part('xl/worksheets/sheet1.xml', 'worksheet'),
      part('xl/styles.xml', 'styles'),
      '</Types>',
    ].join(''),
    '_rels/.rels': relationships(relation('xl/workbook.xml', 'officeDocument', 1)),
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${relations}"><sheets><sheet name="${escaped(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relationships(
      relation('worksheets/sheet1.xml', 'worksheet', 1),
      relation('styles.xml', 'styles', 2),
    ),
    'xl/styles.xml': styles,
    'xl/worksheets/sheet1.xml': `<worksheet xmlns="${main}"><sheetData>${body.join('')}</sheetData></worksheet>`,
  });
}

function cellXml(place: string, cell: Cell, isHeading: boolean): string {
  if (typeof cell === 'number') return `<c r="${place}"><v>${cell}</v></c>`;
  if (typeof cell === 'object') return `<c r="${place}" s="2"><v>${yuanOf(cell.fen)}</v></c>`;
  const style = isHeading ? ' s="1"' : '';
  return `<c r="${place}"${style} t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`;
}

function letters(column: number): string {
  const last = String.fromCharCode(65 + (column % 26));
  return column < 26 ? last : `${letters(Math.floor(column / 26) - 1)}${last}`;
}

function escaped(text: string): string {
  // Of the control characters XML 1.0 holds three; the others would break the file.
  return text
    .replace(/\p{Cc}/gu, (character) => ('\t\n\r'.includes(character) ? character : ''))
    .replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A ZIP package (APPNOTE 6.3) of deflated files. */
function zip(files: Readonly<Record<string, string>>): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, xml] of Object.entries(files)) {
    const plain = Buffer.from(head + xml);
    const data = deflateRawSync(plain);
    const encodedName = Buffer.from(name);
    // Version 2.0, UTF-8 names, deflated, the first day that the format knows.
    const common = record([
      ...([20, 2, 0x0800, 2, 8, 2, 0, 2, 0x0021, 2] as const),
      ...([crc32(plain), 4, data.length, 4, plain.length, 4, encodedName.length, 2, 0, 2] as const),
    ]);
    const file = Buffer.concat([record([0x04034b50, 4]), common, encodedName, data]);
    directory.push(
      record([0x02014b50, 4, 20, 2]),
      common,
      record([0, 2, 0, 2, 0, 2, 0, 4, offset, 4]),
      encodedName,
    );
    parts.push(file);
    offset += file.length;
  }
  const entries = Buffer.concat(directory);
  const count = Object.keys(files).length;
  const end = record([0x06054b50, 4, 0, 2, 0, 2, count, 2, count, 2, entries.length, 4, offset, 4, 0, 2]);
  return Buffer.concat([...parts, entries, end]);
}

/** Little-endian numbers, each followed by its width in bytes. */
function record(fields: readonly number[]): Buffer {
  const parts: Buffer[] = [];
  for (let place = 0; place < fields.length; place += 2) {
    const width = fields[place + 1] ?? 0;
    const part = Buffer.alloc(width);
    part.writeUIntLE(fields[place] ?? 0, 0, width);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
