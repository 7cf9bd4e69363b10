/** Real files for the demo's documents, made on the spot. */
import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';
import { PDFDocument, StandardFonts } from 'pdf-lib';

export interface DemoFile {
  readonly fileName: string;
  readonly contentType: 'application/pdf' | 'image/png';
  readonly bytes: Buffer<ArrayBuffer>;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** A page of A4 with a title and lines of Latin text. */
export async function makePdf(fileName: string, title: string, lines: readonly string[]): Promise<DemoFile> {
  const document = await PDFDocument.create();
  document.setTitle(title);
  const [regular, bold] = await Promise.all([
    document.embedFont(StandardFonts.Helvetica),
    document.embedFont(StandardFonts.HelveticaBold),
  ]);
  const page = document.addPage([595, 842]);
  page.drawText(title, { x: 56, y: 760, size: 20, font: bold });
  for (const [index, line] of lines.entries()) {
    page.drawText(line, { x: 56, y: 720 - index * 20, size: 12, font: regular });
  }
  return file(fileName, 'application/pdf', Buffer.from(await document.save()));
}

/** A picture of coloured stripes, 96 pixels square; every seed gives other colours. */
export function makePng(fileName: string, seed: string): DemoFile {
  const side = 96;
  const colours = createHash('sha256').update(seed).digest();
  const rows = Array.from({ length: side }, (_, y) => {
    const stripe = Math.floor((y * 10) / side) * 3;
    const pixel = colours.subarray(stripe, stripe + 3);
    // Each row begins with the number of its filter: none.
    return Buffer.concat([Buffer.of(0), Buffer.alloc(side * 3, pixel)]);
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  // 8 bits for each of red, green and blue; the standard's only compression and filter methods; not interlaced.
  header.set([8, 2, 0, 0, 0], 8);
  const bytes = Buffer.concat([
    Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return file(fileName, 'image/png', bytes);
}

/** The same number of bytes, of which one is another. */
export function withOtherBytes({ bytes }: DemoFile): Buffer<ArrayBuffer> {
  const other = Buffer.from(bytes);
  const last = other.length - 1;
  other.writeUInt8(other.readUInt8(last) ^ 0xff, last);
  return other;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

function file(fileName: string, contentType: DemoFile['contentType'], bytes: Buffer<ArrayBuffer>): DemoFile {
  return { fileName, contentType, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}
