import type { FileFlaw } from './file-flaw.ts';

/** Bytes before the header of a PDF that its readers pass over (ISO 32000-1, annex H.3). */
const pdfHeaderWithin = 1_024;
/** Bytes at the end of a file that are kept, blanks behind it not counted. */
const tailBytes = 65_536;
/** Bytes at the end that the end of a PDF has to be in: mail programs and scanners put something behind it. */
const pdfEndWithin = 2_048;
/** The longest piece that is looked for across two chunks. */
const overlap = 68;

const pdfHeader = /%PDF-(?:\d|$)/;
const headerBytes = 6;
/** Pictures, programs and packages; a package may stand behind other bytes, too. */
const otherStarts = ['\x89PNG', '\xff\xd8\xff', 'GIF8', 'MZ', '\x7fELF', '#!', 'Rar!', '7z\xbc\xaf'];
const packageMarks = { start: 'PK\x03\x04', end: 'PK\x05\x06' };
const markup = /<(?:!doctype\s+html|html|head|body|script|svg|iframe)\b/i;
/** How an OLE compound file begins, and what an encrypted office file is called in one (MS-OFFCRYPTO). */
const compound = '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1';
const encryptedPackage = [...'EncryptedPackage'].join('\0');

/**
 * Sees a file pass by, chunk after chunk, and keeps what tells whether a PDF is there to its end, and whether an office file
 * opens without a password.
 */
export class WholeFile {
  #head = '';
  #tail = '';
  /** The first of the blanks behind the tail: they may stand between two words. */
  #blanks = '';
  #bytes = 0;
  #hasObject = false;
  #isEncrypted = false;

  /** Takes the next bytes. */
  add(chunk: Uint8Array): void {
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    this.#bytes += chunk.byteLength;
    const missing = pdfHeaderWithin + headerBytes - this.#head.length;
    if (missing > 0) this.#head += text.slice(0, missing);
    // Blanks behind a file may be many, and end nothing.
    const written = withoutBlanks(text);
    if (this.#head.startsWith(compound)) {
      this.#isEncrypted ||= (this.#end() + text).includes(encryptedPackage);
    }
    if (this.#isPdf()) {
      this.#hasObject ||= /\d\s+\d+\s+obj\b/.test(this.#end() + text);
    }
    if (written !== '') {
      this.#tail = (this.#tail + this.#blanks + written).slice(-tailBytes);
      this.#blanks = '';
    }
    this.#blanks = (this.#blanks + text.slice(written.length, written.length + overlap)).slice(0, overlap);
  }

  /** What is wrong with a file that was declared to be a PDF; undefined when it is one. */
  pdfFlaw(): FileFlaw | undefined {
    // What begins as something else, or shows a page of the web to other readers, is no PDF whatever stands in it.
    const before = this.#head.slice(0, this.#head.search(pdfHeader));
    const isOther =
      otherStarts.some((start) => before.startsWith(start)) ||
      before.includes(packageMarks.start) ||
      markup.test(this.#head);
    const end = this.#tail.slice(-pdfEndWithin);
    if (!this.#isPdf() || isOther || end.includes(packageMarks.end)) return 'mismatch';
    const [, last = '', behind = ''] = /^([\s\S]*)%%EOF([\s\S]*)$/.exec(end) ?? [];
    const [, place] = /^[\s\S]*startxref\s+(\d+)/.exec(last) ?? [];
    // A part that was saved later begins behind the end of the one before it.
    const goesOn = /\d+\s+\d+\s+obj\b/.test(behind);
    const hasEnd = place === undefined ? last.includes('trailer') : Number(place) < this.#bytes;
    // Programs that pass a file on leave blanks out behind it.
    const isShort = this.#bytes + pdfEndWithin < this.#linearized();
    return !this.#hasObject || !hasEnd || goesOn || isShort ? 'incomplete' : undefined;
  }

  /** The length that a PDF says of itself which browsers can show before it is there (ISO 32000-1, annex F). */
  #linearized(): number {
    const [, parameters = ''] = /<<([^>]*\/Linearized\b[^>]*)>>/.exec(this.#head) ?? [];
    return Number(/\/L\s+(\d+)/.exec(parameters)?.[1] ?? 0);
  }

  /** The same of an office file that is no package: with a password, it is packed into a file of the old kind. */
  officeFlaw(): FileFlaw {
    return this.#head.startsWith(compound) && this.#isEncrypted ? 'encrypted' : 'mismatch';
  }

  /** What the next chunk follows. */
  #end(): string {
    return (this.#tail.slice(-overlap) + this.#blanks).slice(-overlap);
  }

  #isPdf(): boolean {
    const at = this.#head.search(pdfHeader);
    return at !== -1 && at <= pdfHeaderWithin;
  }
}

/** Without the blanks at the end. By hand: an expression would look at each run of blanks once for each of them. */
function withoutBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** Whether it is one of the blanks of PDF (ISO 32000-1, 7.2.2). */
function isBlank(code: number): boolean {
  return code === 0 || code === 0x20 || (code >= 0x09 && code <= 0x0d);
}
