import { crc32 } from 'node:zlib';

/**
 * The files of an archive that keeps them as they are, by their names, read from its directory as unpacking programs do.
 * @throws Error where a file differs from what the two headers say of it.
 */
export function filesOfZip(zip: Buffer): ReadonlyMap<string, Buffer> {
  const end = zip.lastIndexOf(Buffer.from('504b0506', 'hex'));
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  if (at + zip.readUInt32LE(end + 12) !== end) throw new Error('the directory does not end at its end');
  const files = new Map<string, Buffer>();
  for (let index = 0; index < count; index++) {
    const bytes = zip.readUInt32LE(at + 24);
    const nameBytes = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + 46, at + 46 + nameBytes);
    const local = zip.readUInt32LE(at + 42);
    const alike = [
      zip.readUInt32LE(local) === 0x04034b50,
      zip.subarray(local + 6, local + 26).equals(zip.subarray(at + 8, at + 28)),
      zip.toString('utf8', local + 30, local + 30 + nameBytes) === name,
    ];
    const from = local + 30 + nameBytes + zip.readUInt16LE(local + 28);
    const content = zip.subarray(from, from + bytes);
    if (alike.includes(false)) throw new Error(`the headers of ${name} differ`);
    if (crc32(content) !== zip.readUInt32LE(at + 16)) throw new Error(`the bytes of ${name} differ`);
    files.set(name, content);
    at += 46 + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return files;
}

/** All that comes in, at once. */
export async function whole(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces);
}
