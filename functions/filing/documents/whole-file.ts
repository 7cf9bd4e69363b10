/** What keeps a file from being of use though it begins as one of its format does. */
export type FileFlaw = 'mismatch' | 'encrypted' | 'incomplete';

/** Bytes before the header of a PDF that its readers pass over (ISO 32000-1, annex H.3). */
const pdfHeaderWithin = 1_024;
/** Bytes at the end of a file that are kept, blanks behind it not counted. */
const tailBytes = 65_536;
/** Bytes at the end that the end of a PDF has to be in: mail programs and scanners put something behind it. */
const pdfEndWithin = 2_048;
/** The longest piece that is looked for across two chunks. */
const overlap = 48;

const pdfHeader = '%PDF-';
const otherStarts = ['PK\x03\x04', '\x89PNG', '\xff\xd8\xff'];
const markup = /<(?:!doctype\s+html|html|head|body|script)\b/i;
/** How an OLE compound file begins, and what an encrypted office file is called in one (MS-OFFCRYPTO). */
const compound = '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1';
const encryptedPackage = [...'EncryptedPackage'].join('\0');
const pngEnd = 'IEND\xae\x42\x60\x82';
const jpegEnd = '\xff\xd9';

/**
 * Sees a file pass by, chunk after chunk, and keeps what tells whether a PDF, PNG or JPEG is there to its end, and whether a
 * PDF opens without a password. A general reader of PDF would be needless attack surface for that.
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
    const missing = pdfHeaderWithin + pdfHeader.length - this.#head.length;
    if (missing > 0) this.#head += text.slice(0, missing);
    // Blanks behind a file may be many, and end nothing.
    const written = withoutBlanks(text);
    if (this.#head.startsWith(compound)) {
      this.#isEncrypted ||= (this.#end() + text).includes(encryptedPackage);
    }
    if (this.#isPdf()) {
      const seen = this.#end() + text;
      this.#hasObject ||= /\d\s+\d+\s+obj\b/.test(seen);
      this.#isEncrypted ||= /\/Encrypt\s*(?:\d+\s+\d+\s+R\b|<<)/.test(seen);
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
    const isOther = otherStarts.some((start) => this.#head.startsWith(start)) || markup.test(this.#head);
    if (!this.#isPdf() || isOther) return 'mismatch';
    if (this.#isEncrypted) return 'encrypted';
    const end = /(?:startxref\s+(\d+)|trailer)[\s\S]*?%%EOF/.exec(this.#tail.slice(-pdfEndWithin));
    return this.#hasObject && end && Number(end[1] ?? 0) < this.#bytes ? undefined : 'incomplete';
  }

  /** The same of a PNG whose first bytes are right. */
  pngFlaw(): FileFlaw | undefined {
    return this.#tail.includes(pngEnd) ? undefined : 'incomplete';
  }

  /** The same of a JPEG whose first bytes are right. */
  jpegFlaw(): FileFlaw | undefined {
    return this.#tail.includes(jpegEnd) ? undefined : 'incomplete';
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
    return this.#head.includes(pdfHeader);
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
