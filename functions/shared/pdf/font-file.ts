interface Place {
  readonly offset: number;
  readonly length: number;
}

/** A run of characters whose glyphs follow one another. */
interface Run {
  readonly from: number;
  readonly to: number;
  readonly glyph: number;
}

/** A TrueType font (OpenType 1.9, outlines in `glyf`), as far as its glyphs are drawn one after the other. */
export class FontFile {
  readonly unitsPerEm: number;
  readonly ascent: number;
  readonly descent: number;
  /** Box that every glyph fits into: left, bottom, right, top. */
  readonly box: readonly number[];
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #tables: ReadonlyMap<string, Place>;
  readonly #runs: readonly Run[];
  readonly #advances: number;
  readonly #longOffsets: boolean;

  /** @throws Error when it is no such font. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const count = this.#view.getUint16(4);
    this.#tables = new Map(
      Array.from({ length: count }, (_, index) => {
        const at = 12 + index * 16;
        const tag = String.fromCharCode(...bytes.subarray(at, at + 4));
        return [tag, { offset: this.#view.getUint32(at + 8), length: this.#view.getUint32(at + 12) }];
      }),
    );
    const head = this.#place('head').offset;
    const hhea = this.#place('hhea').offset;
    this.unitsPerEm = this.#view.getUint16(head + 18);
    this.box = [36, 38, 40, 42].map((at) => this.#view.getInt16(head + at));
    this.#longOffsets = this.#view.getInt16(head + 50) === 1;
    this.ascent = this.#view.getInt16(hhea + 4);
    this.descent = this.#view.getInt16(hhea + 6);
    this.#advances = this.#view.getUint16(hhea + 34);
    this.#runs = this.#readRuns();
  }

  /** The glyph of a character, or 0, which stands for one that the font does not have. */
  glyphOf(codePoint: number): number {
    let [low, high] = [0, this.#runs.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const run = this.#runs[middle];
      if (!run || codePoint < run.from) high = middle - 1;
      else if (codePoint > run.to) low = middle + 1;
      else return run.glyph + codePoint - run.from;
    }
    return 0;
  }

  /** How far a glyph moves on, in the font's units. */
  advanceOf(glyph: number): number {
    const place = Math.min(glyph, this.#advances - 1);
    return this.#view.getUint16(this.#place('hmtx').offset + place * 4);
  }

  /** How far its outline stands from where it begins. */
  bearingOf(glyph: number): number {
    const { offset } = this.#place('hmtx');
    const at = glyph < this.#advances ? glyph * 4 + 2 : this.#advances * 4 + (glyph - this.#advances) * 2;
    return this.#view.getInt16(offset + at);
  }

  /** The bytes of a glyph's outline; of a blank, none. */
  outlineOf(glyph: number): Uint8Array {
    const { offset } = this.#place('loca');
    const at = (index: number) =>
      this.#longOffsets
        ? this.#view.getUint32(offset + index * 4)
        : this.#view.getUint16(offset + index * 2) * 2;
    const glyf = this.#place('glyf').offset;
    return this.#bytes.slice(glyf + at(glyph), glyf + at(glyph + 1));
  }

  /** One of its tables as it is, or undefined. */
  part(tag: string): Uint8Array | undefined {
    const place = this.#tables.get(tag);
    return place && this.#bytes.slice(place.offset, place.offset + place.length);
  }

  #place(tag: string): Place {
    const place = this.#tables.get(tag);
    if (!place) throw new Error(`the font has no table ${tag}`);
    return place;
  }

  /** The groups of the character map for all of Unicode (format 12). */
  #readRuns(): Run[] {
    const { offset } = this.#place('cmap');
    for (let index = 0; index < this.#view.getUint16(offset + 2); index++) {
      const map = offset + this.#view.getUint32(offset + 8 + index * 8);
      if (this.#view.getUint16(map) !== 12) continue;
      return Array.from({ length: this.#view.getUint32(map + 12) }, (_, group) => {
        const at = map + 16 + group * 12;
        const [from, to, glyph] = [0, 4, 8].map((more) => this.#view.getUint32(at + more));
        return { from: from ?? 0, to: to ?? 0, glyph: glyph ?? 0 };
      });
    }
    throw new Error('the font has no map of all characters');
  }
}
