/** How large a picture becomes when it is shown. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
  /** Bits of a point as the file has them, of all channels together. */
  readonly bits: number;
}

/** Passes over bytes of a file as they come, and asks for those that tell how it goes on. */
abstract class Walk {
  /** How large it is shown, once that has passed by. */
  size: PictureSize | undefined;
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

const sizeBytes = 10;
/** Channels by the kind of colour of a PNG (ISO/IEC 15948, 11.2.2). */
const channels: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Follows the chunks of a PNG (ISO/IEC 15948, 5.3) up to its end. */
export class PngWalk extends Walk {
  #hasData = false;
  #rest = 0;
  #isLast = false;

  constructor() {
    super();
    this.skip = 8;
    this.wanted = 8;
  }

  protected take(header: Uint8Array): void {
    if (this.wanted === sizeBytes) {
      const [depth = 0, colour = 0] = header.subarray(8);
      const [width, height] = [0, 4].map((at) => Buffer.from(header).readUInt32BE(at));
      this.size ??= { width: width ?? 0, height: height ?? 0, bits: depth * (channels[colour] ?? 1) };
      this.wanted = 8;
      this.skip = Math.max(0, this.#rest - sizeBytes) + 4;
      return;
    }
    const type = Buffer.from(header.subarray(4)).toString('latin1');
    this.#hasData ||= type === 'IDAT';
    this.#isLast = type === 'IEND';
    this.#rest = Buffer.from(header).readUInt32BE(0);
    if (type === 'IHDR') this.wanted = sizeBytes;
    // A sum stands behind the data.
    else this.skip = this.#rest + 4;
  }

  protected override passed(): void {
    this.isWhole = this.#isLast && this.#hasData;
  }
}

const frameBytes = 6;

/** Whether a segment describes a frame; three of its row are something else (ISO/IEC 10918-1, table B.1). */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/**
 * Follows the segments of a JPEG (ISO/IEC 10918-1, B.1) up to its end: that of a smaller picture within one of them is
 * none, and what cameras put behind it does not count.
 */
export class JpegWalk extends Walk {
  #next: 'mark' | 'marker' | 'length' | 'frame' = 'mark';
  #rest = 0;
  #marker = 0;
  #hasScan = false;

  constructor() {
    super();
    this.skip = 2;
    this.wanted = 1;
  }

  protected take(bytes: Uint8Array): void {
    const [byte = 0] = bytes;
    if (this.#next === 'frame') {
      const [depth = 0, , , , , parts = 0] = bytes;
      const [height, width] = [1, 3].map((at) => Buffer.from(bytes).readUInt16BE(at));
      this.#grow({ width: width ?? 0, height: height ?? 0, bits: depth * parts });
      this.skip = Math.max(0, this.#rest - frameBytes);
      this.#expect('mark');
    } else if (this.#next === 'length') {
      this.#rest = Math.max(0, Buffer.from(bytes).readUInt16BE(0) - 2);
      this.#hasScan ||= this.#marker === 0xda;
      const hasSize = isFrame(this.#marker) && this.#rest >= frameBytes;
      if (!hasSize) this.skip = this.#rest;
      this.#expect(hasSize ? 'frame' : 'mark');
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

  /** Of several frames, the largest counts. */
  #grow(size: PictureSize): void {
    const before = this.size;
    if (!before || size.width * size.height > before.width * before.height) this.size = size;
  }

  #expect(next: 'mark' | 'marker' | 'length' | 'frame'): void {
    this.#next = next;
    this.wanted = { mark: 1, marker: 1, length: 2, frame: frameBytes }[next];
  }
}
