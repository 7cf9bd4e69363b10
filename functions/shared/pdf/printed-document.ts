import type { FontFile } from './font-file.ts';
import { FontSubset } from './font-subset.ts';
import { breakLines } from './line-breaks.ts';
import { PdfFile, pdfText } from './pdf-file.ts';

/** A4 in points, and what stays blank around. */
const [pageWidth, pageHeight, margin] = [595.28, 841.89, 56];
const textWidth = pageWidth - 2 * margin;
const bodySize = 10.5;
const lineHeight = 1.6;
/** Width of the first column of rows. */
const labelWidth = 140;
const gap = 10;

export interface DocumentTitles {
  /** What the file calls itself. */
  readonly title: string;
  /** What stands at the foot of each page, beside its number. */
  readonly footer: string;
}

/**
 * A document to print: headings, paragraphs and rows of two columns on A4, set in one font, of which the file holds the
 * glyphs that it uses. The same words make the same bytes. A character that the font does not have is printed as its
 * number, so that none gets lost.
 */
export class PrintedDocument {
  readonly #font: FontFile;
  readonly #subset: FontSubset;
  readonly #titles: DocumentTitles;
  readonly #pages: string[][] = [];
  /** Characters by the numbers of their glyphs, for whoever copies or searches the text. */
  readonly #characters = new Map<number, string>();
  readonly #widths = new Map<number, number>();
  #y = 0;

  constructor(font: FontFile, titles: DocumentTitles) {
    this.#font = font;
    this.#subset = new FontSubset(font);
    this.#titles = titles;
    this.#turnPage();
  }

  heading(text: string, size = 13): void {
    // A heading does not stand alone at the end of a page.
    if (this.#y - 4 * size * lineHeight < margin) this.#turnPage();
    this.#y -= size * 0.6;
    this.#put(text, { size });
    this.#y -= size * 0.3;
  }

  paragraph(text: string, size = bodySize): void {
    this.#put(text, { size });
    this.#y -= size * 0.4;
  }

  /** Rows of what something is called and what it is, with a line below each. */
  rows(rows: readonly (readonly [label: string, value: string])[], size = bodySize): void {
    for (const [label, value] of rows) {
      const labels = this.#linesOf(label, size, labelWidth);
      const values = this.#linesOf(value, size, textWidth - labelWidth - gap);
      const count = Math.max(labels.length, values.length);
      for (let index = 0; index < count; index++) {
        this.#nextLine(size);
        this.#draw(labels[index] ?? '', margin, size);
        this.#draw(values[index] ?? '', margin + labelWidth + gap, size);
      }
      this.#y -= size * 0.35;
      this.#page().push(
        `0.8 G 0.5 w ${margin} ${fixed(this.#y)} m ${fixed(pageWidth - margin)} ${fixed(this.#y)} l S`,
      );
    }
    this.#y -= size * 0.5;
  }

  /** The file. Nothing can be added afterwards. */
  bytes(): Uint8Array {
    for (const [index, page] of this.#pages.entries()) {
      const number = `第 ${index + 1} 页，共 ${this.#pages.length} 页`;
      page.push(this.#drawing(this.#titles.footer, margin, margin / 2, 8));
      page.push(this.#drawing(number, pageWidth - margin - this.#widthOf(number, 8), margin / 2, 8));
    }
    const file = new PdfFile();
    const font = this.#addFont(file);
    const pages = file.reserve();
    const kids = this.#pages.map((page) => {
      const content = file.addStream(page.join('\n'));
      return file.add(
        `<< /Type /Page /Parent ${pages} 0 R /MediaBox [0 0 ${pageWidth} ${pageHeight}] ` +
          `/Resources << /Font << /F ${font} 0 R >> >> /Contents ${content} 0 R >>`,
      );
    });
    const references = kids.map((kid) => `${kid} 0 R`).join(' ');
    file.add(`<< /Type /Pages /Count ${kids.length} /Kids [${references}] >>`, pages);
    const root = file.add(
      `<< /Type /Catalog /Pages ${pages} 0 R /Lang (zh-CN) /ViewerPreferences << /DisplayDocTitle true >> >>`,
    );
    return file.bytes(root, file.add(`<< /Title ${pdfText(this.#titles.title)} >>`));
  }

  #put(text: string, { size }: { readonly size: number }): void {
    for (const line of this.#linesOf(text, size, textWidth)) {
      this.#nextLine(size);
      this.#draw(line, margin, size);
    }
  }

  #nextLine(size: number): void {
    this.#y -= size * lineHeight;
    if (this.#y >= margin) return;
    this.#turnPage();
    this.#y -= size * lineHeight;
  }

  #turnPage(): void {
    this.#pages.push([]);
    this.#y = pageHeight - margin;
  }

  #page(): string[] {
    return this.#pages.at(-1) ?? [];
  }

  #draw(text: string, x: number, size: number): void {
    if (text !== '') this.#page().push(this.#drawing(text, x, this.#y, size));
  }

  #drawing(text: string, x: number, y: number, size: number): string {
    const codes = this.#printable(text).map((character) => {
      const glyph = this.#font.glyphOf(character.codePointAt(0) ?? 0);
      const number = this.#subset.numberOf(glyph);
      this.#characters.set(number, character);
      this.#widths.set(number, this.#advance(glyph));
      return number.toString(16).padStart(4, '0');
    });
    return `BT /F ${size} Tf ${fixed(x)} ${fixed(y)} Td <${codes.join('')}> Tj ET`;
  }

  #linesOf(text: string, size: number, width: number): string[] {
    const printable = text.split('\n').map((line) => this.#printable(line).join(''));
    return breakLines(printable.join('\n'), width, (part) => this.#widthOf(part, size));
  }

  /** Its characters, each of which the font has. */
  #printable(text: string): string[] {
    return [...text.replaceAll('\t', ' ')].flatMap((character) => {
      const code = character.codePointAt(0) ?? 0;
      if (this.#font.glyphOf(code) !== 0) return [character];
      return [...`〔U+${code.toString(16).toUpperCase().padStart(4, '0')}〕`];
    });
  }

  /** In points. */
  #widthOf(text: string, size: number): number {
    let units = 0;
    for (const character of text) units += this.#advance(this.#font.glyphOf(character.codePointAt(0) ?? 0));
    return (units * size) / 1000;
  }

  /** In thousandths of the size. */
  #advance(glyph: number): number {
    return (this.#font.advanceOf(glyph) * 1000) / this.#font.unitsPerEm;
  }

  #addFont(file: PdfFile): number {
    const scaled = (units: number) => Math.round((units * 1000) / this.#font.unitsPerEm);
    const { ascent, descent, box } = this.#font;
    const name = 'AAAAAA+PrintedText';
    const subset = this.#subset.file();
    const embedded = file.addStream(subset, `/Length1 ${subset.length}`);
    const descriptor = file.add(
      `<< /Type /FontDescriptor /FontName /${name} /Flags 4 /FontBBox [${box.map(scaled).join(' ')}] ` +
        `/ItalicAngle 0 /Ascent ${scaled(ascent)} /Descent ${scaled(descent)} /CapHeight ${scaled(ascent)} ` +
        `/StemV 80 /FontFile2 ${embedded} 0 R >>`,
    );
    const widths = [...this.#widths].map(([number, width]) => `${number} [${fixed(width)}]`).join(' ');
    const descendant = file.add(
      `<< /Type /Font /Subtype /CIDFontType2 /BaseFont /${name} /CIDToGIDMap /Identity ` +
        '/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> ' +
        `/FontDescriptor ${descriptor} 0 R /DW 1000 /W [${widths}] >>`,
    );
    const unicode = file.addStream(this.#unicodeMap());
    return file.add(
      `<< /Type /Font /Subtype /Type0 /BaseFont /${name} /Encoding /Identity-H ` +
        `/DescendantFonts [${descendant} 0 R] /ToUnicode ${unicode} 0 R >>`,
    );
  }

  #unicodeMap(): string {
    const pairs = [...this.#characters].map(([number, character]) => {
      const code = pdfText(character).slice(5, -1);
      return `<${number.toString(16).padStart(4, '0')}> <${code}>`;
    });
    const blocks: string[] = [];
    // A block holds a hundred at most.
    for (let from = 0; from < pairs.length; from += 100) {
      const block = pairs.slice(from, from + 100);
      blocks.push(`${block.length} beginbfchar\n${block.join('\n')}\nendbfchar`);
    }
    return [
      '/CIDInit /ProcSet findresource begin 12 dict begin begincmap',
      '/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def',
      '/CMapName /Adobe-Identity-UCS def /CMapType 2 def',
      '1 begincodespacerange <0000> <ffff> endcodespacerange',
      ...blocks,
      'endcmap CMapName currentdict /CMap defineresource pop end end',
    ].join('\n');
  }
}

function fixed(number: number): string {
  return String(Math.round(number * 100) / 100);
}
