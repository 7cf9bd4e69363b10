import { JpegWalk, type PictureSize, PngWalk } from './picture-walk.ts';

/** Bytes that a picture may take when it is shown: a sheet of A3 at 600 points to the inch has half of it in full colour. */
const shownLimit = 1_073_741_824;
/** Bits of a point that programs show with, however few the file has. */
const shownBits = 32;

/** Whether a picture would fill the memory of whoever opens it. */
export function isHuge({ width, height, bits }: PictureSize): boolean {
  return (width * height * Math.max(shownBits, bits)) / 8 > shownLimit;
}

/** The size of a picture by its first bytes, whatever it is called; undefined for what is none of PNG, JPEG, GIF, TIFF and WebP. */
export function pictureSize(head: Buffer): PictureSize | undefined {
  const start = head.subarray(0, 4).toString('latin1');
  if (start === '\x89PNG') return sizeOf(new PngWalk(), head);
  if (start.startsWith('\xff\xd8\xff')) return sizeOf(new JpegWalk(), head);
  if (start === 'GIF8' && head.length >= 10) {
    return { width: head.readUInt16LE(6), height: head.readUInt16LE(8), bits: 8 };
  }
  if (start === 'RIFF' && head.subarray(8, 12).toString('latin1') === 'WEBP') return webpSize(head);
  return start === 'II*\0' || start === 'MM\0*' ? tiffSize(head, start === 'II*\0') : undefined;
}

/** Whether a picture of a PDF would fill the memory (ISO 32000-1, 8.9.5). */
export function isHugePdfPicture({ width, height, bits }: PictureSize): boolean {
  // As it is stored: readers of PDF show a picture no larger than the screen.
  return (width * height * Math.max(1, bits)) / 8 > shownLimit;
}

function sizeOf(walk: PngWalk | JpegWalk, head: Buffer): PictureSize | undefined {
  walk.add(head);
  return walk.size;
}

/** RFC 9649: of the three forms, each has its size at a place of its own. */
function webpSize(head: Buffer): PictureSize | undefined {
  if (head.length < 30) return undefined;
  const form = head.subarray(12, 16).toString('latin1');
  if (form === 'VP8X') {
    return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1, bits: 32 };
  }
  if (form === 'VP8L') {
    const packed = head.readUInt32LE(21);
    return { width: (packed & 0x3fff) + 1, height: ((packed >>> 14) & 0x3fff) + 1, bits: 32 };
  }
  return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff, bits: 24 };
}

const tiffTags = { width: 256, height: 257, bits: 258, channels: 277 };
const tiffEntryBytes = 12;
const tiffShort = 3;

/** TIFF 6.0: the first directory, where it stands within these bytes. */
function tiffSize(head: Buffer, isLittle: boolean): PictureSize | undefined {
  const short = (at: number) => (isLittle ? head.readUInt16LE(at) : head.readUInt16BE(at));
  const long = (at: number) => (isLittle ? head.readUInt32LE(at) : head.readUInt32BE(at));
  if (head.length < 8) return undefined;
  const directory = long(4);
  if (directory + 2 > head.length) return undefined;
  const found = new Map<number, number>();
  for (let entry = 0; entry < short(directory); entry += 1) {
    const at = directory + 2 + entry * tiffEntryBytes;
    if (at + tiffEntryBytes > head.length) break;
    found.set(short(at), short(at + 2) === tiffShort ? short(at + 8) : long(at + 8));
  }
  const [width = 0, height = 0] = [found.get(tiffTags.width), found.get(tiffTags.height)];
  // Depths of several channels stand elsewhere; none is more than this.
  const channels = found.get(tiffTags.channels) ?? 1;
  return { width, height, bits: channels * (channels === 1 ? (found.get(tiffTags.bits) ?? 1) : 16) };
}
