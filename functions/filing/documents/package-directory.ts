import type { FileFlaw } from './file-flaw.ts';

/** Bytes at the end of a package that its directory must stand in. */
export const directoryBytes = 1_048_576;

const largerEndSignature = 0x06064b50;
const largerLocator = { signature: 0x07064b50, bytes: 20 };
const largerEndBytes = 56 + largerLocator.bytes;
const endRecord = { signature: 0x06054b50, bytes: 22, longestComment: 0xffff };
const entryRecord = { signature: 0x02014b50, bytes: 46 };
/** Encrypted, strongly encrypted, or with a hidden directory. */
const encryptedFlags = 0x2041;
const stored = 0;
const deflated = 8;

/** A file in a package, as its directory describes it. */
export interface PackageEntry {
  /** Place of its own header in the package. */
  readonly offset: number;
  /** Bytes that it takes in the package. */
  readonly packedBytes: number;
  /** Bytes that it has when it is unpacked, as the writer says. */
  readonly bytes: number;
  readonly isDeflated: boolean;
}

/**
 * The files in a ZIP package by their names in lower case, read from the central directory at its end (APPNOTE 6.3): what every reader goes
 * by, whatever stands before it. Undefined when there is no directory that holds together, and also for what no office
 * program writes but a person might to deceive one of two readers: encryption, volumes, other compressions, names given
 * twice or leading out of the package, a directory beyond the kept bytes. Looks at each byte once and never throws.
 * @param tail the last bytes of the file, or all of it
 * @param fileBytes length of the whole file
 */
export function packageEntries(
  tail: Uint8Array,
  fileBytes: number,
): ReadonlyMap<string, PackageEntry> | undefined {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  const directory = findDirectory(view);
  if (!directory) return undefined;
  const { count, size, offset, end } = directory;
  const start = offset - (fileBytes - tail.byteLength);
  if (start < 0 || start + size !== end) return undefined;

  const entries = new Map<string, PackageEntry>();
  let place = start;
  for (let entry = 0; entry < count; entry++) {
    if (place + entryRecord.bytes > end || view.getUint32(place, true) !== entryRecord.signature)
      return undefined;
    const flags = view.getUint16(place + 8, true);
    const method = view.getUint16(place + 10, true);
    const nameBytes = view.getUint16(place + 28, true);
    const rest = view.getUint16(place + 30, true) + view.getUint16(place + 32, true);
    const isPlain = (flags & encryptedFlags) === 0 && (method === stored || method === deflated);
    const next = place + entryRecord.bytes + nameBytes + rest;
    if (!isPlain || next > end) return undefined;
    const nameStart = place + entryRecord.bytes;
    // Case makes no difference between the parts of a package (ECMA-376 part 2); some writers use backslashes.
    const name = utf8
      .decode(tail.subarray(nameStart, nameStart + nameBytes))
      .toLowerCase()
      .replaceAll('\\', '/');
    if (entries.has(name) || /^\/|\0|(^|\/)\.\.?(\/|$)/.test(name)) return undefined;
    const [packedBytes, bytes, offset] = entrySizes(view, place, nameBytes);
    entries.set(name, { offset, packedBytes, bytes, isDeflated: method === deflated });
    place = next;
  }
  return place === end ? entries : undefined;
}

/** Why a package has no entries, as far as people can do something about it. */
export function packageFlaw(tail: Uint8Array, fileBytes: number): FileFlaw {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  const directory = findDirectory(view);
  if (!directory) return 'incomplete';
  let place = directory.offset - (fileBytes - tail.byteLength);
  if (place < 0 || place + directory.size !== directory.end) return 'mismatch';
  while (
    place + entryRecord.bytes <= directory.end &&
    view.getUint32(place, true) === entryRecord.signature
  ) {
    if ((view.getUint16(place + 8, true) & encryptedFlags) !== 0) return 'encrypted';
    const lengths = [28, 30, 32].map((field) => view.getUint16(place + field, true));
    place += lengths.reduce((sum, one) => sum + one, entryRecord.bytes);
  }
  return 'mismatch';
}

const utf8 = new TextDecoder();
const unknownSize = 0xffffffff;
const largerSizes = 0x0001;

/** Packed bytes, bytes and offset of an entry; those that do not fit stand behind its name, in this order (ZIP64). */
function entrySizes(view: DataView, place: number, nameBytes: number): [number, number, number] {
  const sizes: [number, number, number] = [
    view.getUint32(place + 20, true),
    view.getUint32(place + 24, true),
    view.getUint32(place + 42, true),
  ];
  let extra = place + entryRecord.bytes + nameBytes;
  const end = extra + view.getUint16(place + 30, true);
  while (extra + 4 <= end && view.getUint16(extra, true) !== largerSizes) {
    extra += 4 + view.getUint16(extra + 2, true);
  }
  let field = extra + 4;
  // The bytes come before the packed bytes there.
  for (const index of [1, 0, 2] as const) {
    if (sizes[index] !== unknownSize || field + 8 > end) continue;
    sizes[index] = Number(view.getBigUint64(field, true));
    field += 8;
  }
  return sizes;
}

interface Directory {
  readonly count: number;
  readonly size: number;
  /** Place in the file. */
  readonly offset: number;
  /** Place in the kept bytes where the records begin that close it. */
  readonly end: number;
}

/** What the records at the end say, in the larger form of ZIP64 where it is there: some writers always use it. */
function findDirectory(view: DataView): Directory | undefined {
  const end = findEnd(view);
  if (end === undefined || view.getUint32(end + 4, true) !== 0) return undefined;
  const larger = end - largerEndBytes;
  if (larger < 0 || view.getUint32(end - largerLocator.bytes, true) !== largerLocator.signature) {
    const count = view.getUint16(end + 10, true);
    const [size, offset] = [view.getUint32(end + 12, true), view.getUint32(end + 16, true)];
    return view.getUint16(end + 8, true) === count ? { count, size, offset, end } : undefined;
  }
  // Places beyond 2^53 lose digits here and fit nothing later.
  const [here, count, size, offset] = [24, 32, 40, 48].map((field) =>
    Number(view.getBigUint64(larger + field, true)),
  );
  const isRecord = view.getUint32(larger, true) === largerEndSignature && here === count;
  if (!isRecord || count === undefined || size === undefined || offset === undefined) return undefined;
  return { count, size, offset, end: larger };
}

/** Where the record begins that ends the file, its comment and blanks behind it included, which mail programs add. */
function findEnd(view: DataView): number | undefined {
  const last = view.byteLength - endRecord.bytes;
  for (let place = last; place >= Math.max(0, last - endRecord.longestComment); place--) {
    if (view.getUint32(place, true) !== endRecord.signature) continue;
    const end = place + endRecord.bytes + view.getUint16(place + 20, true);
    if (end <= view.byteLength && isBlankFrom(view, end)) return place;
  }
  return undefined;
}

function isBlankFrom(view: DataView, place: number): boolean {
  for (let at = place; at < view.byteLength; at++) {
    if (![0x00, 0x0a, 0x0d, 0x20].includes(view.getUint8(at))) return false;
  }
  return true;
}
