import { Buffer } from 'node:buffer';

/** A file that goes into an archive. */
export interface ArchivedFile {
  /** Its path in the archive, with `/` between folders. */
  readonly name: string;
  readonly bytes: number;
  /** CRC-32 of its bytes: it stands before them. */
  readonly crc32: number;
  /** Its bytes, as they come in. */
  read(): AsyncIterable<Uint8Array>;
}

/** What stands of a file in both its headers. */
interface Entry extends Omit<ArchivedFile, 'read'> {
  readonly offset: number;
}

const most32 = 0xffff_ffff;
/** Names in UTF-8. */
const flags = 0x0800;

/**
 * A ZIP archive (APPNOTE 6.3) as it is made, piece by piece: no file of it is ever held whole. Files stand in it as they
 * are, since documents are compressed already; above 4 GiB it goes on as ZIP64.
 * @param at the time that all of its files bear, so that the same files make the same archive.
 * @throws Error when a file has other bytes than were said.
 */
export async function* zipArchive(files: readonly ArchivedFile[], at: Date): AsyncGenerator<Uint8Array> {
  const entries: Entry[] = [];
  let offset = 0;
  for (const { name, bytes, crc32, read } of files) {
    const entry = { name, bytes, crc32, offset };
    const header = localHeader(entry, at);
    yield header;
    let sent = 0;
    for await (const piece of read()) {
      sent += piece.length;
      yield piece;
    }
    if (sent !== bytes) throw new Error(`${name} has ${sent} bytes, not ${bytes}`);
    offset += header.length + bytes;
    entries.push(entry);
  }
  const directory = Buffer.concat(entries.map((entry) => centralHeader(entry, at)));
  yield directory;
  yield endOf(entries.length, directory.length, offset);
}

/** The header before a file's bytes. */
export function localHeader(entry: Entry, at: Date): Buffer {
  const large = entry.bytes >= most32 ? longNumbers([entry.bytes, entry.bytes]) : Buffer.alloc(0);
  return Buffer.concat([numbers([[0x04034b50, 4], ...common(entry, at, large)]), named(entry), large]);
}

/** The entry in the directory at the end. */
export function centralHeader(entry: Entry, at: Date): Buffer {
  const { bytes, offset } = entry;
  const long = [...(bytes >= most32 ? [bytes, bytes] : []), ...(offset >= most32 ? [offset] : [])];
  const large = long.length > 0 ? longNumbers(long) : Buffer.alloc(0);
  const head: Numbers = [
    ...([
      [0x02014b50, 4],
      [45, 2],
    ] as const),
    ...common(entry, at, large),
    // No comment, first disk, no attributes inside, a plain file that its owner may read and write.
    ...([
      [0, 2],
      [0, 2],
      [0, 2],
      [0, 4],
    ] as const),
    [Math.min(offset, most32), 4],
  ];
  return Buffer.concat([numbers(head), named(entry), large]);
}

/** What closes an archive. */
export function endOf(count: number, directoryBytes: number, offset: number): Buffer {
  const end: Numbers = [
    ...([
      [0x06054b50, 4],
      [0, 2],
      [0, 2],
    ] as const),
    ...([
      [Math.min(count, 0xffff), 2],
      [Math.min(count, 0xffff), 2],
    ] as const),
    ...([
      [Math.min(directoryBytes, most32), 4],
      [Math.min(offset, most32), 4],
      [0, 2],
    ] as const),
  ];
  if (offset < most32 && count < 0xffff && directoryBytes < most32) return numbers(end);
  const end64: Numbers = [
    ...([
      [0x06064b50, 4],
      [44, 8],
      [45, 2],
      [45, 2],
      [0, 4],
      [0, 4],
    ] as const),
    ...([
      [count, 8],
      [count, 8],
      [directoryBytes, 8],
      [offset, 8],
    ] as const),
  ];
  const locator: Numbers = [
    [0x07064b50, 4],
    [0, 4],
    [offset + directoryBytes, 8],
    [1, 4],
  ];
  return Buffer.concat([numbers(end64), numbers(locator), numbers(end)]);
}

/** Numbers with the bytes that each takes, the lowest first. */
type Numbers = (readonly [value: number, bytes: 2 | 4 | 8])[];

function numbers(list: Numbers): Buffer {
  const made = Buffer.alloc(list.reduce((sum, [, bytes]) => sum + bytes, 0));
  let place = 0;
  for (const [value, bytes] of list) {
    if (bytes === 8) made.writeBigUInt64LE(BigInt(value), place);
    else made.writeUIntLE(value, place, bytes);
    place += bytes;
  }
  return made;
}

/** What both headers begin with. */
function common({ name, bytes, crc32 }: Entry, at: Date, large: Buffer): Numbers {
  const [day, time] = dosTime(at);
  return [
    ...([
      [45, 2],
      [flags, 2],
      [0, 2],
      [time, 2],
      [day, 2],
      [crc32, 4],
    ] as const),
    ...([
      [Math.min(bytes, most32), 4],
      [Math.min(bytes, most32), 4],
    ] as const),
    ...([
      [Buffer.byteLength(name), 2],
      [large.length, 2],
    ] as const),
  ];
}

function named({ name }: Entry): Buffer {
  return Buffer.from(name, 'utf8');
}

/** The extra field of ZIP64. */
function longNumbers(values: readonly number[]): Buffer {
  const list = values.map((value) => [value, 8] as const);
  return numbers([[0x0001, 2], [values.length * 8, 2], ...list]);
}

/** Day and time as MS-DOS has them, on the clocks of China, since a ZIP knows no zone. */
function dosTime(at: Date): [day: number, time: number] {
  const here = new Date(at.getTime() + 8 * 3_600_000);
  const day = ((here.getUTCFullYear() - 1980) << 9) | ((here.getUTCMonth() + 1) << 5) | here.getUTCDate();
  const time = (here.getUTCHours() << 11) | (here.getUTCMinutes() << 5) | (here.getUTCSeconds() >> 1);
  return [day, time];
}
