import { createHash } from 'node:crypto';
import { crc32, inflateSync } from 'node:zlib';
import { fileTypeFromBuffer } from 'file-type';
import { PDFDocument } from 'pdf-lib';
import { describe, expect, it } from 'vitest';
import { type DemoFile, makePdf, makePng, withOtherBytes } from '../../local/demo/files.ts';

/** The chunks of a PNG by type; throws where a checksum does not fit. */
function chunksOf(png: Buffer): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; ) {
    const end = at + 8 + png.readUInt32BE(at);
    if (crc32(png.subarray(at + 4, end)) !== png.readUInt32BE(end)) throw new Error(`checksum at ${at}`);
    chunks.set(png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, end));
    at = end + 4;
  }
  return chunks;
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('makePdf', () => {
  it('makes a document of one page that a reader opens', async () => {
    const file = await makePdf('undertaking.pdf', 'Undertaking', ['First line', 'Second line']);
    expect(file.bytes.toString('latin1', 0, 5)).toBe('%PDF-');
    expect(await fileTypeFromBuffer(file.bytes)).toMatchObject({ mime: file.contentType });
    const read = await PDFDocument.load(file.bytes);
    expect(read.getPageCount()).toBe(1);
    expect(read.getTitle()).toBe('Undertaking');
    expect(file.sha256).toBe(sha256(file.bytes));
  });
});

describe('makePng', () => {
  it('makes a picture whose checksums and pixels are whole', async () => {
    const file = makePng('licence.png', 'seed');
    expect(await fileTypeFromBuffer(file.bytes)).toMatchObject({ mime: file.contentType });
    const chunks = chunksOf(file.bytes);
    expect([...chunks.keys()]).toEqual(['IHDR', 'IDAT', 'IEND']);
    expect(chunks.get('IHDR')?.readUInt32BE(0)).toBe(96);
    expect(inflateSync(chunks.get('IDAT') ?? '')).toHaveLength(96 * (1 + 96 * 3));
    expect(file.sha256).toBe(sha256(file.bytes));
  });

  it('makes another picture for another seed', () => {
    expect(makePng('a.png', 'one').sha256).not.toBe(makePng('a.png', 'two').sha256);
  });
});

describe('withOtherBytes', () => {
  it('keeps the length and changes the hash', async () => {
    const files: DemoFile[] = [makePng('a.png', 'seed'), await makePdf('a.pdf', 'A', [])];
    for (const file of files) {
      const other = withOtherBytes(file);
      expect(other).toHaveLength(file.bytes.length);
      expect(sha256(other)).not.toBe(file.sha256);
      expect(sha256(file.bytes)).toBe(file.sha256);
    }
  });
});
