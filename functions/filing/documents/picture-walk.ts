/** Passes over bytes of a file as they come, and asks for those that tell how it goes on. */
abstract class Walk {
  /** Whether the picture is there to its end. */
  isWhole = false;
  /** Bytes to pass over. */
  protected skip = 0;
  /** Bytes that are gathered for `take`. */
  protected wanted = 0;
  #gathered: number[] = [];

  add(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.byteLength && !this.isWhole; ) {
      if (this.skip > 0) {
        const passed = Math.min(this.skip, chunk.byteLength - at);
        this.skip -= passed;
        at += passed;
        if (this.skip === 0) this.passed();
        continue;
      }
      at = this.seek(chunk, at);
      if (at === chunk.byteLength) return;
      this.#gathered.push(chunk[at] ?? 0);
      at += 1;
      if (this.#gathered.length < this.wanted) continue;
      this.take(Uint8Array.from(this.#gathered));
      this.#gathered = [];
    }
  }

  /** Where the next byte is that says something. */
  protected seek(_chunk: Uint8Array, from: number): number {
    return from;
  }

  protected passed(): void {}
  protected abstract take(bytes: Uint8Array): void;
}

/** Follows the chunks of a PNG (ISO/IEC 15948, 5.3) up to its end. */
export class PngWalk extends Walk {
  #hasData = false;
  #isLast = false;

  constructor() {
    super();
    this.skip = 8;
    this.wanted = 8;
  }

  protected take(header: Uint8Array): void {
    const type = Buffer.from(header.subarray(4)).toString('latin1');
    this.#hasData ||= type === 'IDAT';
    this.#isLast = type === 'IEND';
    // A sum stands behind the data.
    this.skip = Buffer.from(header).readUInt32BE(0) + 4;
  }

  protected override passed(): void {
    this.isWhole = this.#isLast && this.#hasData;
  }
}

/**
 * Follows the segments of a JPEG (ISO/IEC 10918-1, B.1) up to its end: that of a smaller picture within one of them is
 * none, and what cameras put behind it does not count.
 */
export class JpegWalk extends Walk {
  #next: 'mark' | 'marker' | 'length' = 'mark';
  #marker = 0;
  #hasScan = false;

  constructor() {
    super();
    this.skip = 2;
    this.wanted = 1;
  }

  protected take(bytes: Uint8Array): void {
    const [byte = 0] = bytes;
    if (this.#next === 'length') {
      this.skip = Math.max(0, Buffer.from(bytes).readUInt16BE(0) - 2);
      this.#hasScan ||= this.#marker === 0xda;
      this.#expect('mark');
    } else if (this.#next === 'mark') this.#expect('marker');
    else if (byte === 0xd9) this.isWhole = this.#hasScan;
    else if (byte !== 0xff) {
      // Filled up, restarted or alone: no segment begins.
      const isAlone = byte === 0 || byte === 1 || (byte >= 0xd0 && byte <= 0xd8);
      this.#marker = byte;
      this.#expect(isAlone ? 'mark' : 'length');
    }
  }

  /** Between segments, and in the data of a scan, all but a mark is passed over. */
  protected override seek(chunk: Uint8Array, from: number): number {
    if (this.#next !== 'mark') return from;
    const at = chunk.indexOf(0xff, from);
    return at === -1 ? chunk.byteLength : at;
  }

  #expect(next: 'mark' | 'marker' | 'length'): void {
    this.#next = next;
    this.wanted = next === 'length' ? 2 : 1;
  }
}
