import type { FileFlaw } from './file-flaw.ts';
import { directoryBytes, type PackageEntry, packageEntries, packageFlaw } from './package-directory.ts';
import { isHuge } from './picture-size.ts';
import { JpegWalk, PngWalk } from './picture-walk.ts';
import { WholeFile } from './whole-file.ts';

/**
 * What tells each format that a guide may ask for: its first bytes or, of formats that are ZIP packages, the part that
 * makes them what they are. A general detector knows hundreds of formats and parses into many of them, which is needless
 * attack surface and a tenth of the bundle for the question asked here: whether a file is what it was declared to be.
 */
const signatures = new Map([
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
]);
const officeParts = ['[content_types].xml', '_rels/.rels'];
interface PackageFormat {
  /** Its entrance; programs that work in a browser put a number behind the name. */
  readonly main: RegExp;
  /** Parts that it has besides. */
  readonly parts: readonly string[];
}
const packages = new Map<string, PackageFormat>([
  // GB/T 33190: an OFD package has one entrance.
  ['application/ofd', { main: /^ofd\.xml$/, parts: [] }],
  [
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    { main: /^xl\/workbook\d*\.xml$/, parts: officeParts },
  ],
  [
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    { main: /^word\/document\d*\.xml$/, parts: officeParts },
  ],
]);
const mainParts = [...packages.values()].map(({ main }) => main);
/** Code that runs when a file is opened: projects of Visual Basic, and sheets of the older macros. */
const macros = /(^|\/)(vbaproject\.bin|vbaprojectsignature\w*\.bin|vbadata\.xml)$|^xl\/macrosheets\//;

const packageStart = [0x50, 0x4b, 0x03, 0x04];
const headBytes = 8;

/** Sees a file pass by, chunk after chunk, and keeps of it what tells its format: its head and, of a package, its end. */
export class FileSignature {
  readonly #whole = new WholeFile();
  readonly #walks = new Map<string, PngWalk | JpegWalk>([
    ['image/png', new PngWalk()],
    ['image/jpeg', new JpegWalk()],
  ]);
  readonly #head = new Uint8Array(headBytes);
  /** The last bytes of a package, each where its place in the file falls in a ring. */
  #ring: Uint8Array | undefined;
  #bytes = 0;

  /** Takes the next bytes. */
  add(chunk: Uint8Array): void {
    this.#whole.add(chunk);
    for (const walk of this.#walks.values()) walk.add(chunk);
    const before = this.#bytes;
    if (before < headBytes) this.#head.set(chunk.subarray(0, headBytes - before), before);
    this.#bytes += chunk.byteLength;
    if (!this.#startsWith(packageStart)) return;
    if (!this.#ring) {
      this.#ring = new Uint8Array(directoryBytes);
      this.#ring.set(this.#head.subarray(0, before));
    }
    const kept = chunk.subarray(-directoryBytes);
    const place = (this.#bytes - kept.byteLength) % directoryBytes;
    const untilEdge = kept.subarray(0, directoryBytes - place);
    this.#ring.set(untilEdge, place);
    this.#ring.set(kept.subarray(untilEdge.byteLength));
  }

  /** Whether the file has the format of a media type and is there to its end; of types that are not known, none has. */
  hasFormat(mediaType: string): boolean {
    return this.flaw(mediaType) === undefined;
  }

  /** What keeps the file from being one of a media type that people can read; undefined when nothing does. */
  flaw(mediaType: string): FileFlaw | undefined {
    if (mediaType === 'application/pdf') return this.#whole.pdfFlaw();
    const signature = signatures.get(mediaType);
    if (signature) {
      if (!this.#startsWith(signature)) return 'mismatch';
      const walk = this.#walks.get(mediaType);
      if (walk?.size && isHuge(walk.size)) return 'expanding';
      return walk?.isWhole ? undefined : 'incomplete';
    }
    const wanted = packages.get(mediaType);
    if (!wanted) return 'mismatch';
    if (!this.#ring) return this.#whole.officeFlaw();
    const entries = this.entries();
    if (!entries) return packageFlaw(lastBytes(this.#ring, this.#bytes), this.#bytes);
    const names = [...entries.keys()];
    if (names.some((name) => macros.test(name))) return 'active';
    return isPackageOf(wanted, names) ? undefined : 'mismatch';
  }

  /** Files of a package by their names; undefined where it is none that holds together. */
  entries(): ReadonlyMap<string, PackageEntry> | undefined {
    return this.#ring && packageEntries(lastBytes(this.#ring, this.#bytes), this.#bytes);
  }

  #startsWith(signature: readonly number[]): boolean {
    return this.#bytes >= signature.length && signature.every((byte, index) => this.#head[index] === byte);
  }
}

function isPackageOf({ main, parts }: PackageFormat, names: readonly string[]): boolean {
  // A package with the entrance of another format too would be one thing to one reader and another to the next.
  const entrances = names.filter((name) => mainParts.some((one) => one.test(name)));
  const [entrance = ''] = entrances;
  return entrances.length === 1 && main.test(entrance) && parts.every((part) => names.includes(part));
}

/** The bytes of a ring in their order in the file. */
function lastBytes(ring: Uint8Array, fileBytes: number): Uint8Array {
  if (fileBytes <= ring.byteLength) return ring.subarray(0, fileBytes);
  const oldest = fileBytes % ring.byteLength;
  return Buffer.concat([ring.subarray(oldest), ring.subarray(0, oldest)]);
}
