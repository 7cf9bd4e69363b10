import { Buffer } from 'node:buffer';
import type { FontFile } from './font-file.ts';

/** Of a glyph that is made of others. */
const parts = { wordArguments: 0x1, scale: 0x8, more: 0x20, twoScales: 0x40, matrix: 0x80 };
/** What hinting needs, where the font has it. */
const hinting = ['cvt ', 'fpgm', 'prep'];

/** The glyphs of a font that a document uses, numbered anew in the order of their use; 0 is the one for missing ones. */
export class FontSubset {
  readonly #font: FontFile;
  readonly #numbers = new Map<number, number>([[0, 0]]);

  constructor(font: FontFile) {
    this.#font = font;
  }

  /** The number of a glyph of the font in this part of it. */
  numberOf(glyph: number): number {
    let number = this.#numbers.get(glyph);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(glyph, number);
    }
    return number;
  }

  /** A font file with these glyphs alone, as PDF embeds it (`FontFile2`), with every glyph that they are made of. */
  file(): Uint8Array {
    const outlines: Buffer[] = [];
    // Parts of a glyph that are met first get their numbers at the end, and are met in their turn.
    for (const glyph of this.#numbers.keys()) outlines.push(this.#renumbered(glyph));
    const glyphs = [...this.#numbers.keys()];
    const loca = Buffer.alloc((glyphs.length + 1) * 4);
    const hmtx = Buffer.alloc(glyphs.length * 4);
    let end = 0;
    for (const [number, outline] of outlines.entries()) {
      end += outline.length;
      loca.writeUInt32BE(end, (number + 1) * 4);
      hmtx.writeUInt16BE(this.#font.advanceOf(glyphs[number] ?? 0), number * 4);
      hmtx.writeInt16BE(this.#font.bearingOf(glyphs[number] ?? 0), number * 4 + 2);
    }
    const head = this.#copy('head');
    head.writeUInt32BE(0, 8);
    head.writeInt16BE(1, 50);
    const hhea = this.#copy('hhea');
    hhea.writeUInt16BE(glyphs.length, 34);
    const maxp = this.#copy('maxp');
    maxp.writeUInt16BE(glyphs.length, 4);
    return fontOf({
      ...Object.fromEntries(
        hinting.filter((tag) => this.#font.part(tag)).map((tag) => [tag, this.#copy(tag)]),
      ),
      ...{ glyf: Buffer.concat(outlines), head, hhea, hmtx, loca, maxp },
    });
  }

  #copy(tag: string): Buffer {
    const table = this.#font.part(tag);
    if (!table) throw new Error(`the font has no table ${tag}`);
    return Buffer.from(table);
  }

  /** An outline, of even length, with the numbers that its parts have here. */
  #renumbered(glyph: number): Buffer {
    const bytes = this.#font.outlineOf(glyph);
    const outline = Buffer.alloc(bytes.length + (bytes.length % 2));
    outline.set(bytes);
    if (outline.length < 10 || outline.readInt16BE(0) >= 0) return outline;
    let [at, flags] = [10, parts.more];
    while (flags & parts.more) {
      flags = outline.readUInt16BE(at);
      outline.writeUInt16BE(this.numberOf(outline.readUInt16BE(at + 2)), at + 2);
      at += flags & parts.wordArguments ? 8 : 6;
      if (flags & parts.scale) at += 2;
      else if (flags & parts.twoScales) at += 4;
      else if (flags & parts.matrix) at += 8;
    }
    return outline;
  }
}

/** A font file of these tables, in the order of their tags. */
function fontOf(tables: Readonly<Record<string, Buffer>>): Buffer {
  const sorted = Object.entries(tables).sort(([a], [b]) => (a < b ? -1 : 1));
  const power = Math.floor(Math.log2(sorted.length));
  const head = Buffer.alloc(12 + sorted.length * 16);
  head.writeUInt32BE(0x00010000, 0);
  head.writeUInt16BE(sorted.length, 4);
  head.writeUInt16BE(2 ** power * 16, 6);
  head.writeUInt16BE(power, 8);
  head.writeUInt16BE((sorted.length - 2 ** power) * 16, 10);
  const pieces: Buffer[] = [head];
  let offset = head.length;
  for (const [index, [tag, table]] of sorted.entries()) {
    const padded = Buffer.alloc(Math.ceil(table.length / 4) * 4);
    padded.set(table);
    const at = 12 + index * 16;
    head.write(tag, at, 'latin1');
    head.writeUInt32BE(checksum(padded), at + 4);
    head.writeUInt32BE(offset, at + 8);
    head.writeUInt32BE(table.length, at + 12);
    offset += padded.length;
    pieces.push(padded);
  }
  return Buffer.concat(pieces);
}

function checksum(padded: Buffer): number {
  let sum = 0;
  for (let at = 0; at < padded.length; at += 4) sum = (sum + padded.readUInt32BE(at)) >>> 0;
  return sum;
}
