import { crc32, deflateRawSync } from 'node:zlib';

export interface PackagePart {
  readonly name: string;
  readonly content?: string | Buffer;
  /** Flags beside UTF-8 names, e.g. 1 for encrypted. */
  readonly flags?: number;
  /** 8 deflates, anything else is written as it is. */
  readonly method?: number;
}

export interface PackageOptions {
  readonly comment?: string;
  /** Writes the larger end records (ZIP64), as some writers do for every package. */
  readonly larger?: boolean;
  /** Writes sizes behind the data, as writers do that cannot go back. */
  readonly streamed?: boolean;
}

const utf8Names = 0x0800;
const sizesBehind = 0x0008;

function record(size: number, fields: readonly (readonly [place: number, bytes: 2 | 4, value: number])[]) {
  const buffer = Buffer.alloc(size);
  for (const [place, bytes, value] of fields) buffer.writeUIntLE(value, place, bytes);
  return buffer;
}

/** The bytes of a ZIP package (APPNOTE 6.3). */
export function zipPackage(parts: readonly PackagePart[], options: PackageOptions = {}): Buffer {
  const files: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const { name, content = '', flags = 0, method = 8 } of parts) {
    const plain = Buffer.from(content);
    const data = method === 8 ? deflateRawSync(plain) : plain;
    const allFlags = utf8Names | flags | (options.streamed ? sizesBehind : 0);
    const encodedName = Buffer.from(name);
    const sums = [crc32(plain), data.length, plain.length] as const;
    const written = options.streamed ? ([0, 0, 0] as const) : sums;
    const common = (start: number, [sum, packed, size]: readonly [number, number, number]) =>
      [
        [start, 2, 20],
        [start + 2, 2, allFlags],
        [start + 4, 2, method],
        [start + 10, 4, sum],
        [start + 14, 4, packed],
        [start + 18, 4, size],
        [start + 22, 2, encodedName.length],
      ] as const;
    const file = Buffer.concat([
      record(30, [[0, 4, 0x04034b50], ...common(4, written)]),
      encodedName,
      data,
      ...(options.streamed
        ? [record(16, [[0, 4, 0x08074b50], ...sums.map((sum, index) => [4 + index * 4, 4, sum] as const)])]
        : []),
    ]);
    entries.push(
      record(46, [[0, 4, 0x02014b50], [4, 2, 20], ...common(6, sums), [42, 4, offset]]),
      encodedName,
    );
    files.push(file);
    offset += file.length;
  }
  const directory = Buffer.concat(entries);
  return Buffer.concat([
    ...files,
    directory,
    ...(options.larger ? largerEnd(parts.length, directory.length, offset) : []),
    record(22, [
      [0, 4, 0x06054b50],
      [8, 2, options.larger ? 0xffff : parts.length],
      [10, 2, options.larger ? 0xffff : parts.length],
      [12, 4, options.larger ? 0xffffffff : directory.length],
      [16, 4, options.larger ? 0xffffffff : offset],
      [20, 2, Buffer.byteLength(options.comment ?? '')],
    ]),
    Buffer.from(options.comment ?? ''),
  ]);
}

function largerEnd(count: number, size: number, offset: number): Buffer[] {
  const end = record(56, [
    [0, 4, 0x06064b50],
    [4, 4, 44],
    [24, 4, count],
    [32, 4, count],
    [40, 4, size],
    [48, 4, offset],
  ]);
  const locator = record(20, [
    [0, 4, 0x07064b50],
    [8, 4, offset + size],
    [16, 4, 1],
  ]);
  return [end, locator];
}
